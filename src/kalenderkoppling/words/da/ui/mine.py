"""Danish: texts of a person's own page."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Text

MINE: Mapping[str, Text] = MappingProxyType(
    {
        # Own status and what comes next.
        "mine.callers_hear": "Den, der ringer, hører:",
        "mine.who_sees": "Det ser kollegerne",
        "mine.who_calls": "Det møder den, der ringer",
        "mine.no_telephone_system": (
            "Der er ikke tilsluttet noget telefonsystem endnu. Sådan bliver det, når det er tilsluttet."
        ),
        "mine.then": "Derefter",
        "mine.next_free": "{when}: ledig",
        "mine.next_absence": "{when}: {reason} ({kind})",
        "mine.nothing_next": "Ingen ændringer de næste {days} dage.",
        "mine.nothing_coming": "Intet fravær de næste {days} dage.",
        "mine.in_force": "Gælder nu",
        "mine.from_outlook": "Fra Outlook",
        "mine.rows_hint": "Åbn en række fra Outlook for at se, hvorfor den vises. Ændringer her ændrer ikke Outlook.",
        "mine.actions_for": "Handlinger for {name}",
        "mine.no_calendar": "Din kalender er ikke koblet til telefonsystemet. Her vises det, der er sat manuelt.",
        "mine.one_way": (
            "Outlook bliver kun læst: Intet af det, du gør her, skrives dertil, og private aftaler læses aldrig ind."
        ),
        # Quick keys.
        "quick.title": "Hurtigvalg",
        "quick.hint": "Ét tryk sætter fraværet. Det kan fortrydes.",
        "quick.quarter": "15 minutter",
        "quick.hour": "En time",
        "quick.till_lunch": "Indtil frokost",
        "quick.lunch": "Frokost",
        "quick.rest_of_day": "Resten af dagen",
        "quick.tomorrow": "I morgen",
        "quick.other": "Anden tid eller årsag",
        "quick.too_late": "Det hurtigvalg er ikke længere muligt lige nu.",
    }
)
