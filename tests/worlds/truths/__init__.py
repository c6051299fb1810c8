"""Who finds what was planted: for each module of plants, one module of the same name here with

    def found(district: WholeDistrict) -> Any

which asks the product's own answers and says what they found as the module's truth says what was
planted.  The two must be equal: every planted item once, nothing else.  A plant without a finder
fails the test.
"""
