"""Where people come from: one folder or module per kind of source."""
