"""The sound of a call: plays clips to a caller and receives pressed digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kalenderkoppling.ports.phone import SessionDescription
from kalenderkoppling.sound import Sound


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """Something to play: sound at 8 kHz, named by its content."""

    name: str
    sound: Sound


class MediaStream(Protocol):
    """The sound of one call."""

    @property
    def ours(self) -> SessionDescription:
        """Our session description: the answer to an offer, or our own offer where there was none."""
        ...

    def accept(self, theirs: SessionDescription) -> SessionDescription:
        """Apply the caller's answer, or a new offer (hold, another address or codec), and return our description.

        Raises:
            NoCommonCodecError: no codec in common; nothing changes.
        """
        ...

    async def play(self, clips: Sequence[Clip]) -> None:
        """Play clips one after another; return when the last has been played. Cancelling stops playback at once.

        Raises:
            MediaUnavailableError: the player broke down.
        """
        ...

    async def digit(self) -> str:
        """Return the next digit that was heard (RFC 4733): `0` to `9`, `*` or `#`; each press is one."""
        ...

    def close(self) -> None:
        """Close the stream; idempotent."""
        ...


class MediaPlayer(Protocol):
    """Opens streams: PCMA and PCMU, 20 ms frames."""

    async def open(self, offer: SessionDescription | None) -> MediaStream:
        """Open a stream for an offer; None means that we make the offer.

        Raises:
            NoCommonCodecError: neither PCMA nor PCMU is offered.
            MediaUnavailableError: the player is down, or no port is free.
        """
        ...
