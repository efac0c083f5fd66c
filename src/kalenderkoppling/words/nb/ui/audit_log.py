"""Norwegian: texts of the page of the audit log, and of a person's data."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Text

AUDIT_LOG: Mapping[str, Text] = MappingProxyType(
    {
        "administration.log": "Logg",
        "log.narrow": "Søk i loggen",
        "log.means": (
            "Hvem som har gjort hva for hvem, det siste først. Emner for avtaler står aldri her. Innhold som"
            " er eldre enn tolv måneder, er slettet."
        ),
        "log.person": "Gjelder",
        "log.person.means": (
            "Navn eller id. Søker du på en person, vises hva som er endret i personens fravær, og at du har "
            "lest det, noteres i loggen."
        ),
        "log.actor": "Gjort av",
        "log.act": "Hendelse",
        "log.any_act": "Alle hendelser",
        "log.since": "Fra og med",
        "log.until": "Til og med",
        "log.search": "Søk",
        "log.readings": "Hvem har lest fravær",
        "log.entries": "Hendelser",
        "log.time": "Tid",
        "log.details": "Hva som ble endret",
        "log.became": "ble",
        "log.erased": "Slettet",
        "log.older": "Vis eldre",
        "log.none": "Ingen hendelser å vise.",
        "log.export": "Eksporter",
        "log.export.means": (
            "Alle hendelser som søket gir, høyst 100 000, med hva som ble endret. At du har lest andres "
            "fravær, noteres i loggen."
        ),
        "log.export.csv": "Last ned som CSV",
        "log.export.jsonl": "Last ned som JSON-linjer",
        "log.verify": "Kontroller loggen",
        "log.verify.means": "Viser om noen har endret, fjernet eller kuttet hendelser.",
        "log.verify.do": "Kontroller",
        "log.verified.well": "Loggen er hel.",
        "log.verified.wrong": "Loggen er ikke hel.",
        "log.verified.unreadable": (
            "Filen utenfor databasen med slutten på loggen kan ikke leses, så loggen kunne ikke kontrolleres."
        ),
        "log.verified.counts": "Hele hendelser: {whole}. Slettet etter reglene: {erased}.",
        "log.verified.restored": "Gjenopprettet fra en sikkerhetskopi {when}, etter hendelse {number}.",
        "log.verified.lost": "Senere hendelser, til og med {last}, finnes ikke lenger.",
        "log.problem.broken": "Hendelse {number} er endret, eller følger ikke på den før.",
        "log.problem.contents_gone": "Innholdet i hendelse {number} er borte, uten at loggen sier at det er slettet.",
        "log.problem.cut": "Loggen slutter før hendelse {number}, som har funnet sted.",
        "log.problem.another": "Hendelse {number} er en annen enn den som var der før.",
        "log.data_of": "Opplysninger om {name}",
        "log.of_person": "I loggen",
        "log.of_person.means": "Hva som er gjort for personen, og hvem som har lest personens fravær.",
        "log.of_person.show": "Vis hendelser",
        "log.hand_out": "Utlever opplysninger",
        "log.hand_out.means": "En fil med alt som finnes om personen. At opplysningene er utlevert, noteres i loggen.",
        "log.hand_out.do": "Last ned som JSON",
        "log.erase": "Slett personen",
        "log.erase.means": (
            "Fjerner personen med fravær, regler, samtaler, opptak og alt annet, også i loggen. Det kan ikke"
            " angres. Gjenopprettes en gammel sikkerhetskopi, slettes personen igjen."
        ),
        "log.erase.source": (
            "Fjern også personen fra kilden til telefonkatalogen: ellers kommer personen tilbake ved neste import."
        ),
        "log.erase.type": "Skriv {name} for å bekrefte",
        "log.erase.do": "Slett for godt",
        "problem.not_the_name": "Navnet stemmer ikke. Ingenting er slettet.",
        "done.person_erased": "Personen er slettet.",
        "log.act.create_absence": "La til fravær",
        "log.act.edit_absence": "Endret fravær",
        "log.act.remove_absence": "Fjernet fravær",
        "log.act.restore_absence": "Gjenopprettet fravær",
        "log.act.choose": "Gjorde et valg for en avtale",
        "log.act.set_own_rules": "Endret egne regler",
        "log.act.set_rules": "Endret regler",
        "log.act.set_service": "Endret tjenester",
        "log.act.set_settings": "Endret innstillinger",
        "log.act.import_people": "Importerte personer",
        "log.act.read_absences": "Leste fravær",
        "log.act.export_person": "Utleverte opplysninger om en person",
        "log.act.erase_person": "Slettet en person",
        "log.act.call_back_done": "Avsluttet et ønske om å bli ringt opp",
        "log.act.record_phrase": "Spilte inn",
        "log.act.remove_recording": "Fjernet et opptak",
        "log.act.link_sign_in": "Koblet en pålogging til en person",
        "log.act.unlink_sign_in": "Fjernet koblingen mellom en pålogging og en person",
        "log.act.erase_entries": "Slettet innhold i loggen",
        "log.act.back_up": "Tok en sikkerhetskopi",
        "log.act.restore": "Gjenopprettet en sikkerhetskopi",
        "log.act.make_administrator": "La til en lokal administrator",
        "log.act.set_administrator_password": "Byttet passord for en lokal administrator",
        "log.act.remove_administrator": "Fjernet en lokal administrator",
        "log.act.administrator_sign_in": "En lokal administrator logget inn",
        "log.act.refused_sign_in": "En pålogging ble avvist",
    }
)
