"""Services in the store: which of a person's were set by hand, and orders that are being carried out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.domain.service import Service, ServiceOrder


class ServiceRecords(Protocol):
    """Pins and orders of one tenant; what a person has been given is the directory's (`People`)."""

    def pins(self, people: Iterable[PersonId]) -> Mapping[PersonId, Mapping[Service, bool]]:
        """Return what was set by hand, each with what the source last said of it; people without a pin are absent."""
        ...

    def put_pins(self, pins: Mapping[PersonId, Mapping[Service, bool]]) -> None:
        """Replace the pins of some people; nothing for a person removes that person's."""
        ...

    def orders(self) -> Sequence[ServiceOrder]:
        """Return all orders, in the order in which they were placed."""
        ...

    def add_order(self, order: ServiceOrder) -> None:
        """Add an order; those that are finished are forgotten, except the newest."""
        ...

    def advance(self, before: ServiceOrder, after: ServiceOrder) -> bool:
        """Write how far an order is; False, with nothing written, where it is no longer as far as `before`.

        Until the transaction ends, nobody else can advance it.
        """
        ...
