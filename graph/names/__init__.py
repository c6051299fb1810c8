"""Names of parties: how they are written, how they sound, and by what they are found."""
