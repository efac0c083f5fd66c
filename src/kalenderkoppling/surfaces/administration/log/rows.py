"""Entries of the log as they are shown and exported."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import StringIO

from kalenderkoppling.ports.store.audit import Entry, LogRow
from kalenderkoppling.surfaces.web.visit import Visit
from kalenderkoppling.usecases.audit_log.read_log import LogPage, shows_absence
from kalenderkoppling.usecases.situation import zone_of

COLUMNS = ("number", "time", "act", "actor", "actor_name", "person", "person_name", "before", "after")

_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEntry:
    """One line of the log: when, what, by whom and for whom, and what was changed; erased ones say only when."""

    number: int
    at: str
    shown_at: str
    act: str = ""
    actor: str = ""
    person: str = ""
    person_id: str = ""
    details: Sequence[tuple[str, str, str]] = ()
    is_erased: bool = False


def shown_rows(visit: Visit, page: LogPage) -> Sequence[ShownEntry]:
    """Return the lines of a page."""
    return [_shown(visit, page, each) for each in page.rows]


def _shown(visit: Visit, page: LogPage, row: LogRow) -> ShownEntry:
    at = row.at.astimezone(zone_of(visit.person, visit.settings))
    when = ShownEntry(
        number=row.number, at=at.isoformat(timespec="seconds"), shown_at=f"{at:%Y-%m-%d %H:%M:%S}", is_erased=True
    )
    entry = row.entry
    if entry is None:
        return when
    return replace(
        when,
        is_erased=False,
        act=visit.text(f"log.act.{entry.act}"),
        actor=page.names.get(entry.actor, entry.actor),
        person=page.names.get(entry.person, entry.person) if entry.person else "",
        person_id=entry.person if entry.person and entry.person in page.names else "",
        details=_details(entry) if page.names_details or not shows_absence(entry) else (),
    )


def _details(entry: Entry) -> Sequence[tuple[str, str, str]]:
    """Return what was changed: each field, with what it was and what it is; what stayed is left out."""
    fields = dict.fromkeys((*entry.before, *entry.after))
    return [
        (name, _written(entry.before.get(name)), _written(entry.after.get(name)))
        for name in fields
        if entry.before.get(name) != entry.after.get(name)
    ]


def _written(value: object) -> str:
    if value is None:
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def as_csv(page: LogPage) -> str:
    """Return entries as CSV with a line of titles; no cell is taken for a formula by a spreadsheet (F-33)."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for each in _plain(page):
        writer.writerow([_harmless(_cell(each[column])) for column in COLUMNS])
    return out.getvalue()


def as_json_lines(page: LogPage) -> str:
    """Return entries as JSON, one a line."""
    return "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in _plain(page))


def _plain(page: LogPage) -> Iterator[Mapping[str, object]]:
    for row in page.rows:
        entry = row.entry
        yield {
            "number": row.number,
            "time": row.at.isoformat(),
            "act": str(entry.act) if entry else "",
            "actor": entry.actor if entry else "",
            "actor_name": page.names.get(entry.actor, "") if entry else "",
            "person": (entry.person or "") if entry else "",
            "person_name": page.names.get(entry.person or "", "") if entry else "",
            "before": dict(entry.before) if entry else {},
            "after": dict(entry.after) if entry else {},
        }


def _cell(value: object) -> str:
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return str(value)


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_BEGINS_FORMULA) else cell
