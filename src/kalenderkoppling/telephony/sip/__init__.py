"""The SIP endpoint: takes calls from exchanges and makes calls, on the sippy stack inside asyncio's loop."""

from kalenderkoppling.telephony.sip.options import Credentials, SipExchange, SipOptions
from kalenderkoppling.telephony.sip.phone import SipPhone

__all__ = ["Credentials", "SipExchange", "SipOptions", "SipPhone"]
