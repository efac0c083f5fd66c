"""The add-in's property on an item in Outlook: a person's choice for the booking or its series.

Its form is in docs/calendars/graph.md, "The add-in's property". An unknown version or a malformed payload is no choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from kalenderkoppling.calendars.graph.wire import Property
from kalenderkoppling.domain.absence import Diversion, ReasonKey
from kalenderkoppling.domain.booking import Choice, ChoiceKind, ItemChoice

ADDIN_ID = "7f0c9a4e-3b56-4d1a-9c2e-5a8e6d21b7f4"
PROPERTY_ID = f"String {{00020329-0000-0000-C000-000000000046}} Name cecp-{ADDIN_ID}"
"""How Graph names the property in `$expand`."""

_WANTED = PROPERTY_ID.casefold()
_KEY = "kk"
_VERSION = 1
# customProperties hold 2,500 characters, which JSON may write six times as long.
_LETTERS_AT_MOST = 20_000
_REASON_LETTERS_AT_MOST = 100


class _Payload(msgspec.Struct):
    v: int
    sync: str
    at: str
    reason: str | None = None
    div: str | None = None
    scope: str = "m"


def item_choice(properties: Iterable[Property] | None) -> ItemChoice | None:
    """Return the choice that the add-in left on the item; None where there is none, or it cannot be read."""
    for each in properties or ():
        # Exchange writes the GUID in another case than was requested.
        if each.id.casefold() == _WANTED and len(each.value) <= _LETTERS_AT_MOST:
            return _read(each.value)
    return None


def _read(value: str) -> ItemChoice | None:
    try:
        ours = _ours(msgspec.json.decode(value))
        if not isinstance(ours, Mapping) or type(ours.get("v")) is not int or ours["v"] != _VERSION:
            return None
        return _choice(msgspec.convert(ours, _Payload))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _ours(custom_properties: object) -> object:
    ours = custom_properties.get(_KEY) if isinstance(custom_properties, Mapping) else None
    return msgspec.json.decode(ours) if isinstance(ours, str) else ours


def _choice(payload: _Payload) -> ItemChoice | None:
    at = datetime.fromisoformat(payload.at)
    if at.tzinfo is None or payload.scope not in {"m", "o", "s"}:
        return None
    kind = ChoiceKind(payload.sync)
    is_set = kind is ChoiceKind.SET
    return ItemChoice(
        choice=Choice(
            kind=kind,
            at=at,
            reason=_reason(payload.reason) if is_set else None,
            diversion=Diversion(payload.div) if is_set and payload.div is not None else None,
        ),
        for_series=payload.scope == "s",
    )


def _reason(key: str | None) -> ReasonKey | None:
    if key is None:
        return None
    if not 0 < len(key) <= _REASON_LETTERS_AT_MOST or not key.isprintable():
        message = "a reason is a key, not a text"
        raise ValueError(message)
    return ReasonKey(key)
