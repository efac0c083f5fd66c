"""Norwegian Bokmål: texts of the editor of absences, of what was done, and of why an absence is there."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Text

ABSENCES: Mapping[str, Text] = MappingProxyType(
    {
        # What was done; Outlook is named where an absence came from it.
        "done.created": "{reason} er satt, {when}.",
        "done.saved": "Endringen er lagret.",
        "done.removed": "Fraværet er fjernet.",
        "done.ended": "Tilbake. Fraværet er avsluttet.",
        "done.longer": "Forlenget med {minutes} minutter.",
        "done.saved_not_outlook": "Endringen er lagret. Den endrer ikke Outlook.",
        "done.removed_not_outlook": "Fraværet er fjernet her. Det endrer ikke Outlook.",
        "done.ended_not_outlook": "Tilbake. Fraværet er avsluttet, det endrer ikke Outlook.",
        "done.longer_not_outlook": "Forlenget med {minutes} minutter. Det endrer ikke Outlook.",
        "done.nothing": "Ingenting ble endret.",
        "done.undone": "Angret.",
        "done.gone": "Fraværet finnes ikke lenger. Slik ser det ut nå.",
        "done.conflict": "Fraværet har blitt endret eller er over i mellomtiden. Slik ser det ut nå.",
        "done.undo_conflict": "Det kan ikke angres: fraværet eller bookingen er endret siden da.",
        # The editor.
        "editor.new_for": "Nytt fravær for {name}",
        "editor.change_for": "Endre fravær for {name}",
        "editor.when": "Når",
        "editor.start_date": "Startdato",
        "editor.start_time": "Starttid",
        "editor.end_date": "Sluttdato",
        "editor.end_time": "Sluttid",
        "editor.all_day_means": "Til og med sluttdatoen.",
        "editor.zone": "Tidene gjelder i {zone}.",
        "editor.calls": "Den som ringer",
        "editor.note_hint": "For eksempel hvem som kan svare i stedet.",
        "editor.from_outlook": (
            "Dette fraværet kommer fra Outlook. Endringen gjelder bare her og endrer ikke bookingen. Får "
            "bookingen ny tid, gjelder kalenderen igjen."
        ),
        "editor.problems": "Dette må rettes:",
        "editor.conflict": (
            "Noen andre endret fraværet mens du skrev. Det du skrev, står igjen. Lagre på nytt for å "
            "erstatte det som gjelder nå, eller avbryt."
        ),
        "editor.now_is": "Gjelder nå: {now}",
        "editor.not_entitled": "Henvisning inngår ikke i abonnementet. Spør administratoren.",
        # Why an absence is there, beside the steps of the rules.
        "why.shown_as": "Vises i Outlook som: {show_as}.",
        "why.outcome": "Blir: {outcome}",
        "why.gone": "Fraværet vises ikke lenger.",
        "why.edited.removed": "fjernet",
        "why.link": "Hvorfor vises dette?",
        "why.steps": "Slik ble bookingen til et fravær",
        # What can be wrong with a field of an absence.
        "problem.end_is_past": "Sluttiden er allerede passert.",
        "problem.too_far_back": "Tiden ligger for langt tilbake.",
        "problem.too_far_ahead": "Tiden ligger for langt fram.",
        "problem.too_many": "Personen har for mange fravær. Fjern noen først.",
        "problem.no_referral_service": "Henvisning inngår ikke i abonnementet.",
        "problem.not_text": "Notatet inneholder tegn som ikke kan brukes.",
        "problem.note_too_long": "Notatet kan være høyst {longest} tegn.",
    }
)
