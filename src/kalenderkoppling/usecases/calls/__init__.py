"""What calls to people meet."""
