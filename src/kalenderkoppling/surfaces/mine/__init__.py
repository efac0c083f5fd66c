"""My absence: a person's own status, quick keys, current and coming absences."""
