"""Runs scenarios: people, bookings and rules as data, steps on a virtual clock, and the expected results."""
