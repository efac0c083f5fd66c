"""The pretend company is believable, repeatable, and calls nobody's real number."""

import re
from collections import Counter
from datetime import timedelta

import pytest

from kalenderkoppling.sandbox import CompanyPerson, World, pretend_company, pretend_people
from kktest.pretend import StandingClock

FICTIONAL = re.compile(r"\+468465004\d\d|\+46313900[6]\d\d|\+46406280[4]\d\d|\+46980319[2]\d\d|\+4670174(06)\d\d")


@pytest.fixture
def people(world: World) -> list[CompanyPerson]:
    return pretend_company(world, 200)


def test_the_same_seed_gives_the_same_people() -> None:
    assert pretend_people(50, seed=3) == pretend_people(50, seed=3) != pretend_people(50, seed=4)


def test_every_number_is_one_set_aside_for_fiction_and_nobody_shares_one() -> None:
    people = pretend_people(2000)
    numbers = [number for one in people for number in (one.phone, one.mobile) if number]

    assert all(FICTIONAL.fullmatch(number) for number in numbers)
    assert len(set(numbers)) == len(numbers) == 400 + 95
    assert {number[-3:] for number in numbers if number.startswith("+4670")} == {str(605 + n) for n in range(95)}


def test_addresses_and_extensions_are_unique_among_many_people() -> None:
    people = pretend_people(20_000)

    assert len({one.mail for one in people}) == len({one.extension for one in people}) == 20_000
    assert all(re.fullmatch(r"[a-z0-9.]+@lindas\.example", one.mail) for one in people)


def test_names_have_swedish_letters_and_people_answer_for_things(people: list[CompanyPerson]) -> None:
    assert {"å", "ä", "ö"} <= set("".join(one.name.lower() for one in people))
    assert any("bygglov" in one.responsibilities for one in people)
    assert len({one.department for one in people}) > 8


def test_some_have_the_service_and_some_the_referral(people: list[CompanyPerson]) -> None:
    counts = Counter((one.has_service, one.has_referral) for one in people)

    assert min(counts[True, True], counts[True, False], counts[False, False]) > 10
    assert counts[False, True] == 0


def test_the_calendars_hold_what_calendars_hold(world: World, people: list[CompanyPerson]) -> None:
    now = world.clock()
    events = [
        event
        for one in people
        for event in world.events(one.user_id, now - timedelta(days=1), now + timedelta(days=14))
    ]
    show_as = Counter(event.show_as for event in events)

    assert set(show_as) == {"busy", "oof", "tentative", "workingElsewhere", "free"}
    assert {event.kind.value for event in events} == {"singleInstance", "occurrence", "exception"}
    assert any(event.is_all_day for event in events)
    assert Counter(event.sensitivity for event in events)["private"] > 20
    assert any("Semester" in event.subject for event in events)


def test_meetings_stand_back_to_back(world: World, people: list[CompanyPerson]) -> None:
    now = world.clock()
    joined = 0
    for one in people:
        events = [event for event in world.events(one.user_id, now, now + timedelta(days=5)) if not event.is_all_day]
        joined += len({event.start for event in events} & {event.end for event in events})

    assert joined > 100


@pytest.mark.parametrize("hours", [0, 12, 5 * 24 + 3])
def test_somebody_is_always_away_right_now(clock: StandingClock, hours: int) -> None:
    clock.advance(hours=hours)
    world = World(clock)
    people = pretend_company(world, 100)
    away = [one for one in people if world.events(one.user_id, clock.now, clock.now + timedelta(seconds=1))]

    assert 20 < len(away) < 90
