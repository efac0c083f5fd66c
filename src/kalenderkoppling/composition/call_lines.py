"""Where line states come from: our own calls always, and an exchange's word where the settings name one."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

from kalenderkoppling.composition.company import TENANT
from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.ports.clock import Clock
from kalenderkoppling.ports.lines import LineStates, WatchedLines
from kalenderkoppling.settings.telephony import Telephony
from kalenderkoppling.telephony.linestate.ari_connection import Asterisk
from kalenderkoppling.telephony.linestate.asterisk_rest import AsteriskRest
from kalenderkoppling.telephony.linestate.dialog_events import DialogEvents, address_at
from kalenderkoppling.telephony.sip import SipPhone
from kalenderkoppling.telephony.sip.subscriptions import SipSubscriptions
from kalenderkoppling.usecases.calls.call_index import CallIndex
from kalenderkoppling.usecases.calls.callee import Callee
from kalenderkoppling.usecases.calls.follow_lines import FollowLines
from kalenderkoppling.usecases.calls.numbers import NumberPlan
from kalenderkoppling.usecases.calls.own_lines import OwnLines
from kalenderkoppling.usecases.core import Core

SETTLES_SECONDS = 1.0
"""How long the directory is left to settle before lines are watched anew: an import tells of everybody."""

_CHANCE = random.SystemRandom()


class CallLines:
    """The sources of line states, and what follows them into the store."""

    def __init__(
        self, core: Core, index: CallIndex, own: OwnLines, watched: WatchedLines | None, plan: NumberPlan
    ) -> None:
        self._index = index
        self._plan = plan
        self._watched = watched
        self.sources: Sequence[LineStates] = [own] if watched is None else [own, watched]
        self._follow = FollowLines(core, self.sources, self._people_of)
        self._changed = asyncio.Event()
        index.listen(self._take)

    async def run(self, stopping: asyncio.Event) -> None:
        """Follow until `stopping` is set."""
        watching = asyncio.create_task(self._watch())
        try:
            await self._follow.run(stopping)
        finally:
            watching.cancel()

    def _take(self, before: Callee | None, after: Callee | None) -> None:
        if (before.numbers if before else None) != (after.numbers if after else None):
            self._changed.set()

    async def _watch(self) -> None:
        while True:
            await self._changed.wait()
            await asyncio.sleep(SETTLES_SECONDS)
            self._changed.clear()
            if self._watched is not None:
                self._watched.watch(sorted({number for callee in self._index for number in extensions(callee)}))
            self._follow.directory_changed()

    def _people_of(self, tenant: TenantId, number: str) -> Sequence[PersonId]:
        callee = self._index.find(tenant, self._plan.candidates(number))
        return [] if callee is None else [callee.person]


def extensions(callee: Callee) -> list[str]:
    """Return the numbers by which an exchange knows a person's own line."""
    return [number for number in callee.numbers if number.isascii() and number.isdigit()]


def watched_lines(telephony: Telephony, phone: SipPhone, clock: Clock) -> WatchedLines | None:
    """Return what watches the lines of the exchange that the settings name, None where they name none.

    Raises:
        InvalidValueError: they name two, or an exchange that is not there.
    """
    dialogs, asterisk = telephony.dialog_events, telephony.asterisk
    if dialogs is not None and asterisk is not None:
        raise InvalidValueError("telephony: line states come from dialog_events or from asterisk, not from both")
    if asterisk is not None:
        connection = Asterisk(
            url=asterisk.url, user=asterisk.user, password=asterisk.password.read(), device=asterisk.device
        )
        return AsteriskRest(connection, TENANT, clock, _CHANCE.random)
    if dialogs is None:
        return None
    exchange = next((each for each in telephony.exchanges if each.name == dialogs.exchange), None)
    if exchange is None or not exchange.proxy:
        raise InvalidValueError(f"telephony.dialog_events: there is no exchange {dialogs.exchange!r} with a proxy")
    subscriptions = SipSubscriptions(phone.stack, phone.exchange(exchange.name))
    return DialogEvents(
        subscriptions,
        TENANT,
        address_at(exchange.proxy),
        clock,
        _CHANCE.random,
        most_lines=dialogs.most_lines,
    )
