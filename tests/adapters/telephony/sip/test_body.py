"""Bodies of messages: of several parts the session description."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.telephony.sip.body import NotUnderstoodError, read_content_type, session_in
from kktest.sip_peer import sdp

ISUP = "Content-Type: application/isup;version=itu-t92+\r\nContent-Disposition: signal;handling={}\r\n\r\nABC"
SESSION = f"Content-Type: application/sdp\r\n\r\n{sdp()}"


def mixed(*parts: str, boundary: str = "b1", before: str = "", after: str = "") -> str:
    """A body of several parts."""
    return before + "".join(f"--{boundary}\r\n{each}\r\n" for each in parts) + f"--{boundary}--\r\n{after}"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/sdp", sdp()),
        ("Application/SDP ;charset=utf-8", sdp()),
        ("multipart/mixed;boundary=b1", mixed(SESSION, ISUP.format("optional"))),
        ("multipart/mixed ; boundary = b1", mixed(ISUP.format("optional"), SESSION)),
        ('Multipart/Mixed; x="a;boundary=no"; boundary="b1"', mixed(SESSION)),
        ("multipart/mixed;boundary=b1", mixed(SESSION, before="to be passed over\r\n", after="the end")),
        ("multipart/mixed;boundary=b1", mixed("c: application/sdp\r\n\r\n" + sdp())),
        ("multipart/mixed;boundary=b1", mixed("Content-Type: application/sdp\r\n ;a=b\r\n\r\n" + sdp())),
        ("multipart/mixed;boundary=b1", mixed("\r\nwithout headers", SESSION)),
        ("multipart/mixed;boundary=b1", f"--b1\r\n{SESSION}"),
        ("multipart/related;boundary=b1", mixed(SESSION)),
        (
            "multipart/mixed;boundary=b1",
            mixed("Content-Type: multipart/alternative;boundary=b2\r\n\r\n" + mixed(SESSION, boundary="b2")),
        ),
    ],
)
def test_the_session_description_is_found(kind: str, body: str) -> None:
    assert session_in(kind, body) == sdp()


def test_of_alternatives_the_last_counts() -> None:
    other = f"Content-Type: application/sdp\r\n\r\n{sdp(2)}"
    assert session_in("multipart/alternative;boundary=b1", mixed(other, SESSION)) == sdp()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/plain", "hello"),
        ("multipart/mixed", mixed(SESSION)),
        ("multipart/mixed;boundary=other", mixed(SESSION)),
        ("multipart/mixed;boundary=b1", mixed("Content-Type: text/plain\r\n\r\nhello")),
        ("multipart/mixed;boundary=b1", mixed(SESSION, ISUP.format("required"))),
        ("multipart/mixed;boundary=b1", ""),
    ],
)
def test_a_body_without_one_or_with_a_part_that_has_to_be_understood_is_told_so(kind: str, body: str) -> None:
    with pytest.raises(NotUnderstoodError):
        session_in(kind, body)


@given(st.text(), st.text())
def test_F_33_no_body_breaks_the_reading(kind: str, body: str) -> None:
    read_content_type(kind)
    for each in (kind, f"multipart/mixed;boundary={kind}", 'multipart/mixed;boundary="b1"'):
        try:
            session_in(each, mixed(body, SESSION) if each.endswith('"') else body)
        except NotUnderstoodError:
            continue
