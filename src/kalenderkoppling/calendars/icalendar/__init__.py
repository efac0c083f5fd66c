"""iCalendar files by address or path as a calendar system: read-only, swept, one file per mailbox (RFC 5545)."""
