"""Faults: how each is injected and removed."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import cycle, islice

from kalenderkoppling.sandbox.faults import MALFORMED, FaultKind
from kalenderkoppling.sandbox.mailbox import Blocked
from kalenderkoppling.scenarios.operations import Trouble
from kalenderkoppling.scenarios.outlook import address_of
from kalenderkoppling.scenarios.stage import Stage

_SERVER_ERRORS = (FaultKind.UNAVAILABLE, FaultKind.SERVER_ERROR, FaultKind.GATEWAY_TIMEOUT)
_ANSWERS = {202, 400, 404}


class Troubles:
    """The faults of one run; those that apply to the rest of a step are removed at its end."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.races_edits = False
        self.differences: list[str] = []

    async def begin(self, trouble: Trouble) -> None:
        """Inject a fault."""
        said = trouble.said
        match trouble.number:
            case "F-12":
                await self._stage.run_wrong_clock(_length(said["by"]), _length(said["for"]))
            case "F-17":
                await self._forge(_number(said.get("count"), 1))
            case "F-20":
                self._stage.outside.deaths.is_armed = bool(said.get("every_step", True))
            case "F-27":
                self.races_edits = True
            case "F-01" | "F-02" | "F-03":
                self._of_courier(trouble)
            case _:
                self._of_answers(trouble)

    def _of_courier(self, trouble: Trouble) -> None:
        courier = self._stage.graph.courier
        match trouble.number:
            case "F-01":
                courier.delivery.copies = _number(trouble.said.get("copies"), 2)
            case "F-02":
                courier.hold()
            case _:
                courier.delivery.lose += _number(trouble.said.get("count"), 1)

    def _of_answers(self, trouble: Trouble) -> None:
        said = trouble.said
        match trouble.number:
            case "F-04":
                pass  # No position token is stored: the whole window is read and compared.
            case "F-05":
                self._throttle(_length(said["for"]))
            case "F-06":
                self._arm_each(_SERVER_ERRORS, _number(said.get("times"), 1))
            case "F-08":
                self._half_read(trouble)
            case "F-09":
                self._arm_each(MALFORMED, _number(said.get("times"), 1))
            case "F-14":
                user = address_of(str(said["user"]))
                self._stage.world.block(user, Blocked.NO_SUCH_USER, lasting=_length(said["for"]))
            case other:
                raise NotImplementedError(other)

    async def end_step(self) -> None:
        """Remove faults that apply to the step only; deliver held notifications, the newest first."""
        graph = self._stage.graph
        graph.courier.delivery.copies = 1
        graph.courier.delivery.lose = 0
        if graph.courier.delivery.held and self._stage.is_calendar_up:
            graph.courier.release(backwards=True)
        await self._stage.settle()
        self._stage.outside.deaths.is_armed = False
        self.races_edits = False

    async def end_all(self) -> None:
        """End every fault, so that the system can settle."""
        await self.end_step()
        stage = self._stage
        stage.graph.faults.clear()
        stage.throttles.clear()
        for mailbox in stage.world.mailboxes.values():
            stage.world.unblock(mailbox.user_id)
        if not stage.is_calendar_up:
            stage.is_calendar_up = True
            await stage.graph.come_up()

    def _throttle(self, lasting: timedelta) -> None:
        fault = self._stage.graph.faults.arm(FaultKind.THROTTLED, lasting=lasting, retry_after=lasting)
        self._stage.throttles.append(fault)

    def _arm_each(self, kinds: tuple[FaultKind, ...], times: int) -> None:
        for kind in islice(cycle(kinds), times):
            self._stage.graph.faults.arm(kind, times=1)

    def _half_read(self, trouble: Trouble) -> None:
        said = trouble.said
        on_page = said.get("on_page")
        size = said.get("page_size")
        self._stage.graph.faults.arm(
            FaultKind.HALF_READ_BODY,
            times=_number(said.get("times"), 1),
            on_page=None if on_page is None else _number(on_page, 1),
            page_size=None if size is None else _number(size, 1),
        )

    async def _forge(self, count: int) -> None:
        """Post forged notifications, to existing addresses and to a guessed one: no mailbox may be read."""
        graph = self._stage.graph
        looks = len(graph.journal.views())
        genuine = [one.notification_url for one in graph.book.live()]
        guessed = self._stage.door.guessed_url
        urls = [*genuine, guessed]
        answers: Counter[int] = Counter()
        for place, url in enumerate(urls):
            share = count // len(urls) + (1 if place < count % len(urls) else 0)
            answers += await graph.courier.forge(url, share)
        await self._stage.settle()
        if len(graph.journal.views()) != looks:
            self.differences.append("forged notifications: expected no look at the calendar, got one")
        if set(answers) - _ANSWERS:
            self.differences.append(f"forged notifications: expected a plain answer, got {dict(answers)}")


def _number(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) else otherwise


def _length(value: object) -> timedelta:
    assert isinstance(value, timedelta)  # noqa: S101 - the reading took nothing else
    return value
