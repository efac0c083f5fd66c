"""What somebody can ask for: one module per wish, grouped by noun."""
