"""Swedish: texts of a person's own page."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Text

MINE: Mapping[str, Text] = MappingProxyType(
    {
        # Own status and what comes next.
        "mine.callers_hear": "Den som ringer hör:",
        "mine.who_sees": "Det här ser kollegorna",
        "mine.who_calls": "Det här möter den som ringer",
        "mine.no_telephone_system": "Inget telefonsystem är anslutet än. Så här blir det när det är anslutet.",
        "mine.then": "Härnäst",
        "mine.next_free": "{when}: ledig",
        "mine.next_absence": "{when}: {reason} ({kind})",
        "mine.nothing_next": "Ingen ändring de närmaste {days} dagarna.",
        "mine.nothing_coming": "Ingen frånvaro de närmaste {days} dagarna.",
        "mine.in_force": "Gäller nu",
        "mine.from_outlook": "Från Outlook",
        "mine.rows_hint": "Öppna en rad från Outlook för att se varför den visas. Ändringar här ändrar inte Outlook.",
        "mine.actions_for": "Åtgärder för {name}",
        "mine.no_calendar": "Din kalender är inte kopplad till telefonsystemet. Här syns det som sätts för hand.",
        "mine.one_way": "Outlook läses bara: inget som görs här skrivs dit, och privata bokningar läses aldrig in.",
        # Quick keys.
        "quick.title": "Snabbval",
        "quick.hint": "Ett tryck sätter frånvaron. Den kan ångras.",
        "quick.quarter": "15 minuter",
        "quick.hour": "En timme",
        "quick.till_lunch": "Till lunch",
        "quick.lunch": "Lunch",
        "quick.rest_of_day": "Resten av dagen",
        "quick.tomorrow": "I morgon",
        "quick.other": "Annan tid eller orsak",
        "quick.too_late": "Det snabbvalet går inte längre just nu.",
    }
)
