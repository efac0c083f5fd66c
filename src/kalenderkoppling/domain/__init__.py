"""The terms of the domain as types: bookings, absences, people, and the errors that adapters may raise."""
