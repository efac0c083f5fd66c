"""The steps make the tables that the code knows, on both databases, closed to other tenants."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, text

from kalenderkoppling.domain.errors import StoreUnavailableError
from kalenderkoppling.domain.person import Person
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.ports.store.mailboxes import Revision
from kalenderkoppling.store import migrate
from kalenderkoppling.store.bulk import insert_rows
from kalenderkoppling.store.engine import enter_tenant, open_engines
from kalenderkoppling.store.kept_rows import content_of
from kalenderkoppling.store.people import OF_A_PERSON
from kalenderkoppling.store.tables import metadata
from kktest.calls import call
from kktest.databases import opened
from kktest.keeping import ACME, ANNA, OTHER, person, placed
from kktest.postgres import PostgresServer

# Made by the migration for the full text index; SQLAlchemy has no words for it.
OF_THE_INDEX = ("search_slot", "search_place", "person_text", "alembic_version")


@contextmanager
def connected(address: str) -> Iterator[Connection]:
    """Open a database behind the store's back, and close it again."""
    engines = open_engines(address)
    try:
        with engines.writers.connect() as connection, connection.begin():
            yield connection
    finally:
        engines.dispose()


def shape(connection: Connection) -> dict[str, Any]:
    """Return all that a database says of its tables, as text that can be compared."""
    seen = inspect(connection)
    return {
        table: (
            [(each["name"], repr(each["type"]), each["nullable"], each["default"]) for each in seen.get_columns(table)],
            seen.get_pk_constraint(table)["constrained_columns"],
            sorted((str(each["name"]), each["column_names"], each["unique"]) for each in seen.get_indexes(table)),
            seen.get_unique_constraints(table),
        )
        for table in sorted(seen.get_table_names())
        if not table.startswith(OF_THE_INDEX)
    }


def empty_database(like: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    if like.startswith("sqlite"):
        return f"sqlite:///{tmp_path}/fresh.db"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.address(server.new_database())


def test_the_tables_made_fresh_are_those_made_by_steps(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with connected(database) as stepped, connected(empty_database(database, tmp_path, request)) as made:
        metadata.create_all(made)

        assert shape(made) == shape(stepped)
        assert set(shape(made)) == set(metadata.tables)


def test_alembic_finds_no_difference(database: str) -> None:
    def is_ours(name: str | None, kind: str, _: object) -> bool:
        return kind != "table" or name in metadata.tables

    with connected(database) as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_ours})
        assert compare_metadata(context, metadata) == []


def test_on_sqlite_the_rows_lie_in_the_order_of_their_keys(sqlite_template: Path) -> None:
    with connected(f"sqlite:///{sqlite_template}") as connection:
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
        made = {row.name: row.sql for row in rows}
    assert [name for name in metadata.tables if "WITHOUT ROWID" not in made[name]] == []


def test_migrating_twice_changes_nothing(database: str) -> None:
    with opened(database) as store, store.write(ACME) as tx:
        tx.people.put([person()])

    migrate(database)

    with opened(database) as store, store.read(ACME) as tx:
        assert tx.people.ids() == [ANNA]


SETTINGS_OF_THE_FIRST_RELEASE = (
    '{"zone":"Europe/Oslo","language":"nb","country":"NO","retention":"P5D","freshness_limit":"PT12H",'
    '"sick_to_attendants":true,"reads_item_choices":false}'
)


MAILBOX_OF_THE_FIRST_RELEASE = (
    "INSERT INTO mailbox (tenant_id, person_id, due, due_before_claim, lease_until, generation, failures, unreadable)"
    " VALUES (:tenant, :person, 1, 1, 0, 1, 0, false)"
)


PERSON_OF_THE_FIRST_RELEASE = (
    "INSERT INTO person (tenant_id, person_id, name, mailbox, title, department, place, responsibilities, extension,"
    " mobile, phone_uri, zone, group_ids, calendar_coupling, referral, roles, sort_key)"
    " VALUES (:tenant, :person, 'Anna', '', '', '', '', '', '', '', '', NULL, '[]', false, false, '[]', '')"
)


def test_rows_of_the_first_release_are_read_after_the_later_steps(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    old = empty_database(database, tmp_path, request)
    with connected(old) as connection:
        step_to(connection, "0001")
        assert "call" not in inspect(connection).get_table_names()
        enter_tenant(connection, ACME)
        values = {"tenant": ACME, "content": SETTINGS_OF_THE_FIRST_RELEASE}
        connection.execute(text("INSERT INTO setting (tenant_id, content) VALUES (:tenant, :content)"), values)
        insert_rows(connection, metadata.tables["kept"], [(ACME, ANNA, placed().kept.id, 1, *content_of(placed()))])
        connection.execute(text(MAILBOX_OF_THE_FIRST_RELEASE), {"tenant": ACME, "person": ANNA})
        connection.execute(text(PERSON_OF_THE_FIRST_RELEASE), {"tenant": ACME, "person": ANNA})

    migrate(old)

    with opened(old) as store, store.write(ACME) as tx:
        assert (tx.people.ids(), tx.absences.kept(ANNA)) == ([ANNA], [placed().kept])
        assert tx.people.get(ANNA) == Person(id=ANNA, name="Anna")
        assert tx.people.settings() == TenantSettings(
            zone=ZoneInfo("Europe/Oslo"),
            language="nb",
            country="NO",
            retention=timedelta(days=5),
            freshness_limit=timedelta(hours=12),
            sick_to_attendants=True,
        )
        tx.calls.add([call()])
        assert tx.calls.of(ANNA, limit=10) == [call()]
        assert tx.mailboxes.revisions([ANNA]) == {ANNA: Revision(own=0, shared=0)}


def step_to(connection: Connection, revision: str) -> None:
    """Bring a database to where an earlier release left it."""
    config = Config()
    config.set_main_option("script_location", "kalenderkoppling.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def test_two_programs_that_start_at_once_take_turns(tmp_path: Path, postgres_server: PostgresServer) -> None:
    addresses = (f"sqlite:///{tmp_path}/kk.db", postgres_server.address(postgres_server.new_database()))
    with ThreadPoolExecutor(4) as pool:
        for address in addresses:
            list(pool.map(migrate, [address] * 4))
            with opened(address) as store:
                assert store.tenants() == []


def test_F_32_a_database_of_a_newer_version_is_refused(database: str) -> None:
    with connected(database) as connection:
        (ours,) = connection.execute(text("SELECT version_num FROM alembic_version")).one()
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(StoreUnavailableError, match="newer"):
            migrate(database)
    finally:
        with connected(database) as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :ours"), {"ours": ours})


def test_the_tenant_stands_first_in_every_key_and_index() -> None:
    for table in metadata.tables.values():
        assert next(iter(table.primary_key)).name == "tenant_id", table.name
        assert [index.name for index in table.indexes if index.columns[0].name != "tenant_id"] == []


def test_every_table_that_names_a_person_is_emptied_with_the_person() -> None:
    naming = {table.name for table in metadata.tables.values() if "person_id" in table.columns}
    emptied = {table.name for table in OF_A_PERSON}
    # The log is erased by its own call, the words by the search that owns them.
    assert naming - emptied == {"audit_payload", "person_word"}


@pytest.mark.postgres
def test_S_7_every_table_but_the_list_of_tenants_is_closed_to_other_tenants(postgres_server: PostgresServer) -> None:
    name = postgres_server.new_database()
    migrate(postgres_server.address(name))
    with connected(postgres_server.address(name)) as connection:
        rows = connection.execute(
            text("SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relkind = 'r'")
        )
        closed = {row[0]: row[1] for row in rows if row[0] in metadata.tables}
    assert closed == {table: table != "tenant" for table in metadata.tables}


@pytest.mark.postgres
def test_S_7_the_database_itself_refuses_rows_of_another_tenant(postgres_server: PostgresServer) -> None:
    """With the owner's role and with one that only may read and write, and by statements that forget the tenant."""
    name = postgres_server.new_database()
    migrate(postgres_server.address(name))
    postgres_server.execute(
        "DROP ROLE IF EXISTS kk_app",
        "CREATE ROLE kk_app LOGIN",
    )
    postgres_server.execute(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO kk_app", database=name
    )
    try:
        for role in ("kk_owner", "kk_app"):
            address = postgres_server.address(name, role=role)
            with opened(address) as store, store.write(ACME) as tx:
                tx.people.put([person()])
                tx.absences.drop_kept_of(ANNA)
                tx.absences.add(ANNA, [placed()])
            engine = create_engine(address.replace("postgresql:", "postgresql+psycopg:"))
            with engine.connect() as connection:
                connection.execute(text("SELECT set_config('app.tenant', :name, true)"), {"name": OTHER})
                assert connection.execute(text("SELECT count(*) FROM person")).scalar() == 0
                assert connection.execute(text("DELETE FROM kept")).rowcount == 0
                with pytest.raises(Exception, match="row-level security"):
                    connection.execute(text("INSERT INTO setting (tenant_id, content) VALUES ('acme', '{}')"))
            with engine.connect() as connection:
                assert connection.execute(text("SELECT count(*) FROM kept")).scalar() == 0
            engine.dispose()
    finally:
        postgres_server.drop_database(name)
        postgres_server.execute("DROP ROLE kk_app")
