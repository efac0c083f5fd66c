"""Authenticates a request by its key before any lookup; wrong keys are counted and logged."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.ports.clock import Clock
from kalenderkoppling.ports.meter import Count, Meter
from kalenderkoppling.surfaces.exchanges.exchange_keys import CHALLENGE, ExchangeKeys
from kalenderkoppling.surfaces.exchanges.refusals import Refusal, refusal
from kalenderkoppling.surfaces.exchanges.wrong_keys import MINUTE, WrongKeys
from kalenderkoppling.surfaces.web.failures import Failure
from kalenderkoppling.surfaces.web.refusals import SignedOutError
from kalenderkoppling.surfaces.web.request import AnyRequest

_LOG = logging.getLogger(__name__)

_KEY_WANTED = Failure(status=401, key="key_wanted", text_key="error.signed_out")
_TOO_MANY = Failure(status=429, key="too_many_wrong_keys", text_key="error.signed_out")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCheck:
    """Checks the key of each request."""

    keys: ExchangeKeys
    wrong: WrongKeys
    clock: Clock
    meter: Meter

    def tenant_of(self, request: AnyRequest) -> TenantId | Refusal:
        """Return the tenant that a request may ask for, or the answer that refuses it."""
        address, now = request.client.host if request.client else "", self.clock.now()
        if self.wrong.is_shut_out(address, now):
            self.meter.count(Count.KEYS_REFUSED, "too_many")
            answer = refusal(request, _TOO_MANY, SignedOutError())
            answer.headers["Retry-After"] = str(int(MINUTE.total_seconds()))
            return answer
        authorization = request.headers.get("authorization", "")
        tenant = self.keys.tenant_for(authorization)
        if tenant is not None:
            return tenant
        if authorization:
            self.wrong.note(address, now)
            _LOG.warning("an exchange's key was wrong")
        self.meter.count(Count.KEYS_REFUSED, "wrong" if authorization else "missing")
        answer = refusal(request, _KEY_WANTED, SignedOutError())
        answer.headers["WWW-Authenticate"] = CHALLENGE
        return answer
