"""Odd, garbled and damaged SIP, to see what an endpoint on UDP makes of it.

The oddities are those of RFC 4475, by its names for them, as far as an endpoint on UDP meets them.
"""

import random

from kktest.sip_peer import SDP, Message, SipPeer, sdp


def invite(peer: SipPeer, **changed: str) -> bytes:
    """An INVITE with lines replaced: a keyword names a header (`via`, `call_id`), `start` and `body` the others."""
    message = peer.request("INVITE", body=sdp())
    lines = dict(message.headers)
    body = changed.pop("body", message.body)
    start = changed.pop("start", message.start)
    length = changed.pop("length", str(len(body.encode())))
    extra = changed.pop("extra", "")
    for name, value in changed.items():
        lines[next(each for each in lines if each.lower() == name.replace("_", "-"))] = value
    written = [f"{name}: {value}" for name, value in lines.items() if value]
    told = f"\r\nContent-Length: {length}" if length else ""
    head = "\r\n".join([start, *written, f"Content-Type: application/sdp{told}{extra}"])
    return f"{head}\r\n\r\n{body}".encode()


VALID = {
    "wsinv: folded lines": {"call_id": "folded\r\n\t@example", "extra": "\r\nX-New:   a\r\n continued"},
    "wsinv: unknown headers with odd values": {"extra": "\r\nUnknownHeaderWithUnusualValue: ;;,,;;,;\r\ns:"},
    "wsinv: leading zeros": {"max_forwards": "0068", "cseq": "0009 INVITE"},
    "intmeth: odd characters in values": {"call_id": "int.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{"},
    "esc01: escapes in the address": {"start": "INVITE sip:sips%3Auser%40example.com@127.0.0.1 SIP/2.0"},
    "escnull: an escaped NUL": {"start": "INVITE sip:null-%00-null@127.0.0.1 SIP/2.0"},
    "lwsdisp: no blank before the bracket": {"from": "caller<sip:caller@127.0.0.1>;tag=323"},
    "longreq: long values": {
        "call_id": "longreq.one" + "really" * 40 + "longcallid",
        "extra": "\r\nUnknown: " + "unknown" * 100,
    },
    "semiuri: a semicolon in the user": {"start": "INVITE sip:user;par=u%40example.net@127.0.0.1 SIP/2.0"},
    "transports: many ways behind the first": {
        "extra": "".join(
            f"\r\nVia: SIP/2.0/{each} t.example.com;branch=z9hG4bK{each}" for each in ("TCP", "SCTP", "TLS", "UNKNOWN")
        )
    },
    "unknown parameters": {"start": "INVITE sip:10231@127.0.0.1;unknownparam;x=1 SIP/2.0"},
    "trws: blanks after the line": {"start": "INVITE sip:10231@127.0.0.1 SIP/2.0  "},
    "compact names": {"extra": "\r\nk: 100rel,timer\r\ns: Hej"},
    "a name in Latin-1": {"from": '"\xc5sa" <sip:1@127.0.0.1>;tag=1'},
    "no length told": {"length": ""},
    "baddate: a date that is none": {"extra": "\r\nDate: Fri, 01 Jan 2010 16:00:00 EST"},
}

GARBLED = {
    "badinv01: extraneous separators": {"via": "SIP/2.0/UDP 127.0.0.1;;,;,,", "contact": '"Joe" <sip:joe@x>;;;;'},
    "clerr: more promised than there is": {"length": "9999"},
    "ncl: a negative length": {"length": "-999"},
    "a length that is none": {"length": "many"},
    "scalar02: numbers too large": {"cseq": "36893488147419103232 INVITE", "max_forwards": "300"},
    "a number that is none": {"cseq": "one INVITE"},
    "quotbal: a quote without its end": {"to": '"Mr. J. User <sip:j.user@example.com>'},
    "ltgtruri: brackets around the address": {"start": "INVITE <sip:user@127.0.0.1> SIP/2.0"},
    "lwsruri: a blank in the address": {"start": "INVITE sip:user@127.0.0.1; lr SIP/2.0"},
    "lwsstart: many blanks": {"start": "INVITE  sip:user@127.0.0.1  SIP/2.0"},
    "badvers: another version": {"start": "INVITE sip:user@127.0.0.1 SIP/7.0"},
    "mismatch01: CSeq of another method": {"cseq": "8 OPTIONS"},
    "unkscm: a scheme that nobody knows": {"start": "INVITE nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0"},
    "novelsc: a scheme of something else": {"start": "INVITE soap.beep://192.0.2.103:3002 SIP/2.0"},
    "unksm2: unknown schemes in headers": {"to": "isbn:2983792873", "from": "http://example.com;tag=3"},
    "bext01: an extension that nobody has": {"extra": "\r\nRequire: nothingSupportsThis, nothingSupportsThisEither"},
    "insuf: no Call-ID": {"call_id": ""},
    "insuf: no From": {"from": ""},
    "insuf: no To": {"to": ""},
    "insuf: no Via": {"via": ""},
    "insuf: no CSeq": {"cseq": ""},
    "no Contact": {"contact": ""},
    "multi01: headers that stand once, twice": {"extra": "\r\nCall-ID: other\r\nCSeq: 59 INVITE\r\nMax-Forwards: 5"},
    "mcl01: two lengths": {"extra": "\r\nContent-Length: 5"},
    "zeromf: no hops left": {"max_forwards": "0"},
    "badaspec: blanks within brackets": {"to": '"Watson, Thomas" < sip:t.watson@example.org >'},
    "sdp01: a body that is no session": {"body": "v=unknown\r\n" * 20},
    "an empty body": {"body": ""},
    "a body without end": {"body": SDP.replace("m=audio {port}", "m=audio 99999999999999999999")},
    "a contact that is none": {"contact": "<>"},
    "a contact elsewhere": {"contact": "<sip:a@[::ffff>"},
    "a port that is none": {"via": "SIP/2.0/UDP 127.0.0.1:99999999;branch=z9hG4bK1"},
    "a name that nobody has, to answer to": {"via": "SIP/2.0/UDP nobody.invalid:5060;branch=z9hG4bK1"},
    "hostile words": {"from": "<sip:1@127.0.0.1>;tag=" + "%s%n" * 50},
}


def mutated(message: Message, chance: random.Random) -> bytes:
    """A message with a few bytes changed, cut out, doubled or put elsewhere."""
    data = bytearray(message.datagram())
    for _ in range(chance.randint(1, 6)):
        place, length = chance.randrange(len(data)), chance.randint(1, 12)
        match chance.randrange(5):
            case 0:
                data[place] = chance.randrange(256)
            case 1:
                del data[place : place + length]
            case 2:
                data[place:place] = data[place : place + length]
            case 3:
                data[place:place] = bytes(chance.randrange(256) for _ in range(length))
            case _:
                data[place:place] = chance.choice([b"\r\n", b"<", b">", b'"', b";", b",", b":", b"%00", b"\x85", b" "])
        if not data:
            return b""
    return bytes(data)
