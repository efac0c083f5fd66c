"""Norwegian (bokmål): texts of calls, of who wants to be called back, of listening and of recorded phrases."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Plural, Text

CALLS: Mapping[str, Text] = MappingProxyType(
    {
        # The history of calls.
        "calls.title": "Samtaler",
        "calls.mine": "Mine samtaler",
        "calls.to_me": "Til meg",
        "calls.by_me": "Fra meg",
        "calls.none": "Ingen samtaler ennå.",
        "calls.no_telephone_system": "Ingen telefonsentral er koblet til ennå, så hit kommer det ingen samtaler.",
        "calls.older": "Vis eldre",
        "calls.result.answered": "Besvart",
        "calls.result.announced": "Hørte meldingen",
        "calls.result.transferred": "Satt over til sentralbordet",
        "calls.result.call_back": "Ba om å bli ringt opp",
        "calls.result.lost": "Mistet under viderekobling til sentralbordet",
        "calls.result.missed": "Ubesvart",
        "calls.result.failed": "Kom ikke fram",
        "calls.length": "{length} min",
        "calls.hidden": "Skjult nummer",
        "calls.erased": "Nummeret er slettet",
        "calls.kept": Plural(one="Numrene slettes etter {count} time.", other="Numrene slettes etter {count} timer."),
        "calls.unknown_caller": "Ukjent innringer",
        "calls.gone": "Finnes ikke lenger i telefonkatalogen",
        "calls.call": "Ring {number}",
        # Who wants to be called back.
        "call_backs.title": "Skal ringes opp",
        "call_backs.mine": "Vil bli ringt opp av meg",
        "call_backs.everybody": "Alle som vil bli ringt opp",
        "call_backs.none": "Ingen venter på å bli ringt opp.",
        "call_backs.for": "vil bli ringt opp av {person}",
        "call_backs.for_you": "vil bli ringt opp av deg",
        "call_backs.since": "Venter siden {when}",
        "call_backs.done": "Ringt opp",
        "call_backs.done_for": "Merk {number} som ringt opp",
        "done.called_back": "Merket som ringt opp.",
        "done.call_back_gone": "Det er allerede gjort. Slik ser det ut nå.",
        # Listening to what callers hear.
        "listen.now": "Lytt til det den som ringer, hører nå",
        "listen.start": "Lytt",
        "listen.stop": "Stopp",
        "listen.failed": "Det gikk ikke å spille av.",
        "listen.at": "Slik høres det ut {when}",
        "listen.nothing": "Telefonen ringer, ingen melding leses opp.",
        "card.ring": "Ring {name}",
        "card.ringing": "Det ringer …",
        "card.rings_shorter": "I demoen ringer det bare i {seconds} sekunder.",
        "card.hear": "Dette hører den som ringer",
        "card.phone_rings": "Telefonen ringer hos {name}: ingen melding leses opp.",
        # Recorded phrases.
        "recordings.title": "Innspilte fraser",
        "recordings.reasons": "Årsaker",
        "recordings.reasons_mean": (
            "Spill inn hele frasen, én gang for hvert språk. Det som ikke er spilt inn, sier datastemmen."
        ),
        "recordings.name": "Navnet ditt",
        "recordings.your_name": "Spill inn navnet ditt",
        "recordings.means": "Den som ringer, hører innspillingen i stedet for datastemmen.",
        "recordings.say": "Si:",
        "recordings.file": "WAV-fil",
        "recordings.limits": "En WAV-fil på høyst 10 sekunder og 2 MB. Stillhet før og etter klippes bort.",
        "recordings.upload": "Last opp",
        "recordings.remove": "Fjern innspillingen",
        "recordings.replace": "Bytt ut",
        "recordings.none": "Datastemme",
        "recordings.recorded": "Spilt inn {when}",
        "recordings.is_recorded": "Spilt inn",
        "done.recording_saved": "Innspillingen er lagret.",
        "done.recording_removed": "Innspillingen er fjernet. Nå høres datastemmen.",
        "field.language": "Språk",
        # What can be wrong with a recording.
        "problem.not_wav": "Filen kan ikke leses som lyd. Lagre innspillingen som WAV.",
        "problem.too_long_sound": "Innspillingen er for lang. Spill inn bare frasen.",
        "problem.too_large_sound": "Filen er for stor.",
        "problem.silent": "Det høres ingenting i innspillingen.",
        "problem.not_recordable": "Den årsaken leses aldri opp og kan ikke spilles inn.",
        "problem.unknown_language": "Språket finnes ikke.",
    }
)
