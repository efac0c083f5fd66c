"""What every store promises of pinned settings, and of how far a rule change has got."""

from dataclasses import replace

from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.rules.pins import Pin
from kalenderkoppling.rules.rollout import Rollout
from kalenderkoppling.store import SqlStore
from kktest.keeping import ACME, ANNA, OTHER, person
from kktest.make import NOON


def test_pins_are_kept_as_they_were_put_last(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        assert tx.rules.pins() == frozenset()
        tx.rules.put_pins([Pin.COUNTRY, Pin.RULE_BUSY, Pin.COUNTRY])
    with store.write(ACME) as tx:
        assert tx.rules.pins() == {Pin.COUNTRY, Pin.RULE_BUSY}
        tx.rules.put_pins([Pin.RING_SECONDS])
        assert tx.rules.pins() == {Pin.RING_SECONDS}
        tx.rules.put_pins([])
        assert tx.rules.pins() == frozenset()


def test_S_7_one_companys_pins_are_not_anothers(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        tx.rules.put_pins([Pin.COUNTRY])
    with store.write(OTHER) as tx:
        assert tx.rules.pins() == frozenset()
        tx.rules.put_pins([Pin.ADDIN])
    with store.read(ACME) as tx:
        assert tx.rules.pins() == {Pin.COUNTRY}


def test_S_7_how_far_a_rule_change_has_got_is_kept_by_tenant_until_it_is_done(store: SqlStore) -> None:
    begun = Rollout(total=3, since=NOON)
    further = replace(begun, after=ANNA, done=1)
    with store.write(ACME) as tx:
        assert tx.rules.rollout() is None
        tx.rules.put_rollout(begun)
        assert tx.rules.rollout() == begun
        tx.rules.put_rollout(further)
    with store.write(OTHER) as tx:
        assert tx.rules.rollout() is None
        tx.rules.put_rollout(None)
    with store.write(ACME) as tx:
        assert tx.rules.rollout() == further
        tx.rules.put_rollout(None)
        assert tx.rules.rollout() is None


def test_people_are_gone_through_in_order_of_id(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        tx.people.put([person("c"), person("a"), person("b")])
        assert tx.people.ids_after(PersonId(""), 2) == ["a", "b"]
        assert tx.people.ids_after(PersonId("b"), 2) == ["c"]
        assert tx.people.ids_after(PersonId("c"), 2) == []
