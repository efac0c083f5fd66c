"""The administrator's rules, persons' own rules and choices, and what their change takes away at once."""
