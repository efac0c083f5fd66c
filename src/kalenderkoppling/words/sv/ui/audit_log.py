"""Swedish: texts of the page of the audit log, and of a person's data."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Text

AUDIT_LOG: Mapping[str, Text] = MappingProxyType(
    {
        "administration.log": "Logg",
        "log.narrow": "Sök i loggen",
        "log.means": (
            "Vem som gjort vad för vem, det senaste först. Bokningars ämnen står aldrig här. Uppgifter äldre"
            " än tolv månader är raderade."
        ),
        "log.person": "Gäller",
        "log.person.means": (
            "Namn eller id. Söker du på en person visas vad som ändrats i personens frånvaro, och att du har"
            " läst det antecknas i loggen."
        ),
        "log.actor": "Gjort av",
        "log.act": "Händelse",
        "log.any_act": "Alla händelser",
        "log.since": "Från och med",
        "log.until": "Till och med",
        "log.search": "Sök",
        "log.readings": "Vem har läst frånvaro",
        "log.entries": "Händelser",
        "log.time": "Tid",
        "log.details": "Vad som ändrades",
        "log.became": "blev",
        "log.erased": "Raderad",
        "log.older": "Visa äldre",
        "log.none": "Inga händelser att visa.",
        "log.export": "Exportera",
        "log.export.means": (
            "Alla händelser som sökningen ger, högst 100 000, med vad som ändrades. Att du har läst andras "
            "frånvaro antecknas i loggen."
        ),
        "log.export.csv": "Hämta som CSV",
        "log.export.jsonl": "Hämta som JSON-rader",
        "log.verify": "Kontrollera loggen",
        "log.verify.means": "Visar om någon har ändrat, tagit bort eller kapat händelser.",
        "log.verify.do": "Kontrollera",
        "log.verified.well": "Loggen är hel.",
        "log.verified.wrong": "Loggen är inte hel.",
        "log.verified.unreadable": (
            "Filen utanför databasen med loggens slut kan inte läsas, så loggen kunde inte kontrolleras."
        ),
        "log.verified.counts": "Hela händelser: {whole}. Raderade enligt reglerna: {erased}.",
        "log.verified.restored": "Återställd från en säkerhetskopia {when}, efter händelse {number}.",
        "log.verified.lost": "Senare händelser, till och med {last}, finns inte kvar.",
        "log.problem.broken": "Händelse {number} har ändrats, eller följer inte på den före.",
        "log.problem.contents_gone": "Innehållet i händelse {number} är borta, utan att loggen säger att det raderats.",
        "log.problem.cut": "Loggen slutar före händelse {number}, som har funnits.",
        "log.problem.another": "Händelse {number} är en annan än den som har funnits.",
        "log.data_of": "Uppgifter om {name}",
        "log.of_person": "I loggen",
        "log.of_person.means": "Vad som har gjorts för personen, och vem som har läst personens frånvaro.",
        "log.of_person.show": "Visa händelser",
        "log.hand_out": "Lämna ut uppgifter",
        "log.hand_out.means": "En fil med allt som finns om personen. Att uppgifterna lämnats ut antecknas i loggen.",
        "log.hand_out.do": "Hämta som JSON",
        "log.erase": "Radera personen",
        "log.erase.means": (
            "Tar bort personen med frånvaro, regler, samtal, inspelningar och allt annat, i loggen också. "
            "Det går inte att ångra. Återställs en gammal säkerhetskopia raderas personen igen."
        ),
        "log.erase.source": (
            "Ta också bort personen ur källan till telefonboken: annars kommer personen tillbaka vid nästa import."
        ),
        "log.erase.type": "Skriv {name} för att bekräfta",
        "log.erase.do": "Radera för gott",
        "problem.not_the_name": "Namnet stämmer inte. Inget är raderat.",
        "done.person_erased": "Personen är raderad.",
        "log.act.create_absence": "Lade till frånvaro",
        "log.act.edit_absence": "Ändrade frånvaro",
        "log.act.remove_absence": "Tog bort frånvaro",
        "log.act.restore_absence": "Återställde frånvaro",
        "log.act.choose": "Gjorde ett val för en bokning",
        "log.act.set_own_rules": "Ändrade egna regler",
        "log.act.set_rules": "Ändrade regler",
        "log.act.set_service": "Ändrade tjänster",
        "log.act.set_settings": "Ändrade inställningar",
        "log.act.import_people": "Importerade personer",
        "log.act.read_absences": "Läste frånvaro",
        "log.act.export_person": "Lämnade ut uppgifter om en person",
        "log.act.erase_person": "Raderade en person",
        "log.act.call_back_done": "Avslutade en ring mig-begäran",
        "log.act.record_phrase": "Spelade in",
        "log.act.remove_recording": "Tog bort en inspelning",
        "log.act.link_sign_in": "Kopplade en inloggning till en person",
        "log.act.unlink_sign_in": "Tog bort kopplingen mellan en inloggning och en person",
        "log.act.erase_entries": "Raderade innehåll i loggen",
        "log.act.back_up": "Gjorde en säkerhetskopia",
        "log.act.restore": "Återställde en säkerhetskopia",
        "log.act.make_administrator": "Lade till en lokal administratör",
        "log.act.set_administrator_password": "Bytte lösenord för en lokal administratör",
        "log.act.remove_administrator": "Tog bort en lokal administratör",
        "log.act.administrator_sign_in": "En lokal administratör loggade in",
        "log.act.refused_sign_in": "Inloggning nekades",
    }
)
