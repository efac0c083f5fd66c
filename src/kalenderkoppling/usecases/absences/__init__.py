"""What people do with absences: set, change, remove, restore, ask why; nothing reaches the calendar (R22)."""
