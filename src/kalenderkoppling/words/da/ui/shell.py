"""Danish: texts of the frame around every page, and of list and card beside what the directory has."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Text

SHELL: Mapping[str, Text] = MappingProxyType(
    {
        # The frame of every page.
        "app.menu": "Menu",
        "app.to_start": "Til telefonbogen",
        "app.choose_language": "Skift sprog",
        "app.account": "Din konto",
        "app.offline": "Ingen forbindelse",
        # The demo says what it is.
        "demo.says": "Demo med en opdigtet virksomhed.",
        "demo.outlook": "Åbn det simulerede Outlook",
        "sign_in.suggested": "Forslag",
        "sign_in.search": "Søg efter en person",
        "sign_in.no_one": "Ingen resultater for »{query}«.",
        "sign_in.welcome": "Se, hvem der er ledig, i samtale eller fraværende, direkte fra kalenderen.",
        # The list.
        "list.back": "Tilbage til listen",
        "list.line_unknown": "linjens status er ukendt",
        "list.no_telephone_system": "Intet telefonsystem er tilsluttet, så farven viser kun fravær, ikke samtaler.",
        "list.legend": "Sådan læses listen",
        "search.help": "Prøv færre ord, en afdeling, et ansvar som »byggesager« eller nogle cifre i nummeret.",
        "search.clear": "Ryd søgningen",
        "search.several": "Du kan skrive flere ord: navn, afdeling, sted.",
        # The contact card.
        "card.choose": "Vælg en person på listen for at se kontaktkort og uge.",
        "card.contact": "Kontakt",
        "card.close": "Luk kontaktkortet",
        "card.to_my_absence": "Ret i Mit fravær",
        "card.note": "Note: {note}",
        "card.no_service": "Kalenderen er ikke koblet til telefonbogen.",
        "week.of": "{week}, {start} – {end}",
        "week.now": "Nu",
        # Keys.
        "keys.title": "Genvejstaster",
        "keys.single_on": "Brug genvejstaster med ét bogstav (/, ? og f)",
        # The live mark.
        "live.signed_out": "Logget ud, status opdateres ikke",
        "live.too_many": "For mange åbne sider, status opdateres ikke her",
        "live.back": "Status opdateres løbende igen.",
        "live.stale": "Forbindelsen er afbrudt. Status kan være gammel.",
        # Errors.
        "error.status": "Fejl {status}",
        "error.not_sent": "Der er ikke forbindelse til serveren. Prøv igen.",
    }
)
