"""Line states of the calls that this process carries, which are known without asking an exchange."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

from kalenderkoppling.domain.person import LineState, PersonId, TenantId
from kalenderkoppling.ports.clock import Clock
from kalenderkoppling.ports.lines import LineReport, PersonLine
from kalenderkoppling.usecases.calls.lines.told_lines import ToldLines
from kalenderkoppling.usecases.pause import pause

VALID = timedelta(minutes=2)
"""How long a reported state stays valid when this process no longer renews it."""


@dataclass(slots=True)
class _Calls:
    """How many calls of one person there are, and whether one of them has been answered."""

    total: int = 0
    is_answered: bool = False

    @property
    def state(self) -> LineState:
        return LineState.IN_CALL if self.is_answered else LineState.RINGING


class OwnLines:
    """Told by the calls themselves; see `usecases.call_flow.desk.LineBook` and `ports.lines.LineStates`.

    The state is renewed while a call lasts. After a person's last call the line is unknown, not free: calls that do not
    go through this process may be in progress.
    """

    def __init__(self, clock: Clock, valid: timedelta = VALID) -> None:
        self._clock = clock
        self._valid = valid
        self._calls: dict[PersonLine, _Calls] = {}
        self._told = ToldLines()

    def ringing(self, tenant: TenantId, person: PersonId) -> None:
        """Tell that a call has begun to ring at a person's phone."""
        line = PersonLine(tenant=tenant, person=person)
        self._calls.setdefault(line, _Calls()).total += 1
        self._tell(line)

    def in_call(self, tenant: TenantId, person: PersonId) -> None:
        """Tell that a call which rang is answered."""
        line = PersonLine(tenant=tenant, person=person)
        calls = self._calls.setdefault(line, _Calls(total=1))
        calls.is_answered = True
        self._tell(line)

    def ended(self, tenant: TenantId, person: PersonId) -> None:
        """Report that a ringing or answered call is over; a no-op where there is none.

        Which one of several is not told. Once one has been answered, the person is in a call until the last is over:
        red for the moment that another one rings on is nearer the truth than green for the rest of a call.
        """
        line = PersonLine(tenant=tenant, person=person)
        calls = self._calls.get(line)
        if calls is None:
            return
        calls.total -= 1
        if calls.total:
            self._tell(line)
        else:
            del self._calls[line]
            self._told.forget(line, self._clock.now())

    def reports(self) -> AsyncIterator[LineReport]:
        """See the port."""
        return self._told.reports()

    async def run(self, stopping: asyncio.Event) -> None:
        """Renew the states of calls in progress until `stopping` is set."""
        self._told.open()
        try:
            while not stopping.is_set():
                for line in self._calls:
                    self._tell(line)
                await pause(stopping, self._valid.total_seconds() / 2)
        finally:
            self._told.close(self._clock.now())

    def _tell(self, line: PersonLine) -> None:
        until = self._clock.now() + self._valid
        self._told.tell(LineReport(line=line, state=self._calls[line].state, valid_until=until))
