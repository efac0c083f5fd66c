"""What reading a mailbox changes: the window, the brake and the plan."""
