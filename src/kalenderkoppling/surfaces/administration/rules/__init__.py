"""The page "Regler": rules and settings of the company, of groups and of people."""
