"""Set the administrator's rules and settings for the tenant, a group or a person (R6, R9, R11, R12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from kalenderkoppling.domain.errors import FieldProblem, RefusedError
from kalenderkoppling.domain.mailbox import EVERYBODY
from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import Layer, LayerKind
from kalenderkoppling.rules.pins import CompanyValues
from kalenderkoppling.rules.rollout import Rollout
from kalenderkoppling.usecases.core import Core, Unit, perform
from kalenderkoppling.usecases.people.place_again import place_again
from kalenderkoppling.usecases.rules.tidy import tidy

MOST_AT_ONCE = 200
"""For how many people a change is carried out in its own transaction, and in each of the worker's."""


async def set_layer(core: Core, tenant: TenantId, actor: str, layer: ScopedLayer) -> None:
    """Set the administrator's rules and settings for one scope; they are in force at once.

    What it takes away is purged at once, of many people by the worker within seconds; what it adds comes with a look at
    each mailbox, at the latest with the sweep (L-6).

    Raises:
        RefusedError: it changes something that the settings file pins.
    """

    def work(unit: Unit) -> None:
        if layer.layer.kind is LayerKind.TENANT:
            before = company_values(unit.tx)
            must_not_be_pinned(unit.tx, before, replace(before, layer=layer.layer))
        put_layer(unit, actor, layer)

    await perform(core, tenant, work)


async def set_settings(core: Core, tenant: TenantId, actor: str, settings: TenantSettings) -> None:
    """Set the tenant's settings.

    Raises:
        RefusedError: it changes something that the settings file pins.
    """

    def work(unit: Unit) -> None:
        before = company_values(unit.tx)
        must_not_be_pinned(unit.tx, before, replace(before, settings=settings))
        put_settings(unit, actor, settings)

    await perform(core, tenant, work)


def company_values(tx: Transaction) -> CompanyValues:
    """Return the company's settings and its layer of rules; an empty layer where none was ever set."""
    layer = next((each.layer for each in tx.rules.layers() if each.layer.kind is LayerKind.TENANT), None)
    return CompanyValues(settings=tx.people.settings(), layer=layer or Layer(kind=LayerKind.TENANT))


def put_layer(unit: Unit, actor: str, layer: ScopedLayer) -> None:
    """Set one scope's layer within a unit of work, pinned or not.

    Where people get the Outlook add-in, its property on items is read from then on (C-15).
    """
    people = concerned(unit.tx, layer)
    if len(people) <= MOST_AT_ONCE:
        unit.tx.mailboxes.lock(people)
    before = _layer(unit.tx, layer)
    if layer.layer.is_empty and layer.layer.kind is not LayerKind.TENANT:
        unit.tx.rules.remove_layer(layer.layer.kind, layer.scope_id)
    else:
        unit.tx.rules.put_layer(layer)
    settings = unit.tx.people.settings()
    if layer.layer.addin_allowed and not settings.reads_item_choices:
        unit.tx.people.put_settings(replace(settings, reads_item_choices=True))
    put_in_force(unit, people)
    unit.tx.audit.append(
        Entry(
            at=unit.now,
            act=Act.SET_RULES,
            actor=actor,
            person=PersonId(layer.scope_id) if layer.layer.kind is LayerKind.PERSON else None,
            before=described_layer(before.layer) if before else {},
            after={**_scope(layer), **described_layer(layer.layer)},
        )
    )


def put_settings(unit: Unit, actor: str, settings: TenantSettings) -> None:
    """Set the tenant's settings within a unit of work, pinned or not."""
    before = unit.tx.people.settings()
    if before == settings:
        return
    everybody = unit.tx.people.ids()
    if before.zone != settings.zone or len(everybody) <= MOST_AT_ONCE:
        unit.tx.mailboxes.lock(everybody)
    unit.tx.people.put_settings(settings)
    if before.zone != settings.zone:
        place_again(unit, everybody)
    put_in_force(unit, everybody)
    was, became = described_settings(before), described_settings(settings)
    unit.tx.audit.append(
        Entry(
            at=unit.now,
            act=Act.SET_SETTINGS,
            actor=actor,
            before={name: value for name, value in was.items() if became[name] != value},
            after={name: value for name, value in became.items() if was[name] != value},
        )
    )


def must_not_be_pinned(tx: Transaction, before: CompanyValues, after: CompanyValues) -> None:
    """Refuse to change what the settings file pins.

    Raises:
        RefusedError: each problem names the setting as the file does (`Pin`).
    """
    changed = sorted(before.differing(after) & tx.rules.pins())
    if changed:
        raise RefusedError(*(FieldProblem(field=str(each), problem="pinned") for each in changed))


def concerned(tx: Transaction, layer: ScopedLayer) -> Sequence[PersonId]:
    """Return the people for whom a layer was set."""
    if layer.layer.kind is LayerKind.PERSON:
        return [PersonId(layer.scope_id)]
    everybody = tx.people.ids()
    if layer.layer.kind is LayerKind.TENANT:
        return everybody
    return [id_ for id_, person in tx.people.many(everybody).items() if layer.scope_id in person.groups]


def put_in_force(unit: Unit, people: Sequence[PersonId]) -> None:
    """Purge what people's rules no longer give, have their mailboxes looked at for what they give more, and tell.

    For many people both are left to the worker (`carry_out`), which holds the database for a moment at a time. New
    rules count at once all the same: what they give is derived when read.
    """
    if len(people) > MOST_AT_ONCE:
        unit.tx.rules.put_rollout(Rollout(total=len(unit.tx.people.ids()), since=unit.now))
        unit.tell(EVERYBODY)
        return
    unit.tx.mailboxes.lock(people)
    tidy(unit, people)
    if len(people) == 1:
        unit.tell(*people)
    else:
        unit.tell(EVERYBODY)
    unit.tx.mailboxes.make_due(people, unit.now)


def _layer(tx: Transaction, wanted: ScopedLayer) -> ScopedLayer | None:
    return next(
        (
            each
            for each in tx.rules.layers()
            if each.layer.kind is wanted.layer.kind and each.scope_id == wanted.scope_id
        ),
        None,
    )


def _scope(layer: ScopedLayer) -> Mapping[str, object]:
    """Return the scope of a layer; a person is named by the entry's own field, where it can be erased."""
    kind = layer.layer.kind
    return {"scope": str(kind), "group": layer.scope_id} if kind is LayerKind.GROUP else {"scope": str(kind)}


def described_layer(layer: Layer) -> Mapping[str, object]:
    """Return a layer as the audit log describes it."""
    return {
        "rules": {
            str(show_as): f"{rule.reason}/{rule.diversion}" if rule else "no update"
            for show_as, rule in layer.rules.items()
        },
        "show_subject": layer.show_subject,
        "addin_allowed": layer.addin_allowed,
        "ring_seconds": layer.ring.total_seconds() if layer.ring else None,
        "working_hours": str(layer.working_hours) if layer.working_hours else None,
    }


def described_settings(settings: TenantSettings) -> Mapping[str, object]:
    """Return the tenant's settings as the audit log describes them."""
    return {
        "time_zone": settings.zone.key,
        "language": settings.language,
        "speaks": " ".join(settings.speaks),
        "country": settings.country,
        "retention_days": settings.retention / timedelta(days=1),
        "freshness_hours": settings.freshness_limit / timedelta(hours=1),
        "sick_to_attendants": settings.sick_to_attendants,
        "call_numbers_hours": settings.call_numbers_kept / timedelta(hours=1),
        "calls_days": settings.calls_kept / timedelta(days=1),
        "reads_item_choices": settings.reads_item_choices,
    }
