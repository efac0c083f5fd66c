"""Combines what all sources report of a person's lines into one state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeAlias

from kalenderkoppling.domain.person import LineState, PersonId, TenantId
from kalenderkoppling.ports.lines import Line, LineReport, PersonLine
from kalenderkoppling.ports.store.changes import LineRow
from kalenderkoppling.usecases.callees.turns import CalleeKey, Turns

MOST_LINES = 200_000
"""The most lines that are followed; reports of further ones are ignored (S-14)."""

PeopleOf = Callable[[TenantId, str], Sequence[PersonId]]
"""Returns who has a number: nobody (unassigned), one person, or several people (ambiguous)."""

_Told: TypeAlias = tuple[int, Line]
_STRENGTH = {LineState.UNKNOWN: 0, LineState.FREE: 1, LineState.RINGING: 2, LineState.IN_CALL: 3}


class PeopleLines:
    """Keeps the last report of each line by source, and which people have to be written to the store.

    Of a person's lines, one in a call takes precedence over a ringing one, and that over a free one; unknown and
    expired states are ignored.
    """

    def __init__(self, people_of: PeopleOf) -> None:
        self._people_of = people_of
        self._reports: dict[_Told, LineReport] = {}
        self._people: dict[_Told, frozenset[CalleeKey]] = {}
        self._lines: dict[CalleeKey, set[_Told]] = {}
        self._changed: dict[CalleeKey, None] = {}
        self._ends = Turns()

    def __len__(self) -> int:
        return len(self._reports)

    def take(self, source: int, report: LineReport) -> None:
        """Take a report; one of an unknown line removes what the source said before."""
        told = (source, report.line)
        if report.state is LineState.UNKNOWN:
            self._reports.pop(told, None)
            # The store may still have a state that an earlier process wrote.
            self._changed.update(dict.fromkeys(self._owners(report.line)))
            self._belongs(told, frozenset())
        elif told in self._reports or len(self._reports) < MOST_LINES:
            self._reports[told] = report
            self._belongs(told, self._owners(report.line))

    def lose(self, source: int) -> None:
        """Remove all reports of a source that has ended."""
        for told in [each for each in self._reports if each[0] == source]:
            del self._reports[told]
            self._belongs(told, frozenset())

    def place_again(self) -> None:
        """Look up again whose each line is, after the directory has changed."""
        for told, report in self._reports.items():
            owners = self._owners(report.line)
            if owners != self._people.get(told):
                self._belongs(told, owners)

    def put_back(self, people: Sequence[CalleeKey]) -> None:
        """Mark people as pending again after a failed write."""
        self._changed.update(dict.fromkeys(people))

    def take_changed(self, now: datetime, most: int) -> list[CalleeKey]:
        """Remove and return pending people and those whose state has expired, at most so many."""
        self._changed.update(dict.fromkeys(self._ends.take(now, most)))
        taken = list(self._changed)[:most]
        for each in taken:
            del self._changed[each]
        return taken

    def row(self, callee: CalleeKey, now: datetime) -> LineRow:
        """Return what holds of a person now; when that time has passed, the person is to be written again."""
        held = [report for told in self._lines.get(callee, ()) if (report := self._reports[told]).valid_until > now]
        if not held:
            self._ends.remove(callee)
            return LineRow(state=LineState.UNKNOWN, valid_until=now)
        state = max((each.state for each in held), key=_STRENGTH.__getitem__)
        until = max(each.valid_until for each in held if each.state is state)
        self._ends.set(callee, until)
        return LineRow(state=state, valid_until=until)

    def next_end(self) -> datetime | None:
        """Return when the next written state expires, None where there is none."""
        return self._ends.next()

    def _owners(self, line: Line) -> frozenset[CalleeKey]:
        if isinstance(line, PersonLine):
            return frozenset({(line.tenant, line.person)})
        return frozenset((line.tenant, person) for person in self._people_of(line.tenant, line.number))

    def _belongs(self, told: _Told, owners: frozenset[CalleeKey]) -> None:
        """Note whose a line is; those whose it was, and those whose it is, are to be written."""
        before = self._people.pop(told, frozenset())
        for each in before - owners:
            lines = self._lines[each]
            lines.discard(told)
            if not lines:
                del self._lines[each]
        for each in owners:
            self._lines.setdefault(each, set()).add(told)
        if owners:
            self._people[told] = owners
        self._changed.update(dict.fromkeys((*before, *owners)))
