"""The exchanges' API as a surface, and as the application of the voice process, beside health and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from litestar import Litestar

from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.ports.meter import Meter
from kalenderkoppling.surfaces.exchanges.decision_routes import decision_handler
from kalenderkoppling.surfaces.exchanges.exchange_keys import ExchangeKeys
from kalenderkoppling.surfaces.exchanges.key_check import KeyCheck
from kalenderkoppling.surfaces.exchanges.openapi import serve_openapi
from kalenderkoppling.surfaces.exchanges.prompt_book import PromptBook, ToldAddresses
from kalenderkoppling.surfaces.exchanges.prompt_routes import prompt_handler, prompt_url
from kalenderkoppling.surfaces.exchanges.refusals import answer_exchange
from kalenderkoppling.surfaces.exchanges.told import Telling
from kalenderkoppling.surfaces.exchanges.wrong_keys import Network, WrongKeys
from kalenderkoppling.surfaces.operations.meter import PrometheusMeter
from kalenderkoppling.surfaces.operations.surface import operations_surface
from kalenderkoppling.surfaces.web.app import machine_app
from kalenderkoppling.surfaces.web.options import WebOptions
from kalenderkoppling.surfaces.web.surface import Surface
from kalenderkoppling.usecases.calls.answer_call import AnswerCall
from kalenderkoppling.usecases.core import Core


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeOptions:
    """What the composition decides.

    `keys` are those of the exchanges that may ask, by their names, `tenants` whose calls each asks about.
    `public_url` is how exchanges reach it, without a slash at the end. With `has_attendant` the menu offers one.
    `networks` are those of the exchanges: too many wrong keys from elsewhere shut an address out.
    """

    keys: Mapping[str, str]
    tenants: Mapping[str, TenantId]
    public_url: str
    has_attendant: bool = False
    networks: Sequence[Network] = ()


class Deciding(Protocol):
    """What answers: the part of the voice process that decides calls and knows the prompts."""

    @property
    def core(self) -> Core: ...
    @property
    def answering(self) -> AnswerCall: ...
    @property
    def prompts(self) -> PromptBook: ...


def exchange_surface(deciding: Deciding, options: ExchangeOptions, meter: Meter) -> Surface:
    """Put the exchanges' API together."""
    addresses = ToldAddresses()
    url_of = partial(prompt_url, options.public_url)
    telling = Telling(deciding.prompts, url_of, addresses, has_attendant=options.has_attendant)
    keys = KeyCheck(
        keys=ExchangeKeys(options.keys, options.tenants),
        wrong=WrongKeys(options.networks),
        clock=deciding.core.clock,
        meter=meter,
    )
    handlers = [
        decision_handler(deciding.answering, telling, keys, meter),
        prompt_handler(deciding.prompts, addresses, deciding.core.clock),
        serve_openapi,
    ]
    return Surface(name="exchanges", handlers=handlers, has_pages=False)


def exchange_app(deciding: Deciding, options: ExchangeOptions, meter: PrometheusMeter) -> Litestar:
    """Make the application: the exchanges' API, health and figures."""
    # Whose store tells whether it is ready; any tenant's does.
    tenant = next(iter(options.tenants.values()), TenantId(""))
    surfaces = [exchange_surface(deciding, options, meter), operations_surface(meter)]
    return machine_app(deciding.core, WebOptions(tenant=tenant), surfaces=surfaces, answer_failure=answer_exchange)
