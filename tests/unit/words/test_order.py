"""Sorting and searching names."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.words import Language, fold, languages, sort_key

SV, NB, EN = Language("sv"), Language("nb"), Language("en")

LETTERS = st.text(alphabet="abcxyzåäöæøéüABCXYZÅÄÖÆØÉ -'", max_size=12)
ANY_LANGUAGE = st.sampled_from(languages())


def in_order(language: Language, *names: str) -> list[str]:
    return sorted(names, key=lambda name: sort_key(name, language))


@pytest.mark.parametrize(
    ("language", "ordered"),
    [
        (SV, ["Andersson", "Zetterberg", "Åberg", "Ärlig", "Öberg"]),
        (SV, ["Aasen", "Vall", "Wahl", "Xu"]),
        (SV, ["Zorn", "Ångström", "Ækre", "Ödman", "Ørsted"]),
        (NB, ["Zorn", "Ækre", "Ødegård", "Ås"]),
        (NB, ["Zorn", "Ärlig", "Öberg", "Aas", "Ås"]),
        (EN, ["Aberg", "Åberg", "Archer", "Öberg", "Zorn"]),
    ],
)
def test_names_stand_in_the_order_of_the_language(language: Language, ordered: list[str]) -> None:
    assert in_order(language, *reversed(ordered)) == ordered


def test_u_with_dots_stands_with_y_in_swedish() -> None:
    assert in_order(SV, "Myrdal", "Müller", "Munk", "Mydal") == ["Munk", "Mydal", "Müller", "Myrdal"]


def test_a_short_name_stands_before_a_longer_one() -> None:
    assert in_order(SV, "Bergman", "Berg Anna", "Berg") == ["Berg", "Berg Anna", "Bergman"]


def test_a_hyphen_sorts_like_a_blank() -> None:
    names = ["Ann Lo", "Ann-Marie Lo", "Anna Lo"]
    assert in_order(SV, *reversed(names)) == names


def test_accents_and_case_only_decide_between_equals() -> None:
    names = ["Linde", "linde", "Lindén", "Lindes"]
    assert in_order(SV, *reversed(names)) == names


def test_an_apostrophe_does_not_count() -> None:
    assert in_order(SV, "Onell", "O'Neill", "Olsson") == ["Olsson", "O'Neill", "Onell"]


@given(LETTERS, ANY_LANGUAGE)
def test_a_letter_is_sorted_alike_however_it_is_encoded(text: str, language: Language) -> None:
    composed, apart = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    letters = [sort_key(each, language).partition("\x01")[0] for each in (composed, apart)]
    assert letters[0] == letters[1]


@given(st.text(), ANY_LANGUAGE)
def test_a_sort_key_can_be_kept_in_any_database(text: str, language: Language) -> None:
    key = sort_key(text, language)
    assert "\x00" not in key
    assert key.encode()


@given(st.text(), st.text(), ANY_LANGUAGE)
def test_only_the_same_visible_text_has_the_same_key(one: str, other: str, language: Language) -> None:
    visible = ["".join(c for c in each if unicodedata.category(c) not in {"Cc", "Cs"}) for each in (one, other)]
    assert (sort_key(one, language) == sort_key(other, language)) == (visible[0] == visible[1])


@given(LETTERS, LETTERS)
def test_in_swedish_a_with_ring_a_and_o_with_dots_come_last(one: str, other: str) -> None:
    assert sort_key(f"z{one}", SV) < sort_key(f"å{other}", SV) < sort_key(f"ä{one}", SV) < sort_key(f"ö{other}", SV)


@given(LETTERS, LETTERS)
def test_in_norwegian_ae_o_with_stroke_and_a_with_ring_come_last(one: str, other: str) -> None:
    assert sort_key(f"z{one}", NB) < sort_key(f"æ{other}", NB) < sort_key(f"ø{one}", NB) < sort_key(f"å{other}", NB)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Åsa Öberg", "asa oberg"),
        ("Kjær", "kjar"),
        ("KJÄR", "kjar"),
        ("Sørensen", "sorensen"),
        ("Sörensen", "sorensen"),
        ("André", "andre"),
        ("  Anna \t Berg ", "anna berg"),
        ("Þóra Guðmundsdóttir", "thora gudmundsdottir"),
        ("Straße", "strasse"),
        ("Wałęsa", "walesa"),
        ("A\u030asa", "asa"),
    ],
)
def test_searching_sees_base_letters(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(LETTERS)
def test_folding_does_not_see_case(text: str) -> None:
    assert fold(text.upper()) == fold(text.lower()) == fold(text)


@given(LETTERS)
def test_nordic_names_fold_to_plain_letters(text: str) -> None:
    assert fold(text).isascii()


@given(st.text())
def test_folding_sees_no_difference_between_encodings(text: str) -> None:
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))
