"""What the child keeps of clips, as the player reckons it: each sent once, and the longest unused forgotten first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kalenderkoppling.ports.media import Clip
from kalenderkoppling.telephony.media.codec import Codec, frames
from kalenderkoppling.telephony.media.wire import Forget, Keep

MOST_BYTES = 64 * 1024 * 1024
"""More than two hours of sound in one codec. What is in play stays, whatever it adds up to."""


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
    def bytes(self) -> int:
        """How much the child keeps."""
        return self._bytes

    def take(self, clips: Sequence[Clip], codec: Codec) -> tuple[tuple[int, ...], Sequence[Keep | Forget]]:
        """Take clips into use; return their numbers, and what has to be said to the child before they are played."""
        orders: list[Keep | Forget] = []
        numbers = tuple(self._number(clip, codec, orders) for clip in clips)
        surplus = self._surplus()
        if surplus:
            orders.append(Forget(clips=surplus))
        return numbers, orders

    def give_back(self, numbers: Iterable[int]) -> None:
        """Take clips out of use, each as often as it was taken."""
        for number in numbers:
            self._kept[number].users -= 1

    def _number(self, clip: Clip, codec: Codec, orders: list[Keep | Forget]) -> int:
        number = self._numbers.get((clip.name, codec))
        if number is None:
            number = self._add(clip, codec, orders)
        self._kept[number].users += 1
        self._kept.move_to_end(number)
        return number

    def _add(self, clip: Clip, codec: Codec, orders: list[Keep | Forget]) -> int:
        coded = frames(clip.sound, codec)
        self._last += 1
        self._numbers[clip.name, codec] = self._last
        self._kept[self._last] = _Kept(key=(clip.name, codec), size=len(coded))
        self._bytes += len(coded)
        orders.append(Keep(clip=self._last, frames=coded))
        return self._last

    def _surplus(self) -> tuple[int, ...]:
        """Forget what nobody uses until the rest fits, the longest unused first."""
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
