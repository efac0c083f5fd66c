"""Line states as exchanges tell them: by SIP dialog events, or by Asterisk's REST interface."""

from kalenderkoppling.telephony.linestate.ari_connection import Asterisk
from kalenderkoppling.telephony.linestate.asterisk_rest import AsteriskRest
from kalenderkoppling.telephony.linestate.dialog_events import DialogEvents, address_at
from kalenderkoppling.telephony.linestate.subscriptions import EventSubscriptions
from kalenderkoppling.telephony.linestate.watched_line import Manners

__all__ = ["Asterisk", "AsteriskRest", "DialogEvents", "EventSubscriptions", "Manners", "address_at"]
