"""Whoever follows the feed hears of every change, or that anybody may have changed: through trims and restores too."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.mailbox import EVERYBODY
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.usecases.change_feed import read_feed as module
from kalenderkoppling.usecases.change_feed.read_feed import FeedNews, FeedPosition, read_feed
from kalenderkoppling.usecases.people.erase_person import erase_person
from kktest.draw import FEWER
from kktest.house import CAROLINA, House, new_house, open_house
from kktest.keeping import ACME, ANNA, BERTIL

A_MOMENT = timedelta(milliseconds=1)


def change(house: House, *people: PersonId) -> None:
    """Have people changed, a moment after the last change."""
    house.clock.forward(A_MOMENT)
    with house.store.write(ACME) as tx:
        tx.changes.add(people, house.clock.now())


def trim(house: House, *, but_the_last: timedelta = timedelta()) -> None:
    """Drop what is older than the last of it."""
    with house.store.write(ACME) as tx:
        tx.changes.drop_before(house.clock.now() + A_MOMENT - but_the_last)


def news(house: House, position: FeedPosition | None) -> FeedNews:
    with house.store.read(ACME) as tx:
        return read_feed(tx, position)


def position_now(house: House) -> FeedPosition:
    return news(house, None).position


@contextmanager
def backup_of(house: House, folder: Path) -> Iterator[House]:
    """Yield the same company on a copy of the database as it is now."""
    folder.mkdir(parents=True, exist_ok=True)
    copy_database(house.file, folder / "backup.db")
    restored = new_house(folder / "backup.db", clock=house.clock)
    try:
        yield restored
    finally:
        restored.store.close()


def test_without_a_place_anybody_may_have_changed(house: House) -> None:
    assert news(house, None).everybody
    change(house, ANNA)
    assert news(house, None).everybody


def test_each_change_is_told_once_and_in_order(house: House) -> None:
    position = position_now(house)
    change(house, BERTIL)
    change(house, ANNA, BERTIL)
    found = news(house, position)
    assert (found.everybody, found.people) == (False, [BERTIL, ANNA])
    found = news(house, found.position)
    assert (found.everybody, found.people) == (False, [])


def test_more_changes_than_are_read_at_once_are_all_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 3)
    position = position_now(house)
    people = [PersonId(f"p{number}") for number in range(8)]
    change(house, *people)
    assert news(house, position).people == people


def test_a_change_of_everybody_is_told_as_such(house: House) -> None:
    position = position_now(house)
    change(house, ANNA, EVERYBODY)
    assert news(house, position).everybody


def test_a_gap_is_anybodys_change_once(house: House) -> None:
    position = position_now(house)
    change(house, ANNA)
    trim(house)
    change(house, BERTIL)
    found = news(house, position)
    assert found.everybody
    assert not news(house, found.position).everybody


def test_changes_of_which_none_is_left_are_anybodys(house: House) -> None:
    change(house, BERTIL)
    position = position_now(house)
    change(house, ANNA)
    trim(house)
    assert news(house, position).everybody


async def test_an_erased_person_leaves_a_gap(house: House) -> None:
    change(house, BERTIL)
    position = position_now(house)
    change(house, ANNA)
    change(house, BERTIL)
    await erase_person(house.core, ACME, "admin", ANNA)
    assert news(house, position).everybody


def test_trimming_what_has_been_read_misses_nothing(house: House) -> None:
    for person in (ANNA, BERTIL, CAROLINA):
        change(house, person)
    position = position_now(house)
    trim(house, but_the_last=A_MOMENT)
    change(house, ANNA)
    found = news(house, position)
    assert (found.everybody, found.people) == (False, [ANNA])


def test_F_31_a_restored_backup_is_shorter(house: House, tmp_path: Path) -> None:
    change(house, ANNA)
    with backup_of(house, tmp_path / "backup") as restored:
        change(house, BERTIL)
        position = position_now(house)
        found = news(restored, position)
        assert found.everybody
        assert not news(restored, found.position).everybody


@pytest.mark.parametrize("further", [1, 2, 3, 10])
def test_F_31_a_restored_backup_that_has_grown_again_is_told_from_the_feed_that_was_read(
    house: House, tmp_path: Path, further: int
) -> None:
    change(house, ANNA)
    with backup_of(house, tmp_path / "backup") as restored:
        change(house, BERTIL)
        position = position_now(house)
        for _ in range(further):
            change(restored, BERTIL)
        assert news(restored, position).everybody


def test_F_31_a_backup_in_which_nothing_is_missing_changes_nothing(house: House, tmp_path: Path) -> None:
    change(house, ANNA)
    position = position_now(house)
    with backup_of(house, tmp_path / "backup") as restored:
        assert news(restored, position) == FeedNews(position=position, people=[])
        change(restored, BERTIL)
        assert news(restored, position).people == [BERTIL]


def test_a_quiet_feed_whose_last_change_was_trimmed_is_told_once_at_most(house: House) -> None:
    change(house, ANNA)
    position = position_now(house)
    trim(house)
    position = news(house, position).position
    for _ in range(3):
        found = news(house, position)
        assert (found.everybody, found.people) == (False, [])
    change(house, BERTIL)
    assert news(house, position).people == [BERTIL]


_PEOPLE = st.lists(st.sampled_from([ANNA, BERTIL, CAROLINA]), min_size=1, max_size=3, unique=True)
_DEEDS = st.lists(
    st.one_of(st.tuples(st.just("change"), _PEOPLE), st.sampled_from(["read", "trim", "back up", "restore"])),
    max_size=20,
)


@FEWER
@given(deeds=_DEEDS)
def test_a_reader_always_knows_what_the_store_has_after_reading(
    deeds: list[tuple[str, list[PersonId]] | str], sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("feed")
    with open_house(sqlite_template, folder) as house:
        everybody = (ANNA, BERTIL, CAROLINA)
        # Of each person the number of the last change, as the store, the backup and the reader have it.
        stored = backed_up = known = dict.fromkeys(everybody, 0)
        position = position_now(house)
        copy_database(house.file, folder / "backup.db")
        for number, deed in enumerate([*deeds, "read"], start=1):
            match deed:
                case "change", people:
                    change(house, *people)
                    stored = {**stored, **dict.fromkeys(people, number)}
                case "trim":
                    trim(house, but_the_last=A_MOMENT)
                case "back up":
                    copy_database(house.file, folder / "backup.db")
                    backed_up = stored
                case "restore":
                    copy_database(folder / "backup.db", house.file)
                    stored = backed_up
                case _:
                    found = news(house, position)
                    told = everybody if found.everybody else found.people
                    known = {**known, **{person: stored[person] for person in told}}
                    assert known == stored
                    position = found.position


def copy_database(file: Path, to: Path) -> None:
    """Back a database up, or restore one under a program that runs."""
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)
