"""Calls: who called, and a phone that was not answered."""

from kalenderkoppling.domain.call import CallBackRequest, Caller, CallId, CallRecord, CallResult
from kalenderkoppling.domain.errors import UnansweredError
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.domain.recording import PhraseId, PhraseKind, Recording
from kktest.make import NOON


def test_a_caller_without_a_number_is_hidden() -> None:
    assert Caller().is_hidden
    assert not Caller(number="+46701740605").is_hidden


def test_an_unanswered_call_bears_the_status_it_ended_with() -> None:
    assert (UnansweredError(486).code, str(UnansweredError(486))) == (486, "486")


def test_a_call_in_the_history_names_no_absence() -> None:
    record = CallRecord(id=CallId("c"), person=PersonId("anna"), at=NOON, result=CallResult.ANNOUNCED)
    assert not {"absence", "reason", "back_at"} & set(dir(record))


def test_a_wish_to_be_called_back_has_a_number() -> None:
    wish = CallBackRequest(id=CallId("c"), person=PersonId("anna"), number="10231", at=NOON)
    assert (wish.number, wish.colleague) == ("10231", None)


def test_a_name_is_recorded_for_every_language_at_once() -> None:
    phrase = PhraseId(kind=PhraseKind.NAME, key="anna")
    assert Recording(phrase=phrase, audio=b"", sha256="", at=NOON).phrase.language == ""
