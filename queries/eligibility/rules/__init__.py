"""What a decision obeys: products, conditions, amounts and definitions as data, and how they apply."""
