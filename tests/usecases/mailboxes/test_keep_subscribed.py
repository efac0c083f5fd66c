"""Keeping subscriptions: created, renewed, moved, ended, and left alone while they are paused."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from kalenderkoppling.domain.errors import (
    BlockedReason,
    CalendarError,
    MailboxBlockedError,
    PausedError,
    PauseScope,
    ReadFailedError,
    ReadProblem,
)
from kalenderkoppling.domain.mailbox import Subscription
from kalenderkoppling.domain.person import Entitlements, PersonId
from kalenderkoppling.ports.calendar import Granted, NoticeAddress
from kalenderkoppling.ports.meter import Count
from kalenderkoppling.usecases.mailboxes import keep_subscribed
from kalenderkoppling.usecases.mailboxes.keep_subscribed import AT_A_TURN, RETRY, RETRY_BLOCKED
from kalenderkoppling.usecases.people.erase_person import erase_person
from kalenderkoppling.usecases.people.import_people import import_people
from kalenderkoppling.usecases.people.set_service import set_service
from kktest.house import CAROLINA, House, SetClock, employee, mail_of, move_in, restarted
from kktest.keeping import ACME, ANNA, BERTIL
from kktest.make import NOON

MINUTE = timedelta(minutes=1)
MAIL = mail_of(ANNA)


def subscription(house: House, person: PersonId = ANNA) -> Subscription | None:
    with house.store.read(ACME) as tx:
        return tx.subscriptions.of(person)


def during(house: House, verb: str, monkeypatch: pytest.MonkeyPatch, work: Callable[[], Awaitable[object]]) -> None:
    """Let something happen after the calendar system granted and before the answer is written down."""
    plain = getattr(type(house.notices), verb)

    async def interrupted(self: object, *asked: object) -> object:
        answer = await plain(self, *asked)
        monkeypatch.undo()
        await work()
        return answer

    monkeypatch.setattr(type(house.notices), verb, interrupted)


async def test_every_mailbox_that_is_looked_at_gets_a_subscription_and_then_a_look(house: House) -> None:
    await house.worker.subscribe()

    assert {each.mailbox for each in house.notices.living.values()} == {
        mail_of(each) for each in (ANNA, BERTIL, CAROLINA)
    }
    assert len(house.bus.pending) == 3


async def test_S_6_somebody_without_the_service_gets_none(house: House) -> None:
    move_in(house, [employee("dag", services=Entitlements(referral=True))])
    await house.worker.subscribe()
    assert house.notices.verbs(mail_of("dag")) == []


async def test_routes_and_secrets_are_long_and_never_the_same(house: House) -> None:
    await house.worker.subscribe()
    addresses = [each.address for each in house.notices.living.values()]
    assert len({each.changes_url for each in addresses} | {each.client_state for each in addresses}) == 6
    assert all(len(each.client_state) >= 32 for each in addresses)


async def test_the_row_is_there_before_the_calendar_system_is_asked(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Subscription | None] = []

    async def look() -> None:
        seen.append(subscription(house))

    during(house, "subscribe", monkeypatch, look)
    await house.worker.subscribe()
    assert seen[0] is not None
    assert seen[0].id == ""


async def test_it_is_renewed_at_half_of_the_life_that_was_granted(house: House) -> None:
    house.notices.longest = timedelta(hours=10)
    await house.worker.subscribe()
    house.clock.forward(timedelta(hours=5) - MINUTE)
    await house.worker.subscribe()
    assert house.notices.verbs(MAIL) == ["subscribe"]
    house.clock.forward(MINUTE)
    await house.worker.subscribe()
    assert house.notices.verbs(MAIL) == ["subscribe", "renew"]
    assert house.notices.of(MAIL).expires_at == house.clock.now() + timedelta(hours=10)


async def test_F_19_one_that_is_not_known_any_more_is_created_again_with_another_secret(house: House) -> None:
    await house.worker.subscribe()
    before = house.notices.of(MAIL).address
    house.notices.lose(MAIL)
    house.clock.forward(timedelta(hours=36))
    await house.worker.subscribe()

    assert house.notices.verbs(MAIL) == ["subscribe", "renew", "subscribe"]
    assert house.notices.of(MAIL).address.client_state != before.client_state


async def test_F_03_F_19_what_a_silently_lost_subscription_did_not_tell_is_found_by_the_sweep_and_counted(
    house: House,
) -> None:
    await house.settle()
    house.notices.lose(MAIL)
    house.book("b", "13:00", "14:00")
    await house.sweep(timedelta(minutes=14))
    assert (house.kept(), house.meter.of(Count.CHANGES_UNTOLD)) == ([], 0)
    await house.sweep(MINUTE)
    assert (len(house.kept()), house.meter.of(Count.CHANGES_UNTOLD)) == (1, 1)


async def test_a_first_look_and_what_was_asked_for_here_are_not_counted_as_untold(house: House) -> None:
    house.book("b", "13:00", "14:00")
    await house.settle()
    await set_service(house.core, ACME, "admin", ANNA, Entitlements())
    await set_service(house.core, ACME, "admin", ANNA, Entitlements(calendar_coupling=True))
    await house.settle()
    assert (len(house.kept()), house.meter.of(Count.CHANGES_UNTOLD)) == (1, 0)


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (ReadFailedError(ReadProblem.UNREACHABLE), RETRY),
        (ReadFailedError(ReadProblem.SIGN_IN_REFUSED), RETRY),
        (MailboxBlockedError(BlockedReason.NOT_FOUND), RETRY_BLOCKED),
        (PausedError(PauseScope.MAILBOX, MINUTE), RETRY),
        (PausedError(PauseScope.MAILBOX, timedelta(hours=2)), timedelta(hours=2)),
    ],
    ids=str,
)
async def test_what_cannot_be_subscribed_is_tried_again_later_and_meanwhile_the_sweep_serves(
    house: House, error: CalendarError, wait: timedelta
) -> None:
    house.notices.fail("subscribe", MAIL, error)
    await house.settle()
    house.clock.forward(wait - MINUTE)
    await house.worker.subscribe()
    assert house.notices.verbs(MAIL) == ["subscribe"]
    house.clock.forward(MINUTE)
    house.book("b", "13:00", "14:00")
    await house.settle()
    assert house.notices.verbs(MAIL) == ["subscribe", "subscribe"]
    assert len(house.kept()) == 1


async def test_S_8_a_pause_that_subscribing_was_told_of_holds_for_looks_and_over_a_restart(house: House) -> None:
    house.notices.fail("subscribe", MAIL, PausedError(PauseScope.TENANT, timedelta(hours=1)))
    await house.worker.subscribe()
    asked, looks = len(house.notices.asked), len(house.calendar.looks)
    with restarted(house) as following:
        await following.sweep(timedelta(minutes=59))
        assert (len(house.notices.asked), len(house.calendar.looks)) == (asked, looks)
        await following.sweep(MINUTE)
        assert len(house.calendar.looks) > looks


async def test_L_4_paused_mailboxes_do_not_keep_others_from_their_subscriptions(house: House) -> None:
    crowd = [employee(f"a{number:03}") for number in range(AT_A_TURN + 10)]
    move_in(house, crowd)
    with house.store.write(ACME) as tx:
        for each in crowd:
            tx.mailboxes.pause(each.id, NOON + timedelta(hours=1))
    await house.worker.subscribe()
    assert {each.mailbox for each in house.notices.living.values()} == {
        mail_of(each) for each in (ANNA, BERTIL, CAROLINA)
    }


async def test_a_turn_touches_a_bounded_number_and_the_next_ones_the_rest(house: House) -> None:
    move_in(house, [employee(f"a{number:03}") for number in range(AT_A_TURN)])
    await house.worker.subscribe()
    assert len(house.notices.living) == AT_A_TURN
    await house.worker.subscribe()
    assert len(house.notices.living) == AT_A_TURN + 3


async def test_a_subscription_nobody_needs_is_ended_and_forgotten(house: House) -> None:
    await house.worker.subscribe()
    await set_service(house.core, ACME, "admin", ANNA, Entitlements())
    await house.worker.subscribe()
    assert (house.notices.verbs(MAIL), subscription(house)) == (["subscribe", "unsubscribe"], None)


async def test_one_that_cannot_be_ended_now_is_not_forgotten(house: House) -> None:
    await house.worker.subscribe()
    await set_service(house.core, ACME, "admin", ANNA, Entitlements())
    house.notices.fail("unsubscribe", MAIL, ReadFailedError(ReadProblem.UNREACHABLE))
    for _ in range(5):
        await house.worker.subscribe()
    assert (house.notices.verbs(MAIL), subscription(house) is None) == (["subscribe", "unsubscribe"], False)
    house.clock.forward(RETRY)
    await house.worker.subscribe()
    assert subscription(house) is None


async def test_S_8_one_of_a_paused_mailbox_is_ended_when_the_pause_has_passed(house: House) -> None:
    await house.worker.subscribe()
    with house.store.write(ACME) as tx:
        tx.mailboxes.pause(ANNA, NOON + timedelta(minutes=30))
    await set_service(house.core, ACME, "admin", ANNA, Entitlements())
    house.clock.forward(timedelta(minutes=29))
    await house.worker.subscribe()
    assert house.notices.verbs(MAIL) == ["subscribe"]
    house.clock.forward(MINUTE)
    await house.worker.subscribe()
    assert house.notices.verbs(MAIL) == ["subscribe", "unsubscribe"]


async def test_one_of_a_mailbox_that_is_out_of_reach_is_forgotten(house: House) -> None:
    await house.worker.subscribe()
    await set_service(house.core, ACME, "admin", ANNA, Entitlements())
    house.notices.fail("unsubscribe", MAIL, MailboxBlockedError(BlockedReason.NOT_FOUND))
    await house.worker.subscribe()
    assert subscription(house) is None


async def test_F_13_another_mailbox_gets_its_own_subscription_and_the_old_one_is_ended(house: House) -> None:
    await house.worker.subscribe()
    people = [employee("anna", mailbox="anna.new@example.org"), employee("bertil"), employee("carolina")]
    await import_people(house.core, ACME, "admin", people)
    await house.worker.subscribe()

    assert house.notices.verbs(MAIL) == ["subscribe", "unsubscribe"]
    assert house.notices.of("anna.new@example.org").id


async def test_an_answer_that_comes_after_the_person_was_erased_brings_nothing_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    during(house, "subscribe", monkeypatch, lambda: erase_person(house.core, ACME, "admin", ANNA))
    await house.worker.subscribe()
    assert subscription(house) is None


async def test_a_refusal_that_comes_after_the_person_was_erased_brings_nothing_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(_self: object, mailbox: str, address: NoticeAddress, until: object) -> Granted:
        await erase_person(house.core, ACME, "admin", PersonId(mailbox.partition("@")[0]))
        raise ReadFailedError(ReadProblem.UNREACHABLE)

    monkeypatch.setattr(type(house.notices), "subscribe", refused)
    await house.worker.subscribe()
    assert subscription(house) is None


async def test_S_8_a_pause_told_of_by_one_keeps_the_others_of_the_turn_from_asking(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.worker.subscribe()
    house.clock.forward(timedelta(hours=36))
    house.notices.lose(MAIL)
    house.notices.fail("renew", mail_of(BERTIL), PausedError(PauseScope.TENANT, timedelta(hours=1)))
    plain, paused = type(house.notices).renew, asyncio.Event()
    monkeypatch.setattr(keep_subscribed, "_later", told_by(paused, keep_subscribed._later))

    async def slow_for_anna(self: object, mailbox: str, *asked: object) -> Granted:
        if mailbox == MAIL:
            await paused.wait()
        return await plain(self, mailbox, *asked)  # type: ignore[arg-type] # as it was called

    monkeypatch.setattr(type(house.notices), "renew", slow_for_anna)
    await house.worker.subscribe()
    assert house.notices.verbs(MAIL) == ["subscribe", "renew"]


def told_by(event: asyncio.Event, plain: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    async def later(*given: object) -> None:
        await plain(*given)
        event.set()

    return later


@pytest.mark.parametrize("step", [timedelta(days=400), timedelta(days=-400)])
async def test_F_12_renewals_go_on_after_a_clock_that_went_wrong(house: House, step: timedelta) -> None:
    world = SetClock()
    house.notices.clock = world
    await house.settle()
    house.clock.forward(step)
    await house.settle()
    house.clock.forward(-step)
    for _ in range(5):
        world.forward(timedelta(hours=20))
        await house.sweep(timedelta(hours=20))
    assert max(each.expires_at for each in house.notices.living.values() if each.mailbox == MAIL) > world.now()
