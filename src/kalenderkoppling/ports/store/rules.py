"""Rules, own rules, reasons and choices in the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from kalenderkoppling.domain.booking import BookingKey, Choice
from kalenderkoppling.domain.kept import Choices
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import LayerKind, OwnRules
from kalenderkoppling.rules.pins import Pin
from kalenderkoppling.rules.rollout import Rollout
from kalenderkoppling.words.reasons import TenantReason

__all__ = ["Choosing", "Ruling", "TenantReason"]


class Ruling(Protocol):
    """The administrator's layers, persons' own rules and the tenant's reasons."""

    def layers(self) -> Sequence[ScopedLayer]:
        """Return all layers of the tenant."""
        ...

    def put_layer(self, layer: ScopedLayer) -> None:
        """Set the layer of one scope (kind and scope id), replacing what was there."""
        ...

    def remove_layer(self, kind: LayerKind, scope_id: str) -> None:
        """Delete a scope's layer; the layers below apply again."""
        ...

    def pins(self) -> frozenset[Pin]:
        """Return the settings of the company that the settings file named at the last start."""
        ...

    def put_pins(self, pins: Iterable[Pin]) -> None:
        """Set which settings the settings file names, replacing those before."""
        ...

    def rollout(self) -> Rollout | None:
        """Return how far the effects of a rule change have got, None where none is being carried out."""
        ...

    def put_rollout(self, rollout: Rollout | None) -> None:
        """Set how far the effects of a rule change have got; None once they are carried out for everybody."""
        ...

    def own(self, people: Iterable[PersonId]) -> Mapping[PersonId, OwnRules]:
        """Return the own rules of people who have set any."""
        ...

    def put_own(self, person: PersonId, own: OwnRules) -> None:
        """Set a person's own rules and switch."""
        ...

    def reasons(self) -> Sequence[TenantReason]:
        """Return the reasons that the tenant added, renamed or hid, by key."""
        ...

    def put_reason(self, reason: TenantReason) -> None:
        """Set one of the tenant's reasons."""
        ...


class Choosing(Protocol):
    """Choices on bookings and series."""

    def of(self, people: Iterable[PersonId]) -> Mapping[PersonId, Choices]:
        """Return the choices of people who have made any."""
        ...

    def put(self, person: PersonId, choices: Mapping[BookingKey, Choice]) -> None:
        """Set choices by key."""
        ...

    def remove(self, person: PersonId, keys: Iterable[BookingKey]) -> None:
        """Delete choices; unknown keys are ignored."""
        ...
