"""The live stream: statuses of the people whom a page shows, pushed as they change."""
