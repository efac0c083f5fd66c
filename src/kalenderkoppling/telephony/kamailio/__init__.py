"""Kamailio in front of the telephone system: it is told what calls meet (docs/phones/kamailio.md)."""

from kalenderkoppling.telephony.kamailio.edge import KamailioEdge

__all__ = ["KamailioEdge"]
