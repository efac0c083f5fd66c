"""My absence: the own status, quick keys, what is and what comes."""
