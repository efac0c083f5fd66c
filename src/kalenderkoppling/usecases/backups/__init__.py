"""What a backup needs before it is made, and after it was restored."""
