"""Hashes of the audit chain: links cover salted hashes of payloads, so erasing a payload leaves the chain whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from kalenderkoppling.ports.store.audit import Act, Entry, LinkState

_encode = msgspec.json.Encoder(order="deterministic").encode
_decode = msgspec.json.Decoder(Entry).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLink:
    """A link as it is stored; `at` in microseconds since 1970."""

    number: int
    at: int
    payload_hash: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPayload:
    """The erasable payload: the entry as text, and the salt without which its hash reveals nothing."""

    salt: str
    content: str


def written(entry: Entry) -> str:
    """Return an entry as text; what `before` and `after` hold is plain JSON afterwards."""
    return _encode(entry).decode()


def read(content: str) -> Entry:
    return _decode(content)


def pattern_of(act: Act) -> str:
    """Return the pattern of LIKE that the text of an entry with an act matches, and no other.

    The act follows the time, which is first; a quotation mark within a text is escaped.
    """
    return f'{{"at":"%","act":"{_escaped(act)}","actor":%'


def _escaped(act: Act) -> str:
    return act.replace("_", "\\_")


def payload_hash(payload: StoredPayload) -> str:
    return _sha256(payload.salt, payload.content)


def link_hash(tenant: str, previous: str, number: int, at: int, payload: str) -> str:
    """Return the hash that binds a link to its tenant, its place, its time and the link before it."""
    return _sha256(tenant, previous, str(number), str(at), payload)


def state_of(link: StoredLink, payload: StoredPayload | None, *, tenant: str, previous: StoredLink | None) -> LinkState:
    """Verify one link against the previous link and its payload."""
    follows = link.number == (previous.number if previous else 0) + 1
    expected = link_hash(tenant, previous.hash if previous else "", link.number, link.at, link.payload_hash)
    if not follows or link.hash != expected:
        return LinkState.BROKEN
    if payload is None:
        return LinkState.ERASED
    return LinkState.WHOLE if payload_hash(payload) == link.payload_hash else LinkState.BROKEN


def spans_of(numbers: Iterable[int]) -> list[list[int]]:
    """Return numbers as spans [first, last], in order."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return spans


def numbers_in(entry: Entry) -> Iterator[int]:
    """Give the numbers of the links that an entry tells to be erased."""
    spans = entry.after.get("erased") if entry.act in {Act.ERASE_ENTRIES, Act.ERASE_PERSON} else None
    for span in spans if isinstance(spans, list) else ():
        yield from range(span[0], span[1] + 1)


def _sha256(*parts: str) -> str:
    """Hash parts so that moving a character from one to the next gives another hash."""
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big"))
        digest.update(encoded)
    return digest.hexdigest()
