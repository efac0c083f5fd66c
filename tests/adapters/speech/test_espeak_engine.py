"""What is special to the engine of the wheel: it lives in a child process, which may die, hang and be orphaned."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

import espeakng_loader
import pytest

from kalenderkoppling.domain.errors import SpeechFailedError
from kalenderkoppling.speech import espeak_child
from kalenderkoppling.speech.espeak_engine import EspeakEngine
from kalenderkoppling.words import Language
from kktest.speech_contract import SENTENCE, SWEDISH
from kktest.timed import took_at_most
from kktest.waiting import wait_until

A_MOMENT = timedelta(milliseconds=400)
PATIENCE_SECONDS = 60


@pytest.fixture
def engine() -> Iterator[EspeakEngine]:
    opened = EspeakEngine(150)
    yield opened
    opened.close()


def child_of(engine: EspeakEngine) -> int:
    assert engine.child_id is not None
    return engine.child_id


def is_running(process: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def has_ended(process: int) -> bool:
    wait_until(lambda: not is_running(process))
    return not is_running(process)


def test_the_voice_tells_version_and_speed(engine: EspeakEngine) -> None:
    assert engine.voice == "espeak-ng engine 1.52.0, 150 words a minute"


def test_more_words_a_minute_take_less_time(engine: EspeakEngine) -> None:
    quick = EspeakEngine(250)
    assert quick.say(SENTENCE, SWEDISH).length < 0.75 * engine.say(SENTENCE, SWEDISH).length
    quick.close()


@pytest.mark.parametrize("language", ["no", "en-gb"])
def test_a_voice_that_the_engine_does_not_have_is_refused_and_not_taken_for_the_one_before(
    engine: EspeakEngine, language: str
) -> None:
    engine.say(SENTENCE, SWEDISH)
    with pytest.raises(SpeechFailedError, match="refuses"):
        engine.say(SENTENCE, Language(language))


def test_one_child_is_kept_for_many_sentences_and_leaves_nothing_behind(engine: EspeakEngine) -> None:
    child = child_of(engine)
    for number in range(50):
        engine.say(f"Anna {number}", SWEDISH)
    assert child_of(engine) == child
    wait_until(lambda: not children_of(engine))
    assert children_of(engine) == []


def test_two_engines_speak_alike(engine: EspeakEngine) -> None:
    other = EspeakEngine(150)
    other.say("Bertil", SWEDISH)
    assert other.say(SENTENCE, SWEDISH) == engine.say(SENTENCE, SWEDISH)
    other.close()


def test_F_26_a_child_that_died_between_sentences_is_replaced(engine: EspeakEngine) -> None:
    before, child = engine.say(SENTENCE, SWEDISH), child_of(engine)
    os.kill(child, signal.SIGKILL)
    assert has_ended(child)
    assert engine.say(SENTENCE, SWEDISH) == before
    assert child_of(engine) != child


def test_F_26_a_child_that_hangs_is_killed_and_replaced() -> None:
    engine = EspeakEngine(150, A_MOMENT)
    before, child = engine.say(SENTENCE, SWEDISH), child_of(engine)
    os.kill(child, signal.SIGSTOP)
    begun = monotonic()
    with pytest.raises(SpeechFailedError, match="in time"):
        engine.say(SENTENCE, SWEDISH)
    took_at_most(monotonic() - begun, 5)
    assert not is_running(child)
    assert engine.say(SENTENCE, SWEDISH) == before
    engine.close()


def test_F_26_a_child_that_dies_while_it_speaks_is_told_in_our_words(engine: EspeakEngine) -> None:
    child = child_of(engine)
    os.kill(child, signal.SIGSTOP)
    failures: list[SpeechFailedError] = []

    def speak() -> None:
        with pytest.raises(SpeechFailedError) as caught:
            engine.say(SENTENCE, SWEDISH)
        failures.append(caught.value)

    speaking = threading.Thread(target=speak)
    speaking.start()
    sleep(0.1)
    os.kill(child, signal.SIGKILL)
    speaking.join(PATIENCE_SECONDS)
    assert len(failures) == 1
    assert SENTENCE not in str(failures[0])
    assert engine.say(SENTENCE, SWEDISH).samples


def test_closing_ends_the_child_even_while_it_speaks() -> None:
    engine = EspeakEngine(150)
    child = child_of(engine)
    os.kill(child, signal.SIGSTOP)
    failures: list[SpeechFailedError] = []

    def speak() -> None:
        with pytest.raises(SpeechFailedError) as caught:
            engine.say(SENTENCE, SWEDISH)
        failures.append(caught.value)

    speaking = threading.Thread(target=speak)
    speaking.start()
    sleep(0.1)
    begun = monotonic()
    engine.close()
    speaking.join(PATIENCE_SECONDS)
    took_at_most(monotonic() - begun, 5)
    assert failures
    assert not is_running(child)


def test_nothing_is_said_after_closing_which_may_be_done_twice(engine: EspeakEngine) -> None:
    child = child_of(engine)
    engine.close()
    engine.close()
    assert not is_running(child)
    with pytest.raises(SpeechFailedError, match="closed"):
        engine.say(SENTENCE, SWEDISH)
    assert engine.child_id is None


def test_the_child_ends_when_we_are_killed() -> None:
    source = (
        "from kalenderkoppling.speech.espeak_engine import EspeakEngine\n"
        "import os, signal\n"
        "engine = EspeakEngine(150)\n"
        "print(engine.child_id, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    command = [sys.executable, "-c", source]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)  # noqa: S603 our own words
    assert done.returncode == -signal.SIGKILL
    assert has_ended(int(done.stdout))


def test_F_26_an_engine_that_is_not_there_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(SpeechFailedError, match="does not start"):
        EspeakEngine(150, library=tmp_path / "none.so")
    with pytest.raises(SpeechFailedError, match="does not start"):
        EspeakEngine(150, folder=tmp_path)


def test_F_26_a_wheel_without_its_files_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(espeakng_loader, "__file__", str(tmp_path / "__init__.py"))
    with pytest.raises(SpeechFailedError, match="does not start"):
        EspeakEngine(150)


def test_F_26_a_child_that_writes_nonsense_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, engine: EspeakEngine
) -> None:
    nonsense = tmp_path / "child.py"
    nonsense.write_text(
        "import sys, time\nsys.stdout.buffer.write(b'\\xff' * 100)\nsys.stdout.flush()\ntime.sleep(60)\n"
    )
    monkeypatch.setattr(espeak_child, "__file__", str(nonsense))
    with pytest.raises(SpeechFailedError, match="too long"):
        EspeakEngine(150)


def test_F_26_an_engine_that_says_nothing_is_no_announcement(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mute = tmp_path / "child.py"
    mute.write_text(
        "import struct, sys\n"
        "out = sys.stdout.buffer\n"
        "out.write(struct.pack('<II', 22_050, 3) + b'1.0')\n"
        "out.flush()\n"
        "sys.stdin.buffer.read(1)\n"
        "out.write(bytes(8))\n"
        "out.flush()\n"
        "sys.stdin.buffer.read()\n"
    )
    monkeypatch.setattr(espeak_child, "__file__", str(mute))
    engine = EspeakEngine(150)
    with pytest.raises(SpeechFailedError, match="returned no sound"):
        engine.say(SENTENCE, SWEDISH)
    engine.close()


def test_the_child_ends_at_the_end_of_its_requests_even_within_one() -> None:
    for requests in (
        b"",
        b"\x02\x00",
        b"\x02\x00\x00\x00s",
        b"\x02\x00\x00\x00sv",
        b"\x02\x00\x00\x00sv\x09\x00\x00\x00x",
    ):
        engine = EspeakEngine(150)
        command = list(engine._command)
        engine.close()
        done = subprocess.run(command, input=requests, check=False, capture_output=True, timeout=30)  # noqa: S603 our own words
        assert (done.returncode, len(done.stdout)) == (0, 4 + 4 + len(b"1.52.0"))


def test_F_26_a_crash_while_it_speaks_is_told_in_our_words_and_takes_no_other_sentence_with_it(
    engine: EspeakEngine,
) -> None:
    before = engine.say(SENTENCE, SWEDISH)
    failures: list[SpeechFailedError] = []

    def speak() -> None:
        try:
            engine.say("ord " * 499, SWEDISH)
        except SpeechFailedError as error:
            failures.append(error)

    begun = monotonic()
    while not failures:
        speaking = threading.Thread(target=speak)
        speaking.start()
        while speaking.is_alive():
            for speaker in children_of(engine):
                with suppress(ProcessLookupError):
                    os.kill(speaker, signal.SIGSEGV)
        speaking.join()
    assert len(failures) == 1
    took_at_most(monotonic() - begun, 5)
    assert engine.say(SENTENCE, SWEDISH) == before


def children_of(engine: EspeakEngine) -> list[int]:
    child = engine.child_id
    with suppress(OSError):
        return [int(each) for each in Path(f"/proc/{child}/task/{child}/children").read_text().split()]
    return []
