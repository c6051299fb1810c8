"""What a decision may rest on: the facts of the catalogue, read from records, papers and consents."""
