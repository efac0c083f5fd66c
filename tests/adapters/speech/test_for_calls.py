"""Speech for calls: opened at the start, or later where its engine does not start; known by one name all the while."""

import pytest

from kalenderkoppling.domain.errors import InvalidValueError, SpeechFailedError
from kalenderkoppling.settings.telephony import Voices
from kalenderkoppling.speech.for_calls import SpeechForCalls
from kktest.callees import SWEDISH
from kktest.speech import FakeSpeech


class Engines:
    """Engines that start once nothing is the matter any more."""

    def __init__(self, trouble: Exception | None = None) -> None:
        self.trouble = trouble
        self.opened: list[FakeSpeech] = []

    def open(self) -> FakeSpeech:
        if self.trouble is not None:
            raise self.trouble
        self.opened.append(FakeSpeech())
        return self.opened[-1]


def test_an_engine_that_starts_is_opened_at_once_and_once() -> None:
    engines = Engines()
    speech = SpeechForCalls(engines.open, Voices())
    assert len(engines.opened) == 1
    assert speech.say("Hej", SWEDISH).samples
    assert speech.voice == engines.opened[0].voice
    speech.close()
    assert [each.closed for each in engines.opened] == [True]


def test_F_26_an_engine_that_does_not_start_stops_nobody_and_is_tried_again_at_each_sentence() -> None:
    engines = Engines(SpeechFailedError("does not start"))
    speech = SpeechForCalls(engines.open, Voices())
    with pytest.raises(SpeechFailedError):
        speech.say("Hej", SWEDISH)
    engines.trouble = None
    assert speech.say("Hej", SWEDISH).samples
    assert speech.say("Hej", SWEDISH).samples
    assert len(engines.opened) == 1
    speech.close()
    assert [each.closed for each in engines.opened] == [True]


def test_F_26_prompts_asked_for_before_an_engine_started_are_the_same_prompts_after_that() -> None:
    engines = Engines(SpeechFailedError("does not start"))
    speech = SpeechForCalls(engines.open, Voices())
    before = speech.voice
    engines.trouble = None
    speech.say("Hej", SWEDISH)
    assert speech.voice == before


def test_voices_that_are_set_otherwise_are_other_voices_even_where_no_engine_tells_its_name() -> None:
    engines = Engines(SpeechFailedError("does not start"))
    named = {SpeechForCalls(engines.open, Voices(words_per_minute=speed)).voice for speed in (100, 200)}
    assert len(named) == 2


def test_a_setting_that_does_not_fit_is_told_at_the_start() -> None:
    with pytest.raises(InvalidValueError):
        SpeechForCalls(Engines(InvalidValueError("no voice file")).open, Voices())


def test_nothing_is_opened_after_the_end() -> None:
    engines = Engines(SpeechFailedError("does not start"))
    speech = SpeechForCalls(engines.open, Voices())
    speech.close()
    engines.trouble = None
    with pytest.raises(SpeechFailedError):
        speech.say("Hej", SWEDISH)
    assert engines.opened == []
