"""Real calls while the database is gone: who is known is announced or rung as before, and nothing is forgotten."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from kalenderkoppling.domain.call import CallResult
from kalenderkoppling.domain.errors import StoreUnavailableError
from kalenderkoppling.store import migrate
from kalenderkoppling.usecases.calls.index.follow_feed import CURRENT_FOR
from kktest.fault_calls import hears, rings
from kktest.postgres import PostgresServer, new_server, remove_server
from kktest.sipp import sipp
from kktest.sipp_scenarios import caller_refused, phone_answers
from kktest.timed import took_at_most
from kktest.voice import Site, Voice, open_site, over
from kktest.waiting import eventually, settled

pytestmark = [
    pytest.mark.calls,
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="module"),
]

NOBODY = "9999"


@pytest.fixture(scope="module")
def database() -> Iterator[PostgresServer]:
    """A server of this module's own, since it is stopped."""
    server = new_server()
    try:
        yield server
    finally:
        remove_server(server)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(database: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    address = database.address(database.new_database())
    migrate(address)
    async with open_site(tmp_path_factory.mktemp("site"), address) as opened:
        yield opened


@contextmanager
def gone(database: PostgresServer) -> Iterator[None]:
    """The database is pulled out for as long as the block lasts."""
    database.stop(at_once=True)
    try:
        yield
    finally:
        if database.process is None:
            database.start()


async def readiness(voice: Voice) -> int:
    async with voice.session.get(f"{voice.url}/health/ready") as answer:
        return answer.status


async def test_S_13_with_the_database_gone_who_is_known_is_announced_and_rung_as_before(
    site: Site, voice: Voice, database: PostgresServer, extensions: Iterator[str], tmp_path: Path
) -> None:
    away, present = next(extensions), next(extensions)
    await site.employ(away, extension=away)
    await site.away(away)
    with sipp(phone_answers(), tmp_path) as phone:
        await site.employ(present, extension=present, phone=phone.address)
        rendered = await voice.ready(away)
        await voice.caught_up()
        with gone(database):
            await eventually(readiness, voice, wanted=lambda status: status == 503)
            await hears(voice, away, rendered, tmp_path)
            await rings(voice, present, phone, tmp_path)
    await eventually(readiness, voice, wanted=lambda status: status == 200)


async def test_S_13_with_the_database_gone_an_exchange_is_told_to_ring_by_itself_whom_we_do_not_know(
    voice: Voice, database: PostgresServer, tmp_path: Path
) -> None:
    await voice.meets(NOBODY, "ring")
    with sipp(caller_refused(480), tmp_path, to=voice.sip, number=NOBODY) as call:
        await over(call)
    with gone(database):
        # So long it goes by what it knew of the store.
        await settled(CURRENT_FOR.total_seconds())
        await eventually(readiness, voice, wanted=lambda status: status == 503)
        with sipp(caller_refused(503), tmp_path, to=voice.sip, number=NOBODY) as call:
            await over(call)
        took_at_most(call.first("503").at - call.first("INVITE").at, 1.5)
        async with voice.session.get(f"{voice.url}/health/live") as answer:
            assert answer.status == 200, "whoever watches the process must not kill it for this"


async def test_F_22_calls_are_written_down_and_changes_are_followed_once_the_database_is_back(
    site: Site, voice: Voice, database: PostgresServer, extensions: Iterator[str], tmp_path: Path
) -> None:
    away, later = next(extensions), next(extensions)
    await site.employ(away, extension=away)
    await site.employ(later, extension=later)
    absence = await site.away(away)
    rendered = await voice.ready(away)
    with gone(database):
        await hears(voice, away, rendered, tmp_path)
        # The writer has tried, and failed.
        await settled(0.5)
        with pytest.raises(StoreUnavailableError):
            await site.calls(away)
    [record] = await eventually(site.calls, away, wanted=bool)
    assert record.result is CallResult.ANNOUNCED
    await site.away(later)
    await hears(voice, later, await voice.ready(later), tmp_path)
    await site.back(away, absence)
    await voice.meets(away, "ring")
    assert len(await site.calls(away)) == 1, "written down once"
