"""A pretend Microsoft 365 and a pretend company: what demo, tests and scenarios talk to over HTTP.

`World` is Outlook itself (mailboxes and what people do in them), `PretendGraph` is Microsoft Graph in front
of it, `pretend_company` fills it with people and a believable week. Nothing here is imported by `serve`.
"""

from kalenderkoppling.sandbox.company import CompanyPerson, pretend_company, pretend_people
from kalenderkoppling.sandbox.event import Attendee, Event, EventFields, EventKind
from kalenderkoppling.sandbox.faults import Door, FaultKind
from kalenderkoppling.sandbox.letters import Lifecycle
from kalenderkoppling.sandbox.mailbox import Blocked, Mailbox
from kalenderkoppling.sandbox.series import Frequency, Recurrence
from kalenderkoppling.sandbox.server import PretendGraph
from kalenderkoppling.sandbox.tokens import Application
from kalenderkoppling.sandbox.world import Change, ChangeType, World

__all__ = [
    "Application",
    "Attendee",
    "Blocked",
    "Change",
    "ChangeType",
    "CompanyPerson",
    "Door",
    "Event",
    "EventFields",
    "EventKind",
    "FaultKind",
    "Frequency",
    "Lifecycle",
    "Mailbox",
    "PretendGraph",
    "Recurrence",
    "World",
    "pretend_company",
    "pretend_people",
]
