"""One call while it is carried: whose it is, what it has met so far, and what is written down at its end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from kalenderkoppling.domain.call import CallBackRequest, CallRecord, CallResult
from kalenderkoppling.domain.errors import CallOverError
from kalenderkoppling.ports.media import Clip
from kalenderkoppling.ports.meter import Count
from kalenderkoppling.ports.phone import CallLeg, IncomingCall
from kalenderkoppling.usecases.announcements.sentence import Sentence
from kalenderkoppling.usecases.call_flow.desk import Desk
from kalenderkoppling.usecases.callees.callee import Callee

T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class Carried:
    """A call that came in for somebody. `result` is what has become of it so far, `since` from when it is counted."""

    call: IncomingCall
    callee: Callee
    desk: Desk
    came: datetime
    result: CallResult = CallResult.MISSED
    since: datetime | None = None
    is_written: bool = field(default=True)
    """False for a call that was redirected: the exchange decides its result."""

    def becomes(self, result: CallResult) -> None:
        """Set the result; the length of the call counts from the first result other than missed or failed."""
        self.result = result
        if self.since is None and result not in {CallResult.MISSED, CallResult.FAILED}:
            self.since = self.desk.clock.now()

    async def clip_soon(self, sentence: Sentence) -> Clip | None:
        """Return what is said next in the call, None where it is not ready and takes longer than callers wait."""
        return await self.desk.clips.soon(self.callee, sentence, self.desk.pace.words_within)

    def ask_call_back(self) -> bool:
        """Record a call-back request; return False where the caller's number is hidden."""
        caller = self.call.caller
        if caller.is_hidden:
            return False
        request = CallBackRequest(
            id=self.desk.new_id(),
            person=self.callee.person,
            colleague=self.desk.who_is(self.callee.tenant, caller.number),
            number=caller.number,
            at=self.desk.clock.now(),
        )
        self.desk.book.ask_call_back(self.callee.tenant, request)
        return True

    def write_down(self) -> None:
        """Write the finished call to the history."""
        self.desk.meter.count(Count.CALLS, str(self.result))
        if not self.is_written:
            return
        caller = self.call.caller
        now = self.desk.clock.now()
        record = CallRecord(
            id=self.desk.new_id(),
            person=self.callee.person,
            colleague=self.desk.who_is(self.callee.tenant, caller.number) if caller.number else None,
            number=caller.number,
            at=self.came,
            length=max(now - self.since, timedelta()) if self.since else timedelta(),
            result=self.result,
        )
        self.desk.book.note(self.callee.tenant, record)


async def unless_over(leg: CallLeg, wanted: Awaitable[T]) -> T:
    """Wait for something, but stop when one side of the call ends.

    Raises:
        CallOverError: that side ended first.
    """
    waiting = asyncio.ensure_future(wanted)
    ending = asyncio.ensure_future(leg.over())
    try:
        await asyncio.wait([waiting, ending], return_when=asyncio.FIRST_COMPLETED)
        if waiting.done():
            return waiting.result()
        raise CallOverError
    finally:
        waiting.cancel()
        ending.cancel()
