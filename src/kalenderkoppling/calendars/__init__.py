"""Calendar systems, one folder per kind (`kind.CalendarKind`): each implements `ports.calendar`, and only reads."""
