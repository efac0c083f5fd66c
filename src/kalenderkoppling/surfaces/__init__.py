"""What people and machines meet over HTTP: one folder for each surface, `web` for what all of them share."""
