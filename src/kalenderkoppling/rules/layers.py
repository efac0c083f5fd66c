"""Which of an administrator's layers apply to a person, highest precedence first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kalenderkoppling.domain.person import GroupId, Person, PersonId
from kalenderkoppling.rules.model import Layer, LayerKind, OwnRules, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopedLayer:
    """A layer and for whom it was set: a person's or group's id, empty for the tenant.

    `rank` is the administrator's order among groups: the lowest counts first.
    """

    scope_id: str = ""
    rank: int = 0
    layer: Layer


def layers_for(person: PersonId, groups: Sequence[GroupId], layers: Iterable[ScopedLayer]) -> tuple[Layer, ...]:
    """Return a person's layers, highest precedence first: own, groups in the administrator's order, tenant."""
    mine: list[Layer] = []
    of_groups: list[ScopedLayer] = []
    of_tenant: list[Layer] = []
    for scoped in layers:
        match scoped.layer.kind:
            case LayerKind.PERSON if scoped.scope_id == person:
                mine.append(scoped.layer)
            case LayerKind.GROUP if scoped.scope_id in groups:
                of_groups.append(scoped)
            case LayerKind.TENANT:
                of_tenant.append(scoped.layer)
            case _:
                pass
    of_groups.sort(key=lambda scoped: (scoped.rank, scoped.scope_id))
    return (*mine, *(scoped.layer for scoped in of_groups), *of_tenant)


def policy_for(person: Person, own: OwnRules, layers: Iterable[ScopedLayer]) -> Policy:
    """Return a person's policy: services, own rules and layers."""
    return Policy(
        calendar_coupling=person.entitlements.calendar_coupling,
        referral=person.entitlements.referral,
        own=own,
        layers=layers_for(person.id, person.groups, layers),
    )
