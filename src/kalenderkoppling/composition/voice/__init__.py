"""The voice process: `run` starts it, `parts` opens what it needs."""
