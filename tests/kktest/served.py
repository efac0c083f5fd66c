"""Help for system tests: a settings file for a pretend tenant, and the program as a process of its own."""

import asyncio
import csv
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kalenderkoppling.sandbox import PretendGraph, World
from kalenderkoppling.sandbox.mailbox import Mailbox
from kktest.ports import free_ports

PEOPLE = ("anna", "bo", "cecilia", "david", "eva", "fatima")
STARTS_WITHIN_SECONDS = 180.0
PATIENCE_SECONDS = 180.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """A folder with settings, people and secret, and the pretend tenant that they name."""

    folder: Path
    world: World
    graph: PretendGraph
    mailboxes: Mapping[str, Mailbox]
    port: int
    hooks_port: int

    @property
    def settings(self) -> Path:
        return self.folder / "kalenderkoppling.toml"

    @property
    def database(self) -> Path:
        return self.folder / "kalenderkoppling.db"

    def write_people(self, people: Sequence[str] = PEOPLE, without_service: Sequence[str] = ()) -> None:
        """Write the people file; whom it does not name is gone."""
        with (self.folder / "people.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["id", "name", "mailbox", "calendar_coupling", "roles"])
            rows.writerows(
                [each, each.title(), f"{each}@exempel.example", "" if each in without_service else "yes", "employee"]
                for each in people
            )

    def write_settings(self, more: str = "", server: str = "") -> None:
        """Write the settings file; `more` is added at its end, `server` to its table of that name."""
        self.settings.write_text(
            f"""
[server]
port = {self.port}
hooks_port = {self.hooks_port}
{server or f'public_url = "http://127.0.0.1:{self.hooks_port}"'}

[microsoft365]
tenant_id = "{self.graph.world.tenant_id}"
client_id = "{self.graph.application.client_id}"
secret = {{ file = "client-secret" }}
graph_url = "{self.graph.base_url}"
authority = "{self.graph.authority_url.rpartition("/")[0]}"
ca_file = "{self.graph.ca_file}"

[people]
file = "people.csv"

[company]
name = "Exempel"
{more}
""",
            encoding="utf-8",
        )

    def book(self, person: str, token: str, *, hours_ahead: float = 1.0, subject: str = "") -> None:
        """Book an hour for somebody."""
        start = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=hours_ahead)
        self.world.create_event(
            self.mailboxes[person].user_id, token=token, start=start, end=start + timedelta(hours=1), subject=subject
        )

    def kept(self) -> list[tuple[str, int]]:
        """Return whose bookings are kept and from when, in order, as they lie in the database."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as database:
            rows = database.execute("SELECT person_id, starts_at FROM kept ORDER BY person_id, starts_at")
            return [(str(person), int(start)) for person, start in rows]

    def booked(self) -> list[tuple[str, int]]:
        """Return what should be kept: every booking of the pretend tenant."""
        now = datetime.now(UTC)
        return sorted(
            (person, int(event.start.timestamp() * 1_000_000))
            for person, mailbox in self.mailboxes.items()
            for event in self.world.events(mailbox.user_id, now - timedelta(days=1), now + timedelta(days=30))
            if isinstance(event.start, datetime) and event.sensitivity == "normal"
        )


@asynccontextmanager
async def installed(folder: Path, people: Sequence[str] = PEOPLE) -> AsyncIterator[Installation]:
    """Make a folder in which the program can be started, beside a pretend tenant."""
    world = World(lambda: datetime.now(UTC))
    mailboxes = {each: world.add_mailbox(f"{each}@exempel.example") for each in people}
    async with PretendGraph(world) as graph:
        found = Installation(
            folder=folder,
            world=world,
            graph=graph,
            mailboxes=mailboxes,
            port=free_ports(1)[0],
            hooks_port=free_ports(1)[0],
        )
        (folder / "client-secret").touch(mode=0o600)
        (folder / "client-secret").write_text(graph.application.secret or "", encoding="utf-8")
        found.write_people(people)
        found.write_settings()
        yield found


@dataclass(slots=True, kw_only=True)
class Program:
    """A run of the program: its process, and what it has said so far."""

    process: asyncio.subprocess.Process
    said: list[str] = field(default_factory=list)

    async def kill(self) -> None:
        """End it as kill -9 does."""
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def stop(self) -> int:
        """Ask it to stop, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), PATIENCE_SECONDS)


@asynccontextmanager
async def program(installation: Installation, *arguments: str) -> AsyncIterator[Program]:
    """Start the program, wait until it greets, and leave no process behind."""
    started = Program(process=await _start(installation, arguments))
    try:
        await asyncio.wait_for(_greeting(started), STARTS_WITHIN_SECONDS)
        yield started
    finally:
        if started.process.returncode is None:
            await started.kill()


async def ended(installation: Installation, *arguments: str) -> tuple[int, str]:
    """Run the program to its end; return its exit code and all that it said."""
    process = await _start(installation, arguments)
    said, _ = await asyncio.wait_for(process.communicate(), STARTS_WITHIN_SECONDS)
    return process.returncode or 0, said.decode()


async def _start(installation: Installation, arguments: Sequence[str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "kalenderkoppling"),
        *(arguments[0], "--settings", str(installation.settings), *arguments[1:]),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=installation.folder,
    )


async def _greeting(started: Program) -> None:
    stream = started.process.stdout
    while stream is not None and (line := await stream.readline()):
        started.said.append(line.decode())
        if "The directory:" in started.said[-1]:
            return
    raise AssertionError("".join(started.said))
