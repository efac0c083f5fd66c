"""What was deleted is in no byte of the database's files (S-1)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from sqlite3 import connect
from threading import Event

import pytest

from kalenderkoppling.domain.absence import AbsenceId, Edit
from kalenderkoppling.domain.booking import BookingKey
from kalenderkoppling.domain.errors import StoreUnavailableError
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.store import SqlStore
from kalenderkoppling.store.engine import open_engines
from kalenderkoppling.store.gaps import UnknownFormatError, overwrite_gaps
from kktest.calls import LUNCH_IN_SWEDISH, call, call_back, recording
from kktest.databases import opened
from kktest.keeping import ACME, ANNA, entry, person, placed
from kktest.make import NOON, at, booking, choice, kept

CANARY = "kanariefagel"


@pytest.fixture
def file(sqlite_template: Path, tmp_path: Path) -> Path:
    target = tmp_path / "kk.db"
    target.write_bytes(sqlite_template.read_bytes())
    return target


@pytest.fixture
def store(file: Path) -> Iterator[SqlStore]:
    with opened(f"sqlite:///{file}") as store:
        yield store


def bytes_on_disk(file: Path) -> bytes:
    """All bytes of the database's files: the write-ahead log, its index and any journal too."""
    return b"".join(each.read_bytes() for each in sorted(file.parent.glob(f"{file.name}*")))


def secret_rows(count: int = 200) -> list[str]:
    return [f"{CANARY}-{number}-" + "x" * (number % 90) for number in range(count)]


def keep_secrets(store: SqlStore) -> None:
    """Keep secrets among much else, so that they lie in inner pages, overflow pages and moved cells."""
    order = Random(7)
    with store.write(ACME) as tx:
        tx.people.put([person()])
    for number, subject in enumerate(secret_rows()):
        key = f"{order.random()}-{number}"
        row = kept(booking(key, subject=subject + "y" * order.choice((0, 0, 5_000))), Edit(note=CANARY), id_=key)
        with store.write(ACME) as tx:
            tx.absences.add(ANNA, [placed(row)])
            tx.absences.add(ANNA, [placed(kept(booking(f"plain-{key}"), id_=f"plain-{key}"))])
            tx.audit.append(entry(f"{CANARY}-{key}"))
            tx.choices.put(ANNA, {BookingKey(f"{CANARY}-{key}"): choice()})


def forget_secrets(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        rows = [row for row in tx.absences.kept(ANNA) if row.booking.subject is not None]
        tx.absences.drop([row.id for row in rows])
        tx.audit.forget([f"{CANARY}-{row.id}" for row in rows])
        tx.choices.remove(ANNA, [BookingKey(f"{CANARY}-{row.id}") for row in rows])


def test_what_was_dropped_is_in_no_byte_of_the_files_after_a_scrub(store: SqlStore, file: Path) -> None:
    keep_secrets(store)
    assert CANARY.encode() in bytes_on_disk(file)

    forget_secrets(store)
    store.scrub()

    assert CANARY.encode() not in bytes_on_disk(file)
    with store.read(ACME) as tx:
        assert len(tx.absences.kept(ANNA)) == len(secret_rows())


def test_subjects_that_were_purged_or_replaced_are_in_no_byte_after_a_scrub(store: SqlStore, file: Path) -> None:
    keep_secrets(store)
    with store.write(ACME) as tx:
        rows = tx.absences.kept(ANNA)
        half = [row for row in rows if row.booking.subject is not None][::2]
        tx.absences.change(ANNA, [placed(replace(row, booking=replace(row.booking, subject="short"))) for row in half])
        tx.absences.purge_subjects([ANNA])
        for row in rows:
            tx.absences.change(ANNA, [placed(replace(row, edit=None, booking=replace(row.booking, subject=None)))])
        tx.audit.forget_person(ANNA)
        tx.choices.remove(ANNA, tx.choices.of([ANNA])[ANNA].by_key)

    store.scrub()

    assert CANARY.encode() not in bytes_on_disk(file)


def test_a_scrub_waits_for_a_reader_of_an_older_state(store: SqlStore, file: Path) -> None:
    keep_secrets(store)
    reading, may_end = Event(), Event()

    def read() -> int:
        with store.read(ACME) as tx:
            seen = len(tx.absences.kept(ANNA))
            reading.set()
            assert may_end.wait(20)
            return seen + len(tx.absences.kept(ANNA))

    with ThreadPoolExecutor(2) as pool:
        reader = pool.submit(read)
        assert reading.wait(20)
        forget_secrets(store)
        scrubbing = pool.submit(store.scrub)
        with pytest.raises(TimeoutError):
            scrubbing.result(timeout=0.4)
        may_end.set()
        scrubbing.result(timeout=20)

    assert reader.result() == 4 * len(secret_rows())
    assert CANARY.encode() not in bytes_on_disk(file)


def test_writers_go_on_while_a_scrub_waits(store: SqlStore) -> None:
    keep_secrets(store)
    with store.read(ACME) as reader, ThreadPoolExecutor(1) as pool:
        reader.people.ids()
        forget_secrets(store)
        scrubbing = pool.submit(store.scrub)
        for number in range(5):
            with store.write(ACME) as tx:
                tx.people.put([person(f"p{number}")])
        assert not scrubbing.done()
        reader.people._connection.rollback()  # type: ignore[attr-defined] # ends what the reader sees
        scrubbing.result(timeout=20)


def test_a_scrub_that_a_reader_outlasts_says_so(file: Path) -> None:
    store = SqlStore(open_engines(f"sqlite:///{file}"), scrub_patience=timedelta(seconds=0.3))
    with store.write(ACME) as tx:
        tx.people.put([person()])
    with store.read(ACME) as tx:
        tx.people.ids()
        with store.write(ACME) as writing:
            writing.people.remove(ANNA)
        with pytest.raises(StoreUnavailableError, match="reader"):
            store.scrub()

    store.scrub()
    store.close()


def test_a_person_who_was_removed_is_in_no_byte_the_search_index_included(store: SqlStore, file: Path) -> None:
    for number in range(60):
        with store.write(ACME) as tx:
            tx.people.put([person(f"p{number}", f"Lind {number}"), person("secret", f"{CANARY} {number}")])
    with store.write(ACME) as tx:
        tx.people.remove(PersonId("secret"))

    store.scrub()

    assert CANARY.encode() not in bytes_on_disk(file)
    with store.read(ACME) as tx:
        assert len(tx.people.search("lind", limit=100).people) == 60


def test_numbers_that_were_erased_are_in_no_byte_and_calls_stay(store: SqlStore, file: Path) -> None:
    order = Random(7)
    for number in range(300):
        # Ids as random as real ones, so that rows lie on many pages and move when others come between them.
        with store.write(ACME) as tx:
            caller = PersonId(f"{CANARY}-{number % 9}")
            tx.calls.add([call(f"{order.random()}", to=ANNA, by=caller, number=f"{CANARY}{number}")])
            tx.call_backs.add(call_back(f"{order.random()}", to=ANNA, by=caller, number=f"{CANARY}{number}"))
    assert CANARY.encode() in bytes_on_disk(file)
    with store.write(ACME) as tx:
        tx.calls.erase_numbers(at("12:01"))
        tx.call_backs.drop_before(at("12:01"))

    store.scrub()

    assert CANARY.encode() not in bytes_on_disk(file)
    with store.read(ACME) as tx:
        assert len(tx.calls.of(ANNA, limit=1_000)) == 300


def test_a_recording_that_was_deleted_is_in_no_byte(store: SqlStore, file: Path) -> None:
    with store.write(ACME) as tx:
        tx.recordings.put(recording(audio=CANARY.encode() * 20_000))
        tx.recordings.put(recording(LUNCH_IN_SWEDISH, audio=b"lunch" * 20_000))
    with store.write(ACME) as tx:
        tx.recordings.put(recording(audio=b"another" * 3_000))

    store.scrub()

    assert CANARY.encode() not in bytes_on_disk(file)
    with store.read(ACME) as tx:
        assert tx.recordings.get(LUNCH_IN_SWEDISH) == recording(LUNCH_IN_SWEDISH, audio=b"lunch" * 20_000)


def test_what_is_dropped_after_a_scrub_needs_another(store: SqlStore, file: Path) -> None:
    store.scrub()
    with store.write(ACME) as tx:
        tx.absences.add(ANNA, [placed(booking("b", subject=CANARY))])
        tx.absences.drop([AbsenceId("id-b")])
        tx.changes.add([ANNA], NOON)
    with store.write(ACME) as tx:
        tx.absences.add(ANNA, [placed(booking("c", subject=CANARY))])
    with store.write(ACME) as tx:
        tx.absences.drop([AbsenceId("id-c")])

    store.scrub()

    assert CANARY.encode() not in bytes_on_disk(file)


def churn(store: SqlStore, seed: int) -> list[AbsenceId]:
    """Add and drop rows of many sizes, so that pages are split and joined; return the secret ones that are left."""
    order = Random(seed)
    alive: dict[AbsenceId, bool] = {}
    for _ in range(60):
        with store.write(ACME) as tx:
            for _ in range(order.randrange(1, 30)):
                id_, secret = AbsenceId(f"{order.random()}"), order.random() < 0.3
                subject = (CANARY if secret else "plain") + "z" * order.choice((0, 20, 200, 900, 3_000))
                key = f"{CANARY if secret else ''}{id_}"
                tx.absences.add(
                    PersonId(f"p{order.randrange(10)}"), [placed(kept(booking(key, subject=subject), id_=id_))]
                )
                alive[id_] = secret
            dropped = order.sample(sorted(alive), min(len(alive), order.randrange(28)))
            tx.absences.drop(dropped)
            for id_ in dropped:
                del alive[id_]
    return [id_ for id_, secret in alive.items() if secret]


@pytest.mark.parametrize("seed", range(4))
def test_copies_that_moved_rows_left_are_gone_and_stay_gone(store: SqlStore, file: Path, seed: int) -> None:
    secret = churn(store, seed)
    with store.write(ACME) as tx:
        tx.absences.drop(secret)

    store.scrub()
    assert CANARY.encode() not in bytes_on_disk(file)

    for number in range(10):
        with store.write(ACME) as tx:
            for left in tx.absences.kept(PersonId(f"p{number}")):
                tx.absences.change(PersonId(f"p{number}"), [placed(replace(left, edit=Edit(note="touched")))])
    assert CANARY.encode() not in bytes_on_disk(file)


def test_a_scrub_harms_nothing(store: SqlStore, file: Path) -> None:
    churn(store, 9)
    with store.read(ACME) as tx:
        before = {number: tx.absences.kept(PersonId(f"p{number}")) for number in range(10)}

    store.scrub()

    with store.read(ACME) as tx:
        assert {number: tx.absences.kept(PersonId(f"p{number}")) for number in range(10)} == before
    with connect(file) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def test_what_is_no_database_of_ours_is_left_as_it_is(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"not a database" * 1_000)

    with pytest.raises(UnknownFormatError):
        overwrite_gaps(str(other))
    assert other.read_bytes() == b"not a database" * 1_000
