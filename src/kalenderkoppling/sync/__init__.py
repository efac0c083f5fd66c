"""What a look at a mailbox changes: the window, the brake and the plan."""
