"""When absences begin and end: there are no timers, one query per tick finds the people concerned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, select, union

from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.store.instants import from_micros, to_micros
from kalenderkoppling.store.kept_rows import WEEK_MICROS
from kalenderkoppling.store.scoped import TENANT
from kalenderkoppling.store.tables import by_hand, kept

_after: Any = bindparam("after")
_until: Any = bindparam("until")
_week: Any = bindparam("week_after")

# A removal is not an absence, so it has no start or end.
_KEPT = (kept.c.tenant_id == TENANT, kept.c.removed.is_(False))
_BY_HAND = (by_hand.c.tenant_id == TENANT,)


def _within(edge: ColumnElement[int]) -> ColumnElement[bool]:
    return and_(edge > _after, edge <= _until)


_WITH_BOUNDARY = union(
    select(kept.c.person_id).where(
        *_KEPT,
        kept.c.week.between(_week, bindparam("week_until")),
        _within(kept.c.starts_at) | _within(kept.c.ends_at),
    ),
    select(kept.c.person_id).where(*_KEPT, _within(kept.c.late_end)),
    select(by_hand.c.person_id).where(*_BY_HAND, _within(by_hand.c.starts_at)),
    select(by_hand.c.person_id).where(*_BY_HAND, _within(by_hand.c.ends_at)),
)
_FIRST_EDGES = (
    *(
        select(func.min(edge)).where(*_KEPT, kept.c.week == _week, edge > _after)
        for edge in (kept.c.starts_at, kept.c.ends_at)
    ),
    select(kept.c.starts_at).where(*_KEPT, kept.c.week > _week).order_by(kept.c.week, kept.c.starts_at).limit(1),
    select(kept.c.late_end).where(*_KEPT, kept.c.late_end > _after).order_by(kept.c.late_end).limit(1),
    *(
        select(edge).where(*_BY_HAND, edge > _after).order_by(edge).limit(1)
        for edge in (by_hand.c.starts_at, by_hand.c.ends_at)
    ),
)

Run = Callable[..., Any]
"""Runs a statement for one tenant and returns its rows."""


def people_with_boundary(run: Run, between: Interval) -> Sequence[PersonId]:
    """Return the people of whom an absence starts or ends in (start, end], in order of id."""
    after, until = to_micros(between.start), to_micros(between.end)
    weeks = {"week_after": after // WEEK_MICROS, "week_until": until // WEEK_MICROS}
    return sorted(PersonId(person) for (person,) in run(_WITH_BOUNDARY, after=after, until=until, **weeks))


def boundary_after(run: Run, after: datetime) -> datetime | None:
    """Return the first start or end after an instant, or None."""
    at = to_micros(after)
    edges = [run(statement, after=at, week_after=at // WEEK_MICROS).scalar() for statement in _FIRST_EDGES]
    return min((from_micros(edge) for edge in edges if edge is not None), default=None)
