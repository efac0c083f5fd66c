"""What every store promises of the settings that the settings file pins."""

from kalenderkoppling.rules.pins import Pin
from kalenderkoppling.store import SqlStore
from kktest.keeping import ACME, OTHER


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
