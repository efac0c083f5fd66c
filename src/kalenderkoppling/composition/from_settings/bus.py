"""From the settings file to the bus."""

from __future__ import annotations

from kalenderkoppling.bus.memory import MemoryBus
from kalenderkoppling.ports.bus import Bus


def make_bus() -> Bus:
    """Return the bus of one process; other processes learn of changes from the store."""
    return MemoryBus()
