"""Kamailio in front of the telephone system: decisions are pushed to it (docs/phones/kamailio.md)."""

from kalenderkoppling.telephony.kamailio.edge import KamailioEdge

__all__ = ["KamailioEdge"]
