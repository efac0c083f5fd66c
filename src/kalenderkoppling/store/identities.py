"""Links between identities and people, sign-ins that wait for one, and sign-ins under way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, select

from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.store.identities import Identity, SignInRequest, WaitingSignIn
from kalenderkoppling.store.instants import from_micros, to_micros
from kalenderkoppling.store.scoped import TENANT, Scoped
from kalenderkoppling.store.tables import identity as identities
from kalenderkoppling.store.tables import sign_in_request as requests
from kalenderkoppling.store.tables import waiting_sign_in as waiting

_THE_IDENTITY = and_(
    identities.c.tenant_id == TENANT,
    identities.c.issuer == bindparam("named_issuer"),
    identities.c.subject == bindparam("named_subject"),
)
_PERSON = select(identities.c.person_id).where(_THE_IDENTITY)
_UNLINK = delete(identities).where(_THE_IDENTITY)
_OF = (
    select(identities.c.issuer, identities.c.subject)
    .where(identities.c.tenant_id == TENANT, identities.c.person_id == bindparam("person"))
    .order_by(identities.c.issuer, identities.c.subject)
)
_WAITING = (
    select(*tuple(waiting.c)[1:])
    .where(waiting.c.tenant_id == TENANT)
    .order_by(waiting.c.at.desc(), waiting.c.issuer, waiting.c.subject)
)
_WAITS_NO_MORE = delete(waiting).where(
    waiting.c.tenant_id == TENANT,
    waiting.c.issuer == bindparam("named_issuer"),
    waiting.c.subject == bindparam("named_subject"),
)
_DROP_WAITING = delete(waiting).where(waiting.c.tenant_id == TENANT, waiting.c.at < bindparam("before"))
_TAKE = (
    delete(requests)
    .where(requests.c.tenant_id == TENANT, requests.c.state_key == bindparam("key"))
    .returning(*tuple(requests.c)[1:])
)
_DROP = delete(requests).where(requests.c.tenant_id == TENANT, requests.c.at < bindparam("before"))


class SqlIdentities(Scoped):
    """Links of one tenant."""

    def person_of(self, identity: Identity) -> PersonId | None:
        row = self._run(_PERSON, **_named(identity)).first()
        return None if row is None else PersonId(row.person_id)

    def of(self, person: PersonId) -> Sequence[Identity]:
        return [Identity(issuer=row.issuer, subject=row.subject) for row in self._run(_OF, person=person).all()]

    def link(self, identity: Identity, person: PersonId, at: datetime) -> None:
        self._run(_WAITS_NO_MORE, **_named(identity))
        row = {"issuer": identity.issuer, "subject": identity.subject, "person_id": person, "linked_at": to_micros(at)}
        self._upsert(identities, [row])

    def unlink(self, identity: Identity) -> None:
        self._run(_UNLINK, **_named(identity))

    def wait(self, found: WaitingSignIn, most: int) -> None:
        row = {
            "issuer": found.identity.issuer,
            "subject": found.identity.subject,
            "shown_name": found.shown_name,
            "at": to_micros(found.at),
        }
        self._upsert(waiting, [row])
        for each in self.waiting()[most:]:
            self._run(_WAITS_NO_MORE, **_named(each.identity))

    def waiting(self) -> Sequence[WaitingSignIn]:
        return [
            WaitingSignIn(
                identity=Identity(issuer=row.issuer, subject=row.subject),
                shown_name=row.shown_name,
                at=from_micros(row.at),
            )
            for row in self._run(_WAITING).all()
        ]

    def drop_waiting_before(self, at: datetime) -> None:
        self._run(_DROP_WAITING, before=to_micros(at))


def _named(identity: Identity) -> dict[str, str]:
    return {"named_issuer": identity.issuer, "named_subject": identity.subject}


class SqlSignInRequests(Scoped):
    """Sign-ins under way of one tenant."""

    def put(self, request: SignInRequest) -> None:
        row = {
            "state_key": request.state_key,
            "provider": request.provider,
            "browser_key": request.browser_key,
            "nonce": request.nonce,
            "verifier": request.verifier,
            "next_path": request.next_path,
            "at": to_micros(request.at),
        }
        self._upsert(requests, [row])

    def take(self, state_key: str) -> SignInRequest | None:
        row = self._run(_TAKE, key=state_key).first()
        if row is None:
            return None
        return SignInRequest(
            state_key=row.state_key,
            provider=row.provider,
            browser_key=row.browser_key,
            nonce=row.nonce,
            verifier=row.verifier,
            next_path=row.next_path,
            at=from_micros(row.at),
        )

    def drop_before(self, at: datetime) -> None:
        self._run(_DROP, before=to_micros(at))
