"""British English: texts of the editor of absences, of what was done, and of why an absence is there."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Text

ABSENCES: Mapping[str, Text] = MappingProxyType(
    {
        # What was done; Outlook is named where an absence came from it.
        "done.created": "{reason} has been set, {when}.",
        "done.saved": "The change has been saved.",
        "done.removed": "The absence has been removed.",
        "done.ended": "Back. The absence has been ended.",
        "done.longer": "{minutes} minutes longer.",
        "done.saved_not_outlook": "The change has been saved. It does not change Outlook.",
        "done.removed_not_outlook": "The absence has been removed here. It does not change Outlook.",
        "done.ended_not_outlook": "Back. The absence has been ended; it does not change Outlook.",
        "done.longer_not_outlook": "{minutes} minutes longer. It does not change Outlook.",
        "done.nothing": "Nothing was changed.",
        "done.undone": "Undone.",
        "done.gone": "The absence is no longer there. This is how it looks now.",
        "done.conflict": "The absence has changed or ended meanwhile. This is how it looks now.",
        "done.undo_conflict": "It cannot be undone: the absence or its booking has changed since.",
        # The editor.
        "editor.new_for": "New absence for {name}",
        "editor.change_for": "Change absence for {name}",
        "editor.when": "When",
        "editor.start_date": "Start date",
        "editor.start_time": "Start time",
        "editor.end_date": "End date",
        "editor.end_time": "End time",
        "editor.all_day_means": "Up to and including the end date.",
        "editor.zone": "Times are in {zone}.",
        "editor.calls": "Callers",
        "editor.note_hint": "For instance who can answer instead.",
        "editor.from_outlook": (
            "This absence comes from Outlook. The change holds here only and does not change the booking. If "
            "the booking gets a new time, the calendar holds again."
        ),
        "editor.problems": "This needs to be corrected:",
        "editor.conflict": (
            "Somebody else changed the absence while you were writing. What you wrote is still here. Save "
            "again to replace what holds now, or cancel."
        ),
        "editor.now_is": "Holds now: {now}",
        "editor.not_entitled": "The subscription does not include referral. Ask the administrator.",
        # Why an absence is there, beside the steps of the rules.
        "why.shown_as": "Shown in Outlook as: {show_as}.",
        "why.outcome": "Becomes: {outcome}",
        "why.gone": "The absence no longer shows.",
        "why.edited.removed": "removed",
        "why.link": "Why is this shown?",
        "why.steps": "How the booking became an absence",
        # What can be wrong with a field of an absence.
        "problem.end_is_past": "The end has already passed.",
        "problem.too_far_back": "The time is too far back.",
        "problem.too_far_ahead": "The time is too far ahead.",
        "problem.too_many": "The person has too many absences. Remove some first.",
        "problem.no_referral_service": "The subscription does not include referral.",
        "problem.not_text": "The note contains characters that cannot be used.",
        "problem.note_too_long": "The note may be at most {longest} characters.",
    }
)
