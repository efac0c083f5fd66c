"""What absences mean at an instant: what is in force, when the person is back, what calls and colleagues meet."""
