"""What every store promises of transactions: all or nothing, one state, one tenant (S-7)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from kalenderkoppling.domain.errors import StoreUnavailableError
from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.store import SqlStore
from kktest.calls import NAME_OF_ANNA, call, call_back, recording
from kktest.keeping import ACME, ANNA, BERTIL, OTHER, by_hand, entry, person, placed, subscription
from kktest.make import NOON, at, between, choice


class OursError(Exception):
    pass


def test_tenants_are_told_in_order_each_once(store: SqlStore) -> None:
    for name in ("b", "a", "b"):
        store.add_tenant(TenantId(name))

    assert store.tenants() == ["a", "b"]


def test_what_a_block_wrote_is_there_after_it(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        tx.people.put([person()])

    with store.read(ACME) as tx:
        assert tx.people.get(ANNA) == person()


def test_an_error_that_leaves_the_block_undoes_all_of_it(store: SqlStore) -> None:
    def fail_late() -> None:
        with store.write(ACME) as tx:
            tx.people.put([person()])
            tx.absences.add(ANNA, [placed()])
            tx.changes.add([ANNA], NOON)
            tx.audit.append(entry())
            raise OursError

    with pytest.raises(OursError):
        fail_late()

    with store.read(ACME) as tx:
        assert (tx.people.get(ANNA), tx.absences.kept(ANNA), tx.changes.latest(), tx.audit.links()) == (None, [], 0, [])


def test_a_reader_sees_one_state_until_its_end(store: SqlStore) -> None:
    with store.read(ACME) as reading:
        before = reading.people.ids()
        with store.write(ACME) as tx:
            tx.people.put([person()])
        assert reading.people.ids() == before == []

    with store.read(ACME) as reading:
        assert reading.people.ids() == [ANNA]


def test_a_reader_cannot_write(store: SqlStore) -> None:
    with pytest.raises(StoreUnavailableError), store.read(ACME) as tx:
        tx.people.put([person()])

    with store.read(ACME) as tx:
        assert tx.people.ids() == []


def test_writers_wait_for_each_other(store: SqlStore) -> None:
    begun = Event()

    def first() -> None:
        with store.write(ACME) as tx:
            tx.favourites.add(ANNA, ANNA)
            begun.set()

    with ThreadPoolExecutor() as pool:
        one = pool.submit(first)
        assert begun.wait(60)
        with store.write(ACME) as tx:
            tx.people.put([person()])
        one.result()

    with store.read(ACME) as tx:
        assert (tx.people.ids(), tx.favourites.of(ANNA)) == ([ANNA], [ANNA])


def test_a_tenant_never_sees_another_ones_rows(store: SqlStore) -> None:
    with store.write(OTHER) as tx:
        tx.people.put([person()])
        tx.absences.add(ANNA, [placed()])
        tx.absences.put_by_hand(ANNA, by_hand())
        tx.choices.put(ANNA, {placed().kept.booking.key: choice()})
        tx.mailboxes.add(ANNA, NOON)
        tx.mailboxes.pause_tenant(NOON)
        tx.subscriptions.put(subscription())
        tx.favourites.add(ANNA, ANNA)
        tx.calls.add([call(by=ANNA)])
        tx.call_backs.add(call_back())
        tx.recordings.put(recording())
        tx.changes.add([ANNA], NOON)
        tx.audit.append(entry())

    with store.read(ACME) as tx:
        seen = [
            tx.people.get(ANNA),
            *tx.people.ids(),
            *tx.people.search("anna", limit=5).people,
            *tx.people.search("", limit=5).people,
            *tx.absences.kept(ANNA),
            *tx.absences.kept_between([ANNA], between("00:00", "23:00")),
            *tx.absences.by_hand_between([ANNA], between("00:00", "23:00")),
            tx.absences.owned(placed().kept.id),
            tx.absences.next_boundary(between("00:00", "01:00").start),
            *tx.absences.with_boundary(between("00:00", "23:00")),
            *tx.choices.of([ANNA]),
            *tx.mailboxes.state([ANNA]),
            tx.mailboxes.tenant_pause(),
            tx.mailboxes.next_due(),
            tx.subscriptions.by_route("r1"),
            *tx.subscriptions.all(),
            *tx.subscriptions.missing(),
            *tx.favourites.of(ANNA),
            *tx.calls.of(ANNA, limit=10),
            tx.call_backs.get(call_back().id),
            *tx.call_backs.of(ANNA),
            *tx.call_backs.all(limit=10),
            tx.recordings.get(NAME_OF_ANNA),
            *tx.recordings.hashes(),
            *tx.changes.since(0, 10),
            tx.changes.latest() or None,
            *tx.audit.links(),
        ]
    assert [each for each in seen if each is not None] == []


def test_a_tenant_cannot_touch_another_ones_rows(store: SqlStore) -> None:
    with store.write(OTHER) as tx:
        tx.people.put([person()])
        tx.absences.add(ANNA, [placed()])
        tx.mailboxes.add(ANNA, NOON)
        tx.calls.add([call(by=ANNA)])
        tx.call_backs.add(call_back(by=ANNA))
        tx.recordings.put(recording())
        tx.audit.append(entry())

    with store.write(ACME) as tx:
        tx.calls.add([call(to=BERTIL)])
        tx.calls.erase_numbers(at("20:00"))
        tx.calls.drop_before(at("20:00"))
        tx.call_backs.add(call_back(number="of-acme"))
        tx.call_backs.remove(call_back().id)
        tx.call_backs.drop_before(at("20:00"))
        tx.recordings.remove(NAME_OF_ANNA)
        tx.absences.drop([placed().kept.id])
        tx.absences.drop_kept_of(ANNA)
        tx.absences.drop_ended(between("20:00", "21:00").end)
        tx.mailboxes.remove(ANNA)
        tx.people.remove(ANNA)
        tx.audit.forget_person(ANNA)

    with store.read(OTHER) as tx:
        assert tx.people.ids() == [ANNA]
        assert len(tx.absences.kept(ANNA)) == 1
        assert list(tx.mailboxes.state([ANNA])) == [ANNA]
        assert tx.audit.of_person(ANNA) == [entry()]
        assert tx.calls.of(ANNA, limit=10) == [call(by=ANNA)]
        assert tx.call_backs.all(limit=10) == [call_back(by=ANNA)]
        assert tx.recordings.hashes() == {NAME_OF_ANNA: recording().sha256}


def test_two_tenants_may_use_the_same_ids(store: SqlStore) -> None:
    for tenant, name in ((ACME, "Anna Ek"), (OTHER, "Anna Al")):
        with store.write(tenant) as tx:
            tx.people.put([person(name=name)])
            tx.absences.add(ANNA, [placed()])

    with store.read(ACME) as tx:
        assert [each.name for each in tx.people.search("anna", limit=5).people] == ["Anna Ek"]


def test_a_scrub_leaves_what_is_kept(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        tx.people.put([person(), person("bertil")])
        tx.absences.add(ANNA, [placed()])
        tx.people.remove(person("bertil").id)

    store.scrub()

    with store.read(ACME) as tx:
        assert (tx.people.ids(), len(tx.absences.kept(ANNA))) == ([ANNA], 1)
        assert [each.id for each in tx.people.search("anna", limit=5).people] == [ANNA]
