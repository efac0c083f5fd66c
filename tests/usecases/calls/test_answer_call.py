"""What a call meets: from memory, else from the store within a second, else the phone rings."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kalenderkoppling.absences.call import Announce, Ring, RingThenAnnounce
from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.domain.errors import StoreUnavailableError
from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.ports.meter import Count
from kalenderkoppling.ports.store import Store, Transaction
from kalenderkoppling.usecases.callees.callee import LONGEST_VALIDITY, Callee
from kalenderkoppling.usecases.calls import answer_call as module
from kalenderkoppling.usecases.calls.answer_call import (
    MOST_AT_STORE,
    NOBODY_VALID,
    STORE_WITHIN_SECONDS,
    AnswerCall,
    answer_call,
)
from kalenderkoppling.usecases.calls.index.call_index import CallIndex
from kalenderkoppling.usecases.numbers.number_plan import NumberPlan
from kktest.callees import callee
from kktest.house import House, employee, move_in
from kktest.keeping import ACME, ANNA, BERTIL, OTHER, by_hand
from kktest.make import NOON, absence, at
from kktest.timed import took_about
from kktest.waiting import eventually

PLAN = NumberPlan(country="SE", direct_dial=("+468508",))
DIRECT, OPEN = Diversion.DIRECT, Diversion.OPEN
PATIENCE_SECONDS = 30.0
AWAY = absence("11:30", "13:00", DIRECT)


class FailingStore:
    """A store that fails, hangs or counts."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.error: Exception | None = None
        self.hangs_until: threading.Event | None = None
        self.reads = 0

    @contextmanager
    def read(self, tenant: TenantId) -> Iterator[Transaction]:
        """See the port."""
        self.reads += 1
        if self.hangs_until is not None:
            self.hangs_until.wait(30)
        if self.error is not None:
            raise self.error
        with self._store.read(tenant) as tx:
            yield tx


class Switch:
    """Decides calls in a house whose store can fail; the index is loaded and current unless told otherwise."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.store = FailingStore(house.store)
        self.index = CallIndex()
        self.is_current = True
        self.index.mark_loaded(ACME)
        core = replace(house.core, store=self.store)  # type: ignore[arg-type] # only read from
        self.answers = AnswerCall(core, self.index, lambda _: PLAN, lambda _: self.is_current, house.meter)

    def knows(self, *callees: Callee) -> None:
        """Put people into memory."""
        for each in callees:
            self.index.put(each)

    def failures(self) -> int:
        """How many calls rang since something failed."""
        return self.house.meter.of(Count.CALLS_FAILED_OPEN)


@pytest.fixture
def switch(house: House, monkeypatch: pytest.MonkeyPatch) -> Switch:
    """A switch that waits for the store for as long as a busy machine takes."""
    monkeypatch.setattr(module, "STORE_WITHIN_SECONDS", PATIENCE_SECONDS)
    return Switch(house)


def annas(diversion: Diversion = DIRECT) -> Callee:
    """Anna, who is away and has two numbers."""
    known = callee(replace(AWAY, diversion=diversion))
    return replace(known, numbers=frozenset({"10231", "+46701740605"}))


def with_numbers(house: House) -> None:
    """Give the people in the store numbers, and have Anna away."""
    with house.store.write(ACME) as tx:
        tx.people.put(
            [
                replace(employee("anna"), extension="10231", mobile="070-174 06 05"),
                replace(employee("bertil"), extension="10877", phone_uri="sip:bertil.ek@pbx"),
            ]
        )
        tx.absences.put_by_hand(ANNA, by_hand("11:30", "13:00"))


# ── from memory ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("called", ["10231", "08-508 10 231", "sip:10231@pbx", "+46 70 174 06 05"])
async def test_a_call_is_decided_from_memory_by_any_written_form(switch: Switch, called: str) -> None:
    switch.knows(annas())
    decision = await switch.answers.decide(ACME, [called])
    assert decision.callee is not None
    assert decision.callee.person == ANNA
    assert isinstance(decision.treatment, Announce)
    assert (decision.now, decision.valid_until) == (NOON, at("13:00"))
    assert switch.store.reads == 0


async def test_of_several_numbers_the_first_that_is_somebodys_counts(switch: Switch) -> None:
    switch.knows(annas(OPEN))
    decision = await switch.answers.decide(ACME, ["", "99999", "10231"])
    assert isinstance(decision.treatment, RingThenAnnounce)


async def test_a_number_that_is_nobodys_rings_and_holds_a_minute(switch: Switch) -> None:
    decision = await switch.answers.decide(ACME, ["10231"])
    assert (decision.callee, decision.treatment, decision.valid_until) == (None, Ring(), NOON + NOBODY_VALID)
    assert decision.is_sure
    assert (switch.store.reads, switch.failures()) == (0, 0)


async def test_a_number_that_two_people_share_rings(switch: Switch) -> None:
    switch.knows(annas(), replace(annas(), person=BERTIL))
    assert (await switch.answers.decide(ACME, ["10231"])).treatment == Ring()


async def test_somebody_who_is_there_rings_until_something_changes(switch: Switch) -> None:
    switch.knows(replace(annas(), absences=()))
    decision = await switch.answers.decide(ACME, ["10231"])
    assert decision.callee is not None
    assert (decision.treatment, decision.valid_until) == (Ring(), NOON + LONGEST_VALIDITY)


async def test_S_7_another_tenants_number_rings(switch: Switch) -> None:
    switch.knows(annas())
    switch.index.mark_loaded(OTHER)
    assert (await switch.answers.decide(OTHER, ["10231"])).callee is None


async def test_C_10_a_decision_holds_until_its_words_change(switch: Switch) -> None:
    long = replace(annas(), absences=(absence("08:00", "2026-11-30 08:00", DIRECT),), last_good_look=NOON)
    switch.knows(long)
    switch.house.clock.instant = at("2026-11-23 14:00")
    assert (await switch.answers.decide(ACME, ["10231"])).valid_until == at("2026-11-24 00:00")


async def test_what_is_known_is_answered_from_memory_also_when_it_may_have_changed(switch: Switch) -> None:
    switch.knows(annas())
    switch.is_current = False
    switch.store.error = StoreUnavailableError()
    assert isinstance((await switch.answers.decide(ACME, ["10231"])).treatment, Announce)
    assert switch.store.reads == 0


# ── from the store ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("called", ["10231", "+46 8 508 10 231", "070-174 06 05", "tel:+46701740605"])
@pytest.mark.parametrize("is_large", [False, True])
async def test_whom_memory_does_not_know_yet_the_store_may(
    switch: Switch, monkeypatch: pytest.MonkeyPatch, called: str, is_large: bool
) -> None:
    if is_large:
        monkeypatch.setattr(module, "MOST_LOOKED_THROUGH", 1)
    with_numbers(switch.house)
    switch.is_current = False
    decision = await switch.answers.decide(ACME, [called])
    assert decision.callee is not None
    assert decision.callee.person == ANNA
    assert isinstance(decision.treatment, Announce)


async def test_in_a_large_directory_numbers_of_any_country_are_found(
    switch: Switch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_LOOKED_THROUGH", 1)
    with switch.house.store.write(ACME) as tx:
        tx.people.put([replace(employee("anna"), mobile="020 7946 0018")])
    british = NumberPlan(country="GB")
    answers = AnswerCall(switch.house.core, switch.index, lambda _: british, lambda _: False, switch.house.meter)
    assert (await answers.decide(ACME, ["+44 20 7946 0018"])).callee is not None


async def test_in_a_small_directory_what_rings_is_found_in_the_store_too(switch: Switch) -> None:
    with_numbers(switch.house)
    switch.is_current = False
    found = (await switch.answers.decide(ACME, ["Bertil.Ek@pbx"])).callee
    assert found is not None
    assert found.person == BERTIL


async def test_a_tenant_that_is_not_loaded_is_asked_of_the_store(house: House) -> None:
    switch = Switch(house)
    house.store.add_tenant(OTHER)
    move_in(house, [replace(employee("olle"), extension="10231")], OTHER)
    assert (await switch.answers.decide(OTHER, ["10231"])).callee is not None


@pytest.mark.parametrize("is_large", [False, True])
async def test_a_number_that_two_people_share_in_the_store_rings(
    switch: Switch, monkeypatch: pytest.MonkeyPatch, is_large: bool
) -> None:
    if is_large:
        monkeypatch.setattr(module, "MOST_LOOKED_THROUGH", 1)
    with_numbers(switch.house)
    with switch.house.store.write(ACME) as tx:
        tx.people.put([replace(employee("carolina"), extension="10231")])
    switch.is_current = False
    assert (await switch.answers.decide(ACME, ["10231", "10877"])).callee is None
    assert (await switch.answers.decide(ACME, ["10877"])).callee is not None


async def test_what_is_no_number_is_not_asked_of_the_store(switch: Switch) -> None:
    switch.is_current = False
    decision = await switch.answers.decide(ACME, ["", "sip:pbx"])
    assert (decision.treatment, decision.is_sure, switch.store.reads) == (Ring(), True, 0)


# ── what fails ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("error", [StoreUnavailableError(), ValueError(), KeyError("x")])
async def test_S_13_a_store_that_fails_lets_the_phone_ring(switch: Switch, error: Exception) -> None:
    switch.is_current = False
    switch.store.error = error
    decision = await switch.answers.decide(ACME, ["10231"])
    assert (decision.callee, decision.treatment, decision.is_sure) == (None, Ring(), False)
    assert switch.failures() == 1


async def test_S_13_a_number_that_cannot_be_read_lets_the_phone_ring(switch: Switch) -> None:
    plans: dict[TenantId, NumberPlan] = {}
    switch.answers._plan_of = plans.__getitem__
    decision = await switch.answers.decide(ACME, ["10231"])
    assert (decision.treatment, decision.is_sure, switch.failures()) == (Ring(), False, 1)


async def test_S_13_a_store_that_hangs_lets_the_phone_ring_within_a_second(
    switch: Switch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STORE_WITHIN_SECONDS", STORE_WITHIN_SECONDS)
    switch.is_current = False
    switch.store.hangs_until = threading.Event()
    began = time.monotonic()
    try:
        decision = await switch.answers.decide(ACME, ["10231"])
        assert (decision.treatment, decision.is_sure) == (Ring(), False)
        took_about(time.monotonic() - began, 1.2, give=0.3)
    finally:
        switch.store.hangs_until.set()
    assert switch.failures() == 1


async def test_S_14_few_calls_wait_for_a_store_that_hangs_and_the_others_ring_at_once(
    switch: Switch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STORE_WITHIN_SECONDS", 0.01)
    switch.is_current = False
    switch.store.hangs_until = threading.Event()
    try:
        for _ in range(MOST_AT_STORE + 20):
            decision = await switch.answers.decide(ACME, ["10231"])
            assert (decision.treatment, decision.is_sure) == (Ring(), False)
        assert switch.store.reads <= MOST_AT_STORE
        assert switch.house.meter.counts[Count.CALLS_FAILED_OPEN, "store_busy"] == 20
    finally:
        switch.store.hangs_until.set()
    with_numbers(switch.house)
    monkeypatch.setattr(module, "STORE_WITHIN_SECONDS", PATIENCE_SECONDS)
    switch.store.hangs_until = None
    await eventually(switch.answers.decide, ACME, ["10231"], wanted=lambda decision: decision.callee is not None)


async def test_S_13_a_person_of_whom_nothing_can_be_decided_is_called_all_the_same(
    switch: Switch, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch.knows(annas())

    def fails(self: Callee, now: datetime) -> None:
        raise ValueError

    monkeypatch.setattr(Callee, "treatment", fails)
    decision = await switch.answers.decide(ACME, ["10231"])
    assert decision.callee is not None
    assert (decision.treatment, switch.failures()) == (Ring(), 1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=30) | st.sampled_from(("10231", "sip:10231@pbx")), max_size=4), st.booleans())
async def test_S_13_whatever_is_called_there_is_an_answer(switch: Switch, called: list[str], is_current: bool) -> None:
    switch.knows(annas())
    switch.is_current = is_current
    decision = await switch.answers.decide(ACME, called)
    assert isinstance(decision.treatment, Announce) == (decision.callee is not None)
    assert decision.valid_until > decision.now
    assert switch.failures() == 0


# ── the same person anew ────────────────────────────────────────────────────────────────────────


async def test_C_26_the_same_person_is_judged_anew_by_what_is_known_now(switch: Switch) -> None:
    switch.knows(annas(OPEN))
    asked = (await switch.answers.decide(ACME, ["10231"])).callee
    assert asked is not None
    assert isinstance(switch.answers.again(asked).treatment, RingThenAnnounce)
    back = replace(asked, absences=())
    switch.knows(back)
    decision = switch.answers.again(asked)
    assert (decision.callee, decision.treatment) == (back, Ring())


async def test_C_26_an_absence_that_has_ended_meanwhile_rings(switch: Switch) -> None:
    switch.knows(annas())
    switch.house.clock.forward(timedelta(hours=1))
    decision = switch.answers.again(annas())
    assert (decision.treatment, decision.now) == (Ring(), at("13:00"))


async def test_somebody_who_is_gone_is_nobody_and_rings(switch: Switch) -> None:
    decision = switch.answers.again(annas())
    assert (decision.callee, decision.treatment) == (None, Ring())


async def test_somebody_from_the_store_whom_memory_does_not_know_yet_is_judged_as_known_then(switch: Switch) -> None:
    switch.is_current = False
    decision = switch.answers.again(annas())
    assert isinstance(decision.treatment, Announce)
    assert decision.callee == annas()


# ── and beside it ───────────────────────────────────────────────────────────────────────────────


def test_a_colleague_is_known_by_number(switch: Switch) -> None:
    switch.knows(annas())
    assert switch.answers.who_is(ACME, "0701740605") == ANNA
    assert switch.answers.who_is(ACME, "112") is None
    assert switch.answers.who_is(OTHER, "0701740605") is None


async def test_a_person_is_decided_from_the_store_by_id(house: House) -> None:
    with_numbers(house)
    assert isinstance(await answer_call(house.core, ACME, ANNA), Announce)
    assert await answer_call(house.core, ACME, BERTIL) == Ring()
    assert await answer_call(house.core, ACME, PersonId("nobody")) == Ring()
