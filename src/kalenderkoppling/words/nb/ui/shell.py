"""Norwegian (bokmål): texts of the frame around every page, and of list and card beside what the directory has."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Text

SHELL: Mapping[str, Text] = MappingProxyType(
    {
        # The frame of every page.
        "app.menu": "Meny",
        "app.to_start": "Til telefonkatalogen",
        "app.choose_language": "Bytt språk",
        "app.account": "Kontoen din",
        "app.offline": "Ingen forbindelse",
        # The demo says what it is.
        "demo.says": "Demo med en oppdiktet bedrift.",
        "demo.outlook": "Åpne liksom-Outlook",
        "sign_in.suggested": "Forslag",
        "sign_in.search": "Søk etter en person",
        "sign_in.no_one": "Ingen treff på «{query}».",
        "sign_in.welcome": "Se hvem som er ledig, i samtale eller fraværende, rett fra kalenderen.",
        # The list.
        "list.back": "Tilbake til listen",
        "list.line_unknown": "linjens status er ukjent",
        "list.no_telephone_system": "Ingen telefonsentral er tilkoblet, så fargen viser bare fravær, ikke samtaler.",
        "list.legend": "Slik leser du listen",
        "search.help": "Prøv færre ord, en avdeling, et ansvar som «byggesak» eller noen sifre i nummeret.",
        "search.clear": "Tøm søket",
        "search.several": "Flere ord går fint: navn, avdeling, sted.",
        # The contact card.
        "card.choose": "Velg en person i listen for å se kontaktkort og uke.",
        "card.contact": "Kontakt",
        "card.close": "Lukk kontaktkortet",
        "card.to_my_absence": "Endre i Mitt fravær",
        "card.note": "Notat: {note}",
        "card.no_service": "Kalenderen er ikke koblet til telefonkatalogen.",
        "week.of": "{week}, {start} – {end}",
        "week.now": "Nå",
        # Keys.
        "keys.title": "Hurtigtaster",
        "keys.single_on": "Bruk hurtigtaster med én bokstav (/, ? og f)",
        # The live mark.
        "live.signed_out": "Logget ut, status oppdateres ikke",
        "live.too_many": "For mange åpne sider, status oppdateres ikke her",
        "live.back": "Status oppdateres direkte igjen.",
        "live.stale": "Forbindelsen er brutt. Status kan være gammel.",
        # Errors.
        "error.status": "Feil {status}",
        "error.not_sent": "Serveren kunne ikke nås. Prøv igjen.",
    }
)
