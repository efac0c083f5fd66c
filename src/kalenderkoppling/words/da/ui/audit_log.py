"""Danish: texts of the page of the audit log, and of a person's data."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Text

AUDIT_LOG: Mapping[str, Text] = MappingProxyType(
    {
        "administration.log": "Log",
        "log.narrow": "Søg i loggen",
        "log.means": (
            "Hvem der har gjort hvad for hvem, det seneste først. Aftalers emner står aldrig her. Indhold, "
            "der er ældre end tolv måneder, er slettet."
        ),
        "log.person": "Vedrører",
        "log.person.means": (
            "Navn eller id. Søger du på en person, vises hvad der er ændret i personens fravær, og at du har"
            " læst det, noteres i loggen."
        ),
        "log.actor": "Udført af",
        "log.act": "Hændelse",
        "log.any_act": "Alle hændelser",
        "log.since": "Fra og med",
        "log.until": "Til og med",
        "log.search": "Søg",
        "log.readings": "Hvem har læst fravær",
        "log.entries": "Hændelser",
        "log.time": "Tid",
        "log.details": "Hvad der blev ændret",
        "log.became": "blev",
        "log.erased": "Slettet",
        "log.older": "Vis ældre",
        "log.none": "Ingen hændelser at vise.",
        "log.export": "Eksportér",
        "log.export.means": (
            "Alle hændelser, som søgningen giver, højst 100.000, med hvad der blev ændret. At du har læst "
            "andres fravær, noteres i loggen."
        ),
        "log.export.csv": "Hent som CSV",
        "log.export.jsonl": "Hent som JSON-linjer",
        "log.verify": "Kontrollér loggen",
        "log.verify.means": "Viser, om nogen har ændret, fjernet eller afkortet hændelser.",
        "log.verify.do": "Kontrollér",
        "log.verified.well": "Loggen er hel.",
        "log.verified.wrong": "Loggen er ikke hel.",
        "log.verified.unreadable": (
            "Filen uden for databasen med loggens slutning kan ikke læses, så loggen kunne ikke kontrolleres."
        ),
        "log.verified.counts": "Hele hændelser: {whole}. Slettet efter reglerne: {erased}.",
        "log.verified.restored": "Gendannet fra en sikkerhedskopi {when}, efter hændelse {number}.",
        "log.verified.lost": "Senere hændelser, til og med {last}, findes ikke længere.",
        "log.problem.broken": "Hændelse {number} er ændret, eller følger ikke efter den forrige.",
        "log.problem.contents_gone": "Indholdet af hændelse {number} er væk, uden at loggen siger, at det er slettet.",
        "log.problem.cut": "Loggen slutter før hændelse {number}, som har fundet sted.",
        "log.problem.another": "Hændelse {number} er en anden end den, der var der før.",
        "log.data_of": "Oplysninger om {name}",
        "log.of_person": "I loggen",
        "log.of_person.means": "Hvad der er gjort for personen, og hvem der har læst personens fravær.",
        "log.of_person.show": "Vis hændelser",
        "log.hand_out": "Udlevér oplysninger",
        "log.hand_out.means": (
            "En fil med alt, hvad der findes om personen. At oplysningerne er udleveret, noteres i loggen."
        ),
        "log.hand_out.do": "Hent som JSON",
        "log.erase": "Slet personen",
        "log.erase.means": (
            "Fjerner personen med fravær, regler, opkald, optagelser og alt andet, også i loggen. Det kan "
            "ikke fortrydes. Gendannes en gammel sikkerhedskopi, slettes personen igen."
        ),
        "log.erase.source": (
            "Fjern også personen fra telefonbogens kilde: ellers kommer personen tilbage ved næste import."
        ),
        "log.erase.type": "Skriv {name} for at bekræfte",
        "log.erase.do": "Slet for altid",
        "problem.not_the_name": "Navnet passer ikke. Intet er slettet.",
        "done.person_erased": "Personen er slettet.",
        "log.act.create_absence": "Tilføjede fravær",
        "log.act.edit_absence": "Ændrede fravær",
        "log.act.remove_absence": "Fjernede fravær",
        "log.act.restore_absence": "Gendannede fravær",
        "log.act.choose": "Traf et valg for en aftale",
        "log.act.set_own_rules": "Ændrede egne regler",
        "log.act.set_rules": "Ændrede regler",
        "log.act.set_service": "Ændrede tjenester",
        "log.act.set_settings": "Ændrede indstillinger",
        "log.act.import_people": "Importerede personer",
        "log.act.read_absences": "Læste fravær",
        "log.act.export_person": "Udleverede oplysninger om en person",
        "log.act.erase_person": "Slettede en person",
        "log.act.call_back_done": "Afsluttede et ønske om at blive ringet op",
        "log.act.record_phrase": "Indspillede",
        "log.act.remove_recording": "Fjernede en optagelse",
        "log.act.link_sign_in": "Knyttede et login til en person",
        "log.act.unlink_sign_in": "Fjernede koblingen mellem et login og en person",
        "log.act.erase_entries": "Slettede indhold i loggen",
        "log.act.back_up": "Tog en sikkerhedskopi",
        "log.act.restore": "Gendannede en sikkerhedskopi",
        "log.act.make_administrator": "Tilføjede en lokal administrator",
        "log.act.set_administrator_password": "Skiftede adgangskode for en lokal administrator",
        "log.act.remove_administrator": "Fjernede en lokal administrator",
        "log.act.administrator_sign_in": "En lokal administrator loggede ind",
        "log.act.refused_sign_in": "Et login blev afvist",
    }
)
