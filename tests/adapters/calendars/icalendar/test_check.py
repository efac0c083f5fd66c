"""What the check finds, what it advises, and what the kind declares."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from kalenderkoppling.calendars.icalendar.advice import ADVICE, Advice
from kalenderkoppling.calendars.icalendar.kind import KIND
from kalenderkoppling.calendars.icalendar.settings import Icalendar
from kktest.icalendar import KIM, FileServer, StandingClock, calendar, event, serving, settings_for


@pytest.fixture
async def server() -> AsyncIterator[FileServer]:
    async with serving() as found:
        found.files[KIM] = calendar(event("a"))
        yield found


async def checked(settings: Icalendar, inside: str | None = KIM) -> list[tuple[str, bool, str]]:
    async with KIND.open(settings, StandingClock()) as opened:
        assert opened.notices is None
        assert list(await opened.check.at_start()) == []
        found = await opened.check.run(inside, ["other@exempel.example"])
    return [(each.what, each.is_well, each.advice) for each in found]


async def test_a_file_that_can_be_read_is_well(server: FileServer) -> None:
    assert await checked(settings_for(server)) == [("reading", True, Advice.NOTHING)]


async def test_without_anybody_with_the_service_nothing_is_proven(server: FileServer) -> None:
    assert await checked(settings_for(server), None) == [("reading", False, Advice.NAME_SOMEBODY)]


@pytest.mark.parametrize(
    ("status", "text", "advice"),
    [
        (404, "", Advice.CHECK_ADDRESS),
        (403, "", Advice.CHECK_LOGIN),
        (401, "", Advice.CHECK_LOGIN),
        (302, "", Advice.CHECK_FILE),
        (200, "<html>", Advice.CHECK_FILE),
        (503, "", Advice.TRY_LATER),
    ],
)
async def test_each_failure_has_its_advice(server: FileServer, status: int, text: str, advice: Advice) -> None:
    server.answer_next = web.Response(status=status, text=text, headers={"Retry-After": "9"})
    assert await checked(settings_for(server)) == [("reading", False, advice)]


async def test_a_network_that_is_not_listed_has_its_advice(server: FileServer) -> None:
    assert await checked(settings_for(server, networks=())) == [("reading", False, Advice.CHECK_NETWORK)]


def test_there_are_words_for_every_advice() -> None:
    assert set(ADVICE) == set(Advice)
    assert [each for each in ADVICE if not ADVICE[each]] == [Advice.NOTHING]
