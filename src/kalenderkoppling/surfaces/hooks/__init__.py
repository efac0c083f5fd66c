"""What calendar systems call: notifications of changes."""
