"""Line states by Asterisk's REST interface (ARI): events over a websocket, and the state of each device when it opens.

Source: https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/ and the models in Asterisk's
rest-api/api-docs (events.json, deviceStates.json): `GET /events?app=…&subscribeAll=true` opens the websocket,
DeviceStateChanged tells a device's state, `GET /deviceStates/{deviceName}` returns one (the list without a name holds
only devices that the interface itself controls), and ApplicationReplaced says that a newer connection of the same
name gets the events from now on.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable

import structlog

from kalenderkoppling.domain.person import LineState, TenantId
from kalenderkoppling.ports.clock import Clock
from kalenderkoppling.ports.lines import LineReport, NumberLine
from kalenderkoppling.telephony.linestate.ari_connection import AriConnection, Asterisk, ConnectionLostError
from kalenderkoppling.telephony.linestate.device_states import DeviceState
from kalenderkoppling.usecases.calls.lines.told_lines import ToldLines

_STEADY_SECONDS = 10.0

_log = structlog.get_logger("lines")


class AsteriskRest:
    """Watches the lines of one tenant's Asterisk; see `ports.lines.WatchedLines`.

    `chance` returns random numbers from 0 to 1, so that several processes do not reconnect at the same moment.
    """

    def __init__(self, asterisk: Asterisk, tenant: TenantId, clock: Clock, chance: Callable[[], float]) -> None:
        self._asterisk = asterisk
        self._tenant = tenant
        self._clock = clock
        self._chance = chance
        self._told = ToldLines()
        self._lines: dict[str, NumberLine] = {}
        self._states: dict[str, LineState] = {}
        self._connection: AriConnection | None = None

    def watch(self, numbers: Iterable[str]) -> None:
        """See the port."""
        before = self._lines
        self._lines = {self._asterisk.device_of(each): NumberLine(tenant=self._tenant, number=each) for each in numbers}
        for device in before.keys() - self._lines.keys():
            self._states.pop(device, None)
            self._told.forget(before[device], self._clock.now())
        if self._connection is not None:
            self._connection.ask(each for each in self._lines if each not in before)

    def reports(self) -> AsyncIterator[LineReport]:
        """See the port."""
        return self._told.reports()

    async def run(self, stopping: asyncio.Event) -> None:
        """See the port."""
        self._told.open()
        parts = [asyncio.ensure_future(each) for each in (self._keep_connected(), self._tell_again())]
        try:
            await stopping.wait()
        finally:
            for each in parts:
                each.cancel()
            await asyncio.gather(*parts, return_exceptions=True)
            self._told.close(self._clock.now())

    async def _keep_connected(self) -> None:
        """Connect, and again after each loss, when all lines are unknown at once."""
        failures = 0
        while True:
            begun = asyncio.get_running_loop().time()
            is_refused = False
            try:
                await self._listen()
            except ConnectionLostError as error:
                is_refused = error.is_refused
                _log.warning("asterisk_lost", error=str(error))
            except Exception as error:  # noqa: BLE001 - whatever Asterisk brings about, it is tried again
                _log.error("asterisk_failed", error=type(error).__name__)
            lasted = asyncio.get_running_loop().time() - begun >= _STEADY_SECONDS
            failures = 1 if lasted else failures + 1
            await asyncio.sleep(self._pause(failures, is_refused=is_refused))

    async def _listen(self) -> None:
        self._connection = AriConnection(self._asterisk, self._take)
        self._connection.ask(self._lines)
        try:
            await self._connection.listen()
        finally:
            self._connection = None
            self._states.clear()
            for line in self._lines.values():
                self._told.tell(LineReport.unknown(line, self._clock.now()))

    async def _tell_again(self) -> None:
        """Republish the known states periodically, as long as the websocket answers."""
        while True:
            await asyncio.sleep(self._asterisk.valid.total_seconds() / 2)
            for device, state in self._states.items():
                self._tell(device, state)

    def _take(self, device: DeviceState) -> None:
        if device.name not in self._lines:
            return
        self._states[device.name] = device.line
        self._tell(device.name, device.line)

    def _tell(self, device: str, state: LineState) -> None:
        line, now = self._lines[device], self._clock.now()
        known = LineReport(line=line, state=state, valid_until=now + self._asterisk.valid)
        self._told.tell(LineReport.unknown(line, now) if state is LineState.UNKNOWN else known)

    def _pause(self, failures: int, *, is_refused: bool) -> float:
        """Return the seconds until the next try."""
        growing = self._asterisk.shortest_retry * 2 ** min(failures - 1, 20)
        pause = self._asterisk.longest_retry if is_refused else min(growing, self._asterisk.longest_retry)
        return pause.total_seconds() * (1.0 + 0.5 * self._chance())
