"""Danish: texts of calls, of who wants to be called back, of listening and of recorded phrases."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Plural, Text

CALLS: Mapping[str, Text] = MappingProxyType(
    {
        # The history of calls.
        "calls.title": "Opkald",
        "calls.mine": "Mine opkald",
        "calls.to_me": "Til mig",
        "calls.by_me": "Fra mig",
        "calls.none": "Ingen opkald endnu.",
        "calls.no_telephone_system": "Der er ikke tilsluttet noget telefonsystem endnu, så her kommer ingen opkald.",
        "calls.older": "Vis ældre",
        "calls.result.answered": "Besvaret",
        "calls.result.announced": "Hørte beskeden",
        "calls.result.transferred": "Stillet om til omstillingen",
        "calls.result.call_back": "Bad om at blive ringet op",
        "calls.result.lost": "Tabt under omstilling",
        "calls.result.missed": "Ubesvaret",
        "calls.result.failed": "Kom ikke igennem",
        "calls.length": "{length} min.",
        "calls.hidden": "Skjult nummer",
        "calls.erased": "Nummeret er slettet",
        "calls.kept": Plural(one="Numrene slettes efter {count} time.", other="Numrene slettes efter {count} timer."),
        "calls.unknown_caller": "Ukendt opkalder",
        "calls.gone": "Findes ikke længere i telefonbogen",
        "calls.call": "Ring til {number}",
        # Who wants to be called back.
        "call_backs.title": "Skal ringes op",
        "call_backs.mine": "Vil ringes op af mig",
        "call_backs.everybody": "Alle, der vil ringes op",
        "call_backs.none": "Ingen venter på at blive ringet op.",
        "call_backs.for": "vil ringes op af {person}",
        "call_backs.for_you": "vil ringes op af dig",
        "call_backs.since": "Venter siden {when}",
        "call_backs.done": "Ringet op",
        "call_backs.done_for": "Markér {number} som ringet op",
        "done.called_back": "Markeret som ringet op.",
        "done.call_back_gone": "Det er allerede klaret. Sådan ser det ud nu.",
        # Listening to what callers hear.
        "listen.now": "Hør, hvad den, der ringer, hører nu",
        "listen.start": "Lyt",
        "listen.stop": "Stop",
        "listen.failed": "Det kunne ikke afspilles.",
        "listen.at": "Sådan lyder det {when}",
        "listen.nothing": "Telefonen ringer, ingen besked læses op.",
        "card.ring": "Ring til {name}",
        "card.ringing": "Det ringer …",
        "card.rings_shorter": "I demoen ringer det kun i {seconds} sekunder.",
        "card.hear": "Det hører den, der ringer",
        "card.phone_rings": "Telefonen ringer hos {name}: Ingen besked læses op.",
        # Recorded phrases.
        "recordings.title": "Indtalte fraser",
        "recordings.reasons": "Årsager",
        "recordings.reasons_mean": (
            "Indtal hele frasen, én gang for hvert sprog. Det, der ikke er indtalt, siger computerstemmen."
        ),
        "recordings.name": "Dit navn",
        "recordings.your_name": "Indtal dit navn",
        "recordings.means": "Den, der ringer, hører indtalingen i stedet for computerstemmen.",
        "recordings.say": "Sig:",
        "recordings.file": "WAV-fil",
        "recordings.limits": "En WAV-fil på højst 10 sekunder og 2 MB. Stilhed før og efter klippes væk.",
        "recordings.upload": "Upload",
        "recordings.remove": "Fjern indtalingen",
        "recordings.replace": "Udskift",
        "recordings.none": "Computerstemme",
        "recordings.recorded": "Indtalt {when}",
        "recordings.is_recorded": "Indtalt",
        "done.recording_saved": "Indtalingen er gemt.",
        "done.recording_removed": "Indtalingen er fjernet. Nu høres computerstemmen.",
        "field.language": "Sprog",
        # What can be wrong with a recording.
        "problem.not_wav": "Filen kan ikke læses som lyd. Gem indtalingen som WAV.",
        "problem.too_long_sound": "Indtalingen er for lang. Indtal kun frasen.",
        "problem.too_large_sound": "Filen er for stor.",
        "problem.silent": "Der er intet at høre i indtalingen.",
        "problem.not_recordable": "Den årsag læses aldrig op og kan ikke indtales.",
        "problem.unknown_language": "Sproget findes ikke.",
    }
)
