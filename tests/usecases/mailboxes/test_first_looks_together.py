"""Several first looks that end at the same time are written together, and one that fails costs no other."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kalenderkoppling.domain.booking import BookingKey
from kalenderkoppling.domain.errors import ReadFailedError, ReadProblem, StoreUnavailableError
from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.ports.store import Transaction
from kktest.house import House, employee, mail_of, open_house

PEOPLE = tuple(PersonId(f"p{number}") for number in range(6))
UNREACHABLE, UNSTORABLE = PEOPLE[1], PEOPLE[4]
FINE = tuple(each for each in PEOPLE if each not in {UNREACHABLE, UNSTORABLE})


@pytest.fixture
def house(sqlite_template: Path, tmp_path: Path) -> Iterator[House]:
    with open_house(sqlite_template, tmp_path / "house", map(employee, PEOPLE)) as opened:
        for each in PEOPLE:
            opened.book(f"{each}-a", "13:00", "14:00", of=each)
            opened.book(f"{each}-b", "15:00", "16:00", of=each)
        yield opened


async def look_at_all(house: House) -> None:
    await asyncio.gather(*map(house.look, PEOPLE))


def kept(house: House) -> dict[PersonId, list[BookingKey]]:
    return {each: [row.booking.key for row in house.kept(each)] for each in PEOPLE}


def both(person: PersonId) -> list[str]:
    return [f"{person}-a", f"{person}-b"]


@contextmanager
def counted_writes(house: House, monkeypatch: pytest.MonkeyPatch, fail_at: int = 0) -> Iterator[list[int]]:
    """Count the transactions that write; the one of that number fails when it has done its work."""
    real, written = house.store.write, [0]

    @contextmanager
    def counting(tenant: TenantId) -> Iterator[Transaction]:
        written[0] += 1
        number = written[0]
        with real(tenant) as tx:
            yield tx
            if number == fail_at:
                raise StoreUnavailableError("full")

    with monkeypatch.context() as patch:
        patch.setattr(house.store, "write", counting)
        yield written


async def test_first_looks_are_claimed_in_one_transaction_and_written_in_another(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counted_writes(house, monkeypatch) as written:
        await look_at_all(house)
    assert written == [len(("claim", "finish"))]
    assert kept(house) == {each: both(each) for each in PEOPLE}
    assert len({row.id for each in PEOPLE for row in house.kept(each)}) == 2 * len(PEOPLE)


async def test_C_22_one_that_cannot_be_read_and_one_that_cannot_be_stored_cost_no_other(house: House) -> None:
    house.calendar.fail(mail_of(UNREACHABLE), ReadFailedError(ReadProblem.UNREACHABLE))
    house.book("half \ud800", "16:00", "17:00", of=UNSTORABLE)
    await look_at_all(house)
    assert kept(house) == {**{each: both(each) for each in (*FINE, UNSTORABLE)}, UNREACHABLE: []}
    states = {each: house.mailbox(each) for each in PEOPLE}
    assert {each for each in PEOPLE if states[each].problem} == {UNREACHABLE}
    assert {each: states[each].left_out for each in PEOPLE if states[each].left_out} == {UNSTORABLE: ("half ?",)}
    await look_at_all(house)
    assert kept(house)[UNREACHABLE] == both(UNREACHABLE)


async def test_where_the_write_of_all_fails_each_is_tried_again_and_nothing_is_kept_in_part(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counted_writes(house, monkeypatch, fail_at=len(("claim", "finish"))):
        await look_at_all(house)
    assert kept(house) == {each: [] for each in PEOPLE}
    assert {house.mailbox(each).problem for each in PEOPLE} == {ReadProblem.NOT_STORED}
    await look_at_all(house)
    assert kept(house) == {each: both(each) for each in PEOPLE}


async def test_one_whose_service_is_taken_away_meanwhile_is_not_written_and_the_others_are(house: House) -> None:
    async def take_away() -> None:
        with house.store.write(house.tenant) as tx:
            tx.people.remove(UNREACHABLE)
            tx.mailboxes.remove(UNREACHABLE)

    house.interrupted.after_reading.append(take_away)
    await look_at_all(house)
    assert kept(house) == {**{each: both(each) for each in (*FINE, UNSTORABLE)}, UNREACHABLE: []}
