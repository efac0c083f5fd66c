"""The sound of a call: plays clips to a caller and hears which digits are pressed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kalenderkoppling.ports.phone import SessionDescription
from kalenderkoppling.sound import Sound


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """Something to play: sound at 8 kHz under a name that is the same for the same sound."""

    name: str
    sound: Sound


class MediaStream(Protocol):
    """The sound of one call."""

    @property
    def ours(self) -> SessionDescription:
        """Our side: the answer to what was offered, or our offer where nothing was."""
        ...

    def accept(self, theirs: SessionDescription) -> SessionDescription:
        """Take the caller's answer, or a new offer (hold, another address or codec), and return our side.

        Raises:
            NoCommonCodecError: nothing in it is spoken here; all stays as it was.
        """
        ...

    async def play(self, clips: Sequence[Clip]) -> None:
        """Play clips one after another; return when the last has been heard. Cancelled, it falls silent at once.

        Raises:
            MediaUnavailableError: the player broke down.
        """
        ...

    async def digit(self) -> str:
        """Return the next digit that was heard (RFC 4733): `0` to `9`, `*` or `#`; each press is one."""
        ...

    def close(self) -> None:
        """Give the stream back; twice is once."""
        ...


class MediaPlayer(Protocol):
    """Opens streams: PCMA and PCMU, 20 ms frames."""

    async def open(self, offer: SessionDescription | None) -> MediaStream:
        """Open a stream for an offer; None makes the offer ours.

        Raises:
            NoCommonCodecError: neither PCMA nor PCMU is offered.
            MediaUnavailableError: the player is down, or no port is free.
        """
        ...
