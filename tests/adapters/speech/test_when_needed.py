"""Speech that is opened when first needed: late, once, again after a failure; nothing of it is kept."""

import threading

import pytest

from kalenderkoppling.composition.server.listening import listening
from kalenderkoppling.domain.errors import InvalidValueError, SpeechFailedError
from kalenderkoppling.settings.telephony import Voices
from kalenderkoppling.speech.no_shelf import NoShelf
from kalenderkoppling.speech.when_needed import SpeechWhenNeeded
from kktest.callees import SWEDISH
from kktest.prompts import prompt
from kktest.speech import FakeSpeech


def test_nothing_is_opened_before_somebody_listens() -> None:
    opened: list[FakeSpeech] = []

    def open_it() -> FakeSpeech:
        opened.append(FakeSpeech())
        return opened[-1]

    speech = SpeechWhenNeeded(open_it)
    assert opened == []
    assert speech.voice == "hummed"
    assert speech.say("Hej", SWEDISH).samples
    assert len(opened) == 1


def test_many_who_ask_at_once_open_it_once() -> None:
    opened: list[FakeSpeech] = []
    together = threading.Barrier(5)

    def open_it() -> FakeSpeech:
        opened.append(FakeSpeech())
        return opened[-1]

    speech = SpeechWhenNeeded(open_it)

    def ask() -> None:
        together.wait()
        speech.say("Hej", SWEDISH)

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(opened) == 1


@pytest.mark.parametrize("error", [InvalidValueError("no voice file"), SpeechFailedError("does not start")])
def test_F_26_an_engine_that_does_not_open_is_speech_that_fails_and_is_tried_again(error: Exception) -> None:
    attempts: list[int] = []

    def open_it() -> FakeSpeech:
        attempts.append(1)
        if len(attempts) == 1:
            raise error
        return FakeSpeech()

    speech = SpeechWhenNeeded(open_it)
    with pytest.raises(SpeechFailedError):
        speech.say("Hej", SWEDISH)
    assert speech.say("Hej", SWEDISH).samples


def test_what_was_opened_is_closed_and_nothing_is_opened_after_that() -> None:
    opened: list[FakeSpeech] = []

    def open_it() -> FakeSpeech:
        opened.append(FakeSpeech())
        return opened[-1]

    speech = SpeechWhenNeeded(open_it)
    speech.say("Hej", SWEDISH)
    speech.close()
    with pytest.raises(SpeechFailedError):
        speech.say("Hej", SWEDISH)
    assert [each.closed for each in opened] == [True]


def test_closing_what_nobody_listened_to_opens_nothing() -> None:
    def open_it() -> FakeSpeech:
        raise AssertionError("opened")

    SpeechWhenNeeded(open_it).close()


def test_S_1_what_was_heard_in_a_browser_is_kept_nowhere() -> None:
    shelf, heard = NoShelf(), prompt()
    shelf.put(heard)
    assert shelf.get(heard.key) is None
    assert list(shelf.keys()) == []
    shelf.drop([heard.key])


def test_the_surface_closes_its_speech_when_the_server_stops() -> None:
    surface = listening(Voices())
    assert len(surface.when_stopping) == 1
    surface.when_stopping[0]()
