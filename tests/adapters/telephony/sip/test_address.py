"""Addresses in SIP headers: whatever stands in a display name, the number and the host stay what they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.telephony.sip.address import (
    Address,
    quoted,
    read_address,
    read_addresses,
    read_uri,
    sip_uri,
    value_of,
)
from kktest.sip_grammar import names, numbers, parameters

POLISEN = r'"Polisen\" <sip:112@x>;x=\"" <sip:+46701740605@pbx.example;user=phone>;tag=7'


def test_a_quoted_bracket_in_a_display_name_is_no_address() -> None:
    found = read_address(POLISEN)
    assert (found.uri.user, found.uri.host) == ("+46701740605", "pbx.example")
    assert found.name == 'Polisen" <sip:112@x>;x="'
    assert value_of(found.parameters, "tag") == "7"
    assert read_address(str(found)) == found


@pytest.mark.parametrize(
    ("body", "user", "host", "name", "names_of_parameters"),
    [
        ("sip:10231@pbx.example;tag=1", "10231", "pbx.example", "", ["tag"]),
        ("<sip:10231@pbx.example;user=phone>;tag=1", "10231", "pbx.example", "", ["tag"]),
        (r'"a\\" <sip:1@x>', "1", "x", "a\\", []),
        (r'"\"" <sip:1@x>', "1", "x", '"', []),
        ('"a" "b" <sip:1@x>', "1", "x", "a b", []),
        ("Anna Berg <sip:1@x>", "1", "x", "Anna Berg", []),
        ("Berg, Anna <sip:1@x>", "1", "x", "Berg, Anna", []),
        ("caller<sip:1@x>;lr", "1", "x", "caller", ["lr"]),
        ('<sip:1@[2001:db8::1]:5070>;a="x;y,<z>"', "1", "[2001:db8::1]", "", ["a"]),
        ("<tel:+46-8-508 10 231>", "+46-8-508 10 231", "", "", []),
        ("<tel:10231;phone-context=+468508;npdi>;tag=1", "10231", "", "", ["tag"]),
        ("tel:10231;phone-context=+468508;tag=1", "10231", "", "", ["tag"]),
        ("<10299@pbx.example.org>;reason=unconditional", "10299", "pbx.example.org", "", ["reason"]),
        ("10299@pbx.example.org;reason=unconditional", "10299", "pbx.example.org", "", ["reason"]),
        ("<10299>;reason=unconditional", "10299", "", "", ["reason"]),
        ("<sip:a;b=c:secret@x>", "a", "x", "", []),
        ("<isbn:2983792873>", "", "", "", []),
        ("< sip:t.watson@example.org >", "t.watson", "example.org", "", []),
    ],
)
def test_an_address_is_read_by_the_grammar(
    body: str, user: str, host: str, name: str, names_of_parameters: list[str]
) -> None:
    found = read_address(body)
    assert (found.uri.user, found.uri.host, found.name) == (user, host, name)
    assert [each for each, _ in found.parameters] == names_of_parameters


@pytest.mark.parametrize(
    "body",
    [
        "",
        '"Mr. J. User <sip:j.user@example.com>',
        "<sip:1@x",
        "sip:1@x>",
        "<sip:1@x> <sip:2@x>",
        "<sip:1@x>, <sip:2@x>",
        "<sip:1@x><sip:2@x>",
        "<sip:112@x@y>",
        '<sip:"1"@x>',
        "<sip:1@x:99999>",
        "<sip:1@x>;a=b c",
        "<>",
        "nonsense",
        "<anna>",
        "<sip:1@[::ffff>",
    ],
)
def test_what_is_no_address_by_the_grammar_is_none(body: str) -> None:
    with pytest.raises(InvalidValueError):
        read_address(body)


def test_a_list_is_parted_at_commas_that_part_it() -> None:
    body = r'"Berg, \", Anna" <sip:1@x;a=b,c>;reason="a,b", <sip:2@x>,, tel:+3;x=y ,sip:4@x'
    assert [each.uri.user for each in read_addresses(body)] == ["1", "2", "+3", "4"]


def test_a_list_has_an_end() -> None:
    with pytest.raises(InvalidValueError):
        read_addresses(", ".join(["<sip:1@x>"] * 41))


@pytest.mark.parametrize("text", ["sip:1@x y", "sip:1@x\r\nX: y", "<sip:1@x>", "10231", "", "sip:", "tel:", "sip:1@"])
def test_what_is_no_uri_is_none(text: str) -> None:
    with pytest.raises(InvalidValueError):
        read_uri(text)


@pytest.mark.parametrize(
    "text", ["sip:pbx.example", "SIPS:1@x", "urn:service:sos", "sip:%00@x", "sip:a:b@x:5060;lr?a=b"]
)
def test_a_uri_is_written_as_it_came(text: str) -> None:
    assert str(read_uri(text)).lower() == text.lower()


@given(names, numbers, parameters)
def test_whatever_stands_in_a_display_name_the_number_and_the_host_are_the_grammars(
    name: str, number: str, more: str
) -> None:
    found = read_address(f"{quoted(name)} <sip:{number}@pbx.example;user=phone>{more}")
    assert (found.uri.user, found.uri.host) == (number, "pbx.example")
    assert found.name == "".join(each for each in name if (each >= " " and each != "\x7f") or each == "\t")


@given(st.lists(st.tuples(names, numbers, parameters), min_size=1, max_size=5))
def test_whatever_stands_in_display_names_a_list_has_as_many_addresses_as_were_written(
    written: list[tuple[str, str, str]],
) -> None:
    body = ", ".join(f"{quoted(name)} <sip:{number}@x>{more}" for name, number, more in written)
    assert [each.uri.user for each in read_addresses(body)] == [number for _, number, _ in written]


@given(names, numbers, parameters)
def test_what_is_written_is_read_again_as_it_was(name: str, number: str, more: str) -> None:
    found = read_address(f"{quoted(name)} <sip:{number}@x>{more}")
    assert read_address(str(found)) == found
    assert read_addresses(f"{found}, {found}") == (found, found)


@given(st.text(), st.text(alphabet="0123456789+"))
def test_a_user_that_we_write_stays_the_user_whatever_stands_in_it(user: str, host: str) -> None:
    found = sip_uri(user, "pbx.example", 5060)
    assert (found.user or "", found.host, found.port) == (user.encode(errors="replace").decode(), "pbx.example", 5060)
    assert found.parameters == found.headers == ()


@given(st.text())
def test_F_33_no_text_breaks_the_reading_and_what_is_read_can_be_written(text: str) -> None:
    for read in (read_address, lambda body: read_addresses(body)[0]):
        try:
            found = read(text)
        except (InvalidValueError, IndexError):
            continue
        assert isinstance(found, Address)
        assert not any(each in str(found) for each in "\r\n\x00")
        assert read_address(str(found)).uri.user == found.uri.user.replace(" ", "-")
