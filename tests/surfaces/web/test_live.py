"""The live stream: what it tells, to whom, how often, and when it ends."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.absences.status import Colour
from kalenderkoppling.domain.absence import SICK
from kalenderkoppling.domain.errors import StoreUnavailableError
from kalenderkoppling.domain.mailbox import EVERYBODY, Change
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.surfaces.web.live.stream import AT_ONCE, Ending, LiveStream, StreamTiming
from kalenderkoppling.surfaces.web.live.streams import MOST_PER_SESSION, Streams
from kalenderkoppling.surfaces.web.status import ShownStatus
from kktest.timed import took_at_most
from kktest.waiting import settled, turns
from kktest.web import (
    ANNA,
    ASA,
    BO,
    KARIN,
    NOW,
    QUICK,
    SAME_ORIGIN,
    TENANT,
    Company,
    SetClock,
    make_app,
    serving,
    sign_in,
    token_of,
)

Visitor = TestClient[Litestar]

FREE = ShownStatus(colour=Colour.GREEN, word="Ledig", detail="", line_known=False)
AWAY = ShownStatus(colour=Colour.ORANGE, word="Frånvarande", detail="Möte, åter 12:00", line_known=False)


@dataclass(slots=True)
class Looking:
    """What a stream sees when it looks, and how often it looked."""

    seen: dict[PersonId, ShownStatus] = field(default_factory=lambda: {ANNA: FREE, BO: FREE})
    looks: list[set[PersonId]] = field(default_factory=list)
    failing: bool = False
    alive: bool = True

    async def look(self, people: Iterable[PersonId]) -> Mapping[PersonId, ShownStatus]:
        if self.failing:
            raise StoreUnavailableError
        self.looks.append(set(people))
        return {id_: self.seen[id_] for id_ in self.looks[-1] if id_ in self.seen}

    async def is_alive(self) -> bool:
        return self.alive


def stream_of(looking: Looking, pace: StreamTiming = QUICK) -> LiveStream:
    return LiveStream(session_key="s", look=looking.look, is_alive=looking.is_alive, pace=pace)


async def next_event(events: AsyncIterator[bytes]) -> tuple[str, Any]:
    """The next event that is no heartbeat."""
    async with asyncio.timeout(60):
        async for each in events:
            if each.startswith(b"event: "):
                name, content = each.decode().strip().split("\n")
                return name.removeprefix("event: "), json.loads(content.removeprefix("data: "))
    raise AssertionError("the stream ended")


async def test_a_stream_begins_with_its_id_and_everybody_watched() -> None:
    looking = Looking()
    stream = stream_of(looking)
    stream.watch([ANNA, BO], None)
    events = stream.events()
    assert (await next_event(events)) == ("hello", {"stream": stream.id})
    name, content = await next_event(events)
    assert name == "status"
    assert {each["id"] for each in content["people"]} == {ANNA, BO}


async def test_a_change_tells_only_who_changed() -> None:
    looking = Looking()
    stream = stream_of(looking)
    stream.watch([ANNA, BO], None)
    events = stream.events()
    await next_event(events)
    await next_event(events)
    looking.seen[BO] = AWAY
    stream.changed(BO)
    _, content = await next_event(events)
    told = {"id": BO, "colour": "orange", "word": "Frånvarande", "detail": "Möte, åter 12:00", "line_known": False}
    assert content == {"people": [told], "card": None}


async def test_what_comes_together_is_told_together() -> None:
    looking = Looking()
    stream = stream_of(looking)
    stream.watch([ANNA, BO], None)
    events = stream.events()
    await next_event(events)
    await next_event(events)
    looking.seen = {ANNA: AWAY, BO: AWAY}

    async def one_by_one() -> None:
        for _ in range(20):
            stream.changed(ANNA)
            stream.changed(BO)
            await turns(1)

    _, told = await asyncio.gather(one_by_one(), next_event(events))
    assert {each["id"] for each in told[1]["people"]} == {ANNA, BO}
    assert len(looking.looks) == 2


async def test_somebody_who_is_not_watched_costs_no_look() -> None:
    looking = Looking()
    stream = stream_of(looking, StreamTiming(coalesce=timedelta(milliseconds=5)))
    stream.watch([ANNA], None)
    events = stream.events()
    await next_event(events)
    await next_event(events)
    stream.changed(ASA)
    looking.seen[ANNA] = AWAY
    stream.changed(ANNA)
    await next_event(events)
    assert looking.looks == [{ANNA}, {ANNA}]


async def test_a_change_of_everybody_looks_at_all_who_are_watched() -> None:
    looking = Looking()
    stream = stream_of(looking)
    stream.watch([ANNA, BO], None)
    events = stream.events()
    await next_event(events)
    await next_event(events)
    looking.seen = {ANNA: AWAY, BO: AWAY}
    stream.changed(EVERYBODY)
    _, content = await next_event(events)
    assert len(content["people"]) == 2


async def test_what_has_not_changed_is_not_told_again() -> None:
    looking = Looking()
    stream = stream_of(looking)
    stream.watch([ANNA, BO], None)
    events = stream.events()
    await next_event(events)
    await next_event(events)
    stream.changed(ANNA)
    looking.seen[BO] = AWAY
    await settled()
    stream.changed(BO)
    _, content = await next_event(events)
    assert [each["id"] for each in content["people"]] == [BO]


async def test_the_open_card_is_told_also_where_the_status_is_the_same() -> None:
    looking = Looking()
    stream = stream_of(looking)
    stream.watch([ANNA], BO)
    events = stream.events()
    await next_event(events)
    await next_event(events)
    stream.changed(BO)
    assert (await next_event(events))[1] == {"people": [], "card": BO}


async def test_the_watched_can_change_without_a_new_stream() -> None:
    looking = Looking()
    stream = stream_of(looking)
    stream.watch([ANNA], None)
    events = stream.events()
    await next_event(events)
    await next_event(events)
    stream.watch([BO], None)
    _, content = await next_event(events)
    assert [each["id"] for each in content["people"]] == [BO]


async def test_everything_is_looked_at_anew_though_nothing_was_told() -> None:
    looking = Looking()
    stream = stream_of(looking)
    stream.watch([ANNA], None)
    events = stream.events()
    await next_event(events)
    await next_event(events)
    looking.seen[ANNA] = AWAY
    _, content = await next_event(events)
    assert [each["id"] for each in content["people"]] == [ANNA]


async def test_a_beat_comes_where_nothing_happens() -> None:
    stream = stream_of(Looking())
    events = stream.events()
    await next_event(events)
    async with asyncio.timeout(60):
        assert await anext(events) == b": beat\n\n"


async def test_a_stream_ends_with_its_session() -> None:
    looking = Looking()
    stream = stream_of(looking)
    events = stream.events()
    await next_event(events)
    looking.alive = False
    assert await next_event(events) == ("end", {"reason": Ending.SIGNED_OUT})


async def test_a_store_that_is_away_ends_no_stream_and_loses_nothing() -> None:
    looking = Looking()
    stream = stream_of(looking)
    stream.watch([ANNA], None)
    events = stream.events()
    await next_event(events)
    await next_event(events)
    looking.failing, looking.seen[ANNA] = True, AWAY
    stream.changed(ANNA)
    assert await anext(events) == b": beat\n\n"
    looking.failing = False
    _, content = await next_event(events)
    assert [each["word"] for each in content["people"]] == ["Frånvarande"]


async def test_at_most_five_hundred_are_watched() -> None:
    looking = Looking(seen={PersonId(str(number)): FREE for number in range(900)})
    stream = stream_of(looking)
    stream.watch(looking.seen, None)
    events = stream.events()
    await next_event(events)
    assert len((await next_event(events))[1]["people"]) == 500


async def open_one(streams: Streams, looking: Looking, key: str = "s") -> LiveStream:
    return await streams.open(session_key=key, look=looking.look, is_alive=looking.is_alive)


async def test_the_oldest_stream_of_a_session_ends_where_there_are_too_many(company: Company) -> None:
    streams, looking = Streams(company.bus, TENANT, QUICK), Looking()
    first = await open_one(streams, looking)
    events = streams.run(first)
    await next_event(events)
    for _ in range(MOST_PER_SESSION):
        await open_one(streams, looking)
    assert await next_event(events) == ("end", {"reason": Ending.TOO_MANY})
    streams.stop()


async def test_another_sessions_streams_are_not_counted_or_ended(company: Company) -> None:
    streams, looking = Streams(company.bus, TENANT, QUICK), Looking()
    theirs = await open_one(streams, looking, "other")
    for _ in range(MOST_PER_SESSION + 3):
        await open_one(streams, looking)
    streams.end_session("s")
    assert theirs._ending is None
    assert streams.of_session(theirs.id, "s") is None
    streams.stop()


async def test_the_bus_reaches_the_streams(company: Company) -> None:
    streams, looking = Streams(company.bus, TENANT, QUICK), Looking()
    stream = await open_one(streams, looking)
    stream.watch([ANNA], None)
    events = streams.run(stream)
    await next_event(events)
    await next_event(events)
    looking.seen[ANNA] = AWAY
    await company.bus.publish(Change(tenant=TENANT, person=ANNA))
    assert (await next_event(events))[1]["people"][0]["word"] == "Frånvarande"
    streams.stop()


async def test_a_stopping_process_ends_its_streams_and_takes_no_more(company: Company) -> None:
    streams, looking = Streams(company.bus, TENANT, QUICK), Looking()
    stream = await open_one(streams, looking)
    events = streams.run(stream)
    await next_event(events)
    streams.stop()
    assert await next_event(events) == ("end", {"reason": Ending.STOPPING})
    with pytest.raises(StoreUnavailableError):
        await open_one(streams, looking)


async def test_a_stream_that_ended_is_forgotten(company: Company) -> None:
    streams, looking = Streams(company.bus, TENANT, QUICK), Looking()
    stream = await open_one(streams, looking)
    events = streams.run(stream)
    await next_event(events)
    stream.end(Ending.STOPPING)
    assert [each async for each in events]
    assert streams.count == 0


# ── through HTTP, with a real server ────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Open:
    """An open stream over HTTP."""

    session: aiohttp.ClientSession
    answer: aiohttp.ClientResponse
    token: str
    url: str

    async def next(self) -> tuple[str, Any]:
        return await next_event(self._chunks())

    async def _chunks(self) -> AsyncIterator[bytes]:
        while True:
            yield await self.answer.content.readuntil(b"\n\n")

    async def until(self, name: str, holds: Callable[[Any], bool] = lambda _: True) -> Any:  # noqa: ANN401 - JSON
        while True:
            found, content = await self.next()
            if found == name and holds(content):
                return content


@asynccontextmanager
async def listening(
    company: Company, who: PersonId, watched: list[str], pace: StreamTiming = QUICK
) -> AsyncIterator[Open]:
    with serving(make_app(company, pace=pace)) as url:
        # The jar keeps no cookies of numbered hosts unless told to.
        jar, headers = aiohttp.CookieJar(unsafe=True), {**SAME_ORIGIN, "Accept-Language": "sv"}
        async with aiohttp.ClientSession(headers=headers, cookie_jar=jar) as session:
            await session.post(f"{url}/sign-in", data={"person": who}, allow_redirects=False)
            async with session.get(f"{url}/") as first:
                token = token_of(await first.text())
            watch = {"people": watched}
            async with session.post(f"{url}/live", json=watch, headers={"X-CSRF-Token": token}) as answer:
                assert answer.status == 200
                yield Open(session, answer, token, url)


def now_for(minutes: int) -> Interval:
    return Interval(start=NOW - timedelta(minutes=1), end=NOW + timedelta(minutes=minutes))


async def test_a_change_reaches_an_open_page(company: Company) -> None:
    async with listening(company, ANNA, [BO]) as stream:
        assert stream.answer.headers["content-type"].startswith("text/event-stream")
        assert stream.answer.headers["cache-control"] == "no-store"
        assert (await stream.until("status"))["people"][0]["word"] == "Ledig"
        company.absent(BO, now_for(60))
        await company.tell(BO)
        news = await stream.until("status")
        assert news["people"][0]["detail"] == "Möte, åter 11:30"


async def test_the_red_state_of_a_call_reaches_an_open_page(company: Company) -> None:
    async with listening(company, ANNA, [BO]) as stream:
        await stream.until("status")
        company.in_call(BO)
        await company.tell(BO)
        news = await stream.until("status")
        assert news["people"][0] == {
            "id": BO,
            "colour": "red",
            "word": "I samtal",
            "detail": "",
            "line_known": True,
        }


@pytest.mark.parametrize(("who", "reads"), [(ANNA, "Frånvarande"), (KARIN, "Frånvarande"), (BO, "Sjuk")])
async def test_illness_is_told_to_the_person_alone(company: Company, who: PersonId, reads: str) -> None:
    company.absent(BO, now_for(60), reason=SICK)
    async with listening(company, who, [BO]) as stream:
        news = await stream.until("status")
        assert news["people"][0]["detail"] == f"{reads}, åter 11:30"


async def test_people_of_other_tenants_are_not_told(company: Company) -> None:
    async with listening(company, ANNA, ["olle", "nobody", BO]) as stream:
        news = await stream.until("status")
        assert [each["id"] for each in news["people"]] == [BO]


async def test_a_page_changes_whom_it_watches(company: Company) -> None:
    async with listening(company, ANNA, [BO]) as stream:
        hello = await stream.until("hello")
        await stream.until("status")
        url = f"{stream.url}/live/{hello['stream']}/watch"
        headers = {"X-CSRF-Token": stream.token}
        async with stream.session.post(url, json={"people": [ASA], "card": ASA}, headers=headers) as answer:
            assert answer.status == 204
        assert (await stream.until("status"))["people"][0]["id"] == ASA


async def test_sign_out_ends_the_stream_at_once(company: Company) -> None:
    slow = StreamTiming(heartbeat=timedelta(minutes=5))
    async with listening(company, ANNA, [BO], slow) as stream:
        await stream.until("status")
        await stream.session.post(f"{stream.url}/sign-out", data={"csrf_token": stream.token}, allow_redirects=False)
        assert await stream.until("end") == {"reason": "signed_out"}


async def test_the_stream_alone_keeps_no_session_alive(company: Company) -> None:
    assert isinstance(company.clock, SetClock)
    async with listening(company, ANNA, [BO]) as stream:
        await stream.until("status")
        company.clock.at = NOW + timedelta(minutes=30)
        assert await stream.until("end") == {"reason": "signed_out"}


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"people": 1}', b'{"people": [""]}', b'{"people": [], "more": 1}', b"\xff"]
)
def test_what_is_no_list_of_people_is_refused(visitor: Visitor, body: bytes) -> None:
    token = sign_in(visitor, ANNA)
    headers = {**SAME_ORIGIN, "X-CSRF-Token": token, "Content-Type": "application/json"}
    answer = visitor.post("/live", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["key"] == "bad_request"


def test_nobody_changes_anothers_stream(visitor: Visitor) -> None:
    token = sign_in(visitor, ANNA)
    headers = {**SAME_ORIGIN, "X-CSRF-Token": token}
    assert visitor.post("/live/guessed/watch", json={"people": []}, headers=headers).status_code == 404


def test_a_stranger_opens_no_stream(visitor: Visitor) -> None:
    answer = visitor.post("/live", json={"people": []}, headers=SAME_ORIGIN)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_burst_is_told_at_most_ten_times_a_second_and_the_first_changes_at_once() -> None:
    looking = Looking()
    stream = stream_of(looking, StreamTiming())
    stream.watch([ANNA], None)
    loop = asyncio.get_running_loop()
    opened = loop.time()
    events = stream.events()
    await next_event(events)
    await next_event(events)
    await settled()
    came: list[float] = []
    began = loop.time()
    while len(came) < AT_ONCE + 2:
        looking.seen[ANNA] = AWAY if looking.seen[ANNA] == FREE else FREE
        stream.changed(ANNA)
        await next_event(events)
        came.append(loop.time())
    took_at_most(came[0] - began, 0.09)
    # One more was told when the page opened.
    assert came[-1] - opened >= 3 * 0.1 - 0.01
