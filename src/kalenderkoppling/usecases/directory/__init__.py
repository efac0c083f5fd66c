"""What colleagues and attendants see of people: found, live, and on a card."""
