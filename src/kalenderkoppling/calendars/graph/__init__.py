"""Microsoft Graph as a calendar system: mailboxes in Exchange Online, read-only by shape (docs/calendars/graph.md)."""

from kalenderkoppling.calendars.graph.check import Advice, Finding, GraphCheck
from kalenderkoppling.calendars.graph.connection import Connection
from kalenderkoppling.calendars.graph.notices import GraphNotices
from kalenderkoppling.calendars.graph.open import Graph, open_graph
from kalenderkoppling.calendars.graph.sign_in import SignIn
from kalenderkoppling.calendars.graph.source import GraphCalendar

__all__ = [
    "Advice",
    "Connection",
    "Finding",
    "Graph",
    "GraphCalendar",
    "GraphCheck",
    "GraphNotices",
    "SignIn",
    "open_graph",
]
