"""The server: `run` tells the story, the other modules are its parts."""
