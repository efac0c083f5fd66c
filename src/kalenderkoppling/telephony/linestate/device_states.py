"""Asterisk's words for a device's state, and what they mean for a line.

Source: https://docs.asterisk.org/Fundamentals/Key-Concepts/States-and-Presence/Device-State/ and the model DeviceState
of the REST interface (rest-api/api-docs/deviceStates.json).
"""

from __future__ import annotations

import msgspec

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.domain.person import LineState

_LINES = {
    "NOT_INUSE": LineState.FREE,
    "INUSE": LineState.IN_CALL,
    "BUSY": LineState.IN_CALL,
    "RINGING": LineState.RINGING,
    # A second call rings during a call: the person is in a call.
    "RINGINUSE": LineState.IN_CALL,
    "ONHOLD": LineState.IN_CALL,
    # A phone that is unregistered or unknown to Asterisk must not show as free.
    "UNAVAILABLE": LineState.UNKNOWN,
    "INVALID": LineState.UNKNOWN,
    "UNKNOWN": LineState.UNKNOWN,
}


class DeviceState(msgspec.Struct, frozen=True, kw_only=True):
    """A device and its state, as Asterisk writes them."""

    name: str
    state: str

    @property
    def line(self) -> LineState:
        """What the state means for a line; a word that is not known means nothing."""
        return _LINES.get(self.state, LineState.UNKNOWN)


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event; the many kinds that are not ours have other fields, which are passed over."""

    type: str
    device_state: DeviceState | None = None


def read_device_state(body: bytes) -> DeviceState:
    """Read the answer to GET /deviceStates/{deviceName}.

    Raises:
        InvalidValueError: it is none.
    """
    try:
        return msgspec.json.decode(body, type=DeviceState)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise InvalidValueError(f"not a device state: {type(error).__name__}") from None


def read_event(body: str | bytes) -> Event:
    """Read an event of the websocket.

    Raises:
        InvalidValueError: it is none.
    """
    try:
        return msgspec.json.decode(body, type=Event)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise InvalidValueError(f"not an event: {type(error).__name__}") from None
