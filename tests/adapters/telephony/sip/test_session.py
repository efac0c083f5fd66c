"""Session descriptions on their way through us."""

from kalenderkoppling.telephony.sip.session import Origin

THEIRS = "v=0\r\no=pbx 1 1 IN IP4 192.0.2.20\r\ns=-\r\nc=IN IP4 192.0.2.20\r\nm=audio 4000 RTP/AVP 8\r\n"


def origin_line(session: str) -> list[str]:
    return next(line for line in session.splitlines() if line.startswith("o=")).split()


def test_the_origin_is_ours_and_the_rest_is_left_alone() -> None:
    ours = Origin("192.0.2.10").on(THEIRS)
    assert origin_line(ours)[0] == "o=-"
    assert origin_line(ours)[-1] == "192.0.2.10"
    assert [line for line in ours.splitlines() if not line.startswith("o=")] == [
        line for line in THEIRS.splitlines() if not line.startswith("o=")
    ]


def test_the_version_grows_when_another_party_takes_over_and_stays_while_nothing_changes() -> None:
    origin = Origin("192.0.2.10")
    other = THEIRS.replace("4000", "4002").replace("o=pbx", "o=attendant")
    lines = [origin_line(origin.on(each)) for each in (THEIRS, THEIRS.replace("o=pbx 1 1", "o=pbx 9 9"), other)]
    assert [line[2] for line in lines] == ["1", "1", "2"]
    assert len({line[1] for line in lines}) == 1
