"""What every store promises of the audit log: a chain that stays whole when its contents are erased (S-12)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.audit import Act, Entry, LinkState, Wanted
from kalenderkoppling.store import SqlStore
from kktest.keeping import ACME, ANNA, BERTIL, OTHER, entry
from kktest.make import at


@pytest.fixture
def tx(store: SqlStore) -> Iterator[Transaction]:
    with store.write(ACME) as tx:
        yield tx


def states(tx: Transaction) -> list[str]:
    return [str(link.state) for link in tx.audit.links()]


def test_entries_stand_in_the_chain_in_order_and_whole(tx: Transaction) -> None:
    tx.audit.append(entry("one"))
    tx.audit.append(entry("two", at=at("11:00")))

    links = tx.audit.links()

    assert [(link.number, link.at, link.state, link.entry) for link in links] == [
        (1, at("12:00"), LinkState.WHOLE, entry("one")),
        (2, at("11:00"), LinkState.WHOLE, entry("two", at=at("11:00"))),
    ]


def test_a_persons_entries_are_told_oldest_first(tx: Transaction) -> None:
    tx.audit.append(entry("one"))
    tx.audit.append(entry("two", of=BERTIL))
    tx.audit.append(entry("three"))

    assert [each.about for each in tx.audit.of_person(ANNA)] == ["one", "three"]


def test_what_is_forgotten_leaves_the_chain_whole_and_says_erased(tx: Transaction) -> None:
    for about in ("one", "two", "", "one"):
        tx.audit.append(entry(about))

    assert tx.audit.forget(["one", "never heard of"]) == 2
    assert states(tx) == ["erased", "whole", "whole", "erased"]
    assert tx.audit.links()[0].entry is None
    tx.audit.append(entry("three"))
    assert states(tx)[-1] == "whole"


def test_forgetting_the_empty_name_forgets_nothing(tx: Transaction) -> None:
    tx.audit.append(entry(""))

    assert tx.audit.forget([""]) == 0


def test_a_person_is_forgotten_as_the_one_concerned_and_as_the_one_who_acted(tx: Transaction) -> None:
    tx.audit.append(entry("one", of=ANNA, actor="bertil"))
    tx.audit.append(entry("two", of=BERTIL, actor="anna"))
    tx.audit.append(entry("three", of=BERTIL, actor="bertil"))

    assert tx.audit.forget_person(ANNA) == 2
    assert states(tx) == ["erased", "erased", "whole"]


def test_old_payloads_are_dropped_and_the_chain_stays_whole(tx: Transaction) -> None:
    tx.audit.append(entry("one", at=at("11:59")))
    tx.audit.append(entry("two", at=at("12:00")))

    assert tx.audit.drop_before(at("12:00")) == 1
    assert states(tx) == ["erased", "whole"]


@pytest.mark.parametrize(
    ("tampering", "expected"),
    [
        ("UPDATE audit_payload SET content = replace(content, '12', '13') WHERE number = 2", "whole broken whole"),
        ("UPDATE audit_payload SET salt = 'x' WHERE number = 2", "whole broken whole"),
        ("UPDATE audit_link SET at = at + 1 WHERE number = 2", "whole broken whole"),
        ("UPDATE audit_link SET payload_hash = 'x' WHERE number = 2", "whole broken whole"),
        ("UPDATE audit_link SET hash = 'x' WHERE number = 2", "whole broken broken"),
        ("DELETE FROM audit_link WHERE number = 1", "broken whole"),
        ("DELETE FROM audit_link WHERE number = 2", "whole broken"),
        ("DELETE FROM audit_link WHERE number = 3", "whole whole broken"),
        ("DELETE FROM audit_link", "broken"),
    ],
)
def test_what_somebody_changed_in_the_tables_is_found(store: SqlStore, tampering: str, expected: str) -> None:
    with store.write(ACME) as tx:
        for about in ("one", "two", "three"):
            tx.audit.append(entry(about))
    with store._engines.writers.connect() as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT set_config('app.tenant', 'acme', true)"))
        connection.execute(text(tampering))

    with store.read(ACME) as tx:
        assert " ".join(states(tx)) == expected


def test_the_same_entry_hashes_differently_each_time(tx: Transaction, store: SqlStore) -> None:
    tx.audit.append(entry())
    tx.audit.append(entry())
    tx.audit.links()

    rows = tx.audit._connection.execute(text("SELECT payload_hash FROM audit_link")).scalars().all()  # type: ignore[attr-defined] # looks behind the port
    assert len(set(rows)) == 2


def test_each_tenant_has_a_chain_of_its_own(store: SqlStore) -> None:
    for tenant in (ACME, OTHER, ACME):
        with store.write(tenant) as tx:
            tx.audit.append(entry())

    for tenant, length in ((ACME, 2), (OTHER, 1)):
        with store.read(tenant) as tx:
            assert states(tx) == ["whole"] * length


def test_many_who_write_at_once_make_one_chain(store: SqlStore) -> None:
    def write(name: int) -> None:
        for number in range(8):
            with store.write(ACME) as tx:
                tx.audit.append(entry(f"{name}-{number}"))
                tx.changes.add([PersonId(str(name))], at("12:00"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))

    with store.read(ACME) as tx:
        assert [link.number for link in tx.audit.links()] == list(range(1, 33))
        assert set(states(tx)) == {"whole"}


def test_an_erasure_is_in_the_chain_by_numbers_alone(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        for about in ("one", "two", "one", "three", "one"):
            tx.audit.append(entry(about))
    with store.write(ACME) as tx:
        assert tx.audit.forget(["one"]) == 3
        assert tx.audit.forget(["never heard of"]) == 0
        assert [link.is_erasure_told for link in tx.audit.links()] == [True, False, True, False, True]

    with store.read(ACME) as tx:
        *links, last = tx.audit.links()
    assert [link.is_erasure_told for link in links] == [True, False, True, False, True]
    assert last.entry is not None
    assert (last.entry.act, last.entry.person, last.entry.about) == (Act.ERASE_ENTRIES, None, "")
    assert last.entry.after == {"erased": [[1, 1], [3, 3], [5, 5]]}


def test_the_erasure_of_a_person_bears_the_numbers_itself(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        for of in (ANNA, ANNA, BERTIL):
            tx.audit.append(entry("one", of=of, actor="bertil"))
    with store.write(ACME) as tx:
        tx.audit.forget_person(ANNA)
        tx.audit.append(Entry(at=at("12:00"), act=Act.ERASE_PERSON, actor="command line"))

    with store.read(ACME) as tx:
        links = tx.audit.links()
    assert [str(link.state) for link in links] == ["erased", "erased", "whole", "whole"]
    assert [link.is_erasure_told for link in links] == [True, True, False, False]


def test_contents_that_somebody_deleted_are_told_by_no_erasure(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        tx.audit.append(entry("one"))
    with store._engines.writers.connect() as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT set_config('app.tenant', 'acme', true)"))
        connection.execute(text("DELETE FROM audit_payload"))

    with store.read(ACME) as tx:
        [link] = tx.audit.links()
    assert (link.state, link.is_erasure_told) == (LinkState.ERASED, False)


# ── the log as it is listed ─────────────────────────────────────────────────────────────────────


def told(act: Act, *, minute: int, actor: str = "admin", of: PersonId | None = ANNA) -> Entry:
    return Entry(at=at(f"12:{minute:02}"), act=act, actor=actor, person=of, after={"act": "read_absences"})


def test_every_act_is_listed_by_its_own_name_alone(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        for act in Act:
            tx.audit.append(told(act, minute=0))
    with store.read(ACME) as tx:
        for act in Act:
            found = tx.audit.newest(Wanted(act=act), before=None, limit=100)
            assert [each.entry.act for each in found if each.entry] == [act]


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (Wanted(), [4, 3, 2, 1]),
        (Wanted(people=frozenset({"anna"})), [4, 1]),
        (Wanted(people=frozenset({"anna", "bertil"})), [4, 2, 1]),
        (Wanted(people=frozenset({"nobody"})), []),
        (Wanted(actors=frozenset({"bertil"})), [4]),
        (Wanted(act=Act.READ_ABSENCES), [4, 2]),
        (Wanted(act=Act.READ_ABSENCES, people=frozenset({"bertil"})), [2]),
        (Wanted(since=at("12:02")), [4, 3, 2]),
        (Wanted(until=at("12:02")), [1]),
        (Wanted(since=at("12:02"), until=at("12:04")), [3, 2]),
    ],
)
def test_entries_are_listed_newest_first_by_person_actor_act_and_time(
    store: SqlStore, wanted: Wanted, numbers: list[int]
) -> None:
    with store.write(ACME) as tx:
        tx.audit.append(told(Act.EDIT_ABSENCE, minute=1))
        tx.audit.append(told(Act.READ_ABSENCES, minute=2, of=BERTIL))
        tx.audit.append(told(Act.SET_RULES, minute=3, of=None))
        tx.audit.append(told(Act.READ_ABSENCES, minute=4, actor="bertil"))
    with store.read(ACME) as tx:
        assert [each.number for each in tx.audit.newest(wanted, before=None, limit=9)] == numbers
        assert [each.number for each in tx.audit.newest(wanted, before=4, limit=9)] == [n for n in numbers if n < 4]
        assert [each.number for each in tx.audit.newest(wanted, before=None, limit=1)] == numbers[:1]
    with store.read(OTHER) as tx:
        assert tx.audit.newest(wanted, before=None, limit=9) == []


def test_an_erased_entry_is_listed_without_contents_where_nothing_but_time_narrows(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        tx.audit.append(entry("one"))
    with store.write(ACME) as tx:
        tx.audit.forget(["one"])
    with store.read(ACME) as tx:
        assert [(each.number, each.entry is None) for each in tx.audit.newest(Wanted(), before=2, limit=9)] == [
            (1, True)
        ]
        assert tx.audit.newest(Wanted(people=frozenset({"anna"})), before=None, limit=9) == []
