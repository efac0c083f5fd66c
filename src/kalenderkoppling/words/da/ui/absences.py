"""Danish: texts of the editor of absences, of what was done, and of why an absence is there."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Text

ABSENCES: Mapping[str, Text] = MappingProxyType(
    {
        # What was done; Outlook is named where an absence came from it.
        "done.created": "{reason} er sat, {when}.",
        "done.saved": "Ændringen er gemt.",
        "done.removed": "Fraværet er fjernet.",
        "done.ended": "Tilbage. Fraværet er afsluttet.",
        "done.longer": "Forlænget med {minutes} minutter.",
        "done.saved_not_outlook": "Ændringen er gemt. Den ændrer ikke noget i Outlook.",
        "done.removed_not_outlook": "Fraværet er fjernet her. Det ændrer ikke noget i Outlook.",
        "done.ended_not_outlook": "Tilbage. Fraværet er afsluttet. Det ændrer ikke noget i Outlook.",
        "done.longer_not_outlook": "Forlænget med {minutes} minutter. Det ændrer ikke noget i Outlook.",
        "done.nothing": "Intet blev ændret.",
        "done.undone": "Fortrudt.",
        "done.gone": "Fraværet findes ikke længere. Sådan ser det ud nu.",
        "done.conflict": "Fraværet er blevet ændret eller er slut i mellemtiden. Sådan ser det ud nu.",
        "done.undo_conflict": "Det kan ikke fortrydes: Fraværet eller aftalen er ændret siden da.",
        # The editor.
        "editor.new_for": "Nyt fravær for {name}",
        "editor.change_for": "Ret fravær for {name}",
        "editor.when": "Hvornår",
        "editor.start_date": "Startdato",
        "editor.start_time": "Starttidspunkt",
        "editor.end_date": "Slutdato",
        "editor.end_time": "Sluttidspunkt",
        "editor.all_day_means": "Til og med slutdatoen.",
        "editor.zone": "Tiderne er i {zone}.",
        "editor.calls": "Opkald",
        "editor.note_hint": "For eksempel hvem der kan svare i stedet.",
        "editor.from_outlook": (
            "Dette fravær kommer fra Outlook. Ændringen gælder kun her og ændrer ikke aftalen. Får aftalen et "
            "nyt tidspunkt, gælder kalenderen igen."
        ),
        "editor.problems": "Dette skal rettes:",
        "editor.conflict": (
            "En anden nåede at ændre fraværet, mens du skrev. Det, du skrev, står her stadig. Gem igen for at "
            "erstatte det, der gælder nu, eller annuller."
        ),
        "editor.now_is": "Gælder nu: {now}",
        "editor.not_entitled": "Viderestilling til besked er ikke med i abonnementet. Spørg administratoren.",
        # Why an absence is there, beside the steps of the rules.
        "why.shown_as": "Vises i Outlook som: {show_as}.",
        "why.outcome": "Bliver til: {outcome}",
        "why.gone": "Fraværet vises ikke længere.",
        "why.edited.removed": "fjernet",
        "why.link": "Hvorfor vises det?",
        "why.steps": "Sådan blev aftalen til fravær",
        # What can be wrong with a field of an absence.
        "problem.end_is_past": "Sluttidspunktet er allerede passeret.",
        "problem.too_far_back": "Tidspunktet ligger for langt tilbage.",
        "problem.too_far_ahead": "Tidspunktet ligger for langt ude i fremtiden.",
        "problem.too_many": "Personen har for mange fravær. Fjern nogle først.",
        "problem.no_referral_service": "Viderestilling til besked er ikke med i abonnementet.",
        "problem.not_text": "Noten indeholder tegn, der ikke kan bruges.",
        "problem.note_too_long": "Noten må højst være på {longest} tegn.",
    }
)
