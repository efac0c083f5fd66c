"""A customer's installation with the voice process as a process of its own, and what tests ask of it.

    async with open_site(folder, template) as site:
        await site.employ("anna", extension="2001", phone=phone.address)
        await site.away("anna", Diversion.DIRECT)
        async with site.voice() as voice:
            decision = await voice.decision("2001")

What the pages and the synchronisation do, the test does with the same use cases, on the same database. Sound is
heard with `kktest.rtp.ear` and compared by `kktest.hearing` with what exchanges are given to play.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import aiohttp
import msgspec

from kalenderkoppling.bus.memory import MemoryBus
from kalenderkoppling.composition.clock import SystemClock
from kalenderkoppling.composition.core import make_core
from kalenderkoppling.composition.from_settings.company import pinned_company
from kalenderkoppling.composition.server.prepare import prepare
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.absence import MEETING, AbsenceId, Diversion, ReasonKey
from kalenderkoppling.domain.call import CallBackRequest, CallRecord
from kalenderkoppling.domain.mailbox import MailboxRef
from kalenderkoppling.domain.person import LineState, Person, PersonId, Role
from kalenderkoppling.settings import Company, Rules, RuleSetting
from kalenderkoppling.settings.telephony import Voices
from kalenderkoppling.sound import Sound, read_wav
from kalenderkoppling.speech.open_speech import open_speech
from kalenderkoppling.store import SqlStore, open_store
from kalenderkoppling.usecases.absences.create_absence import NewAbsence, create_absence
from kalenderkoppling.usecases.absences.remove_absence import remove_absence
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.announcements.rendering import rendered
from kalenderkoppling.usecases.announcements.sentence import said
from kalenderkoppling.usecases.core import Core, look_up
from kalenderkoppling.usecases.mailboxes.connection import Connection
from kalenderkoppling.usecases.mailboxes.worker import Worker
from kalenderkoppling.words import Language, languages, unreachable_sentence
from kktest.calendar import FakeCalendar, Item
from kktest.house import CountingMeter, address_of, employee, mail_of
from kktest.notices import FakeNotices
from kktest.ports import LOOPBACK, free_ports, spare_ports
from kktest.sipp import Sipp
from kktest.waiting import DEADLINE_SECONDS, eventually

KEY = "0123456789abcdef0123456789abcdef"
EXCHANGE = "pbx"
STARTS_WITHIN_SECONDS = 120.0
WORDS_PER_MINUTE = 300
"""Faster than anybody speaks to callers: calls that are listened to should be short."""
LATE_SECONDS = 2.0
"""How much later than at once an announcement may begin and still be heard whole, on a busy machine."""
WATCHED = "9990"
"""Somebody whom no test calls."""
RTP_PORTS = 200

RING_SECONDS = 2

COMPANY = Company(
    name="Exempel",
    ring_seconds=RING_SECONDS,
    show_subject=True,
    rules=Rules(
        busy=RuleSetting(reason="meeting", diversion="direct"),
        out_of_office=RuleSetting(reason="out_of_office", diversion="open"),
    ),
)
"""Rings for two seconds before an open referral is announced; a busy booking is a direct referral."""


@dataclass(slots=True, kw_only=True)
class Voice:
    """A run of the voice process."""

    site: "Site"
    sip: str
    url: str
    process: asyncio.subprocess.Process
    session: aiohttp.ClientSession
    said: list[str] = field(default_factory=list)
    reading: asyncio.Task[None] | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Where it takes calls, as sockets name it."""
        host, _, port = self.sip.partition(":")
        return host, int(port)

    async def decision(self, number: str) -> dict[str, object]:
        """Ask what a call meets, as an exchange does."""
        async with self.session.get(f"{self.url}/v1/calls/decision", params={"to": number}, headers=BEARER) as answer:
            assert answer.status == 200, await answer.text()
            return msgspec.json.decode(await answer.read(), type=dict[str, object])

    async def prompt(self, number: str) -> bytes:
        """Return the WAV file that an exchange is given to play to who calls a number, nothing where there is none."""
        prompt = (await self.decision(number))["prompt"]
        if not isinstance(prompt, dict):
            return b""
        async with self.session.get(prompt["url"]) as answer:
            assert answer.status in {200, 410}, answer.status
            return await answer.read() if answer.status == 200 else b""

    async def meets(self, number: str, action: str) -> dict[str, object]:
        """Wait until calls to a number meet something."""
        return await eventually(self.decision, number, wanted=lambda found: found["action"] == action)

    async def caught_up(self) -> None:
        """Wait until it knows all that was written before: of somebody unknown it says that calls ring, too."""
        if WATCHED not in self.site.people:
            await self.site.employ(WATCHED, extension=WATCHED)
        absence = await self.site.away(WATCHED)
        await self.meets(WATCHED, "direct")
        await self.site.back(WATCHED, absence)
        await self.meets(WATCHED, "ring")

    async def ready(self, number: str) -> bytes:
        """Wait until the announcement of a number is rendered, and not the general one in its place; returns it."""
        general = {await asyncio.to_thread(general_announcement, each) for each in languages()}
        return await eventually(self.prompt, number, wanted=lambda found: bool(found) and found not in general)

    async def metrics(self) -> str:
        """Return what the meter shows."""
        async with self.session.get(f"{self.url}/metrics") as answer:
            return await answer.text()

    async def counted(self, line: str) -> float:
        """Return a figure of the meter by its name and labels, 0 where it has not been counted."""
        rows = (row.rpartition(" ") for row in (await self.metrics()).splitlines() if not row.startswith("#"))
        return next((float(value) for name, _, value in rows if name == line), 0.0)

    async def kill(self) -> None:
        """End it as kill -9 does."""
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def stop(self) -> int:
        """Ask it to stop, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), DEADLINE_SECONDS)

    def children(self) -> list[int]:
        """The ids of the processes that it has started."""
        listed = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(pid) for file in listed for pid in file.read_text().split()]


BEARER = {"Authorization": f"Bearer {KEY}"}


@dataclass(slots=True, kw_only=True)
class Site:
    """A folder with settings and a database, and the people and absences in it."""

    folder: Path
    url: str
    store: SqlStore
    core: Core
    company: Company
    calendar: FakeCalendar
    worker: Worker
    people: dict[str, Person] = field(default_factory=dict)

    async def employ(self, id_: str, *, extension: str, phone: str = "", name: str = "", mobile: str = "") -> PersonId:
        """Let somebody begin; `phone` is the address `host:port` of the telephone, empty for none."""
        made = replace(
            employee(id_, name=name),
            extension=extension,
            mobile=mobile,
            phone_uri=f"sip:{extension}@{phone}" if phone else "",
            roles=frozenset({Role.EMPLOYEE}),
        )
        self.people[id_] = made
        self.calendar.open(made.mailbox)
        await self.prepare()
        return made.id

    async def prepare(self) -> None:
        """Bring the store in step with company and people, as the server does at its start."""
        self.core.store.add_tenant(TENANT)
        await prepare(self.core, pinned_company(self.company), list(self.people.values()))

    async def away(
        self,
        id_: str,
        diversion: Diversion = Diversion.DIRECT,
        reason: ReasonKey = MEETING,
        *,
        ends_in: timedelta = timedelta(hours=2),
        note: str = "",
    ) -> AbsenceId:
        """Set an absence that has begun."""
        now = datetime.now(UTC)
        new = NewAbsence(
            start=now - timedelta(minutes=10), end=now + ends_in, reason=reason, diversion=diversion, note=note
        )
        return (await create_absence(self.core, self._herself(id_), PersonId(id_), new)).id

    async def back(self, id_: str, absence: AbsenceId) -> None:
        """Take an absence away."""
        await remove_absence(self.core, self._herself(id_), absence)

    async def book(self, id_: str, item: Item) -> None:
        """Make a booking in somebody's calendar, and have it seen."""
        self.calendar.put(mail_of(id_), item)
        await self.worker.look(MailboxRef(tenant=TENANT, person=PersonId(id_)))

    async def calls(self, id_: str) -> Sequence[CallRecord]:
        """The calls of a person that were written down, the newest first."""
        return await look_up(self.core, TENANT, lambda tx: tx.calls.of(PersonId(id_), limit=100))

    async def call_backs(self, id_: str) -> Sequence[CallBackRequest]:
        """The call-backs that a person was asked for."""
        return await look_up(self.core, TENANT, lambda tx: tx.call_backs.of(PersonId(id_)))

    async def line(self, id_: str) -> LineState:
        """The state of somebody's line as the directory has it."""
        person, now = PersonId(id_), datetime.now(UTC)
        return await look_up(
            self.core, TENANT, lambda tx: tx.lines.states([person], now).get(person, LineState.UNKNOWN)
        )

    def write_settings(self, more: str = "", exchange: str = "", telephony: str = "", port: int = 0) -> Path:
        """Write the settings file; text is added at its end, to the exchange, and to the telephony part.

        Calls are taken at `port`, which who calls may have to know before; 0 is any.
        """
        first, (some_port, http_port) = spare_ports(RTP_PORTS), free_ports(2)
        file = self.folder / "kalenderkoppling.toml"
        (self.folder / "exchange-key").touch(mode=0o600)
        (self.folder / "exchange-key").write_text(KEY, encoding="utf-8")
        file.write_text(
            f"""
[database]
url = "{self.url}"

[company]
name = "{self.company.name}"

[telephony]
voices = {{ words_per_minute = {WORDS_PER_MINUTE} }}
host = "{LOOPBACK}"
port = {port or some_port}
rtp_ports = [{first}, {first + RTP_PORTS - 1}]
prompts = "prompts"
http_port = {http_port}
{telephony}

[[telephony.exchanges]]
name = "{EXCHANGE}"
addresses = ["127.0.0.0/8"]
key = {{ file = "exchange-key" }}
{exchange}

{more}
""",
            encoding="utf-8",
        )
        return file

    @asynccontextmanager
    async def voice(
        self,
        *,
        more: str = "",
        exchange: str = "",
        telephony: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Voice]:
        """Run the voice process with settings of its own; leaves no process behind."""
        async with self.started(self.write_settings(more, exchange, telephony), environment) as running:
            yield running

    @asynccontextmanager
    async def started(self, settings: Path, environment: Mapping[str, str] | None = None) -> AsyncIterator[Voice]:
        """Run the voice process with a settings file that is there; `environment` is laid over ours."""
        process = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).parent / "kalenderkoppling"),
            *("voice", "--settings", str(settings)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=self.folder,
            env={**os.environ, **(environment or {})},
        )
        async with aiohttp.ClientSession() as session:
            running = Voice(site=self, sip="", url="", process=process, session=session)
            try:
                await asyncio.wait_for(_greeting(running), STARTS_WITHIN_SECONDS)
                running.reading = asyncio.create_task(_read_on(running))
                yield running
            finally:
                if process.returncode is None:
                    await running.kill()
                if running.reading is not None:
                    await running.reading

    def _herself(self, id_: str) -> Actor:
        return Actor(tenant=TENANT, person=PersonId(id_))


@cache
def general_announcement(language: Language) -> bytes:
    """The WAV file that is played where a person's own announcement is not ready."""
    speech = open_speech(Voices(words_per_minute=WORDS_PER_MINUTE))
    try:
        sentence = said(unreachable_sentence(language), language)
        return rendered(sentence, sentence.key(speech.voice), speech, lambda _: None).wav
    finally:
        speech.close()


def general_announcement_sound(language: Language) -> Sound:
    """The announcement that is played where a person's own is not ready, as sound."""
    return read_wav(general_announcement(language))


async def over(*runs: Sipp) -> None:
    """Wait until calls are over, as their scenarios say."""
    for each in runs:
        outcome = await asyncio.to_thread(each.wait)
        assert outcome.succeeded, (outcome.errors, [message.start for message in each.messages])


async def _greeting(running: Voice) -> None:
    stream = running.process.stdout
    while stream is not None and (line := (await stream.readline()).decode()):
        running.said.append(line)
        if line.startswith("Calls are taken at sip:"):
            running.sip = line.split()[4].removeprefix("sip:")
        if line.startswith("Exchanges ask at "):
            running.url = line.split()[3].removesuffix("/v1/calls/decision")
            return
    raise AssertionError("".join(running.said))


async def _read_on(running: Voice) -> None:
    stream = running.process.stdout
    while stream is not None and (line := (await stream.readline()).decode()):
        running.said.append(line)


@asynccontextmanager
async def open_site(folder: Path, url: str, company: Company = COMPANY) -> AsyncIterator[Site]:
    """Open a site on a database that has its tables."""
    with closing(open_store(url)) as store:
        core, calendar, meter = make_core(store, SystemClock(), MemoryBus()), FakeCalendar(), CountingMeter()
        notices = FakeNotices(clock=core.clock)
        worker = Worker(
            core=core,
            connection_of=lambda _: Connection(source=calendar, notices=notices),
            meter=meter,
            chance=lambda: 0.0,
            address_of=address_of,
        )
        site = Site(folder=folder, url=url, store=store, core=core, company=company, calendar=calendar, worker=worker)
        await site.prepare()
        yield site
