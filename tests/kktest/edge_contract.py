"""What every edge promises: the suite that each of them inherits, over a bench that looks from the callers' side."""

from abc import ABC, abstractmethod
from datetime import timedelta
from typing import Literal

import pytest

from kalenderkoppling.domain.errors import EdgeUnavailableError
from kalenderkoppling.ports.edge import CallEdge, EdgeReferral

Met = Literal["phone", "announcement"] | timedelta
"""What a caller meets: the phone, the announcement, or the phone for a while and then the announcement."""

ALL_DAY = timedelta(hours=8)


class Bench(ABC):
    """An edge, and what calls through it meet."""

    edge: CallEdge

    @abstractmethod
    async def met(self, number: str) -> Met:
        """Tell what a call to a number meets now."""

    @abstractmethod
    async def pass_time(self, time: timedelta) -> None:
        """Let time pass."""

    @abstractmethod
    async def pull_out(self) -> None:
        """Let nothing reach the edge any more."""

    @abstractmethod
    async def start_anew(self) -> None:
        """Let the edge die and begin a new life."""


def direct(number: str, holds_for: timedelta = ALL_DAY) -> EdgeReferral:
    """The announcement at once."""
    return EdgeReferral(number=number, holds_for=holds_for)


def after_ringing(number: str, ring: timedelta, holds_for: timedelta = ALL_DAY) -> EdgeReferral:
    """The phone first."""
    return EdgeReferral(number=number, holds_for=holds_for, ring=ring)


class EdgeContract:
    """The promises of `ports.edge.CallEdge`; an edge's own class gives the fixture `bench`."""

    async def test_a_number_of_which_nothing_is_known_rings(self, bench: Bench) -> None:
        assert await bench.met("1234") == "phone"

    async def test_what_is_put_is_met(self, bench: Bench) -> None:
        await bench.edge.put([direct("1234"), after_ringing("+46850812345", timedelta(seconds=15))])
        assert await bench.met("1234") == "announcement"
        assert await bench.met("+46850812345") == timedelta(seconds=15)
        assert await bench.met("46850812345") == "phone"

    async def test_what_is_put_anew_replaces_what_was_there(self, bench: Bench) -> None:
        await bench.edge.put([direct("1234")])
        await bench.edge.put([after_ringing("1234", timedelta(seconds=20))])
        assert await bench.met("1234") == timedelta(seconds=20)
        await bench.edge.put([direct("1234")])
        assert await bench.met("1234") == "announcement"

    async def test_a_shorter_time_replaces_a_longer_one(self, bench: Bench) -> None:
        await bench.edge.put([direct("1234", ALL_DAY)])
        await bench.edge.put([direct("1234", timedelta(seconds=3))])
        await bench.pass_time(timedelta(seconds=3))
        assert await bench.met("1234") == "phone"

    async def test_a_longer_time_replaces_a_shorter_one(self, bench: Bench) -> None:
        await bench.edge.put([direct("1234", timedelta(seconds=3))])
        await bench.edge.put([direct("1234", ALL_DAY)])
        await bench.pass_time(timedelta(seconds=4))
        assert await bench.met("1234") == "announcement"

    async def test_a_referral_runs_out_by_itself_never_late_and_at_most_two_seconds_early(self, bench: Bench) -> None:
        await bench.edge.put(
            [direct("1234", timedelta(seconds=6)), direct("5678", timedelta(seconds=5, milliseconds=502))]
        )
        await bench.pass_time(timedelta(seconds=1))
        assert [await bench.met("1234"), await bench.met("5678")] == ["announcement", "announcement"]
        await bench.pass_time(timedelta(seconds=4, milliseconds=502))
        assert await bench.met("5678") == "phone"
        await bench.pass_time(timedelta(seconds=1))
        assert await bench.met("1234") == "phone"

    async def test_a_referral_of_hardly_any_time_replaces_one_of_much(self, bench: Bench) -> None:
        await bench.edge.put([direct("1234", ALL_DAY)])
        await bench.edge.put([direct("1234", timedelta(milliseconds=300))])
        await bench.pass_time(timedelta(milliseconds=300))
        assert await bench.met("1234") == "phone"

    async def test_what_is_removed_rings_again(self, bench: Bench) -> None:
        await bench.edge.put([direct("1234"), direct("5678")])
        await bench.edge.remove(["1234"])
        assert [await bench.met("1234"), await bench.met("5678")] == ["phone", "announcement"]

    async def test_removing_what_is_not_there_is_nothing(self, bench: Bench) -> None:
        await bench.edge.remove(["nobody", "1234"])
        await bench.edge.put([direct("1234")])
        await bench.edge.remove(["1234", "1234"])
        assert await bench.met("1234") == "phone"

    @pytest.mark.parametrize(
        ("asked", "met"),
        [
            (timedelta(milliseconds=1500), timedelta(milliseconds=1500)),
            (timedelta(microseconds=1_499_600), timedelta(milliseconds=1500)),
            (timedelta(microseconds=20), timedelta(milliseconds=1)),
            (timedelta(minutes=3), timedelta(minutes=3)),
        ],
        ids=str,
    )
    async def test_a_ring_time_is_met_to_the_millisecond(self, bench: Bench, asked: timedelta, met: timedelta) -> None:
        await bench.edge.put([after_ringing("1234", asked)])
        assert await bench.met("1234") == met

    async def test_nothing_to_put_and_nothing_to_remove_is_nothing(self, bench: Bench) -> None:
        await bench.edge.put([])
        await bench.edge.remove([])
        assert await bench.met("1234") == "phone"

    async def test_a_thousand_are_put_and_removed_in_one_go(self, bench: Bench) -> None:
        numbers = [f"+468508{number:05}" for number in range(1_000)]
        await bench.edge.put([direct(each) for each in numbers])
        assert {await bench.met(each) for each in numbers} == {"announcement"}
        await bench.edge.remove(numbers[1:])
        assert {await bench.met(each) for each in numbers[1:]} == {"phone"}
        assert await bench.met(numbers[0]) == "announcement"

    async def test_F_25_an_edge_out_of_reach_is_told_as_such(self, bench: Bench) -> None:
        await bench.pull_out()
        with pytest.raises(EdgeUnavailableError):
            await bench.edge.put([direct("1234")])
        with pytest.raises(EdgeUnavailableError):
            await bench.edge.remove(["1234"])
        with pytest.raises(EdgeUnavailableError):
            await bench.edge.generation()

    async def test_an_edge_that_lives_on_has_the_same_name(self, bench: Bench) -> None:
        before = await bench.edge.generation()
        await bench.edge.put([direct("1234")])
        await bench.pass_time(timedelta(seconds=1.2))
        assert await bench.edge.generation() == before

    async def test_an_edge_that_forgot_has_another_name(self, bench: Bench) -> None:
        await bench.edge.put([direct("1234")])
        before = await bench.edge.generation()
        await bench.pass_time(timedelta(seconds=1.2))
        await bench.start_anew()
        assert await bench.edge.generation() != before
        assert await bench.met("1234") == "phone"
