"""What is special to Piper: an optional package, and voices that the administrator puts."""

import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event
from time import monotonic
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from kalenderkoppling.domain.errors import InvalidValueError, SpeechFailedError
from kalenderkoppling.speech.piper import PiperSpeech, PiperVoice, load_piper
from kalenderkoppling.words import Language
from kktest.piper_voice import RATE, write_voice
from kktest.sounds import samples_of
from kktest.speech_contract import SENTENCE, SWEDISH
from kktest.timed import took_at_most

A_MOMENT = timedelta(milliseconds=200)


def test_a_voice_file_is_loaded_and_spoken_with(tmp_path: Path) -> None:
    piper = load_piper({SWEDISH: write_voice(tmp_path, "sv")}, 150)
    sound = piper.say("Anna. Bertil.", SWEDISH)
    assert sound.rate == RATE
    assert np.abs(samples_of(sound)).max() > 30_000
    assert piper.languages == {SWEDISH}
    piper.close()


def test_two_sentences_are_one_sound(tmp_path: Path) -> None:
    piper = load_piper({SWEDISH: write_voice(tmp_path, "sv")}, 150)
    alone = [piper.say(each, SWEDISH).samples for each in ("Anna.", "Bertil.")]
    assert piper.say("Anna. Bertil.", SWEDISH).samples == b"".join(alone)
    piper.close()


def test_the_voice_tells_version_speed_and_which_files(tmp_path: Path) -> None:
    file = write_voice(tmp_path, "sv")
    first = load_piper({SWEDISH: file}, 150).voice
    assert first == load_piper({SWEDISH: file}, 150).voice
    assert first.startswith("piper 1.")
    described = Path(f"{file}.json")
    described.write_text(described.read_text().replace("22050", "16000"))
    other = load_piper({SWEDISH: file}, 150).voice
    assert len({first, other, load_piper({SWEDISH: file}, 160).voice}) == 3


@pytest.mark.parametrize("missing", ["sv.onnx", "sv.onnx.json"])
def test_a_voice_that_is_missing_is_named(tmp_path: Path, missing: str) -> None:
    file = write_voice(tmp_path, "sv")
    (tmp_path / f"buzz-{missing}").unlink()
    with pytest.raises(InvalidValueError, match=f"missing: .*buzz-{missing}"):
        load_piper({SWEDISH: file}, 150)


@pytest.mark.parametrize("broken", [b"", b"no voice", b"\x08\x08", bytes(1_000)])
def test_a_voice_that_is_broken_is_told_in_our_words(tmp_path: Path, broken: bytes) -> None:
    file = write_voice(tmp_path, "sv")
    file.write_bytes(broken)
    with pytest.raises(InvalidValueError, match="cannot be read"):
        load_piper({SWEDISH: file}, 150)


@pytest.mark.parametrize("broken", ["", "{", "{}", "[]", json.dumps({"audio": {}}), "\xff"])
def test_a_description_that_is_broken_is_told_in_our_words(tmp_path: Path, broken: str) -> None:
    file = write_voice(tmp_path, "sv")
    Path(f"{file}.json").write_text(broken, encoding="latin-1")
    with pytest.raises(InvalidValueError, match="cannot be read"):
        load_piper({SWEDISH: file}, 150)


def test_without_the_package_it_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "piper", None)
    with pytest.raises(InvalidValueError, match=r"kalenderkoppling\[piper\]"):
        load_piper({SWEDISH: write_voice(tmp_path, "sv")}, 150)


def test_a_voice_speaks_without_noise_and_at_the_speed_that_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    class Voice:
        @staticmethod
        def load(_: Path) -> "Voice":
            return Voice()

        def synthesize(self, text: str, how: object) -> Iterator[object]:
            asked.append((text, how))
            yield SimpleNamespace(sample_rate=RATE, audio_int16_bytes=bytes(10))

    pretend = SimpleNamespace(PiperVoice=Voice, SynthesisConfig=SimpleNamespace)
    monkeypatch.setitem(sys.modules, "piper", pretend)
    load_piper({SWEDISH: write_voice(tmp_path, "sv")}, 200).say("Anna", SWEDISH)
    expected = SimpleNamespace(length_scale=0.75, noise_scale=0.0, noise_w_scale=0.0)
    assert asked == [("Anna", expected)]


def speaking(synthesize: Any, patience: timedelta = timedelta(seconds=5)) -> PiperSpeech:  # noqa: ANN401 - wrong ones too
    return PiperSpeech({SWEDISH: PiperVoice(mark="m", synthesize=synthesize)}, "piper", patience)


def failing(_: str) -> Iterator[Any]:
    raise RuntimeError("secret text")


def quiet(_: str) -> list[Any]:
    return []


def empty(_: str) -> list[Any]:
    return [SimpleNamespace(sample_rate=RATE, audio_int16_bytes=b"")]


def torn(_: str) -> list[Any]:
    return [SimpleNamespace(sample_rate=RATE, audio_int16_bytes=b"\x00")]


@pytest.mark.parametrize("synthesize", [failing, quiet, empty, torn])
def test_F_26_a_voice_that_fails_or_says_nothing_is_told_in_our_words(synthesize: object) -> None:
    with pytest.raises(SpeechFailedError) as caught:
        speaking(synthesize).say(SENTENCE, SWEDISH)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_F_26_a_voice_that_hangs_is_given_up() -> None:
    let_go = Event()

    def slow(_: str) -> list[Any]:
        let_go.wait(10)
        return []

    begun = monotonic()
    with pytest.raises(SpeechFailedError, match="TimeoutError"):
        speaking(slow, A_MOMENT).say(SENTENCE, SWEDISH)
    took_at_most(monotonic() - begun, 3)
    let_go.set()


def test_nothing_is_said_after_closing(tmp_path: Path) -> None:
    piper = load_piper({SWEDISH: write_voice(tmp_path, "sv")}, 150)
    piper.close()
    piper.close()
    with pytest.raises(SpeechFailedError):
        piper.say("Anna", SWEDISH)


def test_a_language_without_a_voice_is_refused() -> None:
    with pytest.raises(SpeechFailedError, match="no Piper voice"):
        speaking(quiet).say("Anna", Language("en"))
