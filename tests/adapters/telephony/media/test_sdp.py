"""What others offer is understood as RFC 8866 and RFC 3264 say, and answered so; garbage is refused, never worse."""

import re
from ipaddress import ip_address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kalenderkoppling.domain.errors import NoCommonCodecError
from kalenderkoppling.ports.phone import SessionDescription
from kalenderkoppling.telephony.media.codec import Codec
from kalenderkoppling.telephony.media.description import OurSide
from kalenderkoppling.telephony.media.sdp import Agreed, Direction, agreed_with, media_of

HOST = ip_address("192.0.2.10")


def session(*media: str, connection: str = "c=IN IP4 198.51.100.1", more: tuple[str, ...] = ()) -> SessionDescription:
    lines = ["v=0", "o=- 1 1 IN IP4 198.51.100.1", "s=-", *([connection] if connection else []), "t=0 0", *more, *media]
    return SessionDescription("".join(f"{line}\r\n" for line in lines))


def agreed(*media: str, connection: str = "c=IN IP4 198.51.100.1", more: tuple[str, ...] = ()) -> Agreed:
    return agreed_with(session(*media, connection=connection, more=more), 4)


def answer(*media: str, connection: str = "c=IN IP4 198.51.100.1", more: tuple[str, ...] = ()) -> list[str]:
    """What we say to it, from the first medium on."""
    text = OurSide(HOST, 20_000).answer(agreed(*media, connection=connection, more=more))
    return text[text.index("m=") :].splitlines()


class TestCodec:
    @pytest.mark.parametrize(
        ("formats", "codec", "payload_type"),
        [
            ("8", Codec.PCMA, 8),
            ("0", Codec.PCMU, 0),
            ("0 8", Codec.PCMU, 0),
            ("8 0", Codec.PCMA, 8),
            ("9 18 3 8 0", Codec.PCMA, 8),
        ],
    )
    def test_the_first_that_we_speak_is_taken_in_the_order_of_the_other_side(
        self, formats: str, codec: Codec, payload_type: int
    ) -> None:
        found = agreed(f"m=audio 4000 RTP/AVP {formats}")
        assert (found.codec, found.payload_type) == (codec, payload_type)

    @pytest.mark.parametrize("mapped", ["PCMA/8000", "pcma/8000", "PCMA/8000/1", "PCMA", "Pcma/8000 "])
    def test_a_number_of_their_own_may_stand_for_a_codec(self, mapped: str) -> None:
        found = agreed("m=audio 4000 RTP/AVP 97", f"a=rtpmap:97 {mapped}")
        assert (found.codec, found.payload_type) == (Codec.PCMA, 97)

    @pytest.mark.parametrize("mapped", ["PCMA/16000", "PCMA/8000/2", "G722/8000", "PCMA-WB/16000"])
    def test_a_number_that_stands_for_something_else_is_not_a_codec_of_ours(self, mapped: str) -> None:
        found = agreed("m=audio 4000 RTP/AVP 8 0", f"a=rtpmap:8 {mapped}")
        assert (found.codec, found.payload_type) == (Codec.PCMU, 0)

    def test_a_line_that_makes_no_sense_leaves_the_usual_meaning(self) -> None:
        assert agreed("m=audio 4000 RTP/AVP 8", "a=rtpmap:8", "a=rtpmap:x y").codec is Codec.PCMA

    @pytest.mark.parametrize(
        "medium",
        [
            "m=audio 4000 RTP/AVP 9 18",
            "m=audio 4000 RTP/AVP 97",
            "m=audio 4000 RTP/AVP 101",
            "m=audio 4000 RTP/SAVP 8",
            "m=audio 4000 UDP/TLS/RTP/SAVPF 8",
            "m=audio 0 RTP/AVP 8",
            "m=video 4000 RTP/AVP 8",
            "m=audio 4000 RTP/AVP 264",
            "m=audio 70000 RTP/AVP 8",
            "m=audio 4000 RTP/AVP",
            "m=audio RTP/AVP 8",
            "m=audio -4000 RTP/AVP 8",
            "m=audio ٤٠٠٠ RTP/AVP 8",
            "m=",
        ],
    )
    def test_what_we_do_not_speak_is_refused(self, medium: str) -> None:
        with pytest.raises(NoCommonCodecError):
            agreed(medium, "a=rtpmap:101 telephone-event/8000")

    def test_a_number_that_no_packet_can_bear_is_passed_over(self) -> None:
        assert agreed("m=audio 4000 RTP/AVP 200 0", "a=rtpmap:200 PCMA/8000").payload_type == 0

    def test_two_ports_for_one_medium_are_one_stream_at_the_first(self) -> None:
        assert agreed("m=audio 4000/2 RTP/AVP 8").port == 4_000


class TestKeys:
    @pytest.mark.parametrize("number", [96, 101, 127])
    def test_keys_come_under_the_number_that_was_offered(self, number: int) -> None:
        assert (
            agreed(f"m=audio 4000 RTP/AVP 8 {number}", f"a=rtpmap:{number} telephone-event/8000").event_type == number
        )

    def test_of_several_clocks_ours_is_taken(self) -> None:
        found = agreed(
            "m=audio 4000 RTP/AVP 8 110 101",
            "a=rtpmap:110 telephone-event/48000",
            "a=rtpmap:101 TELEPHONE-EVENT/8000",
        )
        assert found.event_type == 101

    @pytest.mark.parametrize(
        "lines", [[], ["a=rtpmap:101 telephone-event/8000"]], ids=["no line", "not among the formats"]
    )
    def test_without_an_offer_of_them_there_are_none(self, lines: list[str]) -> None:
        assert agreed("m=audio 4000 RTP/AVP 8 102", *lines).event_type is None


class TestAddress:
    def test_it_may_stand_above_all_media(self) -> None:
        found = agreed("m=audio 4000 RTP/AVP 8")
        assert (found.host, found.port) == (ip_address("198.51.100.1"), 4_000)

    def test_the_one_of_the_medium_comes_first(self) -> None:
        found = agreed("m=audio 4000 RTP/AVP 8", "c=IN IP4 198.51.100.2")
        assert found.host == ip_address("198.51.100.2")

    @pytest.mark.parametrize(
        "connection",
        [
            "",
            "c=",
            "c=IN IP4",
            "c=IN IP4 phone.example",
            "c=IN IP4 localhost",
            "c=IN IP4 198.51.100",
            "c=IN IP4 0198.51.100.1",
            "c=IN IP4 224.2.1.1/127",
            "c=IN IP4 224.2.1.1",
            "c=IN IP4 255.255.255.255",
            "c=IN IP6 2001:db8::1",
            "c=IN IP4 2001:db8::1",
            "c=ATM IP4 198.51.100.1",
        ],
    )
    def test_what_is_no_address_of_a_machine_is_refused(self, connection: str) -> None:
        with pytest.raises(NoCommonCodecError):
            agreed("m=audio 4000 RTP/AVP 8", connection=connection)

    def test_where_we_are_reached_by_ip6_theirs_is_ip6_too(self) -> None:
        six = session("m=audio 4000 RTP/AVP 8", connection="c=IN IP6 2001:db8::1")
        assert agreed_with(six, 6).host == ip_address("2001:db8::1")
        with pytest.raises(NoCommonCodecError):
            agreed_with(session("m=audio 4000 RTP/AVP 8"), 6)
        for wrong in ("ff02::1", "fe80::1%eth0"):
            with pytest.raises(NoCommonCodecError):
                agreed_with(session("m=audio 4000 RTP/AVP 8", connection=f"c=IN IP6 {wrong}"), 6)

    def test_our_side_of_ip6_says_so(self) -> None:
        text = OurSide(ip_address("2001:db8::10"), 20_000).offer()
        assert "c=IN IP6 2001:db8::10\r\n" in text
        assert re.search(r"^o=kalenderkoppling \d+ 1 IN IP6 2001:db8::10\r$", text, re.MULTILINE)


class TestHold:
    @pytest.mark.parametrize(
        ("theirs", "ours", "we_send"),
        [
            ("sendrecv", "sendrecv", True),
            ("sendonly", "recvonly", False),
            ("recvonly", "sendonly", True),
            ("inactive", "inactive", False),
        ],
    )
    def test_a_direction_is_answered_and_we_are_silent_while_held(self, theirs: str, ours: str, we_send: bool) -> None:
        for lines, more in (([f"a={theirs}"], ()), ([], (f"a={theirs}",))):
            found = agreed("m=audio 4000 RTP/AVP 8", *lines, more=more)
            assert (found.direction, found.direction.sends) == (ours, we_send)
        assert answer("m=audio 4000 RTP/AVP 8", f"a={theirs}")[-1] == f"a={ours}"

    def test_the_direction_of_the_medium_comes_first(self) -> None:
        assert agreed("m=audio 4000 RTP/AVP 8", "a=sendonly", more=("a=inactive",)).direction is Direction.IN

    def test_without_a_word_sound_goes_both_ways(self) -> None:
        assert agreed("m=audio 4000 RTP/AVP 8").direction is Direction.BOTH

    @pytest.mark.parametrize(
        ("theirs", "ours"),
        [("sendrecv", "recvonly"), ("sendonly", "recvonly"), ("recvonly", "inactive"), ("inactive", "inactive")],
    )
    def test_the_address_of_nobody_is_the_old_way_to_hold(self, theirs: str, ours: str) -> None:
        found = agreed("m=audio 4000 RTP/AVP 8", f"a={theirs}", connection="c=IN IP4 0.0.0.0")
        assert found.direction == ours
        assert not found.direction.sends


class TestAnswer:
    def test_it_names_one_codec_and_keys_under_their_numbers_and_our_pace(self) -> None:
        assert answer(
            "m=audio 4000 RTP/AVP 97 0 96", "a=rtpmap:97 PCMA/8000", "a=rtpmap:96 telephone-event/8000", "a=ptime:30"
        ) == [
            "m=audio 20000 RTP/AVP 97 96",
            "a=rtpmap:97 PCMA/8000",
            "a=rtpmap:96 telephone-event/8000",
            "a=fmtp:96 0-15",
            "a=ptime:20",
            "a=sendrecv",
        ]

    def test_keys_that_were_not_offered_are_not_answered(self) -> None:
        assert answer("m=audio 4000 RTP/AVP 0") == [
            "m=audio 20000 RTP/AVP 0",
            "a=rtpmap:0 PCMU/8000",
            "a=ptime:20",
            "a=sendrecv",
        ]

    def test_every_medium_is_answered_in_its_place_and_all_but_one_are_declined(self) -> None:
        lines = answer(
            "m=image 4100 udptl t38",
            "m=audio 4002 RTP/SAVP 8",
            "m=audio 4000 RTP/AVP 8",
            "m=audio 4004 RTP/AVP 8",
            "m=video 4006 RTP/AVP 96 97",
        )
        assert [line for line in lines if line.startswith("m=")] == [
            "m=image 0 udptl t38",
            "m=audio 0 RTP/SAVP 8",
            "m=audio 20000 RTP/AVP 8",
            "m=audio 0 RTP/AVP 8",
            "m=video 0 RTP/AVP 96",
        ]

    def test_our_own_offer_has_both_codecs_and_keys(self) -> None:
        text = OurSide(HOST, 20_000).offer()
        assert text[text.index("m=") :].splitlines() == [
            "m=audio 20000 RTP/AVP 8 0 101",
            "a=rtpmap:8 PCMA/8000",
            "a=rtpmap:0 PCMU/8000",
            "a=rtpmap:101 telephone-event/8000",
            "a=fmtp:101 0-15",
            "a=ptime:20",
            "a=sendrecv",
        ]

    def test_our_own_offer_is_understood_by_ourselves(self) -> None:
        found = agreed_with(OurSide(HOST, 20_000).offer(), 4)
        assert (found.codec, found.event_type, found.host, found.port) == (Codec.PCMA, 101, HOST, 20_000)

    def test_the_version_grows_by_one_when_something_changes_and_the_session_stays_the_same(self) -> None:
        ours = OurSide(HOST, 20_000)
        held = agreed("m=audio 4000 RTP/AVP 8", "a=sendonly")
        texts = [ours.offer(), *(ours.answer(each) for each in (held, held, agreed("m=audio 4000 RTP/AVP 8"), held))]
        origins = [
            re.findall(r"^o=kalenderkoppling (\d+) (\d+) IN IP4 192\.0\.2\.10\r$", text, re.MULTILINE)[0]
            for text in texts
        ]
        assert [version for _, version in origins] == ["1", "2", "2", "3", "4"]
        assert len({each for each, _ in origins}) == 1

    def test_sessions_are_told_apart(self) -> None:
        assert OurSide(HOST, 20_000).offer() != OurSide(HOST, 20_000).offer()


REAL = (
    session("m=audio 4000 RTP/AVP 8 0 101", "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-16", "a=sendrecv"),
    session("m=audio 4000 RTP/AVP 97", "c=IN IP4 198.51.100.2", "a=rtpmap:97 PCMU/8000", "a=inactive", "m=video 1 X 1"),
)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(REAL))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 12)))
        text = SessionDescription(
            text[:start]
            + draw(st.text(max_size=6) | st.sampled_from(["\r\n", "m=", "c=", "a=", "=", " ", "/", "%"]))
            + text[end:]
        )
    return text


class TestGarbage:
    @given(st.text(max_size=400) | damaged(), st.sampled_from([4, 6]))
    @example("", 4)
    @example("m=", 4)
    @example("c=IN IP4 1.2.3.4\nm=audio 1 RTP/AVP 8\na=rtpmap:" + "9" * 5_000, 4)
    @example("c=IN IP6 ::%\nm=audio 1 RTP/AVP 8", 6)
    @example("c=IN IP4 1.2.3.4\nm=audio 1/" + "9" * 5_000 + " RTP/AVP 8", 4)
    def test_whatever_comes_is_agreed_on_or_refused_and_what_we_say_to_it_is_clean(
        self, text: str, version: int
    ) -> None:
        try:
            found = agreed_with(SessionDescription(text), version)
        except NoCommonCodecError:
            return
        said = OurSide(HOST, 20_000).answer(found)
        assert said.isascii()
        assert re.fullmatch(r"(?:[vosctma]=[ -~]+\r\n)+", said)
        assert [medium.kind for medium in media_of(said)] == [medium.kind for medium in found.media]

    def test_more_media_than_anybody_has_are_refused(self) -> None:
        assert len(agreed(*["m=audio 4000 RTP/AVP 8"] * 32).media) == 32
        with pytest.raises(NoCommonCodecError):
            agreed(*["m=audio 4000 RTP/AVP 8"] * 33)

    @pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
    def test_lines_may_end_in_any_way(self, end: str) -> None:
        text = SessionDescription(session("m=audio 4000 RTP/AVP 8").replace("\r\n", end))
        assert agreed_with(text, 4).port == 4_000
