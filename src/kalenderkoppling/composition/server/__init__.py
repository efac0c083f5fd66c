"""The server: `run` starts it, the other modules are its parts."""
