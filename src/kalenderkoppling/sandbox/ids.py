"""Ids in Graph's form, made from tokens that a caller may choose.

Ids sort like their tokens, and none is a prefix of another: the token's bytes in hexadecimal, closed by `-`, which
sorts before every digit. So a test that names a booking `a` knows the sort order of its key. The shapes are those of
recorded answers: `AAMk...=` changes when an item is moved between calendars, `AAkA...` (with `Prefer:
IdType="ImmutableId"`) does not.
"""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
from datetime import date

_MUTABLE = "AAMkADk0MjU0OTU2LTcxYTktNGU2My1iYmE4"
_IMMUTABLE = "AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A"
_ID = re.compile(rf"(?:{re.escape(_MUTABLE)}|{re.escape(_IMMUTABLE)})((?:[0-9a-f]{{2}})+)-")

_NAMESPACE = uuid.UUID("5d8f3a0e-9a67-4c55-8c4b-0f5d6f7f1c11")


def immutable_id(token: str) -> str:
    """Return the immutable id, which stays when the item is moved between calendars."""
    return f"{_IMMUTABLE}{token.encode().hex()}-AAA"


def mutable_id(token: str, moves: int = 0) -> str:
    """Return the mutable id, which changes with each move between calendars (`moves` so far)."""
    return f"{_MUTABLE}{token.encode().hex()}-{moves:06x}AAA="


def token_of(graph_id: str) -> str | None:
    """Return the token of an id of either form; None where it is not ours."""
    match = _ID.match(graph_id)
    return bytes.fromhex(match[1]).decode() if match else None


def occurrence_token(master: str, day: date) -> str:
    """Name an occurrence after its master and its *original* local date: `master@2027-02-12`."""
    return f"{master}@{day.isoformat()}"


def change_key(token: str, version: int) -> str:
    """Return the version tag of an item; it changes with each modification."""
    digest = hashlib.blake2b(f"{token}/{version}".encode(), digest_size=21).digest()
    return base64.b64encode(digest).decode()


def ical_uid(token: str) -> str:
    """Return the UID that all copies and occurrences of a booking share."""
    tail = hashlib.blake2b(token.encode(), digest_size=24).hexdigest().upper()
    return f"040000008200E00074C5B7101A82E008{tail}"


def guid(name: str) -> str:
    """Return a GUID derived from a name."""
    return str(uuid.uuid5(_NAMESPACE, name))
