"""British English: texts of calls, of who wants to be called back, of listening and of recorded phrases."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Plural, Text

CALLS: Mapping[str, Text] = MappingProxyType(
    {
        # The history of calls.
        "calls.title": "Calls",
        "calls.mine": "My calls",
        "calls.to_me": "To me",
        "calls.by_me": "From me",
        "calls.none": "No calls yet.",
        "calls.no_telephone_system": "No telephone system is connected yet, so no calls come here.",
        "calls.older": "Show older",
        "calls.result.answered": "Answered",
        "calls.result.announced": "Heard the announcement",
        "calls.result.transferred": "Put through to the attendant",
        "calls.result.call_back": "Asked to be called back",
        "calls.result.lost": "Lost while being put through",
        "calls.result.missed": "Not answered",
        "calls.result.failed": "Did not get through",
        "calls.length": "{length} min",
        "calls.hidden": "Withheld number",
        "calls.erased": "The number has been erased",
        "calls.kept": Plural(
            one="Numbers are erased after {count} hour.", other="Numbers are erased after {count} hours."
        ),
        "calls.unknown_caller": "Unknown caller",
        "calls.gone": "No longer in the directory",
        "calls.call": "Call {number}",
        # Who wants to be called back.
        "call_backs.title": "To call back",
        "call_backs.mine": "Waiting for my call",
        "call_backs.everybody": "Everybody who wants a call back",
        "call_backs.none": "Nobody is waiting to be called back.",
        "call_backs.for": "wants a call back from {person}",
        "call_backs.for_you": "wants a call back from you",
        "call_backs.since": "Waiting since {when}",
        "call_backs.done": "Called back",
        "call_backs.done_for": "Mark {number} as called back",
        "done.called_back": "Marked as called back.",
        "done.call_back_gone": "That has been dealt with already. This is how it is now.",
        # Listening to what callers hear.
        "listen.now": "Listen to what callers hear now",
        "listen.start": "Listen",
        "listen.stop": "Stop",
        "listen.failed": "It could not be played.",
        "listen.at": "How it will sound {when}",
        "listen.nothing": "The phone rings, nothing is announced.",
        "card.ring": "Call {name}",
        "card.ringing": "Ringing …",
        "card.rings_shorter": "In the demo it rings for only {seconds} seconds.",
        "card.hear": "What callers hear",
        "card.phone_rings": "{name}'s phone rings: nothing is announced.",
        # Recorded phrases.
        "recordings.title": "Recorded phrases",
        "recordings.reasons": "Reasons",
        "recordings.reasons_mean": (
            "Record the whole phrase, once for each language. The synthetic voice says what is not recorded."
        ),
        "recordings.name": "Your name",
        "recordings.your_name": "Record your name",
        "recordings.means": "Callers hear the recording in place of the synthetic voice.",
        "recordings.say": "Say:",
        "recordings.file": "WAV file",
        "recordings.limits": "A WAV file of at most 10 seconds and 2 MB. Silence before and after is cut off.",
        "recordings.upload": "Upload",
        "recordings.remove": "Remove the recording",
        "recordings.replace": "Replace",
        "recordings.none": "Synthetic voice",
        "recordings.recorded": "Recorded {when}",
        "recordings.is_recorded": "Recorded",
        "done.recording_saved": "The recording has been saved.",
        "done.recording_removed": "The recording has been removed. The synthetic voice is heard now.",
        "field.language": "Language",
        # What can be wrong with a recording.
        "problem.not_wav": "The file cannot be read as sound. Save the recording as WAV.",
        "problem.too_long_sound": "The recording is too long. Record the phrase alone.",
        "problem.too_large_sound": "The file is too large.",
        "problem.silent": "Nothing can be heard in the recording.",
        "problem.not_recordable": "That reason is never spoken and cannot be recorded.",
        "problem.unknown_language": "There is no such language.",
    }
)
