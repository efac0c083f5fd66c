"""What exchanges ask by HTTP: what a call meets, and the announcements as files."""
