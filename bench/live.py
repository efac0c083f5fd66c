"""Measure 4: from a received notification to the change in an open page."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import aiohttp
import msgspec

from bench.figures import Goal, Section, milliseconds, percentile
from bench.product import GraphTold, Stamps, Toggle, process, run_graph, run_product, told
from bench.sizes import Sizes
from kalenderkoppling.absences.status import Colour
from kalenderkoppling.composition.demo.people import cast_roles, directory_people
from kalenderkoppling.domain.person import Person
from kalenderkoppling.surfaces.web.live.stream import AT_ONCE, COALESCE, MOST_WATCHED

WANTED_SECONDS = {0.5: 0.015, 0.99: 0.060}
"""How long it may take on top of Graph, by percentile."""
_WATCHED = 10
_WARM_UP = 5
_PATIENCE_SECONDS = 20
_QUIET_TIMES, _QUIET_SECONDS = 5, 0.25
_SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One change: from the change in Outlook, and from the notification, to the page; and Graph's part of it."""

    from_change: float
    from_notice: float
    graph: float

    @property
    def on_top(self) -> float:
        """Our part of the time."""
        return self.from_notice - self.graph


async def measure(sizes: Sizes, folder: Path) -> Section:
    """Change bookings one after the other, and watch a page."""
    with process(run_graph, sizes.company) as outlook:
        graph = told(outlook)
        if not isinstance(graph, GraphTold):
            raise TypeError
        people, _ = cast_roles(directory_people(graph.company))
        with process(run_product, graph, people, folder) as product:
            samples = await _samples(sizes, str(told(product)), people, outlook, product)
    return _section(samples)


async def _samples(sizes: Sizes, url: str, people: Sequence[Person], outlook: Pipe, product: Pipe) -> list[Sample]:
    coupled = [each for each in people if each.entitlements.calendar_coupling][3:]
    found = []
    async with aiohttp.ClientSession(url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        token = await _sign_in(session, people[0])
        await _settled(session)
        watched = await _free(session, token, coupled)
        async with _OpenPage(session, token, watched) as (events, _):
            for number in range(sizes.notices + _WARM_UP):
                person = watched[number % len(watched)]
                # One round over the watched people makes bookings, the next deletes them.
                turn = number // len(watched)
                wish = Toggle(user=person.mailbox, token=f"bench{turn // 2}x{person.extension}", is_there=turn % 2 == 0)
                outlook.send(wish)
                changed_at = told(outlook)
                seen_at = await _seen(events, person)
                product.send("stamps")
                stamps = told(product)
                if isinstance(stamps, Stamps) and isinstance(changed_at, float) and number >= _WARM_UP:
                    found.append(_sample(changed_at, seen_at, stamps))
                # Some changes come while the stream still coalesces, as in a busy company.
                await asyncio.sleep(0.02 + 0.013 * (number % 11))
    return found


def _sample(changed_at: float, seen_at: float, stamps: Stamps) -> Sample:
    return Sample(
        from_change=seen_at - changed_at,
        from_notice=seen_at - stamps.noticed_at,
        graph=stamps.answered_at - stamps.asked_at,
    )


async def _sign_in(session: aiohttp.ClientSession, person: Person) -> str:
    async with session.post("/sign-in", data={"person": person.id}, headers=_SAME_ORIGIN) as answer:
        page = await answer.text()
    found = re.search(r'data-csrf="([^"]+)"', page)
    if found is None:
        raise RuntimeError("signing in failed")
    return found[1]


async def _settled(session: aiohttp.ClientSession) -> None:
    """Wait until subscriptions exist and the first looks are over, so that only our changes happen."""
    before, quiet = "", 0
    async with asyncio.timeout(120):
        while quiet < _QUIET_TIMES:
            await asyncio.sleep(_QUIET_SECONDS)
            async with session.get("/metrics") as answer:
                text = "\n".join(line for line in (await answer.text()).splitlines() if "looks" in line)
            quiet, before = (quiet + 1, text) if text == before and text else (0, text)


async def _free(session: aiohttp.ClientSession, token: str, people: Sequence[Person]) -> Sequence[Person]:
    """Return people who are free now: a longer absence would hide our bookings."""
    async with _OpenPage(session, token, people[:MOST_WATCHED]) as (_, colours):
        free = [each for each in people if colours.get(each.id) == Colour.GREEN]
    if not free:
        raise RuntimeError("nobody is free now")
    return free[:_WATCHED]


class _Events:
    """The events of a stream, as a page reads them."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def next_status(self) -> tuple[float, dict[str, str]]:
        """Return when the next event came, and the colours by person."""
        kind = b""
        while line := await self._response.content.readline():
            if line.startswith(b"event: "):
                kind = line[7:].strip()
            elif line.startswith(b"data: ") and kind == b"status":
                came_at = time.monotonic()
                return came_at, {each["id"]: each["colour"] for each in msgspec.json.decode(line[6:])["people"]}
        raise ConnectionError("the stream ended")


class _OpenPage:
    """An open page: its stream, and the initial colours."""

    def __init__(self, session: aiohttp.ClientSession, token: str, watched: Sequence[Person]) -> None:
        self._session, self._token, self._watched = session, token, watched

    async def __aenter__(self) -> tuple[_Events, dict[str, str]]:
        self._response = await self._session.post(
            "/live",
            json={"people": [each.id for each in self._watched]},
            headers={**_SAME_ORIGIN, "X-CSRF-Token": self._token},
            timeout=aiohttp.ClientTimeout(total=None),
        )
        self._response.raise_for_status()
        events = _Events(self._response)
        _, colours = await events.next_status()
        return events, colours

    async def __aexit__(self, *_: object) -> None:
        self._response.close()


async def _seen(events: _Events, person: Person) -> float:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while True:
            came_at, people = await events.next_status()
            if person.id in people:
                return came_at


def _section(samples: Sequence[Sample]) -> Section:
    measured = {
        "notification received -> bytes of the change at the page": [each.from_notice for each in samples],
        "of that, our look at Graph (its answer, HTTP and decoding)": [each.graph for each in samples],
        "on top of Graph": [each.on_top for each in samples],
        "change in Outlook -> page (with the pretend Graph's own way)": [each.from_change for each in samples],
    }
    return Section(
        title="Notification to page",
        text=(
            f"{len(samples)} changes, one after the other, in the calendars of people whom an open page shows: the "
            "pretend Graph notifies, uvicorn takes the notification, the worker looks, SQLite keeps, and a client "
            "reads the event stream. Graph, product and client are three processes that share one clock. "
            f"Each change comes 20 to 150 ms after the one before was seen; after {AT_ONCE} in quick succession "
            f"further ones wait on purpose, {milliseconds(COALESCE.total_seconds())} each, so that a burst is told "
            "together."
        ),
        header=("", "p50", "p90", "p99", "worst"),
        rows=[
            (name, *(milliseconds(percentile(values, share)) for share in (0.5, 0.9, 0.99, 1.0)))
            for name, values in measured.items()
        ],
        goals=[_goal(share, wanted, measured) for share, wanted in WANTED_SECONDS.items()],
    )


def _goal(share: float, wanted: float, measured: Mapping[str, Sequence[float]]) -> Goal:
    total, on_top = (percentile(measured[name], share) for name in (*measured,)[:3:2])
    return Goal(
        what=f"notification to page, p{share * 100:.0f}",
        wanted=f"<= {milliseconds(wanted)} on top of Graph",
        reached=f"{milliseconds(on_top)} ({milliseconds(total)} with Graph)",
        met=on_top <= wanted,
    )
