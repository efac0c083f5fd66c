"""The administrator's rules, persons' own rules and choices, and the immediate effects of their change."""
