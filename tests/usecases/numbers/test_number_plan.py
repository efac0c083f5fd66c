"""Numbers in any written form: one number, one key."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kalenderkoppling.domain.text import is_invisible
from kalenderkoppling.usecases.numbers.number_plan import LONGEST_EXTENSION, NumberPlan
from kalenderkoppling.usecases.numbers.written_number import LONGEST, LONGEST_USER
from kktest.keeping import person

SWEDISH = NumberPlan(country="SE", direct_dial=("+468508",))
NORWEGIAN = NumberPlan(country="NO")
ANNAS_MOBILE = "+46701740605"


@pytest.mark.parametrize(
    "written",
    [
        "070-174 06 05",
        "0701740605",
        "070/174.06.05",
        "070\u20111740605",
        "070\u00a01740605",
        "+46701740605",
        "+46 (0)70-174 06 05",
        "+46(0)701740605",
        "+460701740605",
        "0046701740605",
        "00 46 (0)70 174 06 05",
        "46701740605",
        "701740605",
        "tel:+46-70-1740605",
        "tel:+46-70-1740605;phone-context=example.com",
        "tel:070-1740605",
        "TEL:+46701740605",
        "sip:+46701740605@pbx.example.org;user=phone",
        "sips:0701740605@pbx",
        "sip:0701740605:secret@pbx",
        "sip:0701740605;isub=1@pbx",
        "\u202a070-174\u00ad06\u200b05\u202c",
        "+46\u200e70\u2060174\ufeff0605",
        "sip:07017%E2%80%8B40605@pbx",
        "sip:%2B46701740605@pbx",
        "<sip:0701740605@pbx>",
        "<sip:0701740605@pbx>;tag=1",
        '"Anna <Berg>" <sip:0701740605@pbx>',
        "Anna Berg <tel:0701740605>",
        "0701740605@pbx.example.org",
        "  0701740605\t",
        "０７０１７４０６０５",
        "٠٧٠١٧٤٠٦٠٥",
    ],
)
def test_a_number_has_one_key_however_it_is_written(written: str) -> None:
    assert SWEDISH.candidates(written)[0] == ANNAS_MOBILE


@pytest.mark.parametrize(
    "written",
    ["10231", "102 31", "+46 8 508 10 231", "08-508 10 231", "0046850810231", "46850810231", "sip:10231@pbx;user=phone",
     "tel:10231;phone-context=+46-8-508", "sip:10231", "tel:10231;phone-context=pbx.example.org"],
)  # fmt: skip
def test_a_full_number_of_the_companys_own_range_is_the_extension_in_it(written: str) -> None:
    assert SWEDISH.candidates(written)[0] == "10231"


def test_a_range_may_be_written_in_any_form_too() -> None:
    assert NumberPlan(country="SE", direct_dial=("+46 8-508", "")).candidates("08-508 10 231") == ("10231",)


def test_of_two_ranges_the_longer_one_counts() -> None:
    plan = NumberPlan(country="SE", direct_dial=("+468", "+468508"))
    assert plan.candidates("08-508 10 231") == ("10231",)
    assert plan.candidates("08-465 004 15") == ("46500415",)


def test_what_follows_a_range_is_an_extension_only_if_it_is_short_and_there() -> None:
    assert SWEDISH.candidates("+468508") == ("+468508", "468508")
    assert NumberPlan(country="SE", direct_dial=("+46",)).candidates("070-174 06 05") == (ANNAS_MOBILE,)


@pytest.mark.parametrize("written", ["anna.berg", "Anna.Berg", "sip:ANNA.BERG@example.org", "<sip:anna%2Eberg@pbx>"])
def test_a_user_of_letters_is_a_key_too(written: str) -> None:
    assert SWEDISH.candidates(written) == ("anna.berg",)


def test_a_number_local_to_a_place_is_looked_for_as_an_extension_first() -> None:
    assert SWEDISH.candidates("tel:1740605;phone-context=+4670") == ("1740605", ANNAS_MOBILE)


def test_an_extension_with_a_plus_before_it_is_found_as_the_extension_it_is() -> None:
    assert SWEDISH.candidates("+10231") == ("+10231", "10231")


@pytest.mark.parametrize("written", ["", " ", "@", "+", "-", "sip:", "sip:@pbx", "sip:pbx.example.org", "sip:192.0.2.1",
                                     "sip:192.0.2.1:5060", "tel:", "<>", '""', "\0", "\n\r", "%00", "..."])  # fmt: skip
def test_what_is_no_number_has_no_key(written: str) -> None:
    assert SWEDISH.candidates(written) == ()


def test_a_country_that_nobody_knows_reads_what_says_its_own_country() -> None:
    plan = NumberPlan(country="XX")
    assert plan.candidates("+46 70-174 06 05") == (ANNAS_MOBILE,)
    assert plan.candidates("10231") == ("10231",)


def test_norwegian_numbers_have_no_prefix_and_are_full_all_the_same() -> None:
    for written in ("22 12 34 56", "+47 22 12 34 56", "004722123456", "4722123456"):
        assert NORWEGIAN.candidates(written) == ("+4722123456",)
    assert NORWEGIAN.candidates("1234") == ("1234",)


def test_a_number_that_nobody_has_given_out_yet_is_read_alike_in_all_forms() -> None:
    written = ("+46999123456", "0046999123456", "0999123456", "+46 (0)999-12 34 56", "+460999123456")
    assert {SWEDISH.candidates(each)[0] for each in written} == {"+46999123456"}


def test_a_person_is_found_by_extension_mobile_and_what_rings() -> None:
    anna = person(extension="102 31", mobile="070-174 06 05", phone_uri="sip:anna.berg@example.org")
    assert SWEDISH.keys_of(anna) == {"10231", ANNAS_MOBILE, "anna.berg"}
    assert SWEDISH.keys_of(person(extension="08-508 10 231", phone_uri="sip:10231@pbx")) == {"10231"}
    assert SWEDISH.keys_of(person()) == frozenset()


_BEHIND_NUMBERS = (
    ";ext=231", "; EXT = 231", " x231", " x 231", "x.231", " ext. 231", " ext 231", " extension 231", " extn 231",
    " ankn 231", " ankn. 231", " ankn: 231", ", anknytning 231", " Anknr 231", " ank 231", " intern 231",
    " internnr. 231", " lokal 231", " linje: 2 31",
)  # fmt: skip


@pytest.mark.parametrize("behind", _BEHIND_NUMBERS)
@pytest.mark.parametrize("number", ["+46 8 508 10 000", "08-508 10 000", "10000", "tel:+46850810000"])
def test_an_extension_behind_a_number_of_the_company_is_that_extension(number: str, behind: str) -> None:
    assert SWEDISH.candidates(number + behind) == ("231",)


@pytest.mark.parametrize("behind", _BEHIND_NUMBERS)
def test_an_extension_behind_a_number_from_elsewhere_is_nobody_and_never_the_number_without_it(behind: str) -> None:
    assert SWEDISH.candidates(f"070-174 06 05{behind}") == ()


@pytest.mark.parametrize(
    "written",
    ["x231", "x 231", "ext231", "ext. 231", "ankn 231", "Anknytning 231", ";ext=231", "tel:;ext=231",
     "sip:+46850810000;ext=231@pbx;user=phone", "sip:10000;ext=231@pbx", "tel:+46-8-508-10-000;ext=231;isub=1",
     "<tel:+46850810000;ext=231>", "sip:10000%3Bext%3D231@pbx", "tel:10000;ext=231;phone-context=+468508"],
)  # fmt: skip
def test_an_extension_alone_or_in_an_address_is_that_extension(written: str) -> None:
    assert SWEDISH.candidates(written) == ("231",)


@pytest.mark.parametrize(
    "written",
    ["10000;ext=", "10000;ext=abc", "tel:+46850810000;ext=+231", "10000 x123456789", "10000;231", "10231; 10232",
     "0701740605;0701740606"],
)  # fmt: skip
def test_what_cannot_be_read_behind_a_number_makes_it_nobodys(written: str) -> None:
    assert SWEDISH.candidates(written) == ()


@pytest.mark.parametrize("name", ["maxx231", "x", "linje2", "lokal1", "int2", "annex 2"])
def test_a_name_that_looks_a_little_like_an_extension_stays_a_name(name: str) -> None:
    assert SWEDISH.candidates(name) == (name,)


# ── laws ────────────────────────────────────────────────────────────────────────────────────────

_subscribers = st.from_regex(r"(7[02369][0-9]{7}|8[4-7][0-9]{6}|31[1-9][0-9]{5})", fullmatch=True)
_marks = st.sampled_from(("", "", "", " ", "-", "\u00a0", "."))


@st.composite
def written_forms(draw: st.DrawFn, subscriber: str) -> str:
    """Some way to write a Swedish number."""
    digits = "".join(f"{each}{draw(_marks)}" for each in subscriber[:-1]) + subscriber[-1]
    before = draw(st.sampled_from(("0", "+46", "+46 ", "+46 (0)", "+46(0)", "0046", "00 46 ", "46", "+460")))
    frame = draw(st.sampled_from(("{}", " {} ", "tel:{}", "sip:{}@192.0.2.1", "<sip:{}@pbx;user=phone>;tag=9")))
    return frame.format(before + digits)


@given(st.data(), _subscribers)
def test_every_written_form_of_a_number_gives_the_same_first_key(data: st.DataObject, subscriber: str) -> None:
    one, other = (data.draw(written_forms(subscriber)) for _ in "ab")
    plan = NumberPlan(country="SE")
    assert plan.candidates(one)[:1] == plan.candidates(other)[:1] == (f"+46{subscriber}",)


@given(st.from_regex(rf"[1-9][0-9]{{0,{LONGEST_EXTENSION - 1}}}", fullmatch=True), _subscribers)
def test_an_extension_never_collides_with_a_national_number(extension: str, subscriber: str) -> None:
    plan = NumberPlan(country="SE")
    assert plan.candidates(extension) == (extension,)
    assert extension not in plan.candidates(f"0{subscriber}")
    assert plan.keys_of(person(extension=extension)).isdisjoint(plan.keys_of(person(mobile=f"0{subscriber}")))


@given(st.from_regex(r"[0-9]{1,6}", fullmatch=True))
def test_every_extension_of_a_range_is_found_by_its_full_number(extension: str) -> None:
    assert SWEDISH.candidates(f"+468508{extension}")[0] == extension


_ANYTHING = st.text(max_size=700) | st.text('+0123456789()- .;@:<>%"sipteland=?\\', max_size=80) | st.binary(
    max_size=60).map(lambda raw: raw.decode("latin-1"))  # fmt: skip


@given(_ANYTHING, st.sampled_from(("SE", "NO", "US", "IT", "", "XX", "world")))
@example("sip:" + "9" * 600, "SE")
@example("\ud800", "SE")
@example("<" * 512, "SE")
@example('"' * 512, "SE")
@example("(0)" * 200, "SE")
def test_garbage_is_read_without_trouble_into_few_short_keys(written: str, country: str) -> None:
    found = NumberPlan(country=country, direct_dial=("+468508", written)).candidates(written)
    assert len(found) <= 2
    assert all(0 < len(key) <= LONGEST_USER + 1 and key.isprintable() for key in found)
    assert found == NumberPlan(country=country, direct_dial=("+468508", written)).candidates(written)


@given(_ANYTHING)
def test_a_persons_keys_are_what_a_call_to_the_same_words_looks_up_first(written: str) -> None:
    first = SWEDISH.candidates(written)[:1]
    for field in ("extension", "mobile", "phone_uri"):
        assert SWEDISH.keys_of(person(**{field: written})) == set(first)


def test_endless_text_is_not_read_to_its_end() -> None:
    assert SWEDISH.candidates(" " * LONGEST + "10231") == ()
    assert SWEDISH.candidates("a" * (LONGEST_USER + 1)) == ()


_EXTENSIONS = st.from_regex(rf"[0-9]{{1,{LONGEST_EXTENSION}}}", fullmatch=True)


@given(
    st.sampled_from(("", "10000", "08-508 10 000", "+46850810000", "0701740605", "+4915112345678")),
    _EXTENSIONS,
    st.sampled_from((";ext={}", "x{}", " x {}", " ext. {}", " ankn {}", ", ankn. {}", " anknytning: {}")),
)
def test_a_number_with_an_extension_is_that_extension_or_nobody(base: str, extension: str, form: str) -> None:
    assert SWEDISH.candidates(base + form.format(extension)) in ((extension,), ())


_INVISIBLE = st.sampled_from([chr(each) for each in range(0x110000) if is_invisible(chr(each))])


@given(st.data(), _subscribers)
def test_no_invisible_character_hides_a_number(data: st.DataObject, subscriber: str) -> None:
    written = f"0{subscriber}"
    place = data.draw(st.integers(0, len(written)))
    hidden = written[:place] + data.draw(_INVISIBLE) + written[place:]
    assert SWEDISH.candidates(hidden)[0] == f"+46{subscriber}"
