"""Fixtures: an empty database of each kind for every test, with the tables already there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile

import pytest

from kalenderkoppling.store import SqlStore, migrate
from kalenderkoppling.store.engine import open_engines
from kalenderkoppling.store.tables import metadata
from kktest.postgres import PostgresServer, new_server, remove_server

KINDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))

NewDatabase = Callable[[], str]
"""Makes a database with the tables and returns its address."""


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "kk.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    server = new_server()
    try:
        yield server
    finally:
        remove_server(server)


@pytest.fixture(scope="session")
def spare_databases() -> list[str]:
    """Names of PostgreSQL databases that have the tables and no rows: emptying costs less than making."""
    return []


@pytest.fixture(params=KINDS)
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewDatabase]:
    """Make databases of each kind, gone after the test."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        yield lambda: _copied(template, tmp_path)
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    spare: list[str] = request.getfixturevalue("spare_databases")
    used: list[str] = []

    def new() -> str:
        used.append(spare.pop() if spare else _migrated(server))
        return server.address(used[-1])

    yield new
    for name in used:
        server.execute(*(f"DELETE FROM {table}" for table in metadata.tables), database=name)  # noqa: S608 - our names
        spare.append(name)


@pytest.fixture
def database(new_database: NewDatabase) -> str:
    """The address of one empty database with the tables, of each kind."""
    return new_database()


@pytest.fixture
def store(database: str) -> Iterator[SqlStore]:
    """A store in an empty database, of each kind."""
    with opened(database) as store:
        yield store


@contextmanager
def opened(address: str) -> Iterator[SqlStore]:
    """Open a database that has its tables, and close it again."""
    store = SqlStore(open_engines(address))
    try:
        yield store
    finally:
        store.close()


def _migrated(server: PostgresServer) -> str:
    name = server.new_database()
    migrate(server.address(name))
    return name


def _copied(template: Path, folder: Path) -> str:
    file = folder / f"kk{len(list(folder.glob('kk*.db')))}.db"
    copyfile(template, file)
    return f"sqlite:///{file}"
