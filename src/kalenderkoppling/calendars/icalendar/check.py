"""Checks the connection: is there a file, and can it be read?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from kalenderkoppling.calendars.icalendar.advice import Advice
from kalenderkoppling.calendars.kind import Finding
from kalenderkoppling.domain.errors import (
    BlockedReason,
    CalendarError,
    MailboxBlockedError,
    ReadFailedError,
    ReadProblem,
)
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.calendar import CalendarSource, Fields
from kalenderkoppling.ports.clock import Clock

READING = "icalendar.reading"

_UTC = ZoneInfo("UTC")


class IcalendarCheck:
    """Checks the connection (calendars.kind.CalendarCheck)."""

    def __init__(self, source: CalendarSource, clock: Clock) -> None:
        self._source = source
        self._clock = clock

    async def at_start(self) -> Sequence[Finding]:
        """Check nothing: there is no sign-in, and each mailbox has its own file."""
        return ()

    async def run(self, inside: str | None, outside: Sequence[str]) -> Sequence[Finding]:  # noqa: ARG002 - the protocol's
        """Check that the file of a mailbox with the service can be read."""
        if inside is None:
            return [Finding(key=READING, is_well=False, advice=Advice.NAME_SOMEBODY, detail="nobody has the service")]
        now = self._clock.now()
        try:
            await self._source.view(inside, Interval(start=now, end=now + timedelta(minutes=1)), _UTC, Fields())
        except CalendarError as error:
            return [Finding(key=READING, is_well=False, advice=_advice(error), detail=str(error))]
        return [Finding(key=READING, is_well=True, advice=Advice.NOTHING)]


def _advice(error: CalendarError) -> Advice:
    match error:
        case MailboxBlockedError(reason=BlockedReason.FORBIDDEN) | ReadFailedError(problem=ReadProblem.SIGN_IN_REFUSED):
            return Advice.CHECK_LOGIN
        case MailboxBlockedError():
            return Advice.CHECK_ADDRESS
        case ReadFailedError(problem=ReadProblem.UNREACHABLE):
            return Advice.CHECK_NETWORK
        case ReadFailedError(problem=ReadProblem.MALFORMED | ReadProblem.CUT_SHORT):
            return Advice.CHECK_FILE
        case _:
            return Advice.TRY_LATER
