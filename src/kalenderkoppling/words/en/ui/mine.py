"""British English: texts of a person's own page."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Text

MINE: Mapping[str, Text] = MappingProxyType(
    {
        # Own status and what comes next.
        "mine.callers_hear": "Callers hear:",
        "mine.who_sees": "What colleagues see",
        "mine.who_calls": "What callers meet",
        "mine.no_telephone_system": "No telephone system is connected yet. This is how it will be once one is.",
        "mine.then": "Next",
        "mine.next_free": "{when}: free",
        "mine.next_absence": "{when}: {reason} ({kind})",
        "mine.nothing_next": "No change in the next {days} days.",
        "mine.nothing_coming": "No absence in the next {days} days.",
        "mine.in_force": "In force now",
        "mine.from_outlook": "From Outlook",
        "mine.rows_hint": "Open a row from Outlook to read why it is shown. Changes here do not change Outlook.",
        "mine.actions_for": "Actions for {name}",
        "mine.no_calendar": "Your calendar is not connected to the telephone system. What is set by hand shows here.",
        "mine.one_way": (
            "Outlook is only read: nothing done here is written there, and private bookings are never read in."
        ),
        # Quick keys.
        "quick.title": "Quick keys",
        "quick.hint": "One press sets the absence. It can be undone.",
        "quick.quarter": "15 minutes",
        "quick.hour": "One hour",
        "quick.till_lunch": "Till lunch",
        "quick.lunch": "Lunch",
        "quick.rest_of_day": "Rest of the day",
        "quick.tomorrow": "Tomorrow",
        "quick.other": "Another time or reason",
        "quick.too_late": "That quick key is no longer possible just now.",
    }
)
