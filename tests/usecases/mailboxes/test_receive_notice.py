"""Taking notices: which are believed, what they lead to, and what a forged one does not."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from kalenderkoppling.domain.errors import ReadFailedError, ReadProblem
from kalenderkoppling.domain.mailbox import MailboxRef, Subscription
from kalenderkoppling.ports.calendar import Handshake, NoticeKind
from kalenderkoppling.ports.meter import Count
from kalenderkoppling.usecases.mailboxes.receive_notice import Receipt, receive_notice
from kktest.house import House, mail_of, restarted
from kktest.keeping import ACME, ANNA, BERTIL, OTHER
from kktest.make import between
from kktest.notices import handshake, notice_body, posted

CHANGED = NoticeKind.CHANGED
UNREACHABLE = ReadFailedError(ReadProblem.UNREACHABLE)
Spoil = Callable[[Subscription], tuple[str, bytes]]


def known(house: House) -> Subscription:
    with house.store.read(ACME) as tx:
        found = tx.subscriptions.of(ANNA)
    assert found is not None
    return found


async def receive(house: House, route: str, body: bytes) -> Receipt | Handshake:
    return await receive_notice(house.core, house.notices, house.meter, ACME, route=route, request=posted(body))


async def asked(house: House, route: str) -> Receipt | Handshake:
    told = handshake("a token")
    return await receive_notice(house.core, house.notices, house.meter, ACME, route=route, request=told)


async def genuine(house: House, kind: NoticeKind = CHANGED) -> Receipt | Handshake:
    of = known(house)
    return await receive(house, of.route, notice_body((of.id, of.client_state, kind)))


async def test_a_genuine_notice_leads_to_a_look(house: House) -> None:
    await house.settle()
    house.book("b", "13:00", "14:00")
    assert await genuine(house) is Receipt.TAKEN
    assert house.bus.pending == (MailboxRef(tenant=ACME, person=ANNA),)
    await house.settle()
    assert len(house.kept()) == 1


async def test_S_9_the_look_is_due_in_the_store_before_the_answer(house: House) -> None:
    await house.settle()
    house.book("b", "13:00", "14:00")
    await genuine(house)
    with restarted(house) as following:
        await following.settle()
        assert len(following.kept()) == 1


async def test_what_a_notice_told_of_is_not_counted_as_untold(house: House) -> None:
    await house.settle()
    house.book("b", "13:00", "14:00")
    await genuine(house)
    await house.settle()
    assert (house.meter.of(Count.NOTICES), house.meter.of(Count.CHANGES_UNTOLD)) == (1, 0)


@pytest.mark.parametrize(
    ("spoil", "receipt", "reason"),
    [
        (lambda of: ("no-such-route", notice_body((of.id, of.client_state, CHANGED))), Receipt.UNKNOWN, "route"),
        (lambda of: (of.route, notice_body((of.id, "guessed", CHANGED))), Receipt.UNKNOWN, "secret"),
        (lambda of: (of.route, notice_body((of.id, "", CHANGED))), Receipt.UNKNOWN, "secret"),
        (lambda of: (of.route, notice_body((of.id, "å\ud800", CHANGED))), Receipt.UNKNOWN, "secret"),
        (lambda of: (of.route, notice_body(("sub-999", of.client_state, CHANGED))), Receipt.UNKNOWN, "secret"),
        (lambda of: (of.route, notice_body()), Receipt.UNKNOWN, "secret"),
        (lambda of: (of.route, b"{"), Receipt.MALFORMED, "malformed"),
        (lambda of: (of.route, b"\xff" * 1_000), Receipt.MALFORMED, "malformed"),
        (lambda of: (of.route, b'[{"id": 1}]'), Receipt.MALFORMED, "malformed"),
    ],
)
async def test_F_17_S_10_a_forged_notice_changes_nothing_and_causes_no_load(
    house: House, spoil: Spoil, receipt: Receipt, reason: str
) -> None:
    await house.settle()
    state, looks, place = house.mailbox(), len(house.calendar.looks), house.latest_change()
    route, body = spoil(known(house))
    for _ in range(20):
        assert await receive(house, route, body) is receipt
    await house.settle()

    assert (house.mailbox(), len(house.calendar.looks), house.latest_change()) == (state, looks, place)
    assert house.meter.counts[Count.NOTICES_REFUSED, reason] == 20


async def test_F_17_a_replay_of_an_ended_subscriptions_notice_is_refused(house: House) -> None:
    await house.settle()
    of = known(house)
    old = notice_body((of.id, of.client_state, CHANGED))
    house.notices.lose(mail_of(ANNA))
    await house.sweep(timedelta(hours=36))
    assert known(house).route != of.route
    assert await receive(house, of.route, old) is Receipt.UNKNOWN


async def test_F_01_F_17_a_notice_told_a_hundred_times_is_one_look(house: House) -> None:
    await house.settle()
    looks = len(house.calendar.looks)
    for _ in range(100):
        await genuine(house)
    await house.settle()
    assert len(house.calendar.looks) == looks + 1


async def test_F_17_a_genuine_notice_is_not_lost_among_forged_ones(house: House) -> None:
    await house.settle()
    of = known(house)
    body = notice_body((of.id, "guessed", NoticeKind.REMOVED), (of.id, of.client_state, CHANGED))
    assert await receive(house, of.route, body) is Receipt.TAKEN
    assert known(house) == of


async def test_a_route_of_one_tenant_is_unknown_to_another(house: House) -> None:
    await house.settle()
    house.store.add_tenant(OTHER)
    of = known(house)
    body = notice_body((of.id, of.client_state, CHANGED))
    taken = await receive_notice(house.core, house.notices, house.meter, OTHER, route=of.route, request=posted(body))
    assert taken is Receipt.UNKNOWN


async def test_a_notice_that_comes_while_its_subscription_is_created_counts(house: House) -> None:
    house.notices.fail("subscribe", mail_of(ANNA), UNREACHABLE)
    await house.settle()
    of = known(house)
    assert of.id == ""
    assert await receive(house, of.route, notice_body(("any", of.client_state, CHANGED))) is Receipt.TAKEN


async def test_a_missed_notice_leads_to_a_look(house: House) -> None:
    await house.settle()
    house.book("b", "13:00", "14:00")
    await genuine(house, NoticeKind.MISSED)
    await house.settle()
    assert len(house.kept()) == 1


async def test_reauthorize_renews_at_once(house: House) -> None:
    await house.settle()
    await genuine(house, NoticeKind.REAUTHORIZE)
    await house.worker.subscribe()
    assert house.notices.verbs(mail_of(ANNA)) == ["subscribe", "renew"]


async def test_F_19_a_removed_subscription_is_created_again_and_looked_after(house: House) -> None:
    await house.settle()
    house.notices.lose(mail_of(ANNA))
    house.book("b", "13:00", "14:00")
    await genuine(house, NoticeKind.REMOVED)
    await house.settle()
    assert house.notices.verbs(mail_of(ANNA)) == ["subscribe", "subscribe"]
    assert len(house.kept()) == 1


@pytest.mark.parametrize(
    "told",
    [(0, 0, 0), (1, 1, 1), (0, 1, 0), (2, 3, 2), (0, 0, 6)],
    ids=["all lost", "in order", "two lost", "doubled", "all late"],
)
async def test_L_3_lost_doubled_and_late_notices_give_the_same_absences(
    house: House, told: tuple[int, int, int]
) -> None:
    """A notice names a mailbox and no change, so how many come after which change is all that can differ."""
    await house.settle()
    changes = (("a", "13:00", "14:00"), ("b", "14:00", "15:00"), ("a", "15:00", "16:00"))
    for change, notices in zip(changes, told, strict=True):
        house.book(*change)
        for _ in range(notices):
            await genuine(house)
        await house.settle()
    await house.sweep()
    assert [(each.booking.key, each.booking.when) for each in house.kept()] == [
        ("a", between("15:00", "16:00")),
        ("b", between("14:00", "15:00")),
    ]


async def test_F_02_the_order_of_notices_does_not_matter(house: House) -> None:
    await house.settle()
    of = known(house)
    kinds = (CHANGED, NoticeKind.REAUTHORIZE, NoticeKind.MISSED)
    for order in (kinds, kinds[::-1]):
        await receive(house, of.route, notice_body(*((of.id, of.client_state, kind) for kind in order)))
        await house.settle()
    assert [house.mailbox().failures, house.kept(BERTIL)] == [0, []]


async def test_F_18_a_validation_is_answered_only_while_we_are_creating_the_subscription(house: House) -> None:
    house.notices.fail("subscribe", mail_of(ANNA), UNREACHABLE)
    await house.worker.subscribe()
    route = known(house).route
    assert await asked(house, route) == Handshake(answer="a token")
    house.clock.forward(timedelta(minutes=5, seconds=1))
    assert await asked(house, route) is Receipt.UNKNOWN


async def test_F_18_no_validation_is_answered_at_a_live_or_an_unknown_route(house: House) -> None:
    await house.settle()
    assert await asked(house, known(house).route) is Receipt.UNKNOWN
    assert await asked(house, "no-such-route") is Receipt.UNKNOWN


async def test_F_18_a_flood_of_validations_writes_nothing(house: House) -> None:
    await house.settle()
    place, of = house.latest_change(), known(house)
    for number in range(200):
        await asked(house, f"route-{number}")
    assert (house.latest_change(), known(house)) == (place, of)
