"""How people and local administrators prove who they are, and what is kept of it."""
