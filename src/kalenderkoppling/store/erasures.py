"""Erasures that are listed outside the database, and found again after a restore."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, select

from kalenderkoppling.domain.errors import InvalidValueError, StoreUnavailableError
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.store.audit import SqlAudit
from kalenderkoppling.store.erasure_list import ErasedPerson, ErasureList, hash_of, id_of
from kalenderkoppling.store.scoped import TENANT, Scoped, add_missing, chunks
from kalenderkoppling.store.tables import audit_link, erasure_key

_KEY_BYTES = 32
_KEY = select(erasure_key.c.key).where(erasure_key.c.tenant_id == TENANT)
_KNOWN_LINKS = select(audit_link.c.hash).where(
    audit_link.c.tenant_id == TENANT, audit_link.c.hash.in_(bindparam("hashes", expanding=True))
)


class SqlErasures(Scoped):
    """The erasures of one tenant; `listed` is None where no list is kept."""

    def __init__(self, connection: Connection, tenant: str, audit: SqlAudit, listed: ErasureList | None) -> None:
        super().__init__(connection, tenant)
        self._audit = audit
        self._list = listed
        self._people: list[PersonId] = []

    def prepare(self) -> None:
        row = {"tenant_id": self._tenant, "key": secrets.token_hex(_KEY_BYTES)}
        self._connection.execute(add_missing(erasure_key, self._connection.dialect.name), row)

    def remember(self, person: PersonId) -> None:
        if self._list is not None:
            self.prepare()
            self._people.append(person)

    def to_repeat(self, people: Iterable[PersonId]) -> Sequence[PersonId]:
        listed = list(self._list.people(self._tenant)) if self._list is not None else []
        known = {
            row.hash for piece in chunks(each.link for each in listed) for row in self._run(_KNOWN_LINKS, hashes=piece)
        }
        unknown = [each for each in listed if each.link not in known]
        if not unknown:
            return []
        key = self._key()
        if any(key is None or each.key_id != id_of(key) for each in unknown):
            raise InvalidValueError(
                "the list of erasures names people by another key than that of this backup, so that they cannot be "
                "erased again: restore a backup of the database that the list belongs to"
            )
        hashes = {each.hash for each in unknown}
        return [each for each in people if hash_of(str(key), each) in hashes]

    def repeat_in_log(self) -> int:
        return self._audit.forget_links(self._list.links(self._tenant)) if self._list is not None else 0

    def settle(self) -> None:
        """List what this transaction erases; called after the audit log has been written, before the commit."""
        links = self._audit.erased_links()
        if self._list is None or not (self._people or links):
            return
        people = []
        if self._people:
            key, link = str(self._key()), self._audit.last_hash()
            people = [ErasedPerson(key_id=id_of(key), hash=hash_of(key, each), link=link) for each in self._people]
        try:
            self._list.append(self._tenant, people, links)
        except OSError as error:
            message = f"nothing was erased: the list of erasures cannot be written ({error.strerror})"
            raise StoreUnavailableError(message) from error

    def _key(self) -> str | None:
        found = self._run(_KEY).scalar()
        return None if found is None else str(found)
