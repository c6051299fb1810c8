"""What comes of facts and rules: the decision, its record, the next steps, and who could be next."""
