"""What may reach the stack."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.telephony.sip.guard import readable, sent_out, taken_in

OPTIONS = b"OPTIONS sip:kk@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bK1\r\n\r\n"


def test_a_request_and_a_response_get_in() -> None:
    assert taken_in(OPTIONS) == OPTIONS.decode()
    assert taken_in(b"SIP/2.0 200 OK\r\nVia: x\r\n\r\n")
    assert taken_in(b"SIP/2.0 200 \r\nVia: x\r\n\r\n")


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"\r\n\r\n",
        b"\x00\x00\x00\x00",
        b"hello",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        OPTIONS.removesuffix(b"\r\n"),
        OPTIONS.replace(b"SIP/2.0\r\nVia", b"SIP/7.0\r\nVia"),
        OPTIONS.replace(b"OPTIONS", b"options"),
        OPTIONS.replace(b"Via", b"X: a\nVia"),
        OPTIONS.replace(b"Via", b"X: a\rVia"),
        OPTIONS.replace(b"Via", b"X: \x00\r\nVia"),
        OPTIONS.replace(b"Via", b"X: \x0bVia"),
        OPTIONS.replace(b"Via", b"X: " + b"a" * 5_000 + b"\r\nVia"),
        OPTIONS.replace(b"Via", b"X: a\r\n" * 300 + b"Via"),
        OPTIONS + b"a" * 20_000,
        b"SIP/2.0 999 Beyond\r\nVia: x\r\n\r\n",
        b"SIP/2.0 4294967301 Better not\r\nVia: x\r\n\r\n",
    ],
)
def test_F_33_what_is_no_message_does_not_reach_the_stack(datagram: bytes) -> None:
    assert taken_in(datagram) is None


def named(name: bytes) -> bytes:
    return OPTIONS.replace(b"Via", b'From: "' + name + b'" <sip:1@x>\r\nVia')


@pytest.mark.parametrize("name", ["Åsa Öberg".encode(), "Åsa Öberg".encode("latin-1"), b"\xff\x85\xfe"])
def test_bytes_beyond_ascii_leave_the_stack_as_they_came(name: bytes) -> None:
    message = taken_in(named(name))
    assert message is not None
    assert len(message) == len(named(name)), "the stack counts characters where SIP counts bytes"
    assert len(message.splitlines()) == named(name).count(b"\r\n"), "no byte is taken for an end of line"
    assert sent_out(message) == named(name)


@pytest.mark.parametrize("name", ["Åsa Öberg".encode(), "Åsa Öberg".encode("latin-1")])
def test_names_are_read_in_utf_8_and_in_latin_1(name: bytes) -> None:
    message = taken_in(named(name))
    assert message is not None
    assert readable(message.partition('"')[2].partition('"')[0]) == "Åsa Öberg"


def test_a_name_of_ours_is_sent_in_utf_8() -> None:
    assert sent_out("Åsa") == "Åsa".encode()


@given(st.binary(max_size=2_000))
def test_F_33_no_datagram_breaks_the_guard(datagram: bytes) -> None:
    taken_in(datagram)
    message = taken_in(OPTIONS[:-4] + b"\r\nX: " + datagram + b"\r\n\r\n")
    if message is not None:
        assert datagram in sent_out(message)
