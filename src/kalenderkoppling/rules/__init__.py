"""Which bookings become an absence, and of what kind: one walk, decided or explained."""
