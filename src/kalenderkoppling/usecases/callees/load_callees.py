"""Reads people from the store as calls see them: everything that a decision in the coming days rests on."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar, cast

from kalenderkoppling.domain.absence import Absence
from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.domain.recording import PhraseId, PhraseKind
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.usecases.callees.callee import Callee
from kalenderkoppling.usecases.numbers.number_plan import NumberPlan
from kalenderkoppling.usecases.reasons import tenant_reasons
from kalenderkoppling.usecases.situation import NEAR, Situation, call_situations, latest_return
from kalenderkoppling.words import Language, TenantReasons, language_of, languages

HORIZON = NEAR
"""How far ahead the loaded absences reach; people are loaded again well before that."""

_MOST_SHARED = 10_000

_T = TypeVar("_T")
_Key = TypeVar("_Key", bound=Hashable)


class SharedParts:
    """What many callees have in common, each held once: a tenant's reasons, where people work, languages."""

    def __init__(self) -> None:
        self._values: dict[Hashable, Hashable] = {}
        self._latest: dict[str, Mapping[object, object]] = {}

    def same(self, value: _Key) -> _Key:
        """Return an equal value that is held already, else this one."""
        if len(self._values) >= _MOST_SHARED:
            self._values.clear()
        return cast("_Key", self._values.setdefault(value, value))

    def latest(self, name: str, mapping: Mapping[_Key, _T]) -> Mapping[_Key, _T]:
        """Return the mapping that was given under the name before where it is equal, else this one."""
        if self._latest.get(name) != mapping:
            self._latest[name] = cast("Mapping[object, object]", mapping)
        return cast("Mapping[_Key, _T]", self._latest[name])


def load_callees(
    tx: Transaction,
    tenant: TenantId,
    people: Iterable[PersonId],
    now: datetime,
    plan: NumberPlan,
    *,
    shared: SharedParts | None = None,
) -> dict[PersonId, Callee]:
    """Return those of the people who exist, as calls see them from an instant on.

    What calls meet at any instant of `HORIZON` from then on is what the store would say, as long as nothing changes.

    Args:
        tx: A transaction of the tenant.
        tenant: Whose people.
        people: Whom; a thousand at a time is a good number.
        now: From when, in UTC.
        plan: How the tenant's numbers are read.
        shared: What callees of earlier calls have in common with these; one for each tenant.
    """
    situations = call_situations(tx, people, now)
    if not situations:
        return {}
    making = _Making(tx, tenant, plan, shared or SharedParts())
    return {id_: making.callee(each) for id_, each in situations.items()}


class _Making:
    """Makes callees of one tenant from what is shared by all of them."""

    def __init__(self, tx: Transaction, tenant: TenantId, plan: NumberPlan, shared: SharedParts) -> None:
        recorded = tx.recordings.hashes()
        self._tenant = tenant
        self._plan = plan
        self._shared = shared
        self._reasons: TenantReasons = shared.latest("reasons", tenant_reasons(tx))
        self._recorded = shared.latest(
            "recorded", {phrase: sha256 for phrase, sha256 in recorded.items() if phrase.kind is PhraseKind.REASON}
        )
        self._names = {
            phrase.key: (phrase, sha256) for phrase, sha256 in recorded.items() if phrase.kind is PhraseKind.NAME
        }
        self._speaks = shared.same(spoken_languages(tx.people.settings()))

    def callee(self, found: Situation) -> Callee:
        person = found.person
        return Callee(
            tenant=self._tenant,
            person=person.id,
            name=person.name,
            phone_uri=person.phone_uri,
            numbers=self._plan.keys_of(person),
            absences=_that_count(found),
            may_divert=found.policy.referral,
            ring=self._shared.same(found.policy.ring),
            around=self._shared.same(found.terms.around),
            last_good_look=found.mailbox.last_good_look if found.mailbox else None,
            freshness_limit=self._shared.same(found.settings.freshness_limit),
            language=self._speaks[0],
            speaks=self._speaks,
            reasons=self._reasons,
            recorded=self._recorded_for(person.id),
        )

    def _recorded_for(self, person: PersonId) -> Mapping[PhraseId, str]:
        """Return the recordings that may be heard of a person: the tenant's reasons, and the person's own name."""
        name = self._names.get(person)
        return self._recorded if name is None else {**self._recorded, name[0]: name[1]}


def _that_count(found: Situation) -> tuple[Absence, ...]:
    """Return the absences that decisions rest on: those that divert, up to the last return that is told.

    One that only informs never governs a call that is diverted, and prolongs no return (C-02, C-04).
    """
    horizon = found.now + HORIZON
    until = max(horizon, latest_return(found, horizon))
    return tuple(
        replace(each, note="") if each.note else each
        for each in found.absences
        if each.diversion.diverts and (each.interval.start < until or not each.is_from_calendar)
    )


def spoken_languages(settings: TenantSettings) -> tuple[Language, ...]:
    """Return the languages that callers hear, the default first; the company's own where none is configured."""
    for tags in (settings.speaks, (settings.language,)):
        known = tuple(dict.fromkeys(each for each in map(language_of, tags) if each is not None))
        if known:
            return known
    return languages()[:1]
