"""Help for tests of iCalendar files: a file written by hand, a server that gives it, and the product's view of it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web

from kalenderkoppling.calendars.icalendar.look import view_of
from kalenderkoppling.calendars.icalendar.open import open_files
from kalenderkoppling.calendars.icalendar.settings import Icalendar
from kalenderkoppling.calendars.icalendar.source import IcalendarFiles
from kalenderkoppling.domain.booking import View
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.calendar import Fields

STOCKHOLM = ZoneInfo("Europe/Stockholm")
WINDOW = Interval(start=datetime(2027, 2, 28, 23, tzinfo=UTC), end=datetime(2027, 5, 1, 22, tzinfo=UTC))
NOW = datetime(2027, 3, 1, 8, tzinfo=UTC)
KIM = "kim@exempel.example"
SAMPLES = Path(__file__).parent.parent / "samples" / "icalendar"
LOOPBACK = ("127.0.0.0/8",)
DAMAGED_UIDS = (b"\xff", b"half \xed\xa0\xbd", b"M\xf6te@example.com", b"\x00\x1b")
"""Values of UID that cannot be stored as they stand: not UTF-8 (one of them half a surrogate pair), or nothing left."""


@dataclass(slots=True)
class StandingClock:
    """The present as the test says."""

    instant: datetime = NOW

    def now(self) -> datetime:
        """See the port."""
        return self.instant


def calendar(*events: str, zones: Sequence[str] = ()) -> bytes:
    """Write a file; each event is the lines between BEGIN:VEVENT and END:VEVENT, each zone a whole VTIMEZONE."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Exempel//Test//SV", *zones]
    for each in events:
        lines += ["BEGIN:VEVENT", "DTSTAMP:20270101T000000Z", *each.strip().splitlines(), "END:VEVENT"]
    return "\r\n".join([*(line.strip("\n") for line in lines), "END:VCALENDAR", ""]).encode()


def event(uid: str = "a", *more: str, start: str = "20270302T100000", end: str = "20270302T110000") -> str:
    """Write the lines of a timed event in Stockholm, with more lines after them."""
    zone = ";TZID=Europe/Stockholm"
    return "\n".join([f"UID:{uid}", f"DTSTART{zone}:{start}", f"DTEND{zone}:{end}", *more])


def read(*events: str, zones: Sequence[str] = (), subject: bool = False, zone: ZoneInfo = STOCKHOLM) -> View:
    """Read a file as the product does, without the network between."""
    return view_of(calendar(*events, zones=zones), KIM, WINDOW, zone, Fields(subject=subject))


@dataclass(slots=True)
class FileServer:
    """A server on loopback with one file per mailbox; `answer_next` replaces one answer, `asked` is what came."""

    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[web.Request] = field(default_factory=list)
    answer_next: web.StreamResponse | None = None
    cut_next: bool = False
    with_etag: bool = True
    modified_at: datetime | None = None
    origin: str = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer with the file, or that it is the same as before."""
        self.asked.append(request)
        body = self.files.get(request.match_info["mailbox"])
        if self.answer_next is not None:
            told, self.answer_next = self.answer_next, None
            return told
        if body is None:
            return web.Response(status=404)
        if self.cut_next:
            self.cut_next = False
            return await self._cut(request, body)
        etag = f'"{abs(hash(body))}"' if self.with_etag else ""
        headers = {"ETag": etag} if etag else {}
        if self.modified_at is not None:
            headers["Last-Modified"] = format_datetime(self.modified_at, usegmt=True)
            headers["Date"] = format_datetime(NOW, usegmt=True)
        since = request.headers.get("If-Modified-Since")
        if (etag and request.headers.get("If-None-Match") == etag) or (
            since is not None and since == headers.get("Last-Modified")
        ):
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, headers=headers, content_type="text/calendar")

    async def _cut(self, request: web.Request, body: bytes) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(len(body))})
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        assert request.transport is not None
        request.transport.close()
        return response


@asynccontextmanager
async def serving() -> AsyncIterator[FileServer]:
    """Serve files on loopback, at `/{mailbox}/calendar.ics`."""
    server = FileServer()
    app = web.Application()
    app.router.add_get("/{mailbox}/calendar.ics", server.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()


@asynccontextmanager
async def opened(settings: Icalendar, *, deadline_seconds: float = 20.0) -> AsyncIterator[IcalendarFiles]:
    """Open the source as the product does, without jitter and with a short deadline."""
    async with open_files(settings, StandingClock(), jitter=lambda: 0.0, deadline_seconds=deadline_seconds) as source:
        yield source


def settings_for(server: FileServer, **more: object) -> Icalendar:
    """Return the settings that reach a server on loopback."""
    wanted: dict[str, object] = {"url": f"{server.origin}/{{mailbox}}/calendar.ics", "networks": LOOPBACK, **more}
    return Icalendar(**wanted)  # type: ignore[arg-type] # any setting


async def seen(source: IcalendarFiles, fields: Fields = Fields(), mailbox: str = KIM) -> View:  # noqa: B008 - frozen
    """Look at a mailbox."""
    return await source.view(mailbox, WINDOW, STOCKHOLM, fields)


HOUR = timedelta(hours=1)
