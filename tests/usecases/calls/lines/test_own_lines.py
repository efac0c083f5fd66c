"""The lines of our own calls: several at once, one too many ended, and what lasts."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.person import LineState
from kalenderkoppling.ports.lines import PersonLine
from kalenderkoppling.usecases.calls.lines.own_lines import OwnLines
from kktest.keeping import ACME, ANNA, BERTIL, OTHER
from kktest.lines import Heard, LoopClock, reading
from kktest.virtual_time import live

UNKNOWN, RINGING, IN_CALL = LineState.UNKNOWN, LineState.RINGING, LineState.IN_CALL
LINE = PersonLine(tenant=ACME, person=ANNA)

Story = Callable[[OwnLines, Heard], Awaitable[None]]


def told(story: Story) -> Heard:
    """Live a story of calls; return what was heard."""

    async def all_of_it() -> Heard:
        clock = LoopClock()
        lines = OwnLines(clock)
        async with reading(lines, clock) as heard:
            await asyncio.sleep(0.1)
            await story(lines, heard)
            await asyncio.sleep(0.1)
            return heard

    return live(all_of_it())


def doing(*deeds: str) -> Story:
    """Calls of Anna's, told one after the other."""

    async def story(lines: OwnLines, _: Heard) -> None:
        for deed in deeds:
            getattr(lines, deed)(ACME, ANNA)
            await asyncio.sleep(1)

    return story


@pytest.mark.parametrize(
    ("deeds", "states"),
    [
        (("ringing", "in_call", "ended"), [RINGING, IN_CALL, UNKNOWN]),
        (("ringing", "ended"), [RINGING, UNKNOWN]),
        (("ringing", "ringing", "in_call", "ended", "ended"), [RINGING, IN_CALL, UNKNOWN]),
        (("ringing", "in_call", "ringing", "ended", "ended"), [RINGING, IN_CALL, UNKNOWN]),
        (("ringing", "in_call", "ringing", "in_call", "ended", "ended"), [RINGING, IN_CALL, UNKNOWN]),
        (("ended",), []),
        (("ringing", "ended", "ended", "ringing"), [RINGING, UNKNOWN, RINGING, UNKNOWN]),
        (("in_call", "ended"), [IN_CALL, UNKNOWN]),
        (("ringing", "in_call", "in_call", "ended"), [RINGING, IN_CALL, UNKNOWN]),
        (("ringing", "in_call", "ended", "ringing"), [RINGING, IN_CALL, UNKNOWN, RINGING, UNKNOWN]),
        (("ringing", "ringing", "ended"), [RINGING, UNKNOWN]),
    ],
)
def test_what_a_person_s_calls_say_of_the_line(deeds: tuple[str, ...], states: list[LineState]) -> None:
    assert told(doing(*deeds)).of(LINE) == states


def test_while_one_call_rings_and_another_is_talked_the_one_that_ends_first_leaves_the_person_in_a_call() -> None:
    async def story(lines: OwnLines, heard: Heard) -> None:
        await doing("ringing", "in_call", "ringing", "ended")(lines, heard)
        assert heard.state(LINE) is IN_CALL
        await doing("ended")(lines, heard)
        assert heard.state(LINE) is UNKNOWN

    told(story)


def test_a_call_that_lasts_is_told_again_each_minute_and_believed_for_two() -> None:
    async def story(lines: OwnLines, heard: Heard) -> None:
        await doing("ringing", "in_call")(lines, heard)
        before = len(heard.reports)
        await asyncio.sleep(600)
        assert len(heard.reports) - before == 10
        for at, report in heard.reports:
            assert report.valid_until - at == timedelta(minutes=2)

    assert told(story).of(LINE)[:2] == [RINGING, IN_CALL]


def test_people_and_tenants_are_told_apart() -> None:
    async def story(lines: OwnLines, heard: Heard) -> None:
        lines.ringing(ACME, ANNA)
        lines.ringing(OTHER, ANNA)
        lines.ringing(ACME, BERTIL)
        lines.in_call(OTHER, ANNA)
        await asyncio.sleep(1)
        found = {(line.tenant, line.person): heard.state(line) for line in lines_of(heard)}
        assert found == {(ACME, ANNA): RINGING, (OTHER, ANNA): IN_CALL, (ACME, BERTIL): RINGING}

    told(story)


def lines_of(heard: Heard) -> set[PersonLine]:
    return {report.line for _, report in heard.reports if isinstance(report.line, PersonLine)}


def test_a_call_that_goes_on_when_the_reading_begins_is_told() -> None:
    async def story() -> None:
        clock = LoopClock()
        lines = OwnLines(clock)
        lines.ringing(ACME, ANNA)
        lines.in_call(ACME, ANNA)
        async with reading(lines, clock) as heard:
            await asyncio.sleep(0.1)
            assert heard.state(LINE) is IN_CALL

    live(story())


@given(st.lists(st.sampled_from(["ringing", "in_call", "ended"]), max_size=12))
def test_after_as_many_ends_as_beginnings_nothing_is_known_and_nothing_is_remembered(deeds: list[str]) -> None:
    lines = OwnLines(LoopClock())

    async def story() -> None:
        for deed in deeds:
            getattr(lines, deed)(ACME, ANNA)
        for _ in deeds:
            lines.ended(ACME, ANNA)

    live(story())
    assert lines._calls == {}
    assert lines._told._last == {}
