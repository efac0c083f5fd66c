"""The words of the trade as types: bookings, absences, people, and the errors that adapters may raise."""
