"""How a call is carried: the phone rings, the announcement is heard, a key is pressed, somebody is put through."""

from kalenderkoppling.usecases.call_flow.desk import CallTiming, Desk
from kalenderkoppling.usecases.call_flow.take_call import take_call

__all__ = ["CallTiming", "Desk", "take_call"]
