"""Calendar systems, one folder per kind: each answers the one question of `ports.calendar`, and only reads."""
