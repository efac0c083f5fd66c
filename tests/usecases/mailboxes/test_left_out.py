"""One booking that cannot be stored stops no other, on both databases (semantics 9)."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.bus.memory import MemoryBus
from kalenderkoppling.composition.core import make_core
from kalenderkoppling.domain.booking import BookingKey, View
from kalenderkoppling.domain.errors import ReadProblem, StoreUnavailableError
from kalenderkoppling.domain.mailbox import MailboxRef, MailboxState
from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.store import SqlStore
from kalenderkoppling.usecases.core import Core
from kalenderkoppling.usecases.mailboxes.left_out import MOST_NAMED, named, without_unstorable
from kalenderkoppling.usecases.mailboxes.runs import Runs
from kalenderkoppling.usecases.mailboxes.sync_mailbox import Looking, sync_mailbox
from kalenderkoppling.usecases.rules.set_rules import set_layer
from kktest.calendar import FakeCalendar, Item
from kktest.house import CountingMeter, SetClock, employee, mail_of
from kktest.keeping import ACME, ANNA
from kktest.make import at, booking, layer, private, view

MAIL = mail_of(ANNA)
UNSTORABLE = "half \ud800"


@dataclass
class Mailbox:
    """Anna's mailbox on a database, with subjects shown."""

    core: Core
    calendar: FakeCalendar = field(default_factory=FakeCalendar)
    meter: CountingMeter = field(default_factory=CountingMeter)
    runs: Runs = field(init=False)

    def __post_init__(self) -> None:
        self.runs = Runs(self.core)

    def put(self, key: str, subject: str = "", sensitivity: str = "normal") -> None:
        item = Item(key=key, start=at("10:00"), end=at("11:00"), subject=subject, sensitivity=sensitivity)
        self.calendar.put(MAIL, item)

    async def look(self) -> None:
        looking = Looking(source=self.calendar, meter=self.meter, chance=lambda: 0.0, runs=self.runs)
        await sync_mailbox(self.core, looking, MailboxRef(tenant=ACME, person=ANNA))

    def kept(self) -> dict[str, str | None]:
        with self.core.store.read(ACME) as tx:
            return {each.booking.key: each.booking.subject for each in tx.absences.kept(ANNA)}

    def state(self) -> MailboxState:
        with self.core.store.read(ACME) as tx:
            return tx.mailboxes.state([ANNA])[ANNA]


@pytest_asyncio.fixture
async def mailbox(store: SqlStore) -> Mailbox:
    store.add_tenant(ACME)
    clock = SetClock()
    with store.write(ACME) as tx:
        tx.people.put([employee(ANNA)])
        tx.mailboxes.add(ANNA, clock.now())
    found = Mailbox(core=make_core(store, clock, MemoryBus()))
    await set_layer(found.core, ACME, "admin", ScopedLayer(layer=layer(show_subject=True)))
    found.calendar.open(MAIL)
    return found


async def test_F_33_a_row_that_cannot_be_stored_is_left_as_it_was_and_named_and_the_others_are_kept(
    mailbox: Mailbox,
) -> None:
    for key in "abcdefg":
        mailbox.put(key, "before")
    await mailbox.look()
    for key in "abcdefg":
        mailbox.put(key, UNSTORABLE if key in "ce" else "after")
    mailbox.put("new", UNSTORABLE)
    await mailbox.look()
    assert mailbox.kept() == {**dict.fromkeys("abdfg", "after"), **dict.fromkeys("ce", "before")}
    state = mailbox.state()
    assert (state.left_out, state.problem, state.last_good_look) == (("c", "e", "new"), None, mailbox.core.clock.now())
    for key in ("c", "e", "new"):
        mailbox.put(key, "mended")
    await mailbox.look()
    assert mailbox.state().left_out == ()
    assert mailbox.kept()["new"] == "mended"


async def test_C_07_what_is_private_is_neither_counted_nor_named(mailbox: Mailbox) -> None:
    mailbox.put("a", UNSTORABLE)
    mailbox.put("b", "fine")
    await mailbox.look()
    assert mailbox.state().left_out == ("a",)
    mailbox.put("a", UNSTORABLE, sensitivity="private")
    mailbox.put("p", UNSTORABLE, sensitivity="garbled")
    await mailbox.look()
    assert (mailbox.state().left_out, mailbox.kept()) == ((), {"b": "fine"})


async def test_a_write_that_fails_is_the_mailboxs_state_and_is_tried_again(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox.put("a", "fine")
    real, failures = mailbox.core.store.write, [StoreUnavailableError("full")]
    written = 0

    @contextmanager
    def failing(tenant: TenantId) -> Iterator[Transaction]:
        nonlocal written
        written += 1
        with real(tenant) as tx:
            yield tx
            if written == len(("claim", "finish")) and failures:
                raise failures.pop()

    monkeypatch.setattr(mailbox.core.store, "write", failing)
    await mailbox.look()
    state = mailbox.state()
    assert (state.problem, state.failures, mailbox.kept()) == (ReadProblem.NOT_STORED, 1, {})
    await mailbox.look()
    assert (mailbox.state().problem, mailbox.kept()) == (None, {"a": "fine"})


# ── finding them ────────────────────────────────────────────────────────────────────────────────


def unable(*bad: str) -> Callable[[View], Awaitable[bool]]:
    async def can_be_written(seen: View) -> bool:
        return not {each.key for each in seen.bookings} & set(bad)

    return can_be_written


@given(st.integers(0, 40), st.sets(st.integers(0, 39), max_size=6))
async def test_exactly_those_that_cannot_be_stored_are_left_out(size: int, bad: set[int]) -> None:
    seen = view(*(booking(str(each)) for each in range(size)), private("p"), unreadable=["odd"])
    wrong = {str(each) for each in bad if each < size}
    found = await without_unstorable(seen, unable(*map(str, bad)))
    assert found is not None
    assert found.unreadable == wrong | {"odd"}
    assert {each.key for each in found.bookings} == {str(each) for each in range(size)} - wrong
    assert (found.private, found.validator) == (seen.private, None)


async def test_where_nothing_can_be_written_no_booking_is_blamed() -> None:
    async def never(_seen: View) -> bool:
        return False

    assert await without_unstorable(view(booking("a")), never) is None


async def test_a_mailbox_full_of_what_cannot_be_stored_is_tried_a_bounded_number_of_times() -> None:
    tries = 0

    async def none_of_them(seen: View) -> bool:
        nonlocal tries
        tries += 1
        return not seen.bookings

    found = await without_unstorable(view(*(booking(f"{each:04}") for each in range(5_000))), none_of_them)
    assert found is not None
    assert found.bookings == ()
    assert tries < 300
    assert len(named(found)) == MOST_NAMED


def test_names_are_keys_that_every_database_stores() -> None:
    assert named(view(unreadable=["b\x00", "a"])) == (BookingKey("a"), BookingKey("b"))
