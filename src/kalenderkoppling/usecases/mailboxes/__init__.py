"""Looking at mailboxes: one look, notices of changes, subscriptions, and the worker that does what falls due."""
