"""Dialog subscriptions over hours, on virtual time: refreshed, refused, lost, forgotten, ended, cut in parts."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

import pytest

from kalenderkoppling.domain.person import LineState
from kalenderkoppling.telephony.linestate import DialogEvents, Manners, address_at
from kalenderkoppling.telephony.linestate.subscriptions import EndReason, Phase, SubscriptionFailedError
from kktest.dialog_exchange import CONTENT_TYPE, DialogExchange, dialog_info
from kktest.keeping import ACME
from kktest.lines import Heard, LoopClock, number_line, reading
from kktest.virtual_time import live

UNKNOWN, FREE, RINGING, IN_CALL = LineState.UNKNOWN, LineState.FREE, LineState.RINGING, LineState.IN_CALL
TARGET = "sip:10231@pbx.example.org"
LINE = number_line("10231")
TALKING = ("call", "confirmed", "")
RING = ("call", "early", "recipient")
MINUTE = 60.0
HOUR = 3_600.0


@dataclass
class Watch:
    """A source on a pretend exchange, and what is heard of it."""

    exchange: DialogExchange
    lines: DialogEvents
    heard: Heard
    clock: LoopClock = field(default_factory=LoopClock)

    @property
    def state(self) -> LineState | None:
        return self.heard.state(LINE)

    def since(self, verb: str, target: str = TARGET) -> list[float]:
        """When something was asked."""
        return [at for each, of, at in self.exchange.asked if (each, of) == (verb, target)]


Story = Callable[[Watch], Awaitable[None]]


def watched(
    story: Story,
    exchange: DialogExchange | None = None,
    *,
    numbers: tuple[str, ...] = ("10231",),
    manners: Manners | None = None,
    chance: Callable[[], float] = lambda: 0.5,
    most_lines: int = 5_000,
) -> Watch:
    """Live a story of a source that watches numbers."""

    async def all_of_it() -> Watch:
        clock = LoopClock()
        there = exchange or DialogExchange()
        lines = DialogEvents(
            there, ACME, address_at("pbx.example.org"), clock, chance, most_lines=most_lines, manners=manners
        )
        lines.watch(numbers)
        async with AsyncExitStack() as stack:
            watch = Watch(there, lines, await stack.enter_async_context(reading(lines, clock)))
            await asyncio.sleep(0.5)
            await story(watch)
        return watch

    return live(all_of_it())


async def nothing(_: Watch) -> None:
    """Let nothing happen."""


def test_a_subscription_is_refreshed_well_before_it_runs_out_for_hours() -> None:
    async def story(watch: Watch) -> None:
        watch.exchange.set(TARGET, TALKING)
        await asyncio.sleep(5 * HOUR)
        assert watch.heard.of(LINE) == [FREE, IN_CALL]
        assert watch.exchange.verbs(TARGET)[:2] == ["subscribe", "refresh"]
        assert watch.exchange.verbs(TARGET).count("subscribe") == 1
        times = [*watch.since("subscribe"), *watch.since("refresh")]
        gaps = {round(after - before) for before, after in pairwise(times)}
        assert gaps <= {420, 421}, "0.7 of ten minutes"
        ends = [report.valid_until for at, report in watch.heard.reports]
        assert all(at < end for (at, _), end in zip(watch.heard.reports[1:], ends, strict=False)), "no moment between"

    watched(story)


def test_what_is_told_is_believed_until_the_subscription_runs_out_and_a_grace() -> None:
    async def story(watch: Watch) -> None:
        last = watch.heard.last(LINE)
        assert last is not None
        left = last.valid_until - watch.clock.now()
        assert timedelta(minutes=9, seconds=59) < left <= timedelta(minutes=10, seconds=5)

    watched(story)


def test_an_exchange_that_grants_less_is_refreshed_more_often() -> None:
    async def story(watch: Watch) -> None:
        await asyncio.sleep(10 * MINUTE)
        assert watch.exchange.verbs(TARGET).count("subscribe") == 1
        assert 12 <= watch.exchange.verbs(TARGET).count("refresh") <= 16

    watched(story, DialogExchange(longest=timedelta(minutes=1)))


def test_an_exchange_that_grants_nothing_to_speak_of_is_not_asked_all_the_time() -> None:
    async def story(watch: Watch) -> None:
        await asyncio.sleep(10 * MINUTE)
        assert len(watch.exchange.asked) <= 150

    for granted in (timedelta(), timedelta(seconds=1), timedelta(seconds=2)):
        watched(story, DialogExchange(longest=granted))


def test_lines_of_one_exchange_are_refreshed_at_different_times() -> None:
    async def story(watch: Watch) -> None:
        await asyncio.sleep(9 * MINUTE)
        targets = [address_at("pbx.example.org")(number) for number in numbers]
        first = [watch.since("refresh", target)[0] for target in targets]
        assert max(first) - min(first) > 90
        assert 0.59 * 600 < min(first) < max(first) < 0.81 * 600

    chances = iter([0.0, 1.0] * 200)
    numbers = tuple(str(number) for number in range(10))
    watched(story, numbers=numbers, chance=lambda: next(chances))


def test_an_exchange_is_not_met_by_all_lines_at_once() -> None:
    async def story(watch: Watch) -> None:
        await asyncio.sleep(60)
        times = sorted(at for verb, _, at in watch.exchange.asked if verb == "subscribe")
        assert len(times) == 1_000
        assert all(sum(1 for each in times if at <= each < at + 1) <= 51 for at in times[::20])
        assert 18 < times[-1] - times[0] < 21

    watched(story, numbers=tuple(str(number) for number in range(1_000)))


def test_F_25_lines_of_an_exchange_that_comes_back_are_not_asked_for_all_at_once_either() -> None:
    async def story(watch: Watch) -> None:
        await asyncio.sleep(60)
        watch.exchange.is_dead = True
        watch.exchange.forget()
        await asyncio.sleep(HOUR)
        tried = [at for verb, _, at in watch.exchange.asked if verb == "subscribe" and at > HOUR - 300]
        assert len(tried) <= 500, "each line every five minutes or so"
        watch.exchange.is_dead = False
        since = asyncio.get_running_loop().time()
        await asyncio.sleep(10 * MINUTE)
        times = sorted(at for verb, _, at in watch.exchange.asked if verb == "subscribe" and at > since)
        assert all(sum(1 for each in times if at <= each < at + 1) <= 51 for at in times)
        assert all(watch.heard.state(number_line(number)) is FREE for number in numbers)

    numbers = tuple(str(number) for number in range(300))
    watched(story, numbers=numbers)


@pytest.mark.parametrize("code", [480, 500, 503])
def test_F_25_a_line_that_fails_is_tried_again_after_longer_and_longer(code: int) -> None:
    async def story(watch: Watch) -> None:
        await asyncio.sleep(2 * HOUR)
        assert watch.state is UNKNOWN
        gaps = [after - before for before, after in pairwise(watch.since("subscribe"))]
        assert [round(gap / 1.25) for gap in gaps[:8]] == [2, 4, 8, 16, 32, 64, 128, 256]
        assert {round(gap / 1.25) for gap in gaps[8:]} == {300}

    exchange = DialogExchange()
    exchange.refusals.extend(SubscriptionFailedError(code) for _ in range(1_000))
    watched(story, exchange)


@pytest.mark.parametrize("code", [403, 404, 489, 603])
def test_a_line_that_the_exchange_does_not_have_is_hardly_tried_again(code: int) -> None:
    async def story(watch: Watch) -> None:
        await asyncio.sleep(10 * HOUR)
        assert watch.state is UNKNOWN
        assert 6 <= len(watch.since("subscribe")) <= 11

    exchange = DialogExchange()
    exchange.refusals.extend(SubscriptionFailedError(code) for _ in range(1_000))
    watched(story, exchange)


def test_an_exchange_that_asks_to_be_left_alone_is_left_alone() -> None:
    async def story(watch: Watch) -> None:
        await asyncio.sleep(HOUR)
        first, second = watch.since("subscribe")
        assert 900 <= second - first <= 1_350
        assert watch.state is FREE

    exchange = DialogExchange()
    exchange.refusals.append(SubscriptionFailedError(503, timedelta(minutes=15)))
    watched(story, exchange)


def test_a_line_that_works_again_is_soon_tried_after_its_next_loss() -> None:
    async def story(watch: Watch) -> None:
        await asyncio.sleep(2 * HOUR)
        assert watch.state is FREE
        watch.exchange.end(TARGET, EndReason.DEACTIVATED)
        lost = asyncio.get_running_loop().time()
        await asyncio.sleep(1)
        assert watch.since("subscribe")[-1] - lost < 0.1
        assert watch.state is FREE

    exchange = DialogExchange()
    exchange.refusals.extend(SubscriptionFailedError(503) for _ in range(12))
    watched(story, exchange)


def test_F_25_a_dead_exchange_makes_a_red_line_unknown_when_it_does_not_answer_the_refresh() -> None:
    async def story(watch: Watch) -> None:
        watch.exchange.set(TARGET, TALKING)
        await asyncio.sleep(1)
        watch.exchange.is_dead = True
        await asyncio.sleep(7 * MINUTE + 32)
        assert watch.state is UNKNOWN
        watch.exchange.is_dead = False
        await asyncio.sleep(MINUTE)
        assert watch.state is IN_CALL

    watched(story)


def test_F_25_no_line_is_red_after_its_subscription_ran_out_whatever_becomes_of_the_refresh() -> None:
    async def story(watch: Watch) -> None:
        watch.exchange.set(TARGET, TALKING)
        await asyncio.sleep(0)
        watch.exchange.is_dead = True
        await asyncio.sleep(35)
        assert watch.state is UNKNOWN
        [*_, (at, report)] = watch.heard.reports
        last = [end for _, end in watch.heard.reports if end.state is IN_CALL][-1].valid_until
        assert at <= last, "told before the state was past believing"
        assert report.state is UNKNOWN

    watched(story, DialogExchange(longest=timedelta(seconds=30)))


def test_F_19_subscriptions_that_the_exchange_forgot_are_found_out_and_made_anew() -> None:
    async def story(watch: Watch) -> None:
        watch.exchange.set(TARGET, TALKING)
        await asyncio.sleep(1)
        watch.exchange.forget()
        watch.exchange.set(TARGET)
        await asyncio.sleep(8 * MINUTE)
        assert watch.exchange.verbs(TARGET) == ["subscribe", "refresh", "subscribe"]
        assert watch.heard.of(LINE) == [FREE, IN_CALL, UNKNOWN, FREE]

    watched(story)


@pytest.mark.parametrize("reason", [EndReason.DEACTIVATED, EndReason.TIMEOUT, EndReason.GIVEUP, EndReason.NONE])
def test_a_subscription_that_the_exchange_ends_is_unknown_at_once_and_made_anew(reason: EndReason) -> None:
    async def story(watch: Watch) -> None:
        watch.exchange.set(TARGET, TALKING)
        await asyncio.sleep(5 * MINUTE)
        watch.exchange.end(TARGET, reason)
        await asyncio.sleep(0)
        assert watch.state is UNKNOWN
        await asyncio.sleep(0.5)
        assert watch.state is IN_CALL
        assert watch.exchange.verbs(TARGET) == ["subscribe", "subscribe"]

    watched(story)


@pytest.mark.parametrize("reason", [EndReason.REJECTED, EndReason.NORESOURCE, EndReason.INVARIANT])
def test_a_subscription_that_is_rejected_is_hardly_made_again(reason: EndReason) -> None:
    async def story(watch: Watch) -> None:
        await asyncio.sleep(5 * MINUTE)
        watch.exchange.end(TARGET, reason)
        await asyncio.sleep(59 * MINUTE)
        assert watch.state is UNKNOWN
        assert watch.exchange.verbs(TARGET) == ["subscribe"]
        await asyncio.sleep(HOUR)
        assert watch.exchange.verbs(TARGET)[:2] == ["subscribe", "subscribe"]

    watched(story)


def test_a_subscription_that_is_ended_with_a_wait_waits() -> None:
    async def story(watch: Watch) -> None:
        await asyncio.sleep(5 * MINUTE)
        watch.exchange.end(TARGET, EndReason.PROBATION, timedelta(minutes=3))
        ended = asyncio.get_running_loop().time()
        await asyncio.sleep(10 * MINUTE)
        assert 180 <= watch.since("subscribe")[1] - ended <= 280

    watched(story)


def test_an_exchange_that_ends_each_subscription_at_once_is_not_asked_all_the_time() -> None:
    async def story(watch: Watch) -> None:
        async def ends_all() -> None:
            while True:
                await asyncio.sleep(0.1)
                for taken in list(watch.exchange.taken):
                    if taken.is_known:
                        watch.exchange.end(taken.target, EndReason.DEACTIVATED)

        ending = asyncio.ensure_future(ends_all())
        await asyncio.sleep(HOUR)
        ending.cancel()
        assert len(watch.since("subscribe")) < 25

    watched(story)


def test_F_03_a_subscription_that_nothing_is_told_of_is_not_believed() -> None:
    async def story(watch: Watch) -> None:
        await asyncio.sleep(31)
        assert watch.heard.reports == []
        assert watch.exchange.verbs(TARGET) == ["subscribe"]
        await asyncio.sleep(4)
        assert watch.state is UNKNOWN
        assert watch.exchange.verbs(TARGET)[:2] == ["subscribe", "end"]
        watch.exchange.tells_at_first = True
        await asyncio.sleep(MINUTE)
        assert watch.state is FREE

    watched(story, DialogExchange(tells_at_first=False))


def test_F_03_a_refresh_after_which_nothing_is_told_is_a_lost_line() -> None:
    async def story(watch: Watch) -> None:
        watch.exchange.set(TARGET, TALKING)
        watch.exchange.tells_at_first = False
        await asyncio.sleep(7 * MINUTE + 31)
        assert watch.state is IN_CALL
        await asyncio.sleep(2)
        assert watch.state is UNKNOWN

    watched(story)


def test_what_is_told_before_the_subscription_is_answered_counts() -> None:
    async def story(watch: Watch) -> None:
        assert watch.heard.of(LINE) == [IN_CALL]
        await asyncio.sleep(MINUTE)
        assert watch.exchange.verbs(TARGET) == ["subscribe"]

    exchange = DialogExchange(tells_first=True)
    exchange.phones[TARGET] = [TALKING]
    watched(story, exchange)


def test_notices_that_say_no_end_last_as_long_as_the_answer_granted() -> None:
    async def story(watch: Watch) -> None:
        await asyncio.sleep(1)
        watch.exchange.set(TARGET, TALKING)
        await asyncio.sleep(0)
        last = watch.heard.last(LINE)
        assert last is not None
        assert timedelta(seconds=60) < last.valid_until - watch.clock.now() <= timedelta(seconds=65)
        await asyncio.sleep(HOUR)
        assert watch.heard.of(LINE) == [FREE, IN_CALL]

    watched(story, DialogExchange(tells_expiry=False, longest=timedelta(minutes=1, seconds=1)))


def test_what_was_told_before_the_answer_lasts_as_long_as_the_answer_granted() -> None:
    async def story(watch: Watch) -> None:
        last = watch.heard.last(LINE)
        assert last is not None
        assert last.valid_until - watch.clock.now() <= timedelta(seconds=65)

    watched(story, DialogExchange(tells_first=True, tells_expiry=False, longest=timedelta(minutes=1)))


def test_a_notice_may_shorten_the_subscription() -> None:
    async def story(watch: Watch) -> None:
        taken = watch.exchange.of(TARGET)
        taken.until = taken.exchange.now() + 30
        watch.exchange.set(TARGET, TALKING)
        await asyncio.sleep(25)
        assert watch.exchange.verbs(TARGET) == ["subscribe", "refresh"]

    watched(story)


def test_many_notices_do_not_put_the_refresh_off() -> None:
    async def story(watch: Watch) -> None:
        for _ in range(3 * 60):
            watch.exchange.set(TARGET, TALKING)
            await asyncio.sleep(2)
            watch.exchange.set(TARGET)
            await asyncio.sleep(3)
        gaps = [after - before for before, after in pairwise([*watch.since("subscribe"), *watch.since("refresh")])]
        assert all(gap < 482 for gap in gaps)
        assert len(gaps) >= 1

    watched(story)


def test_a_pending_subscription_is_no_free_line_whatever_its_notices_say() -> None:
    async def story(watch: Watch) -> None:
        watch.exchange.of(TARGET).notify(dialog_info([], version=0), phase=Phase.PENDING)
        await asyncio.sleep(MINUTE)
        assert watch.state is UNKNOWN
        watch.exchange.set(TARGET, TALKING)
        await asyncio.sleep(0)
        assert watch.state is IN_CALL
        assert watch.exchange.verbs(TARGET) == ["subscribe"]

    watched(story, DialogExchange(tells_at_first=False))


def test_partial_notices_change_the_line() -> None:
    async def story(watch: Watch) -> None:
        for rows in ((RING,), (TALKING,), (TALKING, ("other", "early", "recipient")), (("other", "early", ""),), ()):
            watch.exchange.set(TARGET, *rows)
            await asyncio.sleep(1)
        assert watch.heard.of(LINE) == [FREE, RINGING, IN_CALL, RINGING, FREE]
        assert watch.exchange.verbs(TARGET) == ["subscribe"]

    watched(story, DialogExchange(in_parts=True))


def test_F_03_a_lost_partial_notice_makes_the_line_unknown_until_everything_is_told_which_is_asked_for_at_once() -> (
    None
):
    async def story(watch: Watch) -> None:
        watch.exchange.set(TARGET, TALKING)
        await asyncio.sleep(1)
        watch.exchange.loses_notices = True
        watch.exchange.set(TARGET)
        watch.exchange.loses_notices = False
        watch.exchange.set(TARGET, ("next", "early", "recipient"))
        await asyncio.sleep(0)
        assert watch.state is UNKNOWN
        await asyncio.sleep(1)
        assert watch.exchange.verbs(TARGET) == ["subscribe", "refresh"]
        assert watch.heard.of(LINE) == [FREE, IN_CALL, UNKNOWN, RINGING]

    watched(story, DialogExchange(in_parts=True))


def test_F_03_each_loss_is_asked_on_at_once_after_everything_has_been_told_between() -> None:
    async def story(watch: Watch) -> None:
        for number in range(5):
            watch.exchange.loses_notices = True
            watch.exchange.set(TARGET)
            watch.exchange.loses_notices = False
            watch.exchange.set(TARGET, (str(number), "confirmed", ""))
            await asyncio.sleep(1)
            assert watch.state is IN_CALL
            assert len(watch.since("refresh")) == number + 1

    watched(story, DialogExchange(in_parts=True))


def test_everything_that_is_told_unasked_spares_the_asking() -> None:
    async def story(watch: Watch) -> None:
        taken = watch.exchange.of(TARGET)
        taken.notify(dialog_info([TALKING], version=7, is_full=False))
        taken.tell()
        await asyncio.sleep(MINUTE)
        assert watch.exchange.verbs(TARGET) == ["subscribe"]

    watched(story)


def test_F_02_a_partial_notice_that_comes_late_is_asked_on_and_not_believed() -> None:
    async def story(watch: Watch) -> None:
        watch.exchange.set(TARGET, TALKING)
        watch.exchange.set(TARGET)
        await asyncio.sleep(1)
        watch.exchange.of(TARGET).notify(dialog_info([TALKING], version=1, is_full=False))
        await asyncio.sleep(0)
        assert watch.state is UNKNOWN
        await asyncio.sleep(1)
        assert watch.state is FREE

    watched(story, DialogExchange(in_parts=True))


def test_an_exchange_that_only_ever_tells_in_parts_is_not_asked_all_the_time() -> None:
    async def story(watch: Watch) -> None:
        async def parts() -> None:
            while True:
                await asyncio.sleep(1)
                for taken in watch.exchange.taken:
                    if taken.is_known:
                        taken.notify(dialog_info([TALKING], version=7, is_full=False))

        telling = asyncio.ensure_future(parts())
        await asyncio.sleep(HOUR)
        telling.cancel()
        assert watch.state is UNKNOWN
        assert len(watch.exchange.asked) < 40

    watched(story, DialogExchange(tells_at_first=False))


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", CONTENT_TYPE),
        (b"garbage", CONTENT_TYPE),
        (b"", ""),
        (dialog_info([TALKING], version=9), "application/pidf+xml"),
        (b'<dialog-info version="9" state="full"><dialog id="a"/></dialog-info>', CONTENT_TYPE),
    ],
)
def test_F_09_a_notice_that_cannot_be_read_makes_the_line_unknown_until_the_next_that_can(
    body: bytes, content_type: str
) -> None:
    async def story(watch: Watch) -> None:
        watch.exchange.set(TARGET, TALKING)
        await asyncio.sleep(1)
        watch.exchange.of(TARGET).notify(body, content_type)
        await asyncio.sleep(MINUTE)
        assert watch.state is UNKNOWN
        assert watch.exchange.verbs(TARGET) == ["subscribe"]
        watch.exchange.set(TARGET, RING)
        await asyncio.sleep(0)
        assert watch.state is RINGING

    watched(story)


def test_F_09_after_a_notice_that_could_not_be_read_a_partial_one_is_asked_on() -> None:
    async def story(watch: Watch) -> None:
        taken = watch.exchange.of(TARGET)
        taken.notify(b"garbage")
        watch.exchange.set(TARGET, TALKING)
        await asyncio.sleep(0)
        assert watch.state is UNKNOWN
        await asyncio.sleep(1)
        assert watch.state is IN_CALL
        assert watch.exchange.verbs(TARGET) == ["subscribe", "refresh"]

    watched(story, DialogExchange(in_parts=True))


def test_F_02_notices_of_a_subscription_that_was_given_up_are_nothing() -> None:
    async def story(watch: Watch) -> None:
        old = watch.exchange.of(TARGET)
        watch.exchange.end(TARGET, EndReason.DEACTIVATED)
        await asyncio.sleep(10)
        assert watch.state is FREE
        old.notify(dialog_info([TALKING], version=99))
        await asyncio.sleep(0)
        assert watch.state is FREE

    watched(story)


def test_a_line_that_is_watched_no_more_is_unsubscribed() -> None:
    async def story(watch: Watch) -> None:
        watch.lines.watch([])
        await asyncio.sleep(0)
        assert watch.state is UNKNOWN
        await asyncio.sleep(1)
        assert watch.exchange.verbs(TARGET) == ["subscribe", "end"]
        await asyncio.sleep(HOUR)
        assert watch.exchange.verbs(TARGET) == ["subscribe", "end"]
        assert watch.heard.of(LINE) == [FREE, UNKNOWN]
        assert watch.lines._told._last == {}, "and takes no room"

    watched(story)


def test_at_the_end_subscriptions_are_ended() -> None:
    watch = watched(nothing, numbers=("10231", "10232"))
    ended = sorted(target for verb, target, _ in watch.exchange.asked if verb == "end")
    assert ended == [TARGET, "sip:10232@pbx.example.org"]
    assert [each.target for each in watch.exchange.taken if each.is_known] == []


def test_the_end_does_not_wait_long_for_a_dead_exchange() -> None:
    async def story() -> None:
        clock, loop = LoopClock(), asyncio.get_running_loop()
        exchange = DialogExchange()
        lines = DialogEvents(exchange, ACME, address_at("pbx.example.org"), clock, lambda: 0.5)
        lines.watch(["10231"])
        async with reading(lines, clock):
            await asyncio.sleep(1)
            exchange.is_dead = True
            lines.watch(["10231", "10299"])
            await asyncio.sleep(1)
        assert loop.time() <= 4.1

    live(story())


def test_watching_the_same_again_changes_nothing() -> None:
    async def story(watch: Watch) -> None:
        for _ in range(3):
            watch.lines.watch(["10231", "10231"])
            await asyncio.sleep(1)
        assert watch.exchange.verbs(TARGET) == ["subscribe"]

    watched(story)


def test_S_14_no_more_lines_are_watched_than_may_be() -> None:
    async def story(watch: Watch) -> None:
        await asyncio.sleep(10)
        assert {target for _, target, _ in watch.exchange.asked} == {TARGET, "sip:10232@pbx.example.org"}

    watched(story, numbers=("10231", "10232", "10233"), most_lines=2)


def test_an_error_of_our_own_in_one_line_harms_no_other() -> None:
    async def story(watch: Watch) -> None:
        await asyncio.sleep(MINUTE)
        assert watch.heard.state(number_line("10232")) is FREE
        assert watch.state is FREE
        assert watch.exchange.verbs(TARGET) == ["subscribe", "subscribe"]

    exchange = DialogExchange()
    exchange.breaks = [ValueError("no sense")]
    watched(story, exchange, numbers=("10231", "10232"))


@pytest.mark.parametrize(
    ("number", "address"),
    [
        ("10231", TARGET),
        ("+46850810231", "sip:+46850810231@pbx.example.org"),
        ("*21#", "sip:*21%23@pbx.example.org"),
        ("a b", "sip:a%20b@pbx.example.org"),
        ("x@evil.example", "sip:x%40evil.example@pbx.example.org"),
        ("x>\r\nTo: y", "sip:x%3E%0D%0ATo%3A%20y@pbx.example.org"),
    ],
)
def test_F_33_a_number_becomes_an_address_at_the_exchange_and_nothing_else(number: str, address: str) -> None:
    assert address_at("pbx.example.org")(number) == address
