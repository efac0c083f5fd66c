"""Plays scenarios: people, bookings and rules as data, steps on a virtual clock, and what must be seen afterwards."""
