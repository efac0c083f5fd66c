"""Swedish: texts of calls, of who wants to be called back, of listening and of recorded phrases."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Plural, Text

CALLS: Mapping[str, Text] = MappingProxyType(
    {
        # The history of calls.
        "calls.title": "Samtal",
        "calls.mine": "Mina samtal",
        "calls.to_me": "Till mig",
        "calls.by_me": "Från mig",
        "calls.none": "Inga samtal än.",
        "calls.no_telephone_system": "Inget telefonsystem är anslutet än, så hit kommer inga samtal.",
        "calls.older": "Visa äldre",
        "calls.result.answered": "Besvarat",
        "calls.result.announced": "Hörde beskedet",
        "calls.result.transferred": "Kopplades till telefonist",
        "calls.result.call_back": "Bad om att bli uppringd",
        "calls.result.lost": "Tappades vid koppling till telefonist",
        "calls.result.missed": "Obesvarat",
        "calls.result.failed": "Kom inte fram",
        "calls.length": "{length} min",
        "calls.hidden": "Dolt nummer",
        "calls.erased": "Numret är raderat",
        "calls.kept": Plural(one="Numren raderas efter {count} timme.", other="Numren raderas efter {count} timmar."),
        "calls.unknown_caller": "Okänd uppringare",
        "calls.gone": "Finns inte längre i telefonboken",
        "calls.call": "Ring {number}",
        # Who wants to be called back.
        "call_backs.title": "Att ringa upp",
        "call_backs.mine": "Vill bli uppringda av mig",
        "call_backs.everybody": "Alla som vill bli uppringda",
        "call_backs.none": "Ingen väntar på att bli uppringd.",
        "call_backs.for": "vill bli uppringd av {person}",
        "call_backs.for_you": "vill bli uppringd av dig",
        "call_backs.since": "Väntar sedan {when}",
        "call_backs.done": "Uppringd",
        "call_backs.done_for": "Markera {number} som uppringd",
        "done.called_back": "Markerad som uppringd.",
        "done.call_back_gone": "Det är redan avklarat. Så här ser det ut nu.",
        # Listening to what callers hear.
        "listen.now": "Lyssna på det som den som ringer hör nu",
        "listen.start": "Lyssna",
        "listen.stop": "Sluta lyssna",
        "listen.failed": "Det gick inte att spela upp.",
        "listen.at": "Så låter det {when}",
        "listen.nothing": "Telefonen ringer, inget besked läses upp.",
        "card.ring": "Ring {name}",
        "card.ringing": "Det ringer …",
        "card.rings_shorter": "I demon ringer det bara {seconds} sekunder.",
        "card.hear": "Det här hör den som ringer",
        "card.phone_rings": "Telefonen ringer hos {name}: inget besked läses upp.",
        # Recorded phrases.
        "recordings.title": "Inspelade fraser",
        "recordings.reasons": "Orsaker",
        "recordings.reasons_mean": (
            "Spela in hela frasen, en gång för varje språk. Det som inte är inspelat säger datorrösten."
        ),
        "recordings.name": "Ditt namn",
        "recordings.your_name": "Spela in ditt namn",
        "recordings.means": "Den som ringer hör inspelningen i stället för datorrösten.",
        "recordings.say": "Säg:",
        "recordings.file": "WAV-fil",
        "recordings.limits": "En WAV-fil på högst 10 sekunder och 2 MB. Tystnad före och efter klipps bort.",
        "recordings.upload": "Ladda upp",
        "recordings.remove": "Ta bort inspelningen",
        "recordings.replace": "Byt ut",
        "recordings.none": "Datorröst",
        "recordings.recorded": "Inspelad {when}",
        "recordings.is_recorded": "Inspelad",
        "done.recording_saved": "Inspelningen är sparad.",
        "done.recording_removed": "Inspelningen är borttagen. Nu hörs datorrösten.",
        "field.language": "Språk",
        # What can be wrong with a recording.
        "problem.not_wav": "Filen går inte att läsa som ljud. Spara inspelningen som WAV.",
        "problem.too_long_sound": "Inspelningen är för lång. Spela in bara frasen.",
        "problem.too_large_sound": "Filen är för stor.",
        "problem.silent": "Det hörs inget i inspelningen.",
        "problem.not_recordable": "Den orsaken läses aldrig upp och kan inte spelas in.",
        "problem.unknown_language": "Språket finns inte.",
    }
)
