"""Swedish: texts of the editor of absences, of what was done, and of why an absence is there."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Text

ABSENCES: Mapping[str, Text] = MappingProxyType(
    {
        # What was done; Outlook is named where an absence came from it.
        "done.created": "{reason} är satt, {when}.",
        "done.saved": "Ändringen är sparad.",
        "done.removed": "Frånvaron är borttagen.",
        "done.ended": "Tillbaka. Frånvaron är avslutad.",
        "done.longer": "Förlängd med {minutes} minuter.",
        "done.saved_not_outlook": "Ändringen är sparad. Den ändrar inte Outlook.",
        "done.removed_not_outlook": "Frånvaron är borttagen här. Det ändrar inte Outlook.",
        "done.ended_not_outlook": "Tillbaka. Frånvaron är avslutad, det ändrar inte Outlook.",
        "done.longer_not_outlook": "Förlängd med {minutes} minuter. Det ändrar inte Outlook.",
        "done.nothing": "Ingenting ändrades.",
        "done.undone": "Ångrat.",
        "done.gone": "Frånvaron finns inte längre. Så här ser det ut nu.",
        "done.conflict": "Frånvaron har ändrats eller tagit slut under tiden. Så här ser det ut nu.",
        "done.undo_conflict": "Det går inte att ångra: frånvaron eller bokningen har ändrats sedan dess.",
        # The editor.
        "editor.new_for": "Ny frånvaro för {name}",
        "editor.change_for": "Ändra frånvaro för {name}",
        "editor.when": "När",
        "editor.start_date": "Startdatum",
        "editor.start_time": "Starttid",
        "editor.end_date": "Slutdatum",
        "editor.end_time": "Sluttid",
        "editor.all_day_means": "Till och med slutdatumet.",
        "editor.zone": "Tiderna gäller i {zone}.",
        "editor.calls": "Den som ringer",
        "editor.note_hint": "Till exempel vem som kan svara i stället.",
        "editor.from_outlook": (
            "Den här frånvaron kommer från Outlook. Ändringen gäller bara här och ändrar inte bokningen. Får "
            "bokningen ny tid gäller kalendern igen."
        ),
        "editor.problems": "Det här behöver rättas:",
        "editor.conflict": (
            "Någon annan hann ändra frånvaron medan du skrev. Det du skrev står kvar. Spara igen för att "
            "ersätta det som gäller nu, eller avbryt."
        ),
        "editor.now_is": "Gäller nu: {now}",
        "editor.not_entitled": "Hänvisning ingår inte i abonnemanget. Fråga administratören.",
        # Why an absence is there, beside the steps of the rules.
        "why.shown_as": "Visas i Outlook som: {show_as}.",
        "why.outcome": "Blir: {outcome}",
        "why.gone": "Frånvaron visas inte längre.",
        "why.edited.removed": "borttagen",
        "why.link": "Varför visas detta?",
        "why.steps": "Så blev bokningen en frånvaro",
        # What can be wrong with a field of an absence.
        "problem.end_is_past": "Sluttiden har redan passerat.",
        "problem.too_far_back": "Tiden ligger för långt tillbaka.",
        "problem.too_far_ahead": "Tiden ligger för långt fram.",
        "problem.too_many": "Personen har för många frånvaror. Ta bort några först.",
        "problem.no_referral_service": "Hänvisning ingår inte i abonnemanget.",
        "problem.not_text": "Anteckningen innehåller tecken som inte kan användas.",
        "problem.note_too_long": "Anteckningen får vara högst {longest} tecken.",
    }
)
