"""From the settings file to the source of line states: SIP dialog events or Asterisk's REST interface."""

from __future__ import annotations

import random

from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.ports.clock import Clock
from kalenderkoppling.ports.lines import WatchedLines
from kalenderkoppling.settings.telephony import Telephony
from kalenderkoppling.telephony.linestate.ari_connection import Asterisk
from kalenderkoppling.telephony.linestate.asterisk_rest import AsteriskRest
from kalenderkoppling.telephony.linestate.dialog_events import DialogEvents, address_at
from kalenderkoppling.telephony.sip import SipPhone
from kalenderkoppling.telephony.sip.subscriptions import SipSubscriptions

_CHANCE = random.SystemRandom()


def watched_lines(telephony: Telephony, phone: SipPhone, clock: Clock) -> WatchedLines | None:
    """Return the source of line states that the settings name, None where they name none.

    Raises:
        InvalidValueError: they name two, or an exchange that does not exist.
    """
    dialogs, asterisk = telephony.dialog_events, telephony.asterisk
    if dialogs is not None and asterisk is not None:
        raise InvalidValueError("telephony: line states come from dialog_events or from asterisk, not from both")
    if asterisk is not None:
        connection = Asterisk(
            url=asterisk.url, user=asterisk.user, password=asterisk.password.read(), device=asterisk.device
        )
        return AsteriskRest(connection, TENANT, clock, _CHANCE.random)
    if dialogs is None:
        return None
    exchange = next((each for each in telephony.exchanges if each.name == dialogs.exchange), None)
    if exchange is None or not exchange.proxy:
        raise InvalidValueError(f"telephony.dialog_events: there is no exchange {dialogs.exchange!r} with a proxy")
    subscriptions = SipSubscriptions(phone.stack, phone.exchange(exchange.name))
    return DialogEvents(
        subscriptions,
        TENANT,
        address_at(exchange.proxy),
        clock,
        _CHANCE.random,
        most_lines=dialogs.most_lines,
    )
