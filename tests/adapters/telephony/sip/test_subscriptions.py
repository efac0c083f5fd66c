"""Subscriptions message by message: accepted, challenged, refused, refreshed, told, ended, and interfered with."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from kalenderkoppling.domain.person import LineState
from kalenderkoppling.telephony.linestate import DialogEvents, Manners
from kalenderkoppling.telephony.linestate.subscriptions import (
    EndReason,
    Notification,
    Phase,
    SubscriptionFailedError,
    SubscriptionState,
    read_subscription_state,
)
from kalenderkoppling.telephony.sip import Credentials, SipExchange
from kalenderkoppling.telephony.sip.incoming import IncomingLeg
from kalenderkoppling.telephony.sip.stack import SipStack
from kalenderkoppling.telephony.sip.subscriptions import SipSubscription, SipSubscriptions
from kktest.dialog_exchange import CONTENT_TYPE, dialog_info
from kktest.keeping import ACME
from kktest.lines import RunningClock, number_line, reading
from kktest.lines_contract import is_heard
from kktest.sip_peer import Dialogue, Message, SipPeer, altered, sip_peer

from .conftest import NewEndpoint

TEN_MINUTES = timedelta(minutes=10)
CHALLENGE = 'Digest realm="pbx", nonce="abc123", algorithm=MD5, qop="auth"'
LOGIN = Credentials(user="watcher", password="correct horse")


@dataclass
class Subscriber:
    """Our side, and the exchange's, which a test speaks for."""

    stack: SipStack
    exchange: SipPeer
    login: Credentials | None = None
    patience: timedelta = timedelta(seconds=3)
    notices: list[Notification] = field(default_factory=list)

    @property
    def subscriptions(self) -> SipSubscriptions:
        known = SipExchange(name="pbx", tenant=ACME, proxy=("127.0.0.1", self.exchange.port), login=self.login)
        return SipSubscriptions(self.stack, known, self.patience)

    def begin(self, target: str = "sip:10231@pbx.example.org") -> "asyncio.Future[SipSubscription]":
        return asyncio.ensure_future(
            self.subscriptions.subscribe(
                target, event="dialog", accept=CONTENT_TYPE, expires=TEN_MINUTES, take=self.notices.append
            )
        )

    async def subscribed(self, **extra: str) -> tuple[SipSubscription, Dialogue, Message]:
        """Subscribe and be accepted."""
        beginning = self.begin()
        request = await self.exchange.expect("SUBSCRIBE")
        dialogue = self.exchange.answer(request, "200 OK", extra={"Expires": "600"} | headers(extra))
        return await beginning, dialogue, request

    def notify(self, dialogue: Dialogue, state: str = "active;expires=600", body: str = "", **extra: str) -> Message:
        """Send a NOTIFY."""
        fields = {"Event": "dialog", "Subscription-State": state} | headers(extra)
        if body:
            fields.setdefault("Content-Type", CONTENT_TYPE)
        message = self.exchange.within(dialogue, "NOTIFY", body=body, extra=fields)
        message = altered(message, **{name: "" for name, value in fields.items() if not value})
        self.exchange.send(message)
        return message


def headers(fields: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-").title(): value for name, value in fields.items()}


@pytest.fixture
async def subscriber(new_endpoint: NewEndpoint) -> AsyncIterator[Subscriber]:
    async def takes(_: IncomingLeg) -> None:
        raise AssertionError("nobody calls")

    endpoint = new_endpoint(takes)
    async with sip_peer(endpoint.phone.address) as exchange:
        yield Subscriber(endpoint.phone.stack, exchange)


def tag_of(header: str) -> str:
    found = re.search(r"tag=([^;>]+)", header)
    return found.group(1) if found else ""


async def failed(beginning: "asyncio.Future[SipSubscription]") -> SubscriptionFailedError:
    with pytest.raises(SubscriptionFailedError) as caught:
        await asyncio.wait_for(beginning, 60)
    return caught.value


async def test_a_subscription_asks_for_dialogs_at_the_exchange(subscriber: Subscriber) -> None:
    subscription, _, request = await subscriber.subscribed()
    assert request.start == "SUBSCRIBE sip:10231@pbx.example.org SIP/2.0"
    assert (request["event"], request["accept"], request["expires"]) == ("dialog", CONTENT_TYPE, "600")
    assert tag_of(request["from"])
    assert not tag_of(request["to"])
    host, port = subscriber.stack.address
    assert request["contact"] == f"<sip:kalenderkoppling@{host}:{port}>"
    assert subscription.granted == TEN_MINUTES


@pytest.mark.parametrize(("told", "granted"), [("120", 120), ("0", 0), ("", 600), ("soon", 600), ("99999999", 86_400)])
async def test_what_the_exchange_grants_holds(subscriber: Subscriber, told: str, granted: int) -> None:
    beginning = subscriber.begin()
    request = await subscriber.exchange.expect("SUBSCRIBE")
    subscriber.exchange.answer(request, "202 Accepted", extra={"Expires": told} if told else {})
    assert (await beginning).granted == timedelta(seconds=granted)


async def test_a_notice_is_handed_over_and_answered(subscriber: Subscriber) -> None:
    _, dialogue, _ = await subscriber.subscribed()
    body = dialog_info([("å", "confirmed", "")], version=3).decode()
    subscriber.notify(dialogue, "active;expires=500", body)
    assert (await subscriber.exchange.expect(200))["cseq"].endswith("NOTIFY")
    state = SubscriptionState(phase=Phase.ACTIVE, expires=timedelta(seconds=500))
    assert subscriber.notices == [Notification(state=state, content_type=CONTENT_TYPE, body=body.encode())]


async def test_a_notice_without_a_body_and_one_of_another_kind_are_handed_over_as_such(subscriber: Subscriber) -> None:
    _, dialogue, _ = await subscriber.subscribed()
    subscriber.notify(dialogue, "pending")
    await subscriber.exchange.expect(200)
    subscriber.notify(dialogue, "active", "<presence/>", content_type="Application/PIDF+xml;charset=utf-8")
    await subscriber.exchange.expect(200)
    pending = Notification(state=SubscriptionState(phase=Phase.PENDING))
    other = Notification(
        state=SubscriptionState(phase=Phase.ACTIVE), content_type="application/pidf+xml", body=b"<presence/>"
    )
    assert subscriber.notices == [pending, other]


async def test_headers_in_compact_form_are_understood(subscriber: Subscriber) -> None:
    _, dialogue, _ = await subscriber.subscribed()
    subscriber.notify(dialogue, event="", o="dialog;id=1")
    await subscriber.exchange.expect(200)
    assert len(subscriber.notices) == 1


async def test_a_notice_that_comes_before_the_answer_makes_the_subscription(subscriber: Subscriber) -> None:
    beginning = subscriber.begin()
    request = await subscriber.exchange.expect("SUBSCRIBE")
    early = Dialogue(
        call_id=request["call-id"],
        ours=f"{request['to']};tag=answer",
        theirs=request["from"],
        target=request["contact"].strip("<>"),
    )
    subscriber.notify(early)
    await subscriber.exchange.expect(200)
    assert len(subscriber.notices) == 1
    subscriber.exchange.answer(request, "200 OK", extra={"Expires": "600"})
    await beginning


async def test_a_refresh_goes_within_the_dialog_to_where_the_other_side_is(subscriber: Subscriber) -> None:
    subscription, dialogue, first = await subscriber.subscribed()
    refreshing = asyncio.ensure_future(subscription.refresh(TEN_MINUTES))
    second = await subscriber.exchange.expect("SUBSCRIBE")
    assert second.start == f"SUBSCRIBE sip:peer@127.0.0.1:{subscriber.exchange.port} SIP/2.0"
    assert (second["call-id"], second["from"], second["to"]) == (first["call-id"], first["from"], dialogue.ours)
    assert (first["cseq"], second["cseq"]) == ("1 SUBSCRIBE", "2 SUBSCRIBE")
    assert (second["event"], second["expires"]) == ("dialog", "600")
    subscriber.exchange.answer(second, "200 OK", extra={"Expires": "90"})
    await refreshing
    assert subscription.granted == timedelta(seconds=90)


async def test_a_refresh_follows_a_notice_that_came_from_elsewhere(subscriber: Subscriber) -> None:
    subscription, dialogue, _ = await subscriber.subscribed()
    async with sip_peer(subscriber.stack.address) as moved:
        subscriber.notify(dialogue, contact=f"<sip:moved@127.0.0.1:{moved.port}>")
        await subscriber.exchange.expect(200)
        refreshing = asyncio.ensure_future(subscription.refresh(TEN_MINUTES))
        request = await moved.expect("SUBSCRIBE")
        assert request.start.startswith("SUBSCRIBE sip:moved@127.0.0.1")
        moved.answer(request, "200 OK", extra={"Expires": "600"})
        await refreshing


async def test_a_refresh_goes_through_the_proxies_that_recorded_themselves(subscriber: Subscriber) -> None:
    near, far = f"<sip:127.0.0.1:{subscriber.exchange.port};lr>", "<sip:far.example.org;lr>"
    beginning = subscriber.begin()
    request = await subscriber.exchange.expect("SUBSCRIBE")
    answer = {"Expires": "600", "Record-Route": f"{far}, {near}", "Contact": "<sip:103@192.0.2.7:5062>"}
    subscriber.exchange.send(
        Message(
            start="SIP/2.0 200 OK",
            headers=(
                *((name, request[name]) for name in ("Via", "From", "Call-ID", "CSeq")),
                ("To", f"{request['to']};tag=answer"),
                *answer.items(),
            ),
        )
    )
    subscription = await beginning
    refreshing = asyncio.ensure_future(subscription.refresh(TEN_MINUTES))
    second = await subscriber.exchange.expect("SUBSCRIBE")
    assert second.start == "SUBSCRIBE sip:103@192.0.2.7:5062 SIP/2.0"
    assert second.all("route") == [near, far]
    subscriber.exchange.answer(second, "200 OK", extra={"Expires": "600"})
    await refreshing


@pytest.mark.parametrize(
    ("code", "challenge", "answer"),
    [(401, "WWW-Authenticate", "authorization"), (407, "Proxy-Authenticate", "proxy-authorization")],
)
async def test_a_challenge_is_answered_with_the_login(
    subscriber: Subscriber, code: int, challenge: str, answer: str
) -> None:
    subscriber.login = LOGIN
    beginning = subscriber.begin()
    first = await subscriber.exchange.expect("SUBSCRIBE")
    assert first["from"].startswith("<sip:watcher@pbx.example.org>")
    subscriber.exchange.answer(first, f"{code} Who are you", extra={challenge: CHALLENGE})
    second = await subscriber.exchange.expect("SUBSCRIBE")
    assert second["cseq"] == "2 SUBSCRIBE"
    given = dict(re.findall(r'(\w+)="?([^",]+)"?', second[answer]))
    assert (given["username"], given["realm"], given["uri"]) == ("watcher", "pbx", "sip:10231@pbx.example.org")
    assert given["response"] == digest(given)
    subscriber.exchange.answer(second, "200 OK", extra={"Expires": "600"})
    assert (await beginning).granted == TEN_MINUTES


def digest(given: Mapping[str, str]) -> str:
    """Reckon a response (RFC 2617) apart from the stack."""

    def md5(text: str) -> str:
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    secret, asked = md5("watcher:pbx:correct horse"), md5(f"SUBSCRIBE:{given['uri']}")
    return md5(f"{secret}:{given['nonce']}:{given['nc']}:{given['cnonce']}:{given['qop']}:{asked}")


async def test_a_refresh_answers_a_challenge_too(subscriber: Subscriber) -> None:
    subscriber.login = LOGIN
    subscription, _, _ = await subscriber.subscribed()
    refreshing = asyncio.ensure_future(subscription.refresh(TEN_MINUTES))
    request = await subscriber.exchange.expect("SUBSCRIBE")
    subscriber.exchange.answer(request, "401 Who are you", extra={"WWW-Authenticate": CHALLENGE})
    again = await subscriber.exchange.expect("SUBSCRIBE")
    assert again["cseq"] == "3 SUBSCRIBE"
    assert f'uri="sip:peer@127.0.0.1:{subscriber.exchange.port}"' in again["authorization"]
    subscriber.exchange.answer(again, "200 OK", extra={"Expires": "600"})
    await refreshing


async def test_a_login_that_is_refused_is_tried_once(subscriber: Subscriber) -> None:
    subscriber.login = LOGIN
    beginning = subscriber.begin()
    for _ in range(2):
        request = await subscriber.exchange.expect("SUBSCRIBE")
        subscriber.exchange.answer(request, "401 Who are you", extra={"WWW-Authenticate": CHALLENGE})
    assert (await failed(beginning)).code == 401
    await subscriber.exchange.nothing("SUBSCRIBE")


@pytest.mark.parametrize("challenge", [CHALLENGE, "", "Digest", "Basic realm=x", 'Digest realm="x", algorithm=ROT13'])
async def test_a_challenge_that_cannot_be_answered_is_a_refusal(subscriber: Subscriber, challenge: str) -> None:
    subscriber.login = None if challenge == CHALLENGE else LOGIN
    beginning = subscriber.begin()
    request = await subscriber.exchange.expect("SUBSCRIBE")
    subscriber.exchange.answer(request, "401 Who are you", extra={"WWW-Authenticate": challenge} if challenge else {})
    assert (await failed(beginning)).code == 401


async def test_an_exchange_that_wants_longer_subscriptions_gets_them(subscriber: Subscriber) -> None:
    beginning = subscriber.begin()
    request = await subscriber.exchange.expect("SUBSCRIBE")
    subscriber.exchange.answer(request, "423 Interval Too Brief", extra={"Min-Expires": "1800"})
    second = await subscriber.exchange.expect("SUBSCRIBE")
    assert second["expires"] == "1800"
    subscriber.exchange.answer(second, "200 OK", extra={"Expires": "1800"})
    assert (await beginning).granted == timedelta(minutes=30)


@pytest.mark.parametrize("least", ["", "60", "never"])
async def test_an_exchange_that_wants_longer_ones_and_does_not_say_how_long_refuses(
    subscriber: Subscriber, least: str
) -> None:
    beginning = subscriber.begin()
    request = await subscriber.exchange.expect("SUBSCRIBE")
    subscriber.exchange.answer(request, "423 Interval Too Brief", extra={"Min-Expires": least} if least else {})
    assert (await failed(beginning)).code == 423


async def test_an_exchange_that_never_has_enough_is_left(subscriber: Subscriber) -> None:
    beginning = subscriber.begin()
    for number in range(5):
        request = await subscriber.exchange.expect("SUBSCRIBE")
        subscriber.exchange.answer(request, "423 Interval Too Brief", extra={"Min-Expires": str(1_000 * (number + 1))})
    assert (await failed(beginning)).code == 423


@pytest.mark.parametrize(
    "status", ["302 Moved", "403 Forbidden", "404 Not Found", "481 Gone", "489 Bad Event", "503 No"]
)
async def test_a_refusal_is_told_with_its_code_and_the_wait(subscriber: Subscriber, status: str) -> None:
    beginning = subscriber.begin()
    request = await subscriber.exchange.expect("SUBSCRIBE")
    subscriber.exchange.answer(request, status, extra={"Retry-After": "120 (maintenance)"})
    error = await failed(beginning)
    assert (error.code, error.retry_after) == (int(status[:3]), timedelta(minutes=2))


async def test_F_25_an_exchange_that_does_not_answer_is_told_so(subscriber: Subscriber) -> None:
    subscriber.patience = timedelta(seconds=0.3)
    error = await failed(subscriber.begin())
    assert error.code == 408


async def test_a_refresh_of_a_subscription_that_the_exchange_forgot_fails(subscriber: Subscriber) -> None:
    subscription, dialogue, _ = await subscriber.subscribed()
    refreshing = asyncio.ensure_future(subscription.refresh(TEN_MINUTES))
    request = await subscriber.exchange.expect("SUBSCRIBE")
    subscriber.exchange.answer(request, "481 Subscription Does Not Exist")
    with pytest.raises(SubscriptionFailedError):
        await refreshing
    subscriber.notify(dialogue)
    await subscriber.exchange.expect(481)
    assert subscriber.notices == []


async def test_the_end_by_the_exchange_is_told_and_nothing_after_it(subscriber: Subscriber) -> None:
    subscription, dialogue, _ = await subscriber.subscribed()
    subscriber.notify(dialogue, "terminated;reason=noresource;retry-after=30")
    await subscriber.exchange.expect(200)
    ended = SubscriptionState(phase=Phase.TERMINATED, reason=EndReason.NORESOURCE, retry_after=timedelta(seconds=30))
    assert [each.state for each in subscriber.notices] == [ended]
    subscriber.notify(dialogue)
    await subscriber.exchange.expect(481)
    with pytest.raises(SubscriptionFailedError):
        await subscription.refresh(TEN_MINUTES)
    await subscription.end()
    await subscriber.exchange.nothing("SUBSCRIBE")


async def test_our_end_is_told_to_the_exchange_and_nothing_is_heard_any_more(subscriber: Subscriber) -> None:
    subscription, dialogue, _ = await subscriber.subscribed()
    ending = asyncio.ensure_future(subscription.end())
    request = await subscriber.exchange.expect("SUBSCRIBE")
    assert (request["expires"], request["cseq"]) == ("0", "2 SUBSCRIBE")
    subscriber.notify(dialogue, "terminated;reason=timeout")
    await subscriber.exchange.expect(200)
    subscriber.exchange.answer(request, "200 OK", extra={"Expires": "0"})
    await ending
    assert subscriber.notices == []
    assert subscriber.stack._notified == {}


async def test_an_end_that_the_exchange_refuses_is_an_end(subscriber: Subscriber) -> None:
    subscription, _, _ = await subscriber.subscribed()
    ending = asyncio.ensure_future(subscription.end())
    request = await subscriber.exchange.expect("SUBSCRIBE")
    subscriber.exchange.answer(request, "481 Subscription Does Not Exist")
    await ending
    assert subscriber.stack._notified == {}


async def test_S_14_nothing_is_left_of_a_subscription_that_was_given_up_while_it_was_asked_for(
    subscriber: Subscriber,
) -> None:
    beginning = subscriber.begin()
    request = await subscriber.exchange.expect("SUBSCRIBE")
    beginning.cancel()
    await asyncio.gather(beginning, return_exceptions=True)
    assert subscriber.stack._notified == {}
    dialogue = subscriber.exchange.answer(request, "200 OK", extra={"Expires": "600"})
    subscriber.notify(dialogue)
    await subscriber.exchange.expect(481)


async def test_F_17_notices_that_are_not_of_this_subscription_are_refused(subscriber: Subscriber) -> None:
    _, dialogue, _ = await subscriber.subscribed()
    good = subscriber.exchange.within(
        dialogue, "NOTIFY", extra={"Event": "dialog", "Subscription-State": "active;expires=600"}
    )
    for forged in (
        altered(good, **{"from": dialogue.ours.replace("answer", "other")}).headers,
        altered(good, to=re.sub("tag=.*", "tag=guessed", dialogue.theirs)).headers,
        altered(good, to=re.sub(";tag=.*", "", dialogue.theirs)).headers,
        altered(good, event="presence").headers,
        altered(good, event="").headers,
        altered(good, subscription_state="").headers,
        altered(good, subscription_state="dreaming").headers,
        altered(good, call_id="somebody-elses").headers,
    ):
        branch = f"SIP/2.0/UDP 127.0.0.1:{subscriber.exchange.port};branch=z9hG4bK-{id(forged)};rport"
        subscriber.exchange.send(altered(Message(start=good.start, headers=forged), via=branch))
        await subscriber.exchange.expect(481)
    assert subscriber.notices == []


async def test_F_02_a_notice_that_was_overtaken_says_nothing(subscriber: Subscriber) -> None:
    _, dialogue, _ = await subscriber.subscribed()
    dialogue.number = 10
    subscriber.notify(dialogue, "active;expires=300")
    await subscriber.exchange.expect(200)
    dialogue.number = 5
    subscriber.notify(dialogue, "active;expires=400")
    await subscriber.exchange.expect(200)
    assert [each.state.expires for each in subscriber.notices] == [timedelta(seconds=300)]


async def test_F_01_a_notice_that_is_sent_again_is_handed_over_once(subscriber: Subscriber) -> None:
    _, dialogue, _ = await subscriber.subscribed()
    message = subscriber.notify(dialogue)
    await subscriber.exchange.expect(200)
    subscriber.exchange.send(message)
    await subscriber.exchange.expect(200)
    assert len(subscriber.notices) == 1


async def test_of_a_forked_subscription_one_dialog_is_kept(subscriber: Subscriber) -> None:
    _, dialogue, request = await subscriber.subscribed()
    other = Dialogue(
        call_id=dialogue.call_id, ours=f"{request['to']};tag=fork", theirs=dialogue.theirs, target=dialogue.target
    )
    subscriber.notify(other)
    await subscriber.exchange.expect(481)
    subscriber.notify(dialogue)
    await subscriber.exchange.expect(200)
    assert len(subscriber.notices) == 1


@pytest.mark.parametrize("contact", ["*", "<sip:>", "<tel:+46850810231>", "garbage", "<sip:x@127.0.0.1:notaport>"])
async def test_F_09_a_garbled_contact_in_the_answer_is_a_failure_or_passed_over(
    subscriber: Subscriber, contact: str
) -> None:
    beginning = subscriber.begin()
    request = await subscriber.exchange.expect("SUBSCRIBE")
    answer = (("To", f"{request['to']};tag=answer"), ("Contact", contact), ("Expires", "600"))
    same = tuple((name, request[name]) for name in ("Via", "From", "Call-ID", "CSeq"))
    subscriber.exchange.send(Message(start="SIP/2.0 200 OK", headers=(*same, *answer)))
    [result] = await asyncio.gather(beginning, return_exceptions=True)
    assert isinstance(result, SipSubscription | SubscriptionFailedError)


@pytest.mark.parametrize(
    "target", ["", "10231", "tel:10231", "sips:1@x", "sip:1@x>\r\nEvil: y", "sip:a b@x", 'sip:"@x']
)
async def test_F_33_what_is_no_sip_address_is_not_subscribed_to(subscriber: Subscriber, target: str) -> None:
    assert (await failed(subscriber.begin(target))).code == 484
    await subscriber.exchange.nothing("SUBSCRIBE", 0.05)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("active;expires=600", SubscriptionState(phase=Phase.ACTIVE, expires=TEN_MINUTES)),
        ("Active ; Expires = 600", SubscriptionState(phase=Phase.ACTIVE, expires=TEN_MINUTES)),
        ("active;expires=-1", SubscriptionState(phase=Phase.ACTIVE)),
        ("active;expires=999999999999", SubscriptionState(phase=Phase.ACTIVE, expires=timedelta(days=1))),
        ("pending", SubscriptionState(phase=Phase.PENDING)),
        ("terminated;reason=TIMEOUT", SubscriptionState(phase=Phase.TERMINATED, reason=EndReason.TIMEOUT)),
        ("terminated;reason=whim;;=", SubscriptionState(phase=Phase.TERMINATED)),
        ("", None),
        ("asleep;expires=600", None),
        ("\u0661", None),
    ],
)
def test_what_a_subscription_state_says(text: str, state: SubscriptionState | None) -> None:
    assert read_subscription_state(text) == state


async def test_a_line_turns_red_and_back_over_real_messages_and_is_unknown_when_the_exchange_is_gone(
    subscriber: Subscriber,
) -> None:
    clock, line = RunningClock(), number_line("10231")
    manners = Manners(shortest_retry=timedelta(seconds=0.05), longest_retry=timedelta(seconds=0.1))
    lines = DialogEvents(
        subscriber.subscriptions, ACME, lambda number: f"sip:{number}@pbx", clock, lambda: 0.0, manners=manners
    )
    lines.watch(["10231"])
    async with reading(lines, clock) as heard:
        request = await subscriber.exchange.expect("SUBSCRIBE")
        dialogue = subscriber.exchange.answer(request, "200 OK", extra={"Expires": "600"})
        for version, (rows, state) in enumerate(
            [
                ([], LineState.FREE),
                ([("a", "early", "recipient")], LineState.RINGING),
                ([("a", "confirmed", "recipient")], LineState.IN_CALL),
                ([], LineState.FREE),
                ([("b", "trying", "initiator")], LineState.IN_CALL),
            ]
        ):
            subscriber.notify(dialogue, body=dialog_info(rows, version=version).decode())
            await subscriber.exchange.expect(200)
            await is_heard(heard, line, state)
        subscriber.notify(dialogue, "terminated;reason=deactivated")
        await subscriber.exchange.expect(200)
        await is_heard(heard, line, LineState.UNKNOWN)
        again = await subscriber.exchange.expect("SUBSCRIBE")
        assert again["call-id"] != request["call-id"]
