"""What every store promises of the change feed: in order, and nobody misses anything."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.changes import Changed
from kalenderkoppling.store import SqlStore
from kktest.keeping import ACME, ANNA, BERTIL, OTHER
from kktest.make import NOON, at


@pytest.fixture
def tx(store: SqlStore) -> Iterator[Transaction]:
    with store.write(ACME) as tx:
        yield tx


def test_changes_are_told_in_order_from_a_place_on(tx: Transaction) -> None:
    assert tx.changes.latest() == 0
    tx.changes.add([ANNA, BERTIL], NOON)
    first = tx.changes.latest()
    tx.changes.add([ANNA], NOON)

    assert [each.person for each in tx.changes.since(0, 10)] == [ANNA, BERTIL, ANNA]
    assert tx.changes.since(first, 10) == [Changed(id=tx.changes.latest(), person=ANNA, at=NOON)]
    assert [each.person for each in tx.changes.since(0, 2)] == [ANNA, BERTIL]
    assert tx.changes.since(tx.changes.latest(), 10) == []


def test_old_changes_are_forgotten_and_their_places_are_not_given_again(tx: Transaction) -> None:
    tx.changes.add([ANNA], at("11:00"))
    tx.changes.add([BERTIL], at("12:00"))
    before = tx.changes.latest()

    tx.changes.drop_before(at("13:00"))
    assert tx.changes.since(0, 10) == []
    assert tx.changes.latest() == before
    tx.changes.add([ANNA], at("13:00"))
    tx.changes.drop_before(at("13:00"))
    assert tx.changes.since(0, 10) == [Changed(id=before + 1, person=ANNA, at=at("13:00"))]


def test_each_tenants_feed_counts_for_itself(store: SqlStore) -> None:
    with store.write(OTHER) as tx:
        tx.changes.add([PersonId(f"p{number}") for number in range(5)], NOON)
    with store.write(ACME) as tx:
        tx.changes.add([ANNA], NOON)

    with store.read(ACME) as tx:
        assert tx.changes.since(0, 10) == [Changed(id=1, person=ANNA, at=NOON)]


def test_a_reader_that_follows_the_feed_misses_nothing_that_many_write(store: SqlStore) -> None:
    rounds, writers = 15, 4

    def write(name: int) -> None:
        for number in range(rounds):
            with store.write(ACME) as tx:
                tx.changes.add([PersonId(f"{name}-{number}")], NOON)

    seen: list[str] = []
    place = 0
    with ThreadPoolExecutor(writers) as pool:
        writing = [pool.submit(write, name) for name in range(writers)]
        done = False
        while not done:
            done = all(each.done() for each in writing)
            with store.read(ACME) as tx:
                news = tx.changes.since(place, 1_000)
            seen += [each.person for each in news]
            place = news[-1].id if news else place

    assert sorted(seen) == sorted(f"{name}-{number}" for name in range(writers) for number in range(rounds))
