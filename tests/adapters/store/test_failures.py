"""What goes wrong with a database is told in the domain's words, and nothing of what it holds."""

from pathlib import Path
from stat import S_IMODE
from traceback import format_exception

import pytest

from kalenderkoppling.domain.errors import (
    ConflictError,
    InvalidValueError,
    KalenderkopplingError,
    StoreUnavailableError,
)
from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.store import SqlStore, migrate, open_store
from kalenderkoppling.store.engine import open_engines
from kktest.databases import opened
from kktest.keeping import ACME, ANNA, BERTIL, OTHER, person, subscription
from kktest.postgres import PostgresServer, new_server, remove_server

# Reversed, so that a line of this file in a traceback does not hold it.
CANARY = "legaf-eiranak"[::-1]


@pytest.mark.parametrize(
    "address", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/x", "sqlite3:///x", "nothing"]
)
def test_an_address_that_the_store_cannot_use_is_refused(address: str) -> None:
    with pytest.raises(InvalidValueError):
        open_store(address)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError):
        open_store(f"sqlite:///{tmp_path}/nowhere/kk.db")


def test_a_file_that_is_no_database_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "kk.db"
    file.write_bytes(b"a letter to grandmother" * 100)

    with pytest.raises(StoreUnavailableError):
        open_store(f"sqlite:///{file}")
    assert file.read_bytes() == b"a letter to grandmother" * 100


def test_a_database_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError):
        open_store(f"postgresql://kk@/kk?host={tmp_path}")


def test_an_error_of_the_database_shows_no_statement_and_no_value(store: SqlStore) -> None:
    with pytest.raises(KalenderkopplingError) as caught, store.read(ACME) as tx:
        tx.people.put([person(name=CANARY)])

    assert CANARY not in "".join(format_exception(caught.value))
    assert "INSERT" not in str(caught.value).upper()


def test_an_error_about_a_row_that_is_there_already_names_nobody(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        tx.subscriptions.put(subscription(route=CANARY))

    with pytest.raises(ConflictError) as caught, store.write(ACME) as tx:
        tx.subscriptions.put(subscription(BERTIL, route=CANARY))

    assert CANARY not in "".join(format_exception(caught.value))


def test_the_database_can_be_read_by_its_owner_alone(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/kk.db")
    with store.write(ACME) as tx:
        tx.people.put([person()])

    assert {each.name: S_IMODE(each.stat().st_mode) & 0o077 for each in tmp_path.iterdir()} == {
        "kk.db": 0,
        "kk.db-shm": 0,
        "kk.db-wal": 0,
    }
    store.close()


def test_a_store_that_was_closed_leaves_no_log_behind(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/kk.db")
    store.add_tenant(ACME)
    store.close()

    assert [each.name for each in tmp_path.iterdir()] == ["kk.db"]


def test_F_21_a_full_disk_undoes_the_transaction_and_what_was_known_can_be_read(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/kk.db")
    with store.write(ACME) as tx:
        tx.people.put([person()])
        (pages,) = tx.people._connection.exec_driver_sql("PRAGMA page_count").one()  # type: ignore[attr-defined] # the pragma has no port
    with store._engines.writers.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")
        connection.rollback()

    crowd = [person(f"p{number}", f"Name {number}" * 50) for number in range(500)]
    with pytest.raises(StoreUnavailableError), store.write(ACME) as tx:
        tx.people.put(crowd)

    with store.read(ACME) as tx:
        assert tx.people.ids() == [ANNA]
        assert len(tx.people.search("name", limit=5).people) == 0
    with store.write(ACME) as tx:
        tx.people.remove(ANNA)
    store.close()


@pytest.mark.postgres
@pytest.mark.slow
def test_F_22_after_a_restart_of_the_database_the_next_transaction_works() -> None:
    server = new_server()
    try:
        address = server.address(server.new_database())
        migrate(address)
        with opened(address) as store:
            with store.write(ACME) as tx:
                tx.people.put([person()])
            cut_off(server, store)
            with store.write(ACME) as tx:
                tx.people.put([person("bertil")])
            with store.read(ACME) as tx:
                assert tx.people.ids() == [ANNA, BERTIL]
    finally:
        remove_server(server)


def cut_off(server: PostgresServer, store: SqlStore) -> None:
    """Stop the server at once in the middle of a transaction, see that this is told, and start it again."""

    def write() -> None:
        with store.write(ACME) as tx:
            tx.people.put([person("lost")])
            server.stop(at_once=True)
            tx.people.put([person("lost too")])

    with pytest.raises(StoreUnavailableError):
        write()
    with pytest.raises(StoreUnavailableError), store.read(ACME) as tx:
        tx.people.ids()
    server.start()


@pytest.mark.postgres
def test_F_22_connections_that_the_server_ended_are_replaced(postgres_server: PostgresServer) -> None:
    address = postgres_server.address(postgres_server.new_database())
    migrate(address)
    with opened(address) as store:
        store.add_tenant(ACME)
        postgres_server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'kk_owner'")
        store.add_tenant(OTHER)
        assert store.tenants() == [ACME, OTHER]


def test_on_sqlite_a_writer_that_waits_too_long_is_told(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/kk.db")
    impatient = SqlStore(open_engines(f"sqlite:///{tmp_path}/kk.db"))
    with impatient._engines.writers.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
        connection.rollback()
    with store.write(ACME), pytest.raises(StoreUnavailableError), impatient.write(ACME):
        pass
    impatient.close()
    store.close()


def test_tenants_have_names_of_any_form(store: SqlStore) -> None:
    odd = TenantId("å'; DROP TABLE tenant; --")
    store.add_tenant(odd)
    with store.write(odd) as tx:
        tx.people.put([person()])

    assert store.tenants() == [odd]
    with store.read(odd) as tx:
        assert tx.people.ids() == [ANNA]


def test_a_database_that_others_may_read_is_narrowed_with_the_files_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "kk.db"
    first = open_store(f"sqlite:///{file}")
    first.add_tenant(ACME)
    beside = [Path(f"{file}{ending}") for ending in ("", "-wal", "-shm")]
    assert [each.stat().st_mode & 0o777 for each in beside] == [0o600] * 3
    for each in beside:
        each.chmod(0o664)
    second = open_store(f"sqlite:///{file}")
    second.add_tenant(ACME)
    assert [each.stat().st_mode & 0o777 for each in beside] == [0o600] * 3
    second.close()
    first.close()
