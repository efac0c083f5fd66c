"""Sources of the directory: one folder or module per kind."""
