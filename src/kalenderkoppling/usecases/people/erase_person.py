"""Export or erase everything that is kept about one person (GDPR articles 15 and 17)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import asdict

from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.kept import Choices
from kalenderkoppling.domain.mailbox import EVERYBODY
from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.domain.recording import PhraseId, PhraseKind
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.rules.model import LayerKind, OwnRules
from kalenderkoppling.usecases.core import Core, Unit, perform
from kalenderkoppling.usecases.situation import FAR

_ALL = 2**31 - 1
"""No limit: more rows than any table holds."""


async def export_person(core: Core, tenant: TenantId, actor: str, person: PersonId) -> Mapping[str, object]:
    """Return everything that is kept about a person; the export is in the audit log.

    Instants, zones and the like are written by their text.

    Raises:
        NotFoundError: there is no such person.
    """

    def work(unit: Unit) -> Mapping[str, object]:
        kept = _everything(unit, person)
        unit.tx.audit.append(Entry(at=unit.now, act=Act.EXPORT_PERSON, actor=actor, person=person))
        return kept

    return await perform(core, tenant, work)


async def erase_person(core: Core, tenant: TenantId, actor: str, person: PersonId) -> None:
    """Erase a person and every trace, in the audit log too: its chain stays whole (S-12).

    A person whom the directory's source still names comes back with the next import. The erasure is listed outside
    the database too, so that a restored backup forgets the person again (F-31).

    Raises:
        NotFoundError: there is no such person, and nothing about one in the audit log.
        StoreUnavailableError: the list of erasures cannot be written; nothing was erased.
    """

    def work(unit: Unit) -> None:
        if not erase(unit, actor, person):
            raise NotFoundError

    await perform(core, tenant, work)


def erase(unit: Unit, actor: str, person: PersonId) -> bool:
    """Erase a person in a transaction; False where there is none, and nothing about one in the audit log."""
    unit.tx.mailboxes.lock([person])
    known = unit.tx.people.get(person) is not None
    unit.tx.people.remove(person)
    erased = unit.tx.audit.forget_person(person)
    if not known and not erased:
        return False
    unit.tx.audit.append(Entry(at=unit.now, act=Act.ERASE_PERSON, actor=actor))
    unit.tx.erasures.remember(person)
    unit.scrub = True
    unit.tell(EVERYBODY)  # The feed would name the person once more.
    return True


def as_json(kept: Mapping[str, object]) -> str:
    """Return what `export_person` returns as JSON; what JSON has no form for is a list or text."""
    return json.dumps(kept, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: object) -> object:
    return sorted(map(str, value)) if isinstance(value, AbstractSet) else str(value)


def _everything(unit: Unit, person: PersonId) -> Mapping[str, object]:
    tx: Transaction = unit.tx
    who = tx.people.get(person)
    if who is None:
        raise NotFoundError
    all_time = Interval(start=unit.now - FAR, end=unit.now + 6 * FAR)
    mailbox = tx.mailboxes.state([person]).get(person)
    subscription = tx.subscriptions.of(person)
    return {
        "person": asdict(who),
        "services_set_by_hand": {
            str(service): {"source_says": says} for service, says in tx.services.pins([person]).get(person, {}).items()
        },
        # Of those that a restored backup brought, some may have turned private: only once the calendar has been read.
        "bookings": [asdict(each) for each in tx.absences.kept(person)]
        if mailbox is None or mailbox.is_confirmed
        else [],
        "absences_set_by_hand": [
            asdict(each) for each in tx.absences.by_hand_between([person], all_time).get(person, ())
        ],
        "choices": asdict(tx.choices.of([person]).get(person, Choices())),
        "own_rules": asdict(tx.rules.own([person]).get(person, OwnRules())),
        "rules_set_for_the_person": [
            asdict(each.layer)
            for each in tx.rules.layers()
            if each.layer.kind is LayerKind.PERSON and each.scope_id == person
        ],
        "sign_ins": [asdict(each) for each in tx.identities.of(person)],
        "favourites": list(tx.favourites.of(person)),
        "calls": [asdict(each) for each in tx.calls.of(person, limit=_ALL)],
        "wishes_to_be_called_back": [
            asdict(each) for each in tx.call_backs.all(limit=_ALL) if person in (each.person, each.colleague)
        ],
        "name_is_recorded": PhraseId(kind=PhraseKind.NAME, key=person) in tx.recordings.hashes(),
        "line": tx.lines.states([person], unit.now).get(person),
        "mailbox": asdict(mailbox) if mailbox else None,
        # Without route and secret, which would let anybody tell us of changes.
        "subscription": {"mailbox": subscription.mailbox, "expires_at": subscription.expires_at}
        if subscription
        else None,
        "audit_log": [asdict(each) for each in tx.audit.of_person(person)],
    }
