"""What is special to speech by the espeak-ng program."""

import shutil
import struct
import sys
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest

from kalenderkoppling.domain.errors import SpeechFailedError
from kalenderkoppling.speech.espeak import EspeakProgram
from kalenderkoppling.words import Language
from kktest.speech_contract import SENTENCE, SWEDISH

HEADER = struct.pack(
    "<4sI4s4sIHHIIHH4sI", b"RIFF", 0x7FFFF024, b"WAVE", b"fmt ", 16, 1, 1, 22_050, 44_100, 2, 16, b"data", 0
)
A_MOMENT = timedelta(milliseconds=500)


def program(folder: Path, saying: str) -> str:
    """Make a program that tells a version, and does otherwise as it is written."""
    file = folder / "espeak-ng"
    lines = (
        f"#!{sys.executable}",
        "import os, sys, time",
        "if '--version' in sys.argv:",
        "    sys.exit(print('eSpeak NG text-to-speech: 1.51  Data at: /usr/share'))",
        "text = sys.stdin.buffer.read()",
        "out = sys.stdout.buffer",
        saying,
    )
    file.write_text("\n".join(lines))
    file.chmod(0o700)
    return str(file)


def espeak(words_per_minute: int = 150) -> EspeakProgram:
    found = shutil.which("espeak-ng")
    assert found
    return EspeakProgram(found, words_per_minute)


def test_more_words_a_minute_take_less_time() -> None:
    assert espeak(250).say(SENTENCE, SWEDISH).length < 0.75 * espeak(150).say(SENTENCE, SWEDISH).length


def test_the_voice_tells_version_and_speed() -> None:
    assert espeak(170).voice.startswith("espeak-ng 1.")
    assert "170" in espeak(170).voice
    assert espeak(170).voice != espeak(171).voice


@pytest.mark.parametrize("language", ["sv", "nb", "en", "da"])
def test_the_languages_of_the_north_are_spoken(language: str) -> None:
    assert espeak().say("Anna Ek", Language(language)).length > timedelta(seconds=0.5)


def test_text_and_language_reach_the_program_as_they_are_and_no_shell(tmp_path: Path) -> None:
    noted = tmp_path / "noted"
    note = f"open({str(noted)!r}, 'wb').write('|'.join(sys.argv[1:]).encode() + b'|' + text)"
    saying = f"{note}; out.write({HEADER + bytes(20)!r})"
    EspeakProgram(program(tmp_path, saying), 150).say("Åsa; $(id) -v en", SWEDISH)
    assert noted.read_text() == "--stdout|--stdin|-b|1|-s|150|-v|sv|Åsa; $(id) -v en"


def test_the_sizes_in_the_header_are_not_believed(tmp_path: Path) -> None:
    sound = EspeakProgram(program(tmp_path, f"out.write({HEADER + bytes(range(7))!r})"), 150).say("hej", SWEDISH)
    assert (sound.rate, sound.samples) == (22_050, bytes(range(6)))


@pytest.mark.parametrize(
    "saying",
    [
        "sys.exit(1)",
        f"out.write({HEADER + bytes(20)!r}); sys.exit(2)",
        "os.abort()",
        "pass",
        f"out.write({HEADER!r})",
        f"out.write({HEADER[:30]!r})",
        "out.write(b'espeak-ng: error' * 10)",
        f"out.write({HEADER[:22] + bytes([2, 0]) + HEADER[24:] + bytes(20)!r})",
        f"out.write({HEADER[:24] + bytes(4) + HEADER[28:] + bytes(20)!r})",
        f"out.write({HEADER[:34] + bytes([8, 0]) + HEADER[36:] + bytes(20)!r})",
        f"out.write({HEADER[:20] + bytes([3, 0]) + HEADER[22:] + bytes(20)!r})",
    ],
)
def test_F_26_a_program_that_fails_or_writes_something_else_is_told_in_our_words(tmp_path: Path, saying: str) -> None:
    speech = EspeakProgram(program(tmp_path, saying), 150)
    with pytest.raises(SpeechFailedError):
        speech.say("Anna", SWEDISH)


def test_F_26_a_program_that_hangs_is_given_up_and_killed(tmp_path: Path) -> None:
    noted = tmp_path / "noted"
    saying = f"open({str(noted)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    speech = EspeakProgram(program(tmp_path, saying), 150, A_MOMENT)
    begun = monotonic()
    with pytest.raises(SpeechFailedError, match="TimeoutExpired"):
        speech.say("Anna", SWEDISH)
    assert monotonic() - begun < 60, "it slept to its end"
    assert not Path(f"/proc/{noted.read_text()}").exists()


def test_F_26_a_program_that_is_taken_away_is_told_in_our_words(tmp_path: Path) -> None:
    file = program(tmp_path, "pass")
    speech = EspeakProgram(file, 150)
    Path(file).unlink()
    with pytest.raises(SpeechFailedError, match="FileNotFoundError"):
        speech.say("Anna", SWEDISH)


def test_a_program_that_is_not_espeak_is_refused_at_the_start() -> None:
    for other in ("/bin/true", "/bin/false", "/nowhere/espeak-ng"):
        with pytest.raises(SpeechFailedError):
            EspeakProgram(other, 150)


def test_F_33_nothing_of_the_text_is_in_an_error(tmp_path: Path) -> None:
    speech = EspeakProgram(program(tmp_path, "sys.exit(1)"), 150)
    with pytest.raises(SpeechFailedError) as caught:
        speech.say("hemligt", SWEDISH)
    assert "hemligt" not in str(caught.value)
    assert caught.value.__cause__ is None
