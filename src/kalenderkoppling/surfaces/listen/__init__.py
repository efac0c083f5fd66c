"""Listening in the browser to what a caller would hear."""
