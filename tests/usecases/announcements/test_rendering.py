"""How a sentence becomes a prompt."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest

from kalenderkoppling.domain.errors import SpeechFailedError
from kalenderkoppling.domain.recording import PhraseId, PhraseKind
from kalenderkoppling.ports.prompts import Prompt
from kalenderkoppling.sound import Sound, joined, read_wav, resampled, silence, tone, wav
from kalenderkoppling.usecases.announcements.rendering import rendered
from kalenderkoppling.usecases.announcements.sentence import Sentence, SentencePart, said
from kktest.callees import SWEDISH
from kktest.prompts import key_of
from kktest.sounds import SECOND, likeness, loudness, samples_of
from kktest.speech import FakeSpeech, hummed

KEY = key_of("sentence")
NAME = PhraseId(kind=PhraseKind.NAME, key="anna")
REASON = PhraseId(kind=PhraseKind.REASON, key="lunch", language="sv")
NAME_FILE = wav(joined([silence(SECOND, 16_000), tone(300, SECOND, 16_000, 0.01), silence(SECOND, 16_000)]))
REASON_FILE = wav(tone(500, SECOND, 44_100, 0.9))
FILES = {NAME: NAME_FILE, REASON: REASON_FILE}


def part(text: str, phrase: PhraseId | None = None, of: bytes | None = None) -> SentencePart:
    file = of or (FILES[phrase] if phrase else b"")
    return SentencePart(text=text, phrase=phrase, recorded=hashlib.sha256(file).hexdigest() if phrase else "")


def sentence(*parts: SentencePart) -> Sentence:
    return Sentence(language=SWEDISH, parts=parts)


def render(
    of: Sentence, speech: FakeSpeech | None = None, recording_of: Callable[[PhraseId], bytes | None] = FILES.get
) -> tuple[Prompt, list[str]]:
    """Render, and tell what was spoken."""
    speech = speech or FakeSpeech()
    return rendered(of, KEY, speech, recording_of), speech.said


SPOKEN = sentence(part("Anna Ek"), part("är på lunch"), part("och är åter klockan ett."))
WITH_NAME = sentence(part("Anna Ek", NAME), part("är på lunch"), part("och är åter klockan ett."))
WITH_REASON = sentence(part("Anna Ek"), part("är på lunch", REASON), part("och är åter klockan ett."))
WITH_BOTH = sentence(part("Anna Ek", NAME), part("är på lunch", REASON), part("och är åter klockan ett."))


def test_a_prompt_is_mono_at_both_rates_under_the_hash_of_the_narrow_one() -> None:
    prompt, _ = render(SPOKEN)
    narrow, wide = read_wav(prompt.wav), read_wav(prompt.wav_16k)
    assert (prompt.key, prompt.language) == (KEY, SWEDISH)
    assert (narrow.rate, wide.rate) == (8_000, 16_000)
    assert prompt.sha256 == hashlib.sha256(prompt.wav).hexdigest()
    assert prompt.length == narrow.length
    assert abs(narrow.length - wide.length) <= SECOND / 8_000
    assert likeness(resampled(wide, 8_000), narrow) > 0.999


def test_what_is_spoken_is_spoken_in_one_breath() -> None:
    prompt, spoken = render(SPOKEN)
    assert spoken == ["Anna Ek är på lunch och är åter klockan ett."]
    assert likeness(read_wav(prompt.wav_16k), resampled(hummed(spoken[0], SWEDISH), 16_000)) > 0.99


def test_a_recording_is_heard_in_place_of_its_words_and_the_rest_in_one_breath() -> None:
    prompt, spoken = render(WITH_NAME)
    assert spoken == ["är på lunch och är åter klockan ett."]
    heard = read_wav(prompt.wav_16k)
    assert likeness(part_of(heard, 0, 1), tone(300, SECOND, 16_000, 0.5)) > 0.98
    assert likeness(part_of(heard, 1.2, 10), resampled(hummed(spoken[0], SWEDISH), 16_000)) > 0.95


def test_a_recording_in_the_middle_is_heard_between_what_is_spoken() -> None:
    _, spoken = render(WITH_REASON)
    assert spoken == ["Anna Ek", "och är åter klockan ett."]


def test_recordings_follow_one_another() -> None:
    prompt, spoken = render(WITH_BOTH)
    assert spoken == ["och är åter klockan ett."]
    heard = read_wav(prompt.wav_16k)
    assert likeness(part_of(heard, 0, 1.05), tone(300, SECOND, 16_000, 0.5)) > 0.97
    assert likeness(part_of(heard, 1.1, 2.3), tone(500, SECOND, 16_000, 0.5)) > 0.97


def test_what_was_all_recorded_needs_no_speech() -> None:
    prompt, spoken = render(sentence(part("Anna Ek", NAME), part("är på lunch.", REASON)), FakeSpeech(fails=True))
    assert spoken == []
    assert prompt.length > 2 * SECOND


def test_a_pause_as_between_phrases_parts_what_was_recorded_from_what_is_spoken() -> None:
    heard = read_wav(render(WITH_NAME)[0].wav_16k)
    quiet = [abs(samples_of(part_of(heard, at / 100, at / 100 + 0.01))).max() < 30 for at in range(95, 150)]
    assert 0.15 <= sum(quiet) / 100 <= 0.25


def test_what_was_recorded_loud_or_quiet_is_as_loud_as_what_is_spoken() -> None:
    heard = read_wav(render(WITH_BOTH)[0].wav_16k)
    for start, end in ((0.1, 0.9), (1.3, 2.1)):
        assert loudness(part_of(heard, start, end)) == pytest.approx(-20, abs=1)
    assert loudness(part_of(heard, 2.4, 10)) == pytest.approx(-20, abs=4)


@pytest.mark.parametrize(
    "recording_of",
    [
        lambda _: None,
        lambda _: REASON_FILE,
        lambda _: NAME_FILE[:-1],
        lambda _: b"",
    ],
    ids=["removed", "replaced", "changed", "empty"],
)
def test_F_26_a_recording_that_is_gone_or_another_is_spoken(recording_of: Callable[[PhraseId], bytes | None]) -> None:
    prompt, spoken = render(WITH_NAME, recording_of=recording_of)
    assert spoken == ["Anna Ek är på lunch och är åter klockan ett."]
    assert prompt.wav == render(SPOKEN)[0].wav


def test_F_26_a_recording_that_cannot_be_read_is_spoken() -> None:
    broken = b"no sound"
    of = sentence(part("Anna Ek", NAME, broken), part("är på lunch."))
    assert render(of, recording_of=lambda _: broken)[1] == ["Anna Ek är på lunch."]


def test_only_recordings_that_the_sentence_names_are_asked_for() -> None:
    asked: list[PhraseId] = []

    def recording_of(phrase: PhraseId) -> bytes | None:
        asked.append(phrase)
        return FILES[phrase]

    render(WITH_REASON, recording_of=recording_of)
    assert asked == [REASON]


def test_an_empty_part_is_not_heard() -> None:
    _, spoken = render(sentence(part("Anna Ek"), part("är på lunch."), part("")))
    assert spoken == ["Anna Ek är på lunch."]


def test_F_26_speech_that_fails_is_told() -> None:
    with pytest.raises(SpeechFailedError):
        render(SPOKEN, FakeSpeech(fails=True))


def test_the_same_sentence_is_the_same_bytes() -> None:
    assert render(WITH_BOTH)[0] == render(WITH_BOTH)[0]
    assert render(SPOKEN)[0].sha256 != render(said("Anna Ek är på lunch.", SWEDISH))[0].sha256


def test_a_sentence_takes_its_time_and_little_more() -> None:
    prompt, [spoken] = render(SPOKEN)
    assert abs(prompt.length - hummed(spoken, SWEDISH).length) < timedelta(milliseconds=100)


def part_of(sound: Sound, start_seconds: float, end_seconds: float) -> Sound:
    first, after = (2 * round(sound.rate * each) for each in (start_seconds, end_seconds))
    return Sound(rate=sound.rate, samples=sound.samples[first:after])
