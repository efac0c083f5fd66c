"""The page "Logg": who did what for whom, exported and verified; a person's data handed out and erased."""
