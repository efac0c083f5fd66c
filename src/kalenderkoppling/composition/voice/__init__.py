"""The voice process: `run` tells the story, `parts` opens what it needs."""
