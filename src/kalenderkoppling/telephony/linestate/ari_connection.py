"""One connection to Asterisk's REST interface: a websocket, and the devices that are asked for while it is open."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Callable, Coroutine, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

import aiohttp
from yarl import URL

from kalenderkoppling.domain.errors import InvalidValueError, KalenderkopplingError
from kalenderkoppling.telephony.linestate.device_states import DeviceState, read_device_state, read_event

DEVICE_PLACE = "{extension}"

_LARGEST_MESSAGE = 1024 * 1024
_LARGEST_ANSWER = 64 * 1024
_OK, _UNAUTHORIZED, _FORBIDDEN, _SERVER_ERROR = 200, 401, 403, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Asterisk:
    """An Asterisk and how it is asked.

    `url` is its REST interface (`https://pbx.example.org:8089/ari`), `device` which device is a number's,
    `application` the name under which it knows us: one for each process that listens to it. A websocket that answers
    no ping for `silence` is lost. States are believed for `valid` and told again after half of that. After a loss it
    is tried again after `shortest_retry`, each time after twice as long, up to `longest_retry`. `at_once` is how many
    devices are asked for at the same time, each for `answers_within` at most.

    Raises:
        InvalidValueError: the address, the user or the device does not fit.
    """

    url: str
    user: str
    password: str
    device: str = "PJSIP/{extension}"
    application: str = "kalenderkoppling"
    silence: timedelta = timedelta(seconds=20)
    valid: timedelta = timedelta(minutes=10)
    shortest_retry: timedelta = timedelta(seconds=1)
    longest_retry: timedelta = timedelta(minutes=1)
    answers_within: timedelta = timedelta(seconds=10)
    at_once: int = 8

    def __post_init__(self) -> None:
        try:
            parts = URL(self.url)
        except ValueError:
            parts = URL()
        if parts.scheme not in {"http", "https"} or not parts.host or parts.user or parts.query_string:
            raise InvalidValueError("telephony.asterisk.url: name an address such as https://pbx.example.org:8089/ari")
        if not self.user or ":" in self.user:
            raise InvalidValueError("telephony.asterisk.user: a user of ari.conf has a name without a colon")
        if DEVICE_PLACE not in self.device:
            raise InvalidValueError(f"telephony.asterisk.device: without {DEVICE_PLACE} everybody has the same device")

    def __repr__(self) -> str:
        return f"Asterisk(url={self.url!r}, user={self.user!r}, device={self.device!r})"

    @property
    def authorization(self) -> str:
        """The user and password as the Authorization header (RFC 7617), never in an address."""
        return f"Basic {b64encode(f'{self.user}:{self.password}'.encode()).decode()}"

    def device_of(self, number: str) -> str:
        """Return the name of a number's device."""
        return self.device.replace(DEVICE_PLACE, number)


class ConnectionLostError(KalenderkopplingError):
    """Asterisk is unreachable or the connection was lost; `is_refused` if an immediate retry is unlikely to succeed."""

    def __init__(self, why: str, *, is_refused: bool = False) -> None:
        super().__init__(why)
        self.is_refused = is_refused


class AriConnection:
    """Listens until it is lost; `take` is given each state, those that are asked for and those that change."""

    def __init__(self, asterisk: Asterisk, take: Callable[[DeviceState], None]) -> None:
        self._asterisk = asterisk
        self._take = take
        self._base = URL(asterisk.url.rstrip("/"))
        self._to_ask: asyncio.Queue[str] = asyncio.Queue()
        self._being_asked: dict[str, bool] = {}

    def ask(self, devices: Iterable[str]) -> None:
        """Query devices, now or as soon as the connection is open."""
        for each in devices:
            self._to_ask.put_nowait(each)

    async def listen(self) -> None:
        """Open the connection and pass on its events.

        Raises:
            ConnectionLostError: always, in the end.
        """
        headers = {"Authorization": self._asterisk.authorization}
        timeout = aiohttp.ClientTimeout(total=self._asterisk.answers_within.total_seconds())
        try:
            async with (
                aiohttp.ClientSession(headers=headers, timeout=timeout) as session,
                self._socket(session) as socket,
            ):
                asking = [self._ask_on(session) for _ in range(self._asterisk.at_once)]
                await _first_end([self._hear(socket), *asking])
        except aiohttp.WSServerHandshakeError as error:
            raise ConnectionLostError(f"the websocket is refused: {error.status}", is_refused=True) from None
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            # Only the error's type: aiohttp's messages contain URLs, and those contain people's numbers.
            raise ConnectionLostError(type(error).__name__) from None

    def _socket(
        self, session: aiohttp.ClientSession
    ) -> AbstractAsyncContextManager[aiohttp.ClientWebSocketResponse[bool]]:
        query = {"app": self._asterisk.application, "subscribeAll": "true"}
        # aiohttp waits half of the heartbeat for the answer to a ping.
        heartbeat = self._asterisk.silence.total_seconds() * 2 / 3
        return session.ws_connect(self._base / "events" % query, heartbeat=heartbeat, max_msg_size=_LARGEST_MESSAGE)

    async def _hear(self, socket: aiohttp.ClientWebSocketResponse[bool]) -> None:
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                self._take_event(message.data)
        raise ConnectionLostError("the websocket is closed")

    def _take_event(self, text: str) -> None:
        try:
            event = read_event(text)
        except InvalidValueError:
            return
        if event.type == "ApplicationReplaced":
            # The socket stays open, but no event would ever arrive on it again.
            raise ConnectionLostError("another connection of this name has taken over", is_refused=True)
        if event.type == "DeviceStateChanged" and event.device_state is not None:
            if event.device_state.name in self._being_asked:
                self._being_asked[event.device_state.name] = True
            self._take(event.device_state)

    async def _ask_on(self, session: aiohttp.ClientSession) -> None:
        while True:
            device = await self._to_ask.get()
            self._being_asked[device] = False
            try:
                state = await self._state_of(session, device)
            finally:
                has_changed = self._being_asked.pop(device, False)
            if not has_changed:  # What was told meanwhile is newer than the answer.
                self._take(state)

    async def _state_of(self, session: aiohttp.ClientSession, device: str) -> DeviceState:
        """Return a device's state; one that Asterisk has no answer for is unknown."""
        url = URL(f"{self._base}/deviceStates/{quote(device, safe='')}", encoded=True)
        async with session.get(url, allow_redirects=False) as response:
            if response.status in {_UNAUTHORIZED, _FORBIDDEN}:
                raise ConnectionLostError(f"reading device states is refused: {response.status}", is_refused=True)
            if response.status >= _SERVER_ERROR:
                raise ConnectionLostError(f"reading a device state failed: {response.status}")
            body = await response.content.read(_LARGEST_ANSWER)
            if response.status == _OK:
                try:
                    return DeviceState(name=device, state=read_device_state(body).state)
                except InvalidValueError:
                    pass
            return DeviceState(name=device, state="UNKNOWN")


async def _first_end(parts: list[Coroutine[object, object, None]]) -> None:
    """Run until one part ends; then cancel the rest and raise its error."""
    tasks = [asyncio.ensure_future(each) for each in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
