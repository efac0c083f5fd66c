"""An administrator reads and edits the rules of the company, a group or a person, and the company's settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

import msgspec

from kalenderkoppling.domain.errors import ConflictError, FieldProblem, NotFoundError, RefusedError
from kalenderkoppling.domain.person import GroupId, Person, PersonId, Role
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import Layer, LayerKind
from kalenderkoppling.rules.pins import Pin
from kalenderkoppling.rules.rollout import Rollout
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.core import Core, Unit, look_up, perform
from kalenderkoppling.usecases.reasons import known_reasons
from kalenderkoppling.usecases.rules.set_rules import (
    company_values,
    described_layer,
    described_settings,
    must_not_be_pinned,
    put_in_force,
    put_layer,
    put_settings,
)

MOST_FOUND = 20
"""How many people a search for somebody offers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """For whom rules are set: the company, a group or a person by id; the company has none."""

    kind: LayerKind
    id: str = ""


COMPANY = Scope(kind=LayerKind.TENANT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeRules:
    """The rules of one scope: its own layer, and those that it inherits from, highest precedence first.

    `pins` are the company's settings that cannot be edited. `version` names the layer's content: it is sent back with
    an edit, so that nobody overwrites unseen what somebody else saved meanwhile.
    """

    scope: Scope
    layer: Layer
    below: Sequence[ScopedLayer]
    pins: frozenset[Pin]
    version: str
    person: Person | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """The groups of the directory with their numbers of members, and those with rules in the administrator's order."""

    members: Mapping[GroupId, int]
    ordered: Sequence[GroupId]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanySettings:
    """The company's settings that are not rules, those that cannot be edited, and the version of their content."""

    settings: TenantSettings
    pins: frozenset[Pin]
    version: str


async def read_rules(core: Core, actor: Actor, scope: Scope) -> ScopeRules:
    """Return the rules of one scope.

    Raises:
        NotFoundError: the actor is no administrator, or there is no such group or person.
    """
    _must_administer(actor)
    return await look_up(core, actor.tenant, lambda tx: _scope_rules(tx, scope))


async def read_groups(core: Core, actor: Actor) -> Groups:
    """Return the groups.

    Raises:
        NotFoundError: the actor is no administrator.
    """
    _must_administer(actor)

    def read(tx: Transaction) -> Groups:
        return Groups(members=tx.people.groups(), ordered=[GroupId(each.scope_id) for each in _of_groups(tx)])

    return await look_up(core, actor.tenant, read)


async def read_rollout(core: Core, actor: Actor) -> Rollout | None:
    """Return how far the effects of a change for many people have got, None where none is being carried out.

    Raises:
        NotFoundError: the actor is no administrator.
    """
    _must_administer(actor)
    return await look_up(core, actor.tenant, lambda tx: tx.rules.rollout())


async def read_settings(core: Core, actor: Actor) -> CompanySettings:
    """Return the company's settings.

    Raises:
        NotFoundError: the actor is no administrator.
    """
    _must_administer(actor)

    def read(tx: Transaction) -> CompanySettings:
        settings = tx.people.settings()
        return CompanySettings(settings=settings, pins=tx.rules.pins(), version=version_of(settings))

    return await look_up(core, actor.tenant, read)


async def find_people(core: Core, actor: Actor, text: str) -> Sequence[Person]:
    """Return the first people whom a search finds; nobody for an empty text.

    Raises:
        NotFoundError: the actor is no administrator.
    """
    _must_administer(actor)
    if not text.strip():
        return ()
    found = await look_up(core, actor.tenant, lambda tx: tx.people.search(text, limit=MOST_FOUND))
    return found.people


async def edit_rules(core: Core, actor: Actor, scope: Scope, layer: Layer, *, seen: str) -> None:
    """Set the rules of one scope, in force at once; an empty layer of a group or person is removed.

    Raises:
        NotFoundError: the actor is no administrator, or there is no such group or person.
        ConflictError: somebody else has changed these rules since the version `seen`.
        RefusedError: a reason does not exist, or the settings file pins what is changed.
    """
    _must_administer(actor)

    def work(unit: Unit) -> None:
        before = _scope_rules(unit.tx, scope)
        if before.version != seen:
            raise ConflictError
        if layer == before.layer:
            return
        _must_know_reasons(unit.tx, layer)
        if scope == COMPANY:
            values = company_values(unit.tx)
            must_not_be_pinned(unit.tx, values, replace(values, layer=layer))
        put_layer(unit, actor.person, ScopedLayer(scope_id=scope.id, rank=_rank(unit.tx, scope), layer=layer))

    await perform(core, actor.tenant, work)


async def edit_settings(core: Core, actor: Actor, settings: TenantSettings, *, seen: str) -> None:
    """Set the company's settings, in force at once.

    Raises:
        NotFoundError: the actor is no administrator.
        ConflictError: somebody else has changed them since the version `seen`.
        RefusedError: the settings file pins what is changed.
    """
    _must_administer(actor)

    def work(unit: Unit) -> None:
        values = company_values(unit.tx)
        if version_of(values.settings) != seen:
            raise ConflictError
        must_not_be_pinned(unit.tx, values, replace(values, settings=settings))
        put_settings(unit, actor.person, settings)

    await perform(core, actor.tenant, work)


async def order_groups(core: Core, actor: Actor, wanted: Sequence[GroupId], *, seen: Sequence[GroupId]) -> None:
    """Put the groups that have rules in an order: of somebody's groups the first counts.

    Raises:
        NotFoundError: the actor is no administrator.
        ConflictError: they are not in the order `seen` any more, or other groups have rules.
    """
    _must_administer(actor)

    def work(unit: Unit) -> None:
        before = _of_groups(unit.tx)
        if [each.scope_id for each in before] != list(seen) or sorted(wanted) != sorted(seen):
            raise ConflictError
        by_id = {each.scope_id: each for each in before}
        concerned = [id_ for id_, other in zip(wanted, seen, strict=True) if id_ != other]
        if not concerned:
            return
        members = _members(unit.tx, concerned)
        unit.tx.mailboxes.lock(members)
        for rank, id_ in enumerate(wanted):
            unit.tx.rules.put_layer(replace(by_id[id_], rank=rank))
        put_in_force(unit, members)
        unit.tx.audit.append(
            Entry(
                at=unit.now,
                act=Act.SET_RULES,
                actor=actor.person,
                before={"scope": "group", "order": " ".join(seen)},
                after={"scope": "group", "order": " ".join(wanted)},
            )
        )

    await perform(core, actor.tenant, work)


def version_of(content: Layer | TenantSettings) -> str:
    """Return a short name of the content, which differs when the content does."""
    described = described_layer(content) if isinstance(content, Layer) else described_settings(content)
    return blake2b(msgspec.json.encode(described, order="deterministic"), digest_size=8).hexdigest()


def _must_administer(actor: Actor) -> None:
    if Role.ADMINISTRATOR not in actor.roles:
        raise NotFoundError


def _scope_rules(tx: Transaction, scope: Scope) -> ScopeRules:
    person = tx.people.get(PersonId(scope.id)) if scope.kind is LayerKind.PERSON else None
    if scope.kind is LayerKind.PERSON and person is None:
        raise NotFoundError
    layers = tx.rules.layers()
    own = next((each.layer for each in layers if _is_of(each, scope)), None)
    if scope.kind is LayerKind.GROUP and own is None and scope.id not in tx.people.groups():
        raise NotFoundError
    layer = own or Layer(kind=scope.kind)
    return ScopeRules(
        scope=scope,
        layer=layer,
        below=_below(tx, scope, person),
        pins=tx.rules.pins() if scope == COMPANY else frozenset(),
        version=version_of(layer),
        person=person,
    )


def _is_of(each: ScopedLayer, scope: Scope) -> bool:
    return each.layer.kind is scope.kind and each.scope_id == scope.id


def _below(tx: Transaction, scope: Scope, person: Person | None) -> Sequence[ScopedLayer]:
    """Return what a scope inherits from: a person from the own groups, everybody from the company."""
    if scope == COMPANY:
        return ()
    groups = [each for each in _of_groups(tx) if person is not None and each.scope_id in person.groups]
    return [*groups, *(each for each in tx.rules.layers() if each.layer.kind is LayerKind.TENANT)]


def _of_groups(tx: Transaction) -> Sequence[ScopedLayer]:
    """Return the groups' layers in the administrator's order."""
    found = [each for each in tx.rules.layers() if each.layer.kind is LayerKind.GROUP]
    return sorted(found, key=lambda each: (each.rank, each.scope_id))


def _rank(tx: Transaction, scope: Scope) -> int:
    """Return a group's place in the order; a new one comes last."""
    if scope.kind is not LayerKind.GROUP:
        return 0
    before = _of_groups(tx)
    last = max((each.rank for each in before), default=-1) + 1
    return next((each.rank for each in before if each.scope_id == scope.id), last)


def _members(tx: Transaction, groups: Sequence[GroupId]) -> Sequence[PersonId]:
    wanted = set(groups)
    return [id_ for id_, person in tx.people.many(tx.people.ids()).items() if wanted & set(person.groups)]


def _must_know_reasons(tx: Transaction, layer: Layer) -> None:
    known = known_reasons(tx)
    unknown = [show_as for show_as, rule in layer.rules.items() if rule is not None and rule.reason not in known]
    if unknown:
        raise RefusedError(*(FieldProblem(field=f"{each}.reason", problem="unknown_reason") for each in unknown))
