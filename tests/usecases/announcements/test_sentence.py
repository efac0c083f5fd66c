"""What callers hear, as words in parts."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.absences.call import Announce, Ring, RingThenAnnounce, decide_call
from kalenderkoppling.domain.absence import OUT_OF_OFFICE, SICK, Absence, Diversion
from kalenderkoppling.domain.recording import PhraseId, PhraseKind
from kalenderkoppling.usecases.announcements.sentence import announced_of, said, sentence_at
from kktest.callees import ENGLISH, NORWEGIAN, SWEDISH, callee
from kktest.draw import absences, instants
from kktest.make import LUNCH, NOON, absence, at

DIRECT, OPEN = Diversion.DIRECT, Diversion.OPEN
AT_LUNCH = absence("11:30", "13:00", DIRECT, reason=LUNCH)
HER_NAME = PhraseId(kind=PhraseKind.NAME, key="anna")
LUNCH_IN_SWEDISH = PhraseId(kind=PhraseKind.REASON, key=LUNCH, language="sv")


def heard(*of: Absence, now: datetime = NOON, name: str = "Anna Ek") -> str:
    found = sentence_at(callee(*of, name=name, looked=now), now)
    return found.text if found else ""


def test_a_caller_hears_who_why_and_until_when() -> None:
    assert heard(AT_LUNCH) == "Anna Ek är på lunch och är åter klockan tretton."


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (SWEDISH, "Anna Ek är på lunch och är åter klockan tretton."),
        (NORWEGIAN, "Anna Ek er til lunsj og er tilbake klokken tretten."),
        (ENGLISH, "Anna Ek is at lunch and will be back at one p.m."),
    ],
)
def test_it_is_said_in_the_language_that_the_caller_chose(language: str, text: str) -> None:
    found = sentence_at(callee(AT_LUNCH), NOON, type(SWEDISH)(language))
    assert found is not None
    assert (found.text, found.language) == (text, language)


def test_nobody_is_named_where_the_name_cannot_be_said() -> None:
    assert heard(AT_LUNCH, name="<>").startswith("Personen du söker är på lunch")


def test_what_is_open_is_announced_alike() -> None:
    assert heard(replace(AT_LUNCH, diversion=OPEN)) == heard(AT_LUNCH)


@pytest.mark.parametrize("diversion", [Diversion.NONE, DIRECT])
def test_where_calls_ring_nothing_is_heard(diversion: Diversion) -> None:
    assert heard(absence("12:30", "13:00", diversion)) == ""
    assert heard(absence("11:00", "12:00", diversion)) == ""
    assert sentence_at(callee(replace(AT_LUNCH, diversion=Diversion.NONE)), NOON) is None


def test_S_11_without_the_referral_service_nothing_is_heard() -> None:
    assert sentence_at(callee(AT_LUNCH, may_divert=False), NOON) is None


def test_sick_is_never_said_and_never_recorded() -> None:
    hash_ = "0" * 64
    phrase = PhraseId(kind=PhraseKind.REASON, key=SICK, language="sv")
    found = sentence_at(callee(absence("08:00", "17:00", DIRECT, reason=SICK), recorded=[(phrase, hash_)]), NOON)
    assert found is not None
    assert found.text == "Anna Ek är frånvarande och är åter klockan sjutton."
    assert [part.recorded for part in found.parts] == ["", "", ""]


def test_recordings_stand_in_for_name_and_reason_in_their_language() -> None:
    person = callee(AT_LUNCH, recorded=[(HER_NAME, "a" * 64), (LUNCH_IN_SWEDISH, "b" * 64)])
    swedish, english = sentence_at(person, NOON), sentence_at(person, NOON, ENGLISH)
    assert swedish is not None
    assert english is not None
    assert [(part.phrase, part.recorded) for part in swedish.parts] == [
        (HER_NAME, "a" * 64),
        (LUNCH_IN_SWEDISH, "b" * 64),
        (None, ""),
    ]
    assert [part.recorded for part in english.parts] == ["a" * 64, "", ""]


def test_the_form_of_the_return_changes_at_midnight() -> None:
    away = absence("08:00", "2026-11-25 08:00", DIRECT, reason=OUT_OF_OFFICE)
    assert heard(away).endswith("på onsdag klockan åtta.")
    assert heard(away, now=at("2026-11-24 00:00")).endswith("i morgon klockan åtta.")
    assert heard(away, now=at("2026-11-25 00:00")).endswith("är åter klockan åtta.")


def test_the_key_tells_words_language_voice_and_recordings_apart() -> None:
    sentence = sentence_at(callee(AT_LUNCH), NOON)
    recorded = sentence_at(callee(AT_LUNCH, recorded=[(HER_NAME, "a" * 64)]), NOON)
    again = sentence_at(callee(AT_LUNCH, recorded=[(HER_NAME, "b" * 64)]), NOON)
    assert sentence is not None
    assert recorded is not None
    assert again is not None
    keys = [
        sentence.key("one"),
        sentence.key("other"),
        recorded.key("one"),
        again.key("one"),
        said(sentence.text, SWEDISH).key("one"),
        said(sentence.text, ENGLISH).key("one"),
    ]
    assert len(set(keys)) == len(keys)
    assert sentence.key("one") == keys[0]


@given(st.lists(absences(), max_size=4), instants)
def test_S_3_reason_and_return_are_those_of_the_decision_at_that_instant_and_later_than_it(
    drawn: list[Absence], now: datetime
) -> None:
    person = callee(*drawn)
    decided = decide_call(drawn, now, person.terms(now))
    found = sentence_at(person, now)
    if isinstance(decided, Ring):
        assert found is None
        return
    assert isinstance(decided, Announce | RingThenAnnounce)
    announced = announced_of(decided)
    assert announced is not None
    assert announced.back_at > now
    assert found is not None
    assert decided.announced.reason in {each.reason for each in drawn}
    # Nothing but what the decision says has an influence on what is heard.
    others = [replace(each, note="hemligt", tie=each.tie) for each in drawn]
    assert sentence_at(callee(*others), now) == found
    assert "hemligt" not in found.text


@given(st.lists(absences(), max_size=4), instants)
def test_a_sentence_holds_until_the_person_says_that_it_changes(drawn: list[Absence], now: datetime) -> None:
    person = callee(*drawn, looked=now - timedelta(hours=12))
    until = person.holds_until(now, lambda instant: sentence_at(person, instant))
    assert now < until <= now + timedelta(days=1)
    step = (until - now) / 16
    assert {sentence_at(person, now + number * step) for number in range(16)} == {sentence_at(person, now)}
