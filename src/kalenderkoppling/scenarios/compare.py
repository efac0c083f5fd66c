"""Compares expected with actual results; each difference is a path, the expected and the actual value."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from kalenderkoppling.scenarios.form import SeenEntry, SeenUser
from kalenderkoppling.scenarios.seen import Entry, Sight


def differences(path: str, wanted: SeenUser, got: Sight, zone: ZoneInfo) -> Iterator[str]:
    """Yield the differences of one person; instants are written in `zone`."""
    if wanted.entries is not None:
        yield from _of_entries(f"{path}.entries", list(wanted.entries), list(got.entries), zone)
    for key, value in wanted.now.items():
        seen = getattr(got.now, key)
        if not _same(key, value, seen):
            yield f"{path}.now.{key}: expected {_shown(value, zone)}, got {_shown(seen, zone)}"


def _of_entries(path: str, wanted: list[SeenEntry], got: list[Entry], zone: ZoneInfo) -> Iterator[str]:
    if [each.ref for each in wanted] != [each.ref for each in got]:
        yield f"{path}: expected {_refs(wanted)}, got {_refs(got)}"
    for place, each in enumerate(wanted):
        # Where the lists differ, entries of the same name are compared anyway.
        same_place = got[place] if place < len(got) and got[place].ref == each.ref else None
        found = same_place or next((other for other in got if other.ref == each.ref), None)
        if found is not None:
            yield from _of_entry(f"{path}[{each.ref}]", each, found, zone)
    for extra in got:
        if extra.ref not in {each.ref for each in wanted}:
            yield f"{path}[{extra.ref}]: expected nothing, got {_described(extra, zone)}"


def _of_entry(path: str, wanted: SeenEntry, got: Entry, zone: ZoneInfo) -> Iterator[str]:
    pairs = {
        "from": (wanted.start, got.start),
        "to": (wanted.end, got.end),
        "kind": (wanted.kind, got.kind),
        "reason": (wanted.reason, got.reason),
    }
    for key, (value, seen) in pairs.items():
        if key in wanted.said and not _same(key, value, seen):
            yield f"{path}.{key}: expected {_shown(value, zone)}, got {_shown(seen, zone)}"
    # An omitted title means that none may be shown.
    if wanted.title != got.title:
        yield f"{path}.title: expected {_shown(wanted.title, zone)}, got {_shown(got.title, zone)}"


def _same(key: str, wanted: object, got: object) -> bool:
    if key == "reason" and isinstance(wanted, str) and isinstance(got, str):
        return _folded(wanted) == _folded(got)
    return wanted == got


def _folded(label: str) -> str:
    return unicodedata.normalize("NFC", label).strip().casefold()


def _refs(entries: list[SeenEntry] | list[Entry]) -> str:
    return "[" + ", ".join(each.ref for each in entries) + "]"


def _described(entry: Entry, zone: ZoneInfo) -> str:
    return f"{_shown(entry.start, zone)} to {_shown(entry.end, zone)}, {entry.kind}, {entry.reason}"


def _shown(value: object, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).astimezone(zone).isoformat()
    return "nothing" if value is None else str(value)
