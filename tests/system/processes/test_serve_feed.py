"""A running `serve` whose change feed loses rows or goes back to a backup: open pages are told, nothing is missed."""

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest_asyncio

from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.store import SqlStore
from kalenderkoppling.store.engine import open_engines
from kktest.served import Installation, installed, program
from kktest.waiting import DEADLINE_SECONDS, until
from kktest.web import SAME_ORIGIN, token_of

ANNA, BO = PersonId("anna"), PersonId("bo")


@pytest_asyncio.fixture
async def installation(tmp_path: Path) -> AsyncIterator[Installation]:
    async with installed(tmp_path, [ANNA, BO]) as found:
        # Nothing changes for Bo, whose mailbox is not read: only a change of everybody tells a page with his card.
        found.write_people([ANNA, BO], without_service=[BO])
        yield found


@asynccontextmanager
async def open_card(installation: Installation, of: PersonId) -> AsyncIterator[aiohttp.StreamReader]:
    """Sign in, show a card, and give the page's stream once it has told how things stand."""
    url, cookies = f"http://127.0.0.1:{installation.port}", aiohttp.CookieJar(unsafe=True)
    timeout = aiohttp.ClientTimeout(total=DEADLINE_SECONDS)
    async with aiohttp.ClientSession(headers=SAME_ORIGIN, cookie_jar=cookies, timeout=timeout) as session:
        await session.post(f"{url}/sign-in", data={"person": of}, allow_redirects=False)
        async with session.get(f"{url}/") as first:
            token = token_of(await first.text())
        shown = {"people": [of], "card": of}
        async with session.post(f"{url}/live", json=shown, headers={"X-CSRF-Token": token}) as answer:
            assert answer.status == 200
            assert (await status_from(answer.content))["people"]
            yield answer.content


async def status_from(stream: aiohttp.StreamReader) -> dict[str, Any]:
    """Return the next status that a stream tells."""
    while True:
        event, _, data = (await stream.readuntil(b"\n\n")).decode().partition("\n")
        if event == "event: status":
            found: dict[str, Any] = json.loads(data.removeprefix("data: "))
            return found


async def test_F_31_a_gap_in_the_feed_is_told_to_open_pages_as_a_change_of_everybody(
    installation: Installation,
) -> None:
    store = SqlStore(open_engines(f"sqlite:///{installation.database}"))
    async with program(installation, "serve"), open_card(installation, BO) as stream:
        with closing(store), store.write(TENANT) as tx:
            tx.changes.add([ANNA, ANNA], datetime.now(UTC))
            tx.changes.drop_before(datetime.now(UTC) + timedelta(days=1))
            tx.changes.add([ANNA], datetime.now(UTC))
        assert (await status_from(stream))["card"] == BO


async def test_F_31_a_backup_restored_beneath_it_is_told_to_open_pages_and_what_it_lacks_is_read_again(
    installation: Installation,
) -> None:
    installation.book("anna", "before")
    async with program(installation, "serve"):
        await until(lambda: len(installation.kept()) == 1)
        with (
            closing(sqlite3.connect(":memory:")) as backup,
            closing(sqlite3.connect(installation.database)) as database,
        ):
            database.backup(backup)
            installation.book("anna", "lost", hours_ahead=3)
            await until(lambda: len(installation.kept()) == 2)
            async with open_card(installation, BO) as stream:
                backup.backup(database)
                assert (await status_from(stream))["card"] == BO
        assert len(installation.kept()) == 1
        installation.book("anna", "after", hours_ahead=5)
        await until(lambda: installation.kept() == installation.booked())
        assert len(installation.kept()) == 3
