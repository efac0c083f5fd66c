"""Which engine speaks."""

from pathlib import Path

import pytest

from kalenderkoppling.domain.errors import InvalidValueError, SpeechFailedError
from kalenderkoppling.settings.telephony import Voices
from kalenderkoppling.speech import open_speech
from kalenderkoppling.speech.espeak import EspeakProgram
from kalenderkoppling.speech.espeak_engine import EspeakEngine
from kalenderkoppling.speech.open_speech import PiperOrElse
from kktest.piper_voice import RATE, write_voice
from kktest.speech_contract import ENGLISH, SENTENCE, SWEDISH


@pytest.fixture
def no_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


def test_the_program_speaks_where_it_is_installed() -> None:
    opened = open_speech(Voices(words_per_minute=160))
    assert isinstance(opened, EspeakProgram)
    assert "160" in opened.voice
    opened.close()


def test_the_engine_of_the_wheel_speaks_where_it_is_not(no_program: None) -> None:
    opened = open_speech(Voices(words_per_minute=160))
    assert isinstance(opened, EspeakEngine)
    assert "160" in opened.voice
    opened.close()
    assert opened.child_id is None


def test_languages_without_a_piper_voice_are_spoken_by_espeak(tmp_path: Path, no_program: None) -> None:
    opened = open_speech(Voices(engine="piper", piper={"sv-SE": str(write_voice(tmp_path, "sv"))}))
    espeak = EspeakEngine(150)
    assert isinstance(opened, PiperOrElse)
    assert opened.say(SENTENCE, ENGLISH) == espeak.say(SENTENCE, ENGLISH)
    assert opened.say(SENTENCE, SWEDISH) != espeak.say(SENTENCE, SWEDISH)
    assert opened.say(SENTENCE, SWEDISH).rate == RATE
    assert espeak.voice in opened.voice
    assert "sv:" in opened.voice
    opened.close()
    for language in (ENGLISH, SWEDISH):
        with pytest.raises(SpeechFailedError):
            opened.say(SENTENCE, language)
    espeak.close()


@pytest.mark.parametrize(
    ("voices", "told"),
    [
        (Voices(engine="festival"), "festival"),
        (Voices(engine="piper", piper={"tlh": "klingon.onnx"}), "tlh"),
        (Voices(engine="piper", piper={"sv": "/nowhere/voice.onnx"}), "/nowhere/voice.onnx"),
    ],
)
def test_what_cannot_be_refuses_to_start(voices: Voices, told: str) -> None:
    with pytest.raises(InvalidValueError, match=told):
        open_speech(voices)
