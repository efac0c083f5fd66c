"""An exchange's way in: its API over a company in a store, with prompts that were rendered ahead."""

import asyncio
import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.surfaces.exchanges.surface import ExchangeOptions, exchange_app
from kalenderkoppling.surfaces.operations.meter import PrometheusMeter
from kalenderkoppling.usecases.announcements.prompts import Prompts
from kalenderkoppling.usecases.announcements.recordings import recordings_in
from kalenderkoppling.usecases.announcements.render_ahead import RenderAhead
from kalenderkoppling.usecases.callees.load_callees import load_callees
from kalenderkoppling.usecases.calls.answer_call import AnswerCall
from kalenderkoppling.usecases.calls.index.call_index import CallIndex
from kalenderkoppling.usecases.core import Core
from kalenderkoppling.usecases.numbers.number_plan import NumberPlan
from kktest.prompts import MemoryShelf
from kktest.speech import FakeSpeech
from kktest.web import OTHER_TENANT, TENANT, Company

PLAN = NumberPlan(country="SE", direct_dial=("+468508",))
KEY, OTHER_KEY = "ankeborg-0123456789abcdef", "grannen-0123456789abcdef"


@dataclass(slots=True, kw_only=True)
class Exchange:
    """Decides calls of a company, and asks about them as an exchange does."""

    company: Company
    speech: FakeSpeech = field(default_factory=FakeSpeech)
    meter: PrometheusMeter = field(default_factory=PrometheusMeter)
    index: CallIndex = field(default_factory=CallIndex)
    has_attendant: bool = True
    prompts: Prompts = field(init=False)
    ahead: RenderAhead = field(init=False)
    core: Core = field(init=False)
    answering: AnswerCall = field(init=False)

    def __post_init__(self) -> None:
        self.core = self.company.core
        self.prompts = Prompts(self.speech, MemoryShelf())
        self.ahead = RenderAhead(self.prompts, self.core.clock, self.meter, recordings_in(self.company.store))
        self.index.listen(self.ahead.changed)
        self.answering = AnswerCall(self.core, self.index, lambda _: PLAN, lambda _: True, self.meter)
        self.settle()

    def app(self) -> Litestar:
        """Put the application together."""
        options = ExchangeOptions(
            keys={"pbx": KEY, "grannen": OTHER_KEY},
            tenants={"pbx": TENANT, "grannen": OTHER_TENANT},
            public_url="https://kk.example.org/",
            has_attendant=self.has_attendant,
        )
        return exchange_app(self, options, self.meter)

    def settle(self) -> None:
        """Take in what the store says now, and render what will be heard."""
        for tenant in (TENANT, OTHER_TENANT):
            self._load(tenant)
        asyncio.run(self._render())

    def _load(self, tenant: TenantId) -> None:
        with self.company.store.read(tenant) as tx:
            found = load_callees(tx, tenant, tx.people.ids(), self.core.clock.now(), PLAN)
        self.index.replace_all(tenant, found.values())

    async def _render(self) -> None:
        await self.ahead.follow()
        while await self.ahead.render_next():
            pass


def bearer(key: str = KEY) -> dict[str, str]:
    """The header that bears a key."""
    return {"Authorization": f"Bearer {key}"}


def basic(name: str = "pbx", key: str = KEY) -> dict[str, str]:
    """The header that bears an exchange's name and key."""
    return {"Authorization": f"Basic {base64.b64encode(f'{name}:{key}'.encode()).decode()}"}


@contextmanager
def asking(exchange: Exchange) -> Iterator[TestClient[Litestar]]:
    """Ask by address, whatever host that names, and follow nothing."""
    with TestClient(exchange.app(), base_url="http://10.0.0.7:8082", raise_server_exceptions=False) as client:
        client.follow_redirects = False
        yield client
