"""The call history and call-back requests."""
