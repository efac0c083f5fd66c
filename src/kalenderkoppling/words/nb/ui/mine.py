"""Norwegian Bokmål: texts of a person's own page."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Text

MINE: Mapping[str, Text] = MappingProxyType(
    {
        # Own status and what comes next.
        "mine.callers_hear": "Den som ringer, hører:",
        "mine.who_sees": "Dette ser kollegene",
        "mine.who_calls": "Dette møter den som ringer",
        "mine.no_telephone_system": "Ingen telefonsentral er koblet til ennå. Slik blir det når en er tilkoblet.",
        "mine.then": "Deretter",
        "mine.next_free": "{when}: ledig",
        "mine.next_absence": "{when}: {reason} ({kind})",
        "mine.nothing_next": "Ingen endring de neste {days} dagene.",
        "mine.nothing_coming": "Ikke noe fravær de neste {days} dagene.",
        "mine.in_force": "Gjelder nå",
        "mine.from_outlook": "Fra Outlook",
        "mine.rows_hint": "Åpne en rad fra Outlook for å se hvorfor den vises. Endringer her endrer ikke Outlook.",
        "mine.actions_for": "Handlinger for {name}",
        "mine.no_calendar": "Kalenderen din er ikke koblet til telefonsystemet. Her vises det som settes for hånd.",
        "mine.one_way": (
            "Outlook leses bare: ingenting som gjøres her, skrives dit, og private bookinger leses aldri inn."
        ),
        # Quick keys.
        "quick.title": "Hurtigvalg",
        "quick.hint": "Ett trykk setter fraværet. Det kan angres.",
        "quick.quarter": "15 minutter",
        "quick.hour": "En time",
        "quick.till_lunch": "Til lunsj",
        "quick.lunch": "Lunsj",
        "quick.rest_of_day": "Resten av dagen",
        "quick.tomorrow": "I morgen",
        "quick.other": "Annen tid eller årsak",
        "quick.too_late": "Det hurtigvalget går ikke lenger akkurat nå.",
    }
)
