"""Exceptions, moved, skipped and cancelled occurrences, and what a change of the master does to them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kalenderkoppling.sandbox import Event, EventKind, Frequency, Mailbox, Recurrence, World
from kktest.pretend import STOCKHOLM

START = datetime(2027, 2, 1, 9, tzinfo=STOCKHOLM)
SECOND = date(2027, 2, 8)


@pytest.fixture(autouse=True)
def series(world: World, kim: Mailbox) -> Event:
    weekly = Recurrence(freq=Frequency.WEEKLY, count=4)
    return world.create_series(
        kim.user_id, weekly, start=START, end=START + timedelta(hours=1), token="s", subject="Möte"
    )


def seen(world: World, days: int = 60) -> dict[str, Event]:
    events = world.events("kim@kommun.example", START - timedelta(days=30), START + timedelta(days=days))
    return {event.token: event for event in events}


def test_an_occurrence_is_named_by_its_original_date_even_when_it_is_moved(world: World) -> None:
    moved = datetime(2027, 2, 10, 15, tzinfo=STOCKHOLM)
    world.change_occurrence("s", SECOND, start=moved, end=moved + timedelta(hours=1))

    event = seen(world)["s@2027-02-08"]

    assert (event.start, event.kind, event.master) == (moved, EventKind.EXCEPTION, "s")


def test_an_occurrence_moved_far_away_is_seen_where_it_now_is(world: World) -> None:
    far = datetime(2027, 6, 1, 9, tzinfo=STOCKHOLM)
    world.change_occurrence("s", SECOND, start=far, end=far + timedelta(hours=1))

    assert "s@2027-02-08" not in seen(world)
    assert [event.token for event in world.events("kim@kommun.example", far, far + timedelta(days=1))] == [
        "s@2027-02-08"
    ]


def test_a_skipped_occurrence_is_gone_and_still_counts(world: World) -> None:
    world.skip_occurrence("s", SECOND)

    assert list(seen(world)) == ["s@2027-02-01", "s@2027-02-15", "s@2027-02-22"]


def test_a_cancelled_occurrence_stays_and_says_so(world: World) -> None:
    world.cancel_event("s@2027-02-08")

    assert [event.is_cancelled for event in seen(world).values()] == [False, True, False, False]


def test_a_new_subject_flows_to_the_occurrences_that_have_none_of_their_own(world: World) -> None:
    world.change_occurrence("s", SECOND, subject="Eget")
    world.update_event("s", subject="Nytt", show_as="oof")

    assert [event.subject for event in seen(world).values()] == ["Nytt", "Eget", "Nytt", "Nytt"]
    assert {event.show_as for event in seen(world).values()} == {"oof"}


def test_a_new_time_of_the_series_drops_its_exceptions_and_deletions(world: World) -> None:
    world.change_occurrence("s", SECOND, subject="Eget")
    world.skip_occurrence("s", date(2027, 2, 15))
    later = START + timedelta(hours=2)
    world.update_event("s", start=later, end=later + timedelta(hours=1))

    assert [event.subject for event in seen(world).values()] == ["Möte"] * 4


def test_a_new_pattern_drops_them_too(world: World) -> None:
    world.skip_occurrence("s", SECOND)
    world.update_event("s", recurrence=Recurrence(freq=Frequency.WEEKLY, count=2))

    assert list(seen(world)) == ["s@2027-02-01", "s@2027-02-08"]


def test_occurrences_show_the_property_of_the_series_unless_they_have_their_own(world: World) -> None:
    world.set_property("s", "String {0} Name cecp-a", "series")
    world.set_property("s@2027-02-08", "String {0} Name cecp-a", "own")

    values = [event.properties["String {0} Name cecp-a"] for event in seen(world).values()]

    assert values == ["series", "own", "series", "series"]


@pytest.mark.parametrize("token", ["s@2027-02-09", "s@2026-12-28", "x@2027-02-01", "nothing"])
def test_what_does_not_exist_cannot_be_changed(world: World, token: str) -> None:
    with pytest.raises(KeyError):
        world.update_event(token, subject="?")


def test_a_skipped_occurrence_cannot_be_skipped_or_changed_again(world: World) -> None:
    world.skip_occurrence("s", SECOND)

    with pytest.raises(KeyError):
        world.skip_occurrence("s", SECOND)
    with pytest.raises(KeyError):
        world.change_occurrence("s", SECOND, subject="?")


def test_each_change_gives_another_version(world: World) -> None:
    before = world.event("s@2027-02-08").version
    world.update_event("s", subject="Nytt")

    assert world.event("s@2027-02-08").version > before


def test_dates_and_instants_cannot_be_mixed(world: World, kim: Mailbox) -> None:
    with pytest.raises(ValueError, match="both"):
        world.create_event(kim.user_id, start=date(2027, 2, 1), end=START)
    with pytest.raises(ValueError, match="time zone"):
        world.create_event(kim.user_id, start=datetime(2027, 2, 1, 9), end=START)  # noqa: DTZ001 - that is the point
    with pytest.raises(ValueError, match="both"):
        world.update_event("s", start=date(2027, 2, 1))


def test_a_token_is_unique_and_no_occurrences_name(world: World, kim: Mailbox) -> None:
    for token in ("s", "s@2027-02-01"):
        with pytest.raises(ValueError, match="token"):
            world.create_event(kim.user_id, start=START, end=START, token=token)


def test_a_deleted_series_leaves_nothing(world: World) -> None:
    world.delete_event("s")

    assert seen(world) == {}


def test_an_occurrence_is_deleted_by_its_name(world: World) -> None:
    world.delete_event("s@2027-02-08")

    assert "s@2027-02-08" not in seen(world)


def test_a_removed_mailbox_takes_its_bookings_along(world: World) -> None:
    world.remove_mailbox("kim@kommun.example")

    with pytest.raises(KeyError):
        world.event("s")
    with pytest.raises(KeyError):
        world.mailbox("kim@kommun.example")


def test_F_13_a_renamed_person_keeps_id_and_bookings(world: World, kim: Mailbox) -> None:
    world.rename(kim.user_id, principal_name="kim.ek@kommun.example")

    assert world.mailbox("KIM.EK@kommun.example") is kim
    assert world.events(kim.user_id, START, START.astimezone(UTC) + timedelta(hours=1))
    with pytest.raises(KeyError):
        world.mailbox("kim@kommun.example")
