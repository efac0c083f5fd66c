"""Subscriptions to changes, and reading what comes of them."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from yarl import URL

from kalenderkoppling.calendars.graph.client import Verb
from kalenderkoppling.domain.errors import (
    BlockedReason,
    InvalidValueError,
    MailboxBlockedError,
    ReadFailedError,
    ReadProblem,
    SubscriptionGoneError,
)
from kalenderkoppling.ports.calendar import Handshake, Notice, NoticeAddress, NoticeKind, NoticeRequest
from kalenderkoppling.sandbox.subscriptions import Lifetimes
from kktest.graph import NOW, Tenant, tenant
from kktest.notices import posted, taken
from kktest.pretend import Listener, listening

UNTIL = NOW + timedelta(days=6)


@pytest.fixture
async def kim() -> AsyncIterator[Tenant]:
    async with tenant() as found:
        yield found


@pytest.fixture
async def hook() -> AsyncIterator[Listener]:
    async with listening() as found:
        yield found


def address(hook: Listener) -> NoticeAddress:
    return NoticeAddress(changes_url=hook.url, lifecycle_url=hook.url, client_state="only we know")


async def test_a_subscription_brings_notices_that_bear_its_secret(kim: Tenant, hook: Listener) -> None:
    granted = await kim.ours.notices.subscribe(kim.user_id, address(hook), UNTIL)
    kim.book("a")
    await kim.graph.settle()
    assert kim.ours.notices.read(posted(json.dumps({"value": hook.items}).encode())) == [
        Notice(subscription_id=granted.id, client_state="only we know", kind=NoticeKind.CHANGED)
    ]


async def test_it_is_for_every_change_of_the_mailboxs_events_with_a_lifecycle_address(
    kim: Tenant, hook: Listener
) -> None:
    await kim.ours.notices.subscribe(kim.user_id, address(hook), UNTIL)
    (made,) = kim.graph.book.live(kim.user_id)
    assert {str(each) for each in made.change_types} == {"created", "updated", "deleted"}
    assert (made.notification_url, made.lifecycle_url) == (hook.url, hook.url)
    assert made.immutable_ids


async def test_the_expiry_in_the_answer_counts(kim: Tenant, hook: Listener) -> None:
    kim.graph.book.lifetimes = Lifetimes(longest=timedelta(days=3))
    granted = await kim.ours.notices.subscribe(kim.user_id, address(hook), UNTIL)
    assert granted.expires_at == NOW + timedelta(days=3)


async def test_a_subscription_is_renewed_and_ended(kim: Tenant, hook: Listener) -> None:
    granted = await kim.ours.notices.subscribe(kim.user_id, address(hook), NOW + timedelta(days=1))
    renewed = await kim.ours.notices.renew(kim.user_id, granted.id, UNTIL)
    assert (renewed.id, renewed.expires_at) == (granted.id, UNTIL)
    await kim.ours.notices.unsubscribe(kim.user_id, granted.id)
    assert kim.graph.book.live() == []
    await kim.ours.notices.unsubscribe(kim.user_id, granted.id)


async def test_F_19_a_subscription_that_is_gone_says_so_on_renewal(kim: Tenant, hook: Listener) -> None:
    granted = await kim.ours.notices.subscribe(kim.user_id, address(hook), NOW + timedelta(days=1))
    kim.clock.advance(days=2)
    with pytest.raises(SubscriptionGoneError):
        await kim.ours.notices.renew(kim.user_id, granted.id, kim.clock.now() + timedelta(days=1))


async def test_a_mailbox_that_cannot_be_subscribed_is_blocked(kim: Tenant, hook: Listener) -> None:
    kim.graph.book.unsubscribable.add(kim.user_id)
    with pytest.raises(MailboxBlockedError) as caught:
        await kim.ours.notices.subscribe(kim.user_id, address(hook), UNTIL)
    assert caught.value.reason is BlockedReason.FORBIDDEN


async def test_an_address_that_graph_cannot_reach_is_told(kim: Tenant, hook: Listener) -> None:
    hook.repeats_token = False
    with pytest.raises(ReadFailedError) as caught:
        await kim.ours.notices.subscribe(kim.user_id, address(hook), UNTIL)
    assert caught.value.problem is ReadProblem.UNREACHABLE
    assert "our address" in caught.value.detail


@pytest.mark.parametrize("subscription_id", ["", "../users/kim/events", "a/b", "x?y", "å", "."])
async def test_F_34_a_subscriptions_id_never_leads_elsewhere(kim: Tenant, subscription_id: str) -> None:
    with pytest.raises(InvalidValueError):
        await kim.ours.notices.unsubscribe(kim.user_id, subscription_id)


@pytest.mark.parametrize("verb", [Verb.POST, Verb.PATCH, Verb.DELETE])
@pytest.mark.parametrize(
    "path",
    ["/users/kim/events", "/users/kim/events/1", "/subscriptions/1/2", "/me/subscriptions", "/subscriptionsx", ""],
)
async def test_S_5_nothing_but_subscriptions_can_be_written(kim: Tenant, verb: Verb, path: str) -> None:
    with pytest.raises(InvalidValueError):
        await kim.ours.notices._client._ask(verb, URL(kim.graph.base_url + path), None)
    assert kim.graph.journal.total == 0


def body(*items: object) -> bytes:
    return json.dumps({"value": items}).encode()


CHANGE = {"subscriptionId": "s", "clientState": "c", "changeType": "updated", "resource": "Users/x/Events/y"}


async def read(kim: Tenant, *items: object) -> list[Notice]:
    return list(taken(kim.ours.notices.read(posted(body(*items)))))


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("reauthorizationRequired", NoticeKind.REAUTHORIZE),
        ("subscriptionRemoved", NoticeKind.REMOVED),
        ("missed", NoticeKind.MISSED),
        ("somethingNew", NoticeKind.MISSED),
    ],
)
async def test_lifecycle_events_are_told_apart_and_unknown_ones_say_look(
    kim: Tenant, event: str, kind: NoticeKind
) -> None:
    (notice,) = await read(kim, {"subscriptionId": "s", "clientState": "c", "lifecycleEvent": event})
    assert notice == Notice(subscription_id="s", client_state="c", kind=kind)


async def test_several_notices_come_in_one_body(kim: Tenant) -> None:
    assert len(await read(kim, CHANGE, CHANGE, {**CHANGE, "changeType": "deleted"})) == 3


async def test_F_17_a_notice_without_client_state_is_read_with_an_empty_one(kim: Tenant) -> None:
    (notice,) = await read(kim, {**CHANGE, "clientState": None})
    assert notice.client_state == ""


async def test_F_17_nothing_but_subscription_secret_and_kind_is_taken_from_a_notice(kim: Tenant) -> None:
    (notice,) = await read(kim, {**CHANGE, "resourceData": {"subject": "Hemligt"}})
    assert notice == Notice(subscription_id="s", client_state="c", kind=NoticeKind.CHANGED)


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"null", b"[]", b"{}", b'{"value":null}', b'{"value":[7]}', b'{"value":[{}]}', b"\xff", b"[" * 100_000,
        body({**CHANGE, "subscriptionId": ""}), body({**CHANGE, "subscriptionId": 7}),
        body({**CHANGE, "subscriptionId": "s" * 200}), body({**CHANGE, "clientState": "c" * 300}),
        body({"subscriptionId": "s", "clientState": "c"}), body(*[CHANGE] * 1001), b" " * 1_048_577,
        body(CHANGE)[:-1], body({**CHANGE, "changeType": 7}),
    ],
)  # fmt: skip
async def test_F_17_a_body_that_graph_does_not_send_is_refused(kim: Tenant, raw: bytes) -> None:
    with pytest.raises(InvalidValueError):
        kim.ours.notices.read(posted(raw))


async def test_a_validation_of_the_address_is_a_handshake_with_the_decoded_token(kim: Tenant) -> None:
    told = NoticeRequest(method="POST", query={"validationToken": "a b+ö"})
    assert kim.ours.notices.read(told) == Handshake(answer="a b+ö")


@pytest.mark.parametrize("token", ["x" * 2_049, "ö" * 1_025, "\ud800" * 1_000])
async def test_F_18_a_validation_longer_than_graphs_is_refused(kim: Tenant, token: str) -> None:
    with pytest.raises(InvalidValueError):
        kim.ours.notices.read(NoticeRequest(method="POST", query={"validationToken": token}))


async def test_F_17_nothing_but_a_post_is_of_graph(kim: Tenant) -> None:
    with pytest.raises(InvalidValueError):
        kim.ours.notices.read(NoticeRequest(method="PUT", body=body(CHANGE)))


async def test_a_granted_expiry_is_in_utc(kim: Tenant, hook: Listener) -> None:
    granted = await kim.ours.notices.subscribe(kim.user_id, address(hook), datetime(2027, 3, 3, tzinfo=UTC))
    assert granted.expires_at.tzinfo is UTC
