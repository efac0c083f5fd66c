"""The player's record of the clips cached in the child: each is sent once, the least recently used evicted first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.ports.media import Clip
from kalenderkoppling.sound import Sound
from kalenderkoppling.telephony.media.codec import Codec, frames
from kalenderkoppling.telephony.media.wire import Forget, Keep

MOST_BYTES = 64 * 1024 * 1024
"""More than two hours of sound in one codec. Clips in use are never evicted, even above this limit."""


LARGEST_CLIP = 16 * 1024 * 1024


@dataclass(slots=True, kw_only=True)
class _Kept:
    key: tuple[str, Codec]
    size: int
    users: int = 0


class Shelf:
    """The clips of one child."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._last = 0
        self._numbers: dict[tuple[str, Codec], int] = {}
        self._kept: OrderedDict[int, _Kept] = OrderedDict()

    @property
    def kept_bytes(self) -> int:
        """How much the child keeps."""
        return self._bytes

    def take(self, clips: Sequence[Clip], codec: Codec) -> tuple[tuple[int, ...], Sequence[Keep | Forget]]:
        """Take clips into use; return their numbers, and what has to be said to the child before they are played.

        Raises:
            InvalidValueError: a clip is not at 8 kHz, or lasts over half an hour; nothing is taken then.
        """
        new = {clip.name: clip.sound for clip in clips if (clip.name, codec) not in self._numbers}
        coded = {name: _coded(sound, codec) for name, sound in new.items()}
        orders: list[Keep | Forget] = [self._add(name, codec, each) for name, each in coded.items()]
        numbers = tuple(self._use(clip.name, codec) for clip in clips)
        surplus = self._surplus()
        if surplus:
            orders.append(Forget(clips=surplus))
        return numbers, orders

    def give_back(self, numbers: Iterable[int]) -> None:
        """Take clips out of use, each as often as it was taken."""
        for number in numbers:
            self._kept[number].users -= 1

    def _use(self, name: str, codec: Codec) -> int:
        number = self._numbers[name, codec]
        self._kept[number].users += 1
        self._kept.move_to_end(number)
        return number

    def _add(self, name: str, codec: Codec, coded: bytes) -> Keep:
        self._last += 1
        self._numbers[name, codec] = self._last
        self._kept[self._last] = _Kept(key=(name, codec), size=len(coded))
        self._bytes += len(coded)
        return Keep(clip=self._last, frames=coded)

    def _surplus(self) -> tuple[int, ...]:
        """Evict unused clips, least recently used first, until the rest fits."""
        surplus: list[int] = []
        excess = self._bytes - self._most_bytes
        for number, kept in self._kept.items():
            if excess <= 0:
                break
            if not kept.users:
                surplus.append(number)
                excess -= kept.size
        for number in surplus:
            kept = self._kept.pop(number)
            del self._numbers[kept.key]
            self._bytes -= kept.size
        return tuple(surplus)


def _coded(sound: Sound, codec: Codec) -> bytes:
    coded = frames(sound, codec)
    if len(coded) > LARGEST_CLIP:
        raise InvalidValueError("a clip may last half an hour at most")
    return coded
