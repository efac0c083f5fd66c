"""The bus: wake-ups and live changes between the parts of the program."""

from kalenderkoppling.bus.memory import MemoryBus

__all__ = ["MemoryBus"]
