"""What sipp does in a call, step by step: ready-made callers, phones and endpoints, and the steps they are made of.

A step is a piece of sipp's XML. `caller`, `phone_answers` and `announcement` take further steps for the time between
answer and end: `pause(0.5)`, `info("1")`, `refers(target)`, `follows_refer()`.
"""

import re
from dataclasses import dataclass
from itertools import count
from typing import NewType

Step = NewType("Step", str)

PCMA, PCMU, G722 = "8 PCMA/8000", "0 PCMU/8000", "9 G722/8000"
EVENTS = "101 telephone-event/8000"
NO_PORT = 40_000
"""Nobody listens there: for calls whose sound does not matter."""

OURS = "+46701740605"
"""Who calls: a number that is set aside for books and films."""

_FIRST_FINAL = 200
_REASONS = {
    100: "Trying",
    180: "Ringing",
    200: "OK",
    202: "Accepted",
    486: "Busy Here",
    487: "Request Terminated",
    603: "Decline",
}
_TAGGED = "[last_To:];tag=[pid]a[call_number]"
_NUMBER = "@NUMBER@"
_SIDE, _PEER = "@SIDE@", "@PEER@"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario; one that `calls` is told where to, another waits to be called."""

    name: str
    steps: tuple[Step, ...]
    calls: bool

    @property
    def xml(self) -> str:
        """The file that sipp reads; requests within the call are numbered in their order."""
        numbers = count(2)
        body = re.sub(_NUMBER, lambda _: str(next(numbers)), "\n".join(self.steps))
        side, peer = ("c", "To: <sip:peer@[local_ip]>[peer_tag_param]") if self.calls else ("a", "To: [$caller]")
        body = body.replace(_SIDE, side).replace(_PEER, peer)
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="{self.name}">\n{body}\n</scenario>\n'


# Waits for a call and keeps what later messages bear: who called, and the way back.
_CALLED = Step(
    '<recv request="INVITE" rrs="true"><action>'
    '<ereg regexp=".*" search_in="hdr" header="From:" assign_to="caller"/>'
    '<ereg regexp="(Via: .*)From: " search_in="msg" check_it="true" assign_to="all,vias"/>'
    '</action></recv>\n<Reference variables="all,caller,vias"/>'
)


# ── steps ───────────────────────────────────────────────────────────────────────────────────────


def pause(seconds: float) -> Step:
    """Wait; whatever comes meanwhile is not expected and fails the call."""
    return Step(f'<pause milliseconds="{round(seconds * 1_000)}"/>')


def receive(what: int | str, *, optional: bool = False, sets_route: bool = False) -> Step:
    """Wait for a status or a request; an optional one may be left out before the next that is not."""
    kind = "response" if isinstance(what, int) else "request"
    hints = ' optional="true"' if optional else ""
    hints += ' rrs="true"' if sets_route else ""
    return Step(f'<recv {kind}="{what}"{hints}></recv>')


def send(head: str, body: str = "", *, repeated: bool = False) -> Step:
    """Send a message; `repeated` until it is answered, as UDP needs it."""
    hints = ' retrans="500"' if repeated else ""
    return Step(f"<send{hints}><![CDATA[\n\n{head}Content-Length: [len]\n\n{body}\n]]></send>")


def answer(status: int, body: str = "", *, extra: str = "") -> Step:
    """Answer the INVITE that came last."""
    return send(_reply(status, _TAGGED, extra + _kind(body)), body, repeated=status >= _FIRST_FINAL)


def answer_within(status: int = 200) -> Step:
    """Answer a request within the call that came last."""
    return send(_reply(status, "[last_To:]"))


def request(method: str, body: str = "", *, extra: str = "") -> Step:
    """Send a request within the call."""
    # The number of the branch and that of CSeq are not the same: it is enough that both are new.
    head = (
        f"{method} [next_url] SIP/2.0\n{_via(_NUMBER)}[routes]\n"
        f"From: <sip:sipp@[local_ip]:[local_port]>;tag=[pid]{_SIDE}[call_number]\n"
        f"{_PEER}\nCall-ID: [call_id]\n"
        f"CSeq: {_NUMBER} {method}\n{_contact()}Max-Forwards: 70\n{extra}"
    )
    return send(head, body, repeated=True)


def info(digit: str) -> Step:
    """Press a key, by SIP INFO, and have it confirmed."""
    key = request("INFO", f"Signal={digit}\nDuration=160\n", extra="Content-Type: application/dtmf-relay\n")
    return Step(f"{key}\n{receive(200)}")


def takes_info() -> Step:
    """Take a key that the other side presses."""
    return Step(f"{receive('INFO')}\n{answer_within()}")


def refers(target: str) -> Step:
    """Ask the other side to call somebody else (REFER), and wait until it says that it worked (RFC 3515)."""
    wish = request("REFER", extra=f"Refer-To: <{target}>\nReferred-By: <sip:[local_ip]:[local_port]>\n")
    return Step(f"{wish}\n{receive(202)}\n{receive('NOTIFY')}\n{answer_within()}")


def follows_refer(status: int = 200) -> Step:
    """Take a REFER, and tell at once what became of the call to its target."""
    told = request(
        "NOTIFY",
        f"SIP/2.0 {status} {_REASONS.get(status, 'Failed')}\n",
        extra="Event: refer\nSubscription-State: terminated;reason=noresource\nContent-Type: message/sipfrag\n",
    )
    return Step(f"{receive('REFER')}\n{answer_within(202)}\n{told}\n{receive(200)}")


def refuses_refer(status: int) -> Step:
    """Take no REFER; the call goes on."""
    return Step(f"{receive('REFER')}\n{answer_within(status)}")


def takes_offer(says: str) -> Step:
    """Take new media within the call (re-INVITE), and answer with a session description."""
    taken = send(_reply(200, "[last_To:]", _kind(says)), says, repeated=True)
    return Step(f"{receive('INVITE')}\n{taken}\n{receive('ACK')}")


def sdp(rtp_port: int = NO_PORT, *codecs: str) -> str:
    """A session description with the codecs named, else A-law and telephone events."""
    named = codecs or (PCMA, EVENTS)
    payloads = " ".join(codec.partition(" ")[0] for codec in named)
    maps = "".join(f"a=rtpmap:{codec}\n" for codec in named)
    return (
        "v=0\no=sipp 1 1 IN IP4 [local_ip]\ns=-\nc=IN IP4 [local_ip]\nt=0 0\n"
        f"m=audio {rtp_port} RTP/AVP {payloads}\n{maps}a=ptime:20\n"
    )


# ── callers ─────────────────────────────────────────────────────────────────────────────────────


def caller(
    *meanwhile: Step, offer: str | None = None, hangs_up: bool = True, shown: str = OURS, extra: str = ""
) -> Scenario:
    """Call, be answered, do something meanwhile, and hang up, or wait until the other side does.

    Args:
        meanwhile: What happens between answer and end; where nothing is named, a tenth of a second of listening.
        offer: The session description that is offered.
        hangs_up: False waits for the other side's BYE.
        shown: The number that calls.
        extra: Further header lines of the INVITE, each with its line break.
    """
    talk = meanwhile or (pause(0.1),)
    return Scenario(
        name="caller",
        calls=True,
        steps=(
            _invite(offer, shown, extra),
            *_early(),
            receive(200, sets_route=True),
            _ack(200),
            *talk,
            *_end(hangs_up=hangs_up),
        ),
    )


def caller_refused(status: int, *, offer: str | None = None, shown: str = OURS, extra: str = "") -> Scenario:
    """Call, and be refused with a status."""
    return Scenario(
        name="caller refused",
        calls=True,
        steps=(_invite(offer, shown, extra), *_early(), receive(status), _ack(status)),
    )


def caller_logs_in(user: str, password: str, *, gets_in: bool = True) -> Scenario:
    """Call, be asked who one is (401, RFC 3261, section 22), and call again with the answer; then hang up.

    Args:
        user: The name that is given.
        password: What goes with it.
        gets_in: False expects to be asked anew, and gives up.
    """
    asked = Step('<recv response="401" auth="true"></recv>')
    first, again = _invite(None, OURS, ""), f"[authentication username={user} password={password}]\n"
    end = (receive(200, sets_route=True), _ack(200), pause(0.1), *_end(hangs_up=True)) if gets_in else ()
    second = (_invite(None, OURS, again), *_early(), *(end or (receive(401), _ack(401))))
    return Scenario(
        name="caller logs in", calls=True, steps=(first, *_early(), asked, _ack(401), *map(_second_time, second))
    )


def asks_what_we_can() -> Scenario:
    """Ask outside of any call what is understood (OPTIONS, RFC 3261, section 11), and be told."""
    asked = send(_first_request("OPTIONS") + _contact(), repeated=True)
    return Scenario(name="asks what we can", calls=True, steps=(asked, receive(200)))


def caller_gives_up(after: float) -> Scenario:
    """Call, hear that it rings, and give up (CANCEL) so many seconds later."""
    cancel = send(_first_request("CANCEL"), repeated=True)
    return Scenario(
        name="caller gives up",
        calls=True,
        steps=(
            _invite(None, OURS, ""),
            *(receive(100, optional=True), receive(180), pause(after)),
            # A proxy with several workers may turn the answer to the CANCEL and the one to the INVITE around.
            *(cancel, receive(200, optional=True), receive(487), _ack(487)),
        ),
    )


# ── phones and endpoints ────────────────────────────────────────────────────────────────────────


def phone_answers(
    *meanwhile: Step, after: float = 0.1, says: str | None = None, hangs_up: bool = False, extra: str = ""
) -> Scenario:
    """Ring for some seconds and answer; then wait for the end, or hang up.

    Args:
        meanwhile: What happens between answer and end.
        after: Seconds of ringing; a little, since proxies with several workers may turn two answers around.
        says: The session description of the answer.
        hangs_up: True sends the BYE.
        extra: Further header lines of the answer, each with its line break.
    """
    return Scenario(
        name="phone answers",
        calls=False,
        steps=_answering((answer(180), pause(after)), meanwhile, says, hangs_up, extra),
    )


def announcement(*meanwhile: Step, says: str | None = None, hangs_up: bool = False) -> Scenario:
    """Answer at once, as our endpoint does."""
    return Scenario(name="announcement", calls=False, steps=_answering((), meanwhile, says, hangs_up, ""))


def phone_refuses(status: int = 486) -> Scenario:
    """Be busy, or whatever the status says."""
    return Scenario(name="phone refuses", calls=False, steps=(_CALLED, answer(status), receive("ACK")))


def phone_rings() -> Scenario:
    """Ring until the caller gives up."""
    return _cancelled("phone rings", answer(180))


def phone_hangs() -> Scenario:
    """Say that it tries, and nothing more."""
    return _cancelled("phone hangs", send(_reply(100, "[last_To:]")))


def _answering(
    ringing: tuple[Step, ...], meanwhile: tuple[Step, ...], says: str | None, hangs_up: bool, extra: str
) -> tuple[Step, ...]:
    answered = answer(200, sdp() if says is None else says, extra=extra)
    return (_CALLED, *ringing, answered, receive("ACK"), *meanwhile, *_end(hangs_up=hangs_up))


def _cancelled(name: str, first: Step) -> Scenario:
    # What ends the call answers the INVITE, not the CANCEL that came last.
    ended = _reply(487, _TAGGED).replace("[last_CSeq:]", "CSeq: [last_cseq_number] INVITE").replace("[last_Via:]\n", "")
    terminated = send(f"{ended}[$vias]", repeated=True)
    taken = send(_reply(200, _TAGGED))
    return Scenario(
        name=name, calls=False, steps=(_CALLED, first, receive("CANCEL"), taken, terminated, receive("ACK"))
    )


def _end(*, hangs_up: bool) -> tuple[Step, ...]:
    return (request("BYE"), receive(200)) if hangs_up else (receive("BYE"), answer_within())


# ── messages ────────────────────────────────────────────────────────────────────────────────────


def _early() -> tuple[Step, ...]:
    return tuple(receive(status, optional=True) for status in (100, 180, 181, 182, 183))


def _invite(offer: str | None, shown: str, extra: str) -> Step:
    body = sdp() if offer is None else offer
    return send(_first_request("INVITE", shown=shown) + _contact() + extra + _kind(body), body, repeated=True)


def _second_time(step: Step) -> Step:
    """Let a step belong to an INVITE that is sent anew: the next in number, on a way of its own."""
    anew = re.sub(r"CSeq: 1 (INVITE|ACK)", r"CSeq: 2 \1", step)
    return Step(anew.replace("-invite\n", "-again\n").replace(_NUMBER, f"1{_NUMBER}"))


def _ack(status: int) -> Step:
    """Confirm: an answer by a request of its own in the call, a refusal on the way that the INVITE took."""
    if status == _FIRST_FINAL:
        head = f"ACK [next_url] SIP/2.0\n{_via('ack')}[routes]\n[last_From:]\n[last_To:]\nCall-ID: [call_id]\n"
        return send(f"{head}CSeq: 1 ACK\nMax-Forwards: 70\n")
    return send(_first_request("ACK", to="[last_To:]"))


def _first_request(method: str, *, to: str = "", shown: str = OURS) -> str:
    who = to or "To: <sip:[service]@[remote_ip]:[remote_port]>"
    return (
        f"{method} sip:[service]@[remote_ip]:[remote_port] SIP/2.0\n{_via('invite')}"
        f"From: <sip:{shown}@[local_ip]:[local_port]>;tag=[pid]c[call_number]\n{who}\n"
        f"Call-ID: [call_id]\nCSeq: 1 {method}\nMax-Forwards: 70\n"
    )


def _reply(status: int, to: str, extra: str = "") -> str:
    return (
        f"SIP/2.0 {status} {_REASONS.get(status, 'Refused')}\n"
        f"[last_Via:]\n[last_From:]\n{to}\n[last_Call-ID:]\n[last_CSeq:]\n[last_Record-Route:]\n{_contact()}{extra}"
    )


def _via(branch: str) -> str:
    return f"Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bK-[pid]-[call_number]-{branch}\n"


def _contact() -> str:
    return "Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>\n"


def _kind(body: str) -> str:
    return "Content-Type: application/sdp\n" if body else ""
