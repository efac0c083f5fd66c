"""Swedish: texts of the frame around every page, and of list and card beside what the directory has."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Text

SHELL: Mapping[str, Text] = MappingProxyType(
    {
        # The frame of every page.
        "app.menu": "Meny",
        "app.to_start": "Till telefonboken",
        "app.choose_language": "Byt språk",
        "app.account": "Ditt konto",
        "app.offline": "Ingen förbindelse",
        # The demo says what it is.
        "demo.says": "Demo med ett påhittat företag.",
        "demo.outlook": "Öppna låtsas-Outlook",
        "sign_in.suggested": "Förslag",
        "sign_in.search": "Sök en person",
        "sign_in.no_one": "Ingen träff på ”{query}”.",
        "sign_in.welcome": "Se vem som är ledig, i samtal eller frånvarande, direkt från kalendern.",
        # The list.
        "list.back": "Tillbaka till listan",
        "list.line_unknown": "linjens status är okänd",
        "list.no_telephone_system": "Inget telefonsystem är anslutet, så färgen visar bara frånvaro, inte samtal.",
        "list.legend": "Så läser du listan",
        "search.help": "Pröva färre ord, en avdelning, ett ansvar som ”bygglov” eller några siffror i numret.",
        "search.clear": "Töm sökningen",
        "search.several": "Flera ord går bra: namn, avdelning, ort.",
        # The contact card.
        "card.choose": "Välj en person i listan för att se kontaktkort och vecka.",
        "card.contact": "Kontakt",
        "card.close": "Stäng kontaktkortet",
        "card.to_my_absence": "Ändra i Min frånvaro",
        "card.note": "Anteckning: {note}",
        "card.no_service": "Kalendern är inte kopplad till telefonboken.",
        "week.of": "{week}, {start} – {end}",
        "week.now": "Nu",
        # Keys.
        "keys.title": "Kortkommandon",
        "keys.single_on": "Använd kortkommandon med en bokstav (/, ? och f)",
        # The live mark.
        "live.signed_out": "Utloggad, status uppdateras inte",
        "live.too_many": "För många öppna sidor, status uppdateras inte här",
        "live.back": "Status uppdateras direkt igen.",
        "live.stale": "Förbindelsen är bruten. Status kan vara gammal.",
        # Errors.
        "error.status": "Fel {status}",
        "error.not_sent": "Det gick inte att nå servern. Försök igen.",
    }
)
