"""What an edge in front of the telephone system should know: by dialled number, what calls meet, and until when."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from kalenderkoppling.absences.call import Announce, Ring, RingThenAnnounce
from kalenderkoppling.usecases.callees.callee import LONGEST_VALIDITY, Callee
from kalenderkoppling.usecases.callees.turns import CalleeKey, Turns
from kalenderkoppling.usecases.numbers.dialled import dialled_forms

_AT_ONCE = datetime.min.replace(tzinfo=UTC)
_AFTER_TROUBLE = timedelta(minutes=1)
_AT_ONCE_RING = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What calls to a dialled number meet until an instant (UTC): the announcement, after `ring` of the phone."""

    of: CalleeKey
    ring: timedelta
    until: datetime


class EdgeWishes:
    """Follows callees, as the index of calls tells of them, and their absences as these begin and end.

    An ambiguous number is left out: an edge cannot know which of its people is meant.

    Args:
        direct_dial: Beginnings of full numbers whose rest is an extension.
        on_trouble: Called for each person for whom deciding failed; calls to that person ring.
    """

    def __init__(self, direct_dial: Sequence[str], on_trouble: Callable[[Exception], None]) -> None:
        self._direct_dial = direct_dial
        self._on_trouble = on_trouble
        self._callees: dict[CalleeKey, Callee] = {}
        self._owners: dict[str, tuple[CalleeKey, ...]] = {}
        self._turns = Turns()
        self._wishes: dict[str, Wish] = {}
        self._numbers_of: dict[CalleeKey, tuple[str, ...]] = {}
        self._new: set[CalleeKey] = set()
        self._changed: dict[str, None] = {}
        self._unwished: dict[str, None] = {}

    @property
    def by_number(self) -> Mapping[str, Wish]:
        """What is wished for now, as of the latest look."""
        return MappingProxyType(self._wishes)

    def changed(self, before: Callee | None, after: Callee | None) -> None:
        """Take the new state of a person; None is a person who is not known (any more)."""
        callee = after or before
        if callee is None:
            return
        key = (callee.tenant, callee.person)
        known = self._callees.get(key)
        if known is None:
            self._new.add(key)
        if after is None:
            self._callees.pop(key, None)
        else:
            self._callees[key] = after
        self._own(key, known.numbers if known else frozenset(), after.numbers if after else frozenset())
        self._turns.set(key, _AT_ONCE)

    def look(self, now: datetime, most: int) -> bool:
        """Look at those whose turn has come, at most so many; tell whether there were any."""
        due = self._turns.take(now, most)
        for key in due:
            self._look(key, now)
        return bool(due)

    def look_at_everybody(self) -> None:
        """Make everybody due at once: after the clock was set back, planned turns may lie too far ahead (F-12)."""
        for key in self._callees:
            self._turns.set(key, _AT_ONCE)

    def next_turn(self) -> datetime | None:
        """Return when somebody has the next turn, or None."""
        return self._turns.next()

    def take_changed(self) -> list[str]:
        """Return the numbers whose wish has come, gone or changed since the last time."""
        taken, self._changed = list(self._changed), {}
        return taken

    def take_unwished(self) -> list[str]:
        """Return numbers of new people for which there is no entry: the edge may have kept an old one."""
        taken, self._unwished = list(self._unwished), {}
        return taken

    def _look(self, key: CalleeKey, now: datetime) -> None:
        callee = self._callees.get(key)
        wished: dict[str, Wish] = {}
        if callee is not None:
            try:
                ring, until = self._judge(callee, now)
            except Exception as error:  # noqa: BLE001 - one failure for one person must not affect others (F-26)
                self._on_trouble(error)
                ring, until = None, now + _AFTER_TROUBLE
            self._turns.set(key, _halfway(now, until))
            if ring is not None:
                wish = Wish(of=key, ring=ring, until=until)
                wished = dict.fromkeys(self._dialled(key, callee), wish)
            elif key in self._new:
                self._unwished.update(dict.fromkeys(self._dialled(key, callee)))
        self._new.discard(key)
        self._take_over(key, wished)

    def _judge(self, callee: Callee, now: datetime) -> tuple[timedelta | None, datetime]:
        """Return the ring time before the announcement, None without one, and until when that holds."""

        def ring_at(at: datetime) -> timedelta | None:
            match callee.treatment(at):
                case Ring():
                    return None
                case RingThenAnnounce(after=after):
                    return after
                case Announce():
                    return _AT_ONCE_RING

        return ring_at(now), callee.holds_until(now, ring_at)

    def _dialled(self, key: CalleeKey, callee: Callee) -> list[str]:
        only = (key,)
        return [
            form
            for number in sorted(callee.numbers)
            if self._owners.get(number) == only
            for form in dialled_forms(number, callee.around.country, self._direct_dial)
            if self._owners.get(form, only) == only
        ]

    def _take_over(self, key: CalleeKey, wished: dict[str, Wish]) -> None:
        for number in self._numbers_of.pop(key, ()):
            if number not in wished and self._wishes.pop(number, None) is not None:
                self._changed[number] = None
        for number, wish in wished.items():
            if self._wishes.get(number) != wish:
                self._wishes[number] = wish
                self._changed[number] = None
        if wished:
            self._numbers_of[key] = tuple(wished)

    def _own(self, key: CalleeKey, before: frozenset[str], after: frozenset[str]) -> None:
        for number in before - after:
            others = tuple(each for each in self._owners[number] if each != key)
            if others:
                self._owners[number] = others
            else:
                del self._owners[number]
            self._look_again(others)
        for number in after - before:
            self._owners[number] = (*self._owners.get(number, ()), key)
            # The entry of whoever had this number before, also as another form of another number, is removed.
            if number in self._wishes:
                self._look_again([self._wishes[number].of])

    def _look_again(self, keys: Sequence[CalleeKey]) -> None:
        for key in keys:
            if key in self._callees:
                self._turns.set(key, _AT_ONCE)


def _halfway(now: datetime, until: datetime) -> datetime:
    """Return when to decide again; an entry that only ends by its longest validity is renewed well before that."""
    return now + LONGEST_VALIDITY / 2 if until >= now + LONGEST_VALIDITY else until
