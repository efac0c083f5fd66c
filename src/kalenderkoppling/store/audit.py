"""The audit log: one hash chain per tenant, with payloads beside it that can be erased (S-12)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, delete, or_, select

from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.store.audit import (
    Act,
    End,
    Entry,
    Link,
    LinkState,
    LogRow,
    Outside,
    RestoreNote,
    Wanted,
)
from kalenderkoppling.store.audit_chain import (
    StoredLink,
    StoredPayload,
    link_hash,
    numbers_in,
    pattern_of,
    payload_hash,
    read,
    spans_of,
    state_of,
    written,
)
from kalenderkoppling.store.audit_heads import AuditHeads
from kalenderkoppling.store.audit_history import history_of
from kalenderkoppling.store.bulk import insert_rows
from kalenderkoppling.store.head import ChainEnd, HeadRow
from kalenderkoppling.store.instants import from_micros, to_micros
from kalenderkoppling.store.scoped import TENANT, Scoped, chunks
from kalenderkoppling.store.tables import audit_link, audit_payload

_SALT_BYTES = 16

ERASURE = "erasure"
"""How the log names the program as the actor of an erasure that is no act of a person."""

_beside = and_(audit_payload.c.tenant_id == audit_link.c.tenant_id, audit_payload.c.number == audit_link.c.number)
_CHAIN = (
    select(
        audit_link.c.number,
        audit_link.c.at,
        audit_link.c.payload_hash,
        audit_link.c.hash,
        audit_payload.c.salt,
        audit_payload.c.content,
    )
    .select_from(audit_link.outerjoin(audit_payload, _beside))
    .where(audit_link.c.tenant_id == TENANT)
    .order_by(audit_link.c.number)
)
_person: Any = bindparam("person")
_OF_PERSON = (
    select(audit_payload.c.content)
    .where(audit_payload.c.tenant_id == TENANT, audit_payload.c.person_id == _person)
    .order_by(audit_payload.c.number)
)
_HASH_OF_EACH = select(audit_link.c.number, audit_link.c.hash).where(audit_link.c.tenant_id == TENANT)
_LAST_AT = select(audit_link.c.at).where(audit_link.c.tenant_id == TENANT).order_by(audit_link.c.number.desc()).limit(1)
_FORGET: Any = (
    delete(audit_payload)
    .where(audit_payload.c.tenant_id == TENANT, audit_payload.c.about.in_(bindparam("names", expanding=True)))
    .returning(audit_payload.c.number, audit_payload.c.at)
)
_FORGET_PERSON: Any = (
    delete(audit_payload)
    .where(
        audit_payload.c.tenant_id == TENANT,
        or_(audit_payload.c.person_id == _person, audit_payload.c.actor == _person),
        audit_payload.c.actor != ERASURE,
    )
    .returning(audit_payload.c.number, audit_payload.c.at)
)
_HASHES = select(audit_link.c.hash).where(
    audit_link.c.tenant_id == TENANT, audit_link.c.number.in_(bindparam("numbers", expanding=True))
)
_NUMBERS = select(audit_link.c.number).where(
    audit_link.c.tenant_id == TENANT, audit_link.c.hash.in_(bindparam("hashes", expanding=True))
)
_FORGET_NUMBERS: Any = (
    delete(audit_payload)
    .where(audit_payload.c.tenant_id == TENANT, audit_payload.c.number.in_(bindparam("numbers", expanding=True)))
    .returning(audit_payload.c.number, audit_payload.c.at)
)
_DROP_BEFORE = delete(audit_payload).where(
    audit_payload.c.tenant_id == TENANT, audit_payload.c.at < bindparam("before")
)


class SqlAudit(Scoped):
    """The audit log of one tenant; entries are written at the end of the transaction, to hold its lock briefly."""

    def __init__(self, connection: Connection, tenant: str, head: HeadRow, heads: AuditHeads | None = None) -> None:
        super().__init__(connection, tenant)
        self._head = head
        self._heads = heads
        self._told: list[Entry] = []
        self._erased: set[int] = set()
        self._ever_erased: set[int] = set()
        self.bears_acts = False
        self.new_end: ChainEnd | None = None
        """The chain's end that this transaction has written, None where it has written none."""

    def append(self, entry: Entry) -> None:
        self._told.append(entry)
        self.bears_acts = True

    def links(self) -> Sequence[Link]:
        self.settle()
        found: list[Link] = []
        previous: StoredLink | None = None
        for row in self._run(_CHAIN):
            link = StoredLink(number=row.number, at=row.at, payload_hash=row.payload_hash, hash=row.hash)
            payload = None if row.salt is None else StoredPayload(salt=row.salt, content=row.content)
            state = state_of(link, payload, tenant=self._tenant, previous=previous)
            entry = read(payload.content) if payload is not None and state is LinkState.WHOLE else None
            found.append(Link(number=link.number, at=from_micros(link.at), state=state, entry=entry, hash=link.hash))
            previous = link
        return self._with_erasures(found) + self._missing_end(previous)

    def newest(self, wanted: Wanted, *, before: int | None, limit: int) -> Sequence[LogRow]:
        self.settle()
        found = self._run(_newest(wanted, before).limit(limit))
        return [
            LogRow(number=number, at=from_micros(at), entry=None if content is None else read(content))
            for number, at, content in found
        ]

    def outside(self) -> Outside:
        if self._heads is None:
            return Outside()
        hashes = {row.number: row.hash for row in self._run(_HASH_OF_EACH)}
        history = history_of(self._heads.epochs(self._tenant), hashes)
        return Outside(
            known=frozenset(End(number=each.number, hash=each.hash) for each in history.known),
            lost=frozenset(End(number=each.number, hash=each.hash) for each in history.lost),
            restores=[RestoreNote(at=each.at, after=each.after.number) for each in history.restores],
        )

    def of_person(self, person: PersonId) -> Sequence[Entry]:
        self.settle()
        return [read(content) for content in self._run(_OF_PERSON, person=person).scalars()]

    def forget(self, about: Iterable[str]) -> int:
        self.settle()
        # An empty `about` means that the entry is about no absence or booking.
        pieces = chunks(name for name in about if name)
        return self._erase(row.number for piece in pieces for row in self._run(_FORGET, names=piece))

    def forget_person(self, person: PersonId) -> int:
        self.settle()
        return self._erase(row.number for row in self._run(_FORGET_PERSON, person=person))

    def forget_links(self, hashes: Iterable[str]) -> int:
        """Erase the payloads of links by the links' hashes; return the number."""
        self.settle()
        numbers = [row.number for piece in chunks(hashes) for row in self._run(_NUMBERS, hashes=piece).all()]
        return self._erase(row.number for piece in chunks(numbers) for row in self._run(_FORGET_NUMBERS, numbers=piece))

    def erased_links(self) -> Sequence[str]:
        """Return the hashes of the links whose payloads this transaction has erased, retention aside."""
        pieces = chunks(sorted(self._ever_erased))
        return [str(hash_) for piece in pieces for hash_ in self._run(_HASHES, numbers=piece).scalars()]

    def last_hash(self) -> str:
        """Return the hash of the chain's last link; empty before the first."""
        return self._head.chain_end().hash

    def drop_before(self, at: datetime) -> int:
        self.settle()
        return int(self._run(_DROP_BEFORE, before=to_micros(at)).rowcount)

    def finish(self) -> None:
        """Write what waits for the end of the transaction: that payloads were erased, and the entries."""
        if self._erased:
            numbers = {"erased": spans_of(self._erased)}
            self._erased = set()
            of_person = next((each for each in self._told if each.act is Act.ERASE_PERSON), None)
            if of_person is not None:
                self._told[self._told.index(of_person)] = replace(of_person, after={**of_person.after, **numbers})
            else:
                at = self._told[-1].at if self._told else self._last_at()
                self._told.append(Entry(at=at, act=Act.ERASE_ENTRIES, actor=ERASURE, after=numbers))
        self.settle()

    def settle(self) -> None:
        """Write the entries so far."""
        if not self._told:
            return
        told, self._told = self._told, []
        end = self._head.locked_chain_end()
        links: list[tuple[Any, ...]] = []
        payloads: list[tuple[Any, ...]] = []
        for entry in told:
            payload = StoredPayload(salt=secrets.token_hex(_SALT_BYTES), content=written(entry))
            number, at, beside = end.number + 1, to_micros(entry.at), payload_hash(payload)
            end = ChainEnd(number=number, hash=link_hash(self._tenant, end.hash, number, at, beside))
            links.append((self._tenant, number, at, beside, end.hash))
            payloads.append(
                (self._tenant, number, at, payload.salt, entry.about, entry.person, entry.actor, payload.content)
            )
        insert_rows(self._connection, audit_link, links)
        insert_rows(self._connection, audit_payload, payloads)
        self._head.set_chain_end(end)
        self.new_end = end

    def _last_at(self) -> datetime:
        """Return the time of the last link, which what was erased lies before: the store has no clock of its own."""
        return from_micros(self._run(_LAST_AT).scalar() or 0)

    def _erase(self, numbers: Iterable[int]) -> int:
        erased = set(numbers)
        self._erased |= erased
        self._ever_erased |= erased
        return len(erased)

    def _with_erasures(self, links: list[Link]) -> list[Link]:
        """Mark the erased links whose erasure is in the chain, or will be at the end of this transaction."""
        told = set(self._erased).union(*(numbers_in(each.entry) for each in links if each.entry is not None))
        return [
            replace(each, is_erasure_told=True) if each.state is LinkState.ERASED and each.number in told else each
            for each in links
        ]

    def _missing_end(self, last: StoredLink | None) -> list[Link]:
        """Return a broken link where the head row says that the chain was longer."""
        end = self._head.chain_end()
        if (end.number, end.hash) == ((last.number, last.hash) if last else (0, "")):
            return []
        return [Link(number=end.number, at=from_micros(last.at if last else 0), state=LinkState.BROKEN)]


def _newest(wanted: Wanted, before: int | None) -> Select[Any]:
    """Return the query of wanted entries, newest first."""
    tables = audit_link.outerjoin(audit_payload, _beside)
    query = select(audit_link.c.number, audit_link.c.at, audit_payload.c.content).select_from(tables)
    query = query.where(audit_link.c.tenant_id == TENANT).order_by(audit_link.c.number.desc())
    if before is not None:
        query = query.where(audit_link.c.number < before)
    if wanted.people is not None:
        query = query.where(audit_payload.c.person_id.in_(sorted(wanted.people)))
    if wanted.actors is not None:
        query = query.where(audit_payload.c.actor.in_(sorted(wanted.actors)))
    if wanted.act is not None:
        query = query.where(audit_payload.c.content.like(pattern_of(wanted.act), escape="\\"))
    if wanted.since is not None:
        query = query.where(audit_link.c.at >= to_micros(wanted.since))
    if wanted.until is not None:
        query = query.where(audit_link.c.at < to_micros(wanted.until))
    return query
