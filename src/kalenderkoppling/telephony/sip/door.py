"""Which exchange a call comes from: by its address, else by its login (RFC 3261, section 22); nobody else gets in."""

from __future__ import annotations

from typing import Any

from sippy.SipHeader import SipHeader
from sippy.SipWWWAuthenticate import SipWWWAuthenticate

from kalenderkoppling.telephony.sip.options import USER_AGENT, SipExchange, SipOptions


class Door:
    """Knows the exchanges."""

    def __init__(self, options: SipOptions) -> None:
        self._exchanges = options.exchanges
        self._asks = any(each.asks_login for each in options.exchanges)

    def exchange_of(self, request: Any) -> SipExchange | None:  # noqa: ANN401 - the stack's own type
        """Return the exchange that a request comes from, None for a stranger's."""
        address = request.getSource()[0]
        known = next((each for each in self._exchanges if each.has(address)), None)
        return known or next((each for each in self._exchanges if _answers(request, each)), None)

    def turn_away(self, request: Any) -> Any:  # noqa: ANN401 - the stack's own type
        """Return the answer to a stranger: a challenge where any exchange logs in, else 403."""
        if not self._asks:
            return request.genResponse(403, "Forbidden")
        response = request.genResponse(401, "Unauthorized")
        challenge = SipWWWAuthenticate(realm=USER_AGENT, algorithm="MD5")
        response.appendHeader(SipHeader(name="www-authenticate", body=challenge))
        return response


def _answers(request: Any, exchange: SipExchange) -> bool:  # noqa: ANN401 - the stack's own type
    """Tell whether a request answers our challenge with an exchange's login; a garbled answer is none."""
    login = exchange.asks_login
    if login is None or request.countHFs("authorization") == 0:
        return False
    try:
        given = request.getHFBody("authorization")
        return (
            given.username == login.user
            and given.realm == USER_AGENT
            and bool(given.verify(login.password, request.getMethod(), str(request.getBody() or "")))
        )
    except (ValueError, IndexError, AttributeError, TypeError, KeyError):
        return False
