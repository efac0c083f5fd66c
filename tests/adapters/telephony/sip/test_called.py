"""Who is called and who calls, read from the headers of an INVITE."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.call import Caller
from kalenderkoppling.telephony.sip.called import addresses_in, digit_of, name_of, read_called, read_caller, user_in


@pytest.mark.parametrize(
    ("address", "user"),
    [
        ("sip:10231@pbx.example", "10231"),
        ("SIP:10231@pbx.example;transport=udp", "10231"),
        ("<sip:+4685081023@pbx.example;user=phone>;tag=7", "+4685081023"),
        ('"Berg, Anna <växel>" <sip:10231@pbx.example>', "10231"),
        ("<sip:10231;phone-context=example@pbx.example>", "10231"),
        ("sip:10231:secret@pbx.example", "10231"),
        ("sip:anna%2Eberg@pbx.example", "anna.berg"),
        ("<tel:+46-70-174 06 05>", "+46-70-174 06 05"),
        ("tel:+46701740605;ext=12", "+46701740605"),
        ("sip:pbx.example", ""),
        ("", ""),
        ("nonsense", ""),
        ("<>", ""),
    ],
)
def test_the_user_part_names_who_is_meant(address: str, user: str) -> None:
    assert "".join(user_in(each.uri) for each in addresses_in([address])) == user


def test_the_called_person_is_found_from_the_request_uri_first() -> None:
    called = read_called("sip:10231@kk.example", ["<sip:10440@pbx.example>;reason=unconditional"], [])
    assert called.candidates == ("10231", "10440")


def test_the_latest_diversion_stands_first() -> None:
    diversions = ["<sip:10440@pbx.example>;reason=no-answer", "<sip:10512@pbx.example>;reason=unconditional"]
    assert read_called("sip:kk@kk.example", diversions, []).diverted_from == ("10440", "10512")


def test_several_diversions_in_one_header_are_parted_at_commas_outside_of_quotes_and_brackets() -> None:
    body = '"Berg, Anna" <sip:10440@pbx.example;x=a,b>;reason=no-answer, <sip:10512@pbx.example>'
    assert read_called("sip:kk@kk.example", [body], []).diverted_from == ("10440", "10512")


def test_where_no_diversion_stands_the_history_tells_the_latest_by_its_index() -> None:
    history = [
        "<sip:10231@pbx.example>;index=1",
        "<sip:10440@pbx.example;cause=408>;index=1.1;mp=1, <sip:kk@kk.example;cause=302>;index=1.1.1;mp=1.1",
    ]
    called = read_called("sip:kk@kk.example", [], history)
    assert called.diverted_from == ("kk", "10440", "10231")
    assert called.candidates == ("kk", "10440", "10231")


def test_the_tenth_entry_of_a_history_comes_after_the_ninth() -> None:
    history = [f"<sip:{number}@pbx.example>;index=1.{number}" for number in (9, 10)]
    assert read_called("sip:kk@kk.example", [], history).diverted_from == ("10", "9")


def test_a_diversion_stands_before_the_history() -> None:
    called = read_called("sip:kk@kk.example", ["<sip:10440@pbx.example>"], ["<sip:10512@pbx.example>;index=1"])
    assert called.diverted_from == ("10440",)


@pytest.mark.parametrize(
    ("diversions", "history", "has_rung"),
    [
        (["<sip:10231@pbx>;reason=no-answer"], [], True),
        (['<sip:10231@pbx>;privacy=off;reason="user-busy"'], [], True),
        (["<sip:10231@pbx>;reason=unconditional"], [], False),
        (["<sip:10231@pbx>"], [], False),
        (["<sip:10231@pbx>;reason=unconditional", "<sip:1@pbx>;reason=no-answer"], [], False),
        ([], ["<sip:10231@pbx>;index=1", "<sip:kk@kk;cause=408>;index=1.1"], True),
        ([], ["<sip:10231@pbx>;index=1", "<sip:kk@kk;cause=302>;index=1.1"], False),
        ([], ["<sip:10231@pbx?Reason=SIP%3Bcause%3D486>;index=1", "<sip:kk@kk>;index=1.1"], True),
        ([], ['<sip:1@pbx?privacy=none&Reason=SIP%3bcause%3d408%3btext%3d"Timeout">;index=1'], True),
        ([], ["<sip:10231@pbx?Reason=SIP%3Bcause%3D302>;index=1", "<sip:kk@kk>;index=1.1"], False),
        ([], ["<sip:1@pbx?Reason=SIP%3Bcause%3D486>;index=1", "<sip:10231@pbx>;index=1.1"], False),
        ([], ["<sip:1@pbx?Reason=Q.850%3Bcause%3D486>;index=1"], False),
        ([], [], False),
    ],
)
def test_it_is_known_whether_the_phone_was_tried_before_the_call_was_forwarded(
    diversions: list[str], history: list[str], has_rung: bool
) -> None:
    assert read_called("sip:kk@kk.example", diversions, history).has_rung is has_rung


def test_the_asserted_identity_is_believed_before_the_sender() -> None:
    caller = read_caller('"Växeln" <sip:0@pbx.example>;tag=1', ['"Bo Åberg" <sip:+46701740605@pbx.example>'], [])
    assert caller == Caller(number="+46701740605", name="Bo Åberg")


def test_without_an_asserted_identity_the_sender_counts() -> None:
    assert read_caller("Bo <sip:10877@pbx.example>;tag=1", [], []) == Caller(number="10877", name="Bo")


@pytest.mark.parametrize("sender", ['"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1', "<sip:pbx.example>", ""])
def test_an_anonymous_sender_is_hidden(sender: str) -> None:
    assert read_caller(sender, [], []) == Caller()


@pytest.mark.parametrize("wish", ["id", "user;id", "header", "critical; id"])
def test_who_wishes_to_be_hidden_is_hidden_though_the_exchange_knows_the_number(wish: str) -> None:
    assert read_caller("<sip:10877@pbx.example>", ["<sip:10877@pbx.example>"], [wish]).is_hidden


def test_who_wishes_no_privacy_is_shown() -> None:
    assert not read_caller("<sip:10877@pbx.example>", [], ["none"]).is_hidden


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ('"Åsa Öberg" <sip:1@x>', "Åsa Öberg"),
        ("Åsa <sip:1@x>", "Åsa"),
        ('"a \\"b\\" c" <sip:1@x>', 'a "b" c'),
        ("<sip:1@x>", ""),
        ("sip:1@x", ""),
    ],
)
def test_the_display_name_is_read(address: str, name: str) -> None:
    assert name_of(address) == name


@pytest.mark.parametrize(
    ("kind", "body", "key"),
    [
        ("application/dtmf-relay", "Signal=1\r\nDuration=160\r\n", "1"),
        ("application/dtmf-relay", "Signal= 2\r\nDuration= 250", "2"),
        ("application/dtmf-relay", "signal=*", "*"),
        ("application/dtmf-relay", "Signal=10\r\n", "*"),
        ("application/dtmf-relay", "Signal=11\r\n", "#"),
        ("Application/DTMF; x=1", "1\r\n", "1"),
        ("application/dtmf", "1 2", ""),
        ("application/dtmf-relay", "Duration=160", ""),
        ("text/plain", "1", ""),
    ],
)
def test_a_key_is_read_from_sip_info(kind: str, body: str, key: str) -> None:
    assert digit_of(kind, body) == key


@given(st.text(), st.lists(st.text(), max_size=5), st.lists(st.text(), max_size=5))
def test_F_33_no_header_however_garbled_breaks_the_reading(one: str, some: list[str], others: list[str]) -> None:
    called = read_called(one, some, others)
    caller = read_caller(one, some, others)
    assert all(each == each.strip() and len(each) <= 128 and each.isprintable() for each in called.candidates)
    assert caller.name.isprintable()
    assert len(digit_of(one, "".join(some))) <= 1
