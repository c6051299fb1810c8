"""From cells to typed columns: what each text says, and what the rules refuse."""
