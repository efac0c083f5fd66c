"""The core with its store, clock and bus: shared by the server, the commands, the scenarios and the tests."""

from __future__ import annotations

import secrets

from kalenderkoppling.domain.absence import AbsenceId
from kalenderkoppling.ports.bus import Bus
from kalenderkoppling.ports.clock import Clock
from kalenderkoppling.ports.store import Store
from kalenderkoppling.usecases.core import Core


def new_absence_id() -> AbsenceId:
    """Return an opaque random id: it tells neither booking nor origin (R19)."""
    return AbsenceId(secrets.token_urlsafe(12))


def make_core(store: Store, clock: Clock, bus: Bus) -> Core:
    """Join the ports that every use case shares."""
    return Core(store=store, clock=clock, bus=bus, new_id=new_absence_id)
