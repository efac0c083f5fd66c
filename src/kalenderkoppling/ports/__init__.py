"""What the core needs from outside: one Protocol per file, with its contract in words."""
