"""A telephone system in memory, for tests of how calls are carried: held to nothing by sockets, only to the port."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from kalenderkoppling.domain.call import Caller
from kalenderkoppling.domain.errors import CallOverError, NoCommonCodecError, UnansweredError
from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.ports.phone import (
    AnswerOffer,
    Called,
    CallLeg,
    IncomingCall,
    OutgoingCall,
    Refusal,
    SessionDescription,
)
from kktest.keeping import ACME

OFFER = SessionDescription("the caller's offer")


class FakeLeg:
    """One side of a call; what was asked of it stands in `heard`, with the loop's time."""

    def __init__(self) -> None:
        self.heard: list[tuple[float, str]] = []
        self.ended = asyncio.Event()
        self.takes_media = True
        self.refers: Callable[[str], bool] = lambda _: False
        self.refer_takes = 0.2
        self._keys: asyncio.Queue[str] = asyncio.Queue()
        self._answer: AnswerOffer | None = None
        self._offer: SessionDescription | None = OFFER

    @property
    def offer(self) -> SessionDescription | None:
        """See the port."""
        return self._offer

    @property
    def is_over(self) -> bool:
        """See the port."""
        return self.ended.is_set()

    def hear(self, what: str) -> None:
        """Note what was asked of this side, and when."""
        self.heard.append((round(asyncio.get_running_loop().time(), 3), what))

    def words(self) -> list[str]:
        """What was asked of this side, in order."""
        return [what for _, what in self.heard]

    def when(self, what: str) -> float:
        """When something was first asked of this side."""
        return next(at for at, said in self.heard if said == what)

    async def renegotiate(self, ours: SessionDescription) -> SessionDescription:
        """See the port."""
        self._must_last()
        self.hear(f"new media {ours}")
        await asyncio.sleep(0.01)
        if not self.takes_media:
            raise NoCommonCodecError
        return SessionDescription("the caller's answer")

    def when_offered(self, answer: AnswerOffer) -> None:
        """See the port."""
        self._answer = answer

    async def digit(self) -> str:
        """See the port."""
        waiting = asyncio.ensure_future(self._keys.get())
        ending = asyncio.ensure_future(self.ended.wait())
        await asyncio.wait([waiting, ending], return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        if waiting.done():
            return waiting.result()
        waiting.cancel()
        raise CallOverError

    def press(self, key: str) -> None:
        """Let a key come by SIP INFO."""
        self._keys.put_nowait(key)

    async def refer(self, target: str) -> bool:
        """See the port."""
        self._must_last()
        self.hear(f"refer {target}")
        await asyncio.sleep(self.refer_takes)
        self._must_last()
        if self.refers(target):
            self.hang_up()
            return True
        return False

    def hang_up(self) -> None:
        """See the port."""
        if not self.is_over:
            self.hear("hang up")
            self.ended.set()

    def leaves(self) -> None:
        """Let the other end of this side hang up or give up."""
        if not self.is_over:
            self.hear("left")
            self.ended.set()

    async def over(self) -> None:
        """See the port."""
        await self.ended.wait()

    def _must_last(self) -> None:
        if self.is_over:
            raise CallOverError


class FakeIncoming(FakeLeg):
    """A call that came in."""

    def __init__(
        self,
        to: str = "10231",
        *,
        caller: Caller = Caller(number="+46701740605"),  # noqa: B008 - it is frozen
        diverted_from: Sequence[str] = (),
        has_rung: bool = False,
        wants_redirects: bool = False,
        exchange_transfers: bool = True,
        tenant: TenantId = ACME,
    ) -> None:
        super().__init__()
        self.called = Called(wanted=to, diverted_from=diverted_from, has_rung=has_rung)
        self.caller = caller
        self.tenant = tenant
        self.wants_redirects = wants_redirects
        self.exchange_transfers = exchange_transfers
        self.is_answered = False

    def our_address(self, user: str) -> str:
        """See the port."""
        return f"sip:{user}@kk.example"

    def ring(self) -> None:
        """See the port."""
        if "ring" not in self.words():
            self.hear("ring")

    async def answer(self, ours: SessionDescription) -> SessionDescription | None:
        """See the port."""
        self._must_last()
        self.hear(f"answer {ours}")
        self.is_answered = True
        await asyncio.sleep(0.001)
        self._must_last()
        return None if self._offer is not None else SessionDescription("the caller's late answer")

    def redirect(self, targets: Sequence[str]) -> None:
        """See the port."""
        self.hear(f"redirect {' '.join(targets)}")
        self.ended.set()

    def refuse(self, refusal: Refusal) -> None:
        """See the port."""
        assert not self.is_answered, "what has been answered cannot be refused"
        if not self.is_over:
            self.hear(f"refuse {refusal.code}")
            self.ended.set()


@dataclass(slots=True, kw_only=True)
class FakeTelephone:
    """How a telephone behaves when it is called: it rings after `rings_at` and does what it does after `does_at`."""

    rings_at: float | None = 0.1
    does_at: float = 10_000.0
    code: int | None = None
    """The status that it refuses with; None is answered."""


class FakeOutgoing(FakeLeg):
    """A call that we made to a fake telephone."""

    def __init__(self, telephone: FakeTelephone, no_reply: float) -> None:
        super().__init__()
        self.telephone = telephone
        self._no_reply = no_reply
        self._began = asyncio.get_running_loop().time()

    async def ringing(self) -> None:
        """See the port."""
        if self.telephone.rings_at is None:
            await self.ended.wait()
            raise CallOverError
        await self._until(self.telephone.rings_at)

    async def answered(self) -> SessionDescription:
        """See the port."""
        if self.telephone.rings_at is None:
            await self._until(self._no_reply)
            self.hang_up()
            raise UnansweredError(408)
        try:
            await self._until(self.telephone.does_at)
        except CallOverError:
            raise UnansweredError(487) from None
        if self.telephone.code is not None:
            self.ended.set()
            raise UnansweredError(self.telephone.code)
        return SessionDescription("the phone's answer")

    async def _until(self, after: float) -> None:
        left = self._began + after - asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(max(left, 0)):
                await self.ended.wait()
        except TimeoutError:
            return
        raise CallOverError


@dataclass(slots=True, kw_only=True)
class FakePhone:
    """Dials fake telephones by their address; an address that nobody has is unknown (404)."""

    telephones: dict[str, FakeTelephone] = field(default_factory=dict)
    no_reply: float = 4.0
    dialled: list[tuple[str, FakeOutgoing]] = field(default_factory=list)
    joined: list[tuple[float, CallLeg, CallLeg]] = field(default_factory=list)

    def dial(self, target: str, offer: SessionDescription | None, *, on_behalf_of: IncomingCall) -> OutgoingCall:
        """See the port."""
        telephone = self.telephones.get(target, FakeTelephone(does_at=0.02, code=404))
        leg = FakeOutgoing(telephone, self.no_reply)
        leg.hear(f"dialled for {on_behalf_of.caller.number} with {offer}")
        self.dialled.append((target, leg))
        return leg

    async def join(self, caller: CallLeg, other: CallLeg, confirmed: SessionDescription | None = None) -> None:
        """See the port."""
        self.joined.append((asyncio.get_running_loop().time(), caller, other))
        legs = [caller, other]
        waiting = [asyncio.ensure_future(each.over()) for each in legs]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task, leg in zip(waiting, legs, strict=True):
            task.cancel()
            leg.hang_up()

    def dialled_leg(self, target: str) -> FakeOutgoing:
        """The last call to an address."""
        return [leg for to, leg in self.dialled if to == target][-1]
