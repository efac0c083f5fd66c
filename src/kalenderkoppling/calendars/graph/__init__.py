"""Microsoft Graph as a calendar system: mailboxes in Exchange Online, read-only by shape (docs/calendars/graph.md)."""
