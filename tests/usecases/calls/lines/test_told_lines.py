"""What waits for a slow reader: each line once, as it was told last."""

import asyncio
from datetime import datetime, timedelta

from kalenderkoppling.domain.person import LineState
from kalenderkoppling.ports.lines import LineReport
from kalenderkoppling.usecases.calls.lines.told_lines import ToldLines
from kktest.lines import number_line
from kktest.make import NOON
from kktest.waiting import turns

LINE = number_line("1")
LATER = NOON + timedelta(minutes=10)


def report(state: LineState, number: str = "1", until: datetime = LATER) -> LineReport:
    return LineReport(line=number_line(number), state=state, valid_until=until)


async def taken(told: ToldLines, count: int) -> list[LineReport]:
    found: list[LineReport] = []
    if count:
        async for each in told.reports():
            found.append(each)
            if len(found) == count:
                break
    return found


async def test_of_many_reports_of_one_line_the_last_is_given_once() -> None:
    told = ToldLines()
    for _ in range(1_000):
        told.tell(report(LineState.RINGING))
        told.tell(report(LineState.IN_CALL))
    told.tell(report(LineState.FREE, "2"))
    assert await taken(told, 2) == [report(LineState.IN_CALL), report(LineState.FREE, "2")]
    assert len(told._waiting) == 0


async def test_that_an_unknown_line_is_unknown_is_told_once() -> None:
    told = ToldLines()
    reader = asyncio.ensure_future(taken(told, 3))
    for number in ("1", "1", "2", "1", "3"):
        told.tell(LineReport.unknown(number_line(number), NOON))
        await turns(1)
    assert [each.line for each in await reader] == [number_line(number) for number in ("1", "2", "3")]


async def test_a_state_that_lasts_longer_is_news() -> None:
    told = ToldLines()
    told.tell(report(LineState.IN_CALL))
    assert await taken(told, 1) == [report(LineState.IN_CALL)]
    longer = report(LineState.IN_CALL, until=LATER + timedelta(minutes=1))
    told.tell(longer)
    assert await taken(told, 1) == [longer]


async def test_the_next_reader_hears_again_what_is_known() -> None:
    told = ToldLines()
    told.tell(report(LineState.IN_CALL))
    told.tell(report(LineState.FREE, "2"))
    first = await taken(told, 2)
    assert await taken(told, 2) == first


async def test_a_line_that_is_forgotten_is_unknown_and_takes_no_room() -> None:
    told = ToldLines()
    told.tell(report(LineState.IN_CALL))
    told.forget(LINE, NOON)
    told.forget(LINE, NOON)
    assert await taken(told, 1) == [LineReport.unknown(LINE, NOON)]
    assert (told._last, told._waiting) == ({}, {})


async def test_at_the_close_the_reader_hears_that_all_is_unknown_and_ends() -> None:
    told = ToldLines()
    told.tell(report(LineState.IN_CALL))
    told.tell(report(LineState.FREE, "2"))
    told.close(NOON)
    assert [each async for each in told.reports()] == [LineReport.unknown(number_line(n), NOON) for n in ("1", "2")]
