"""Ids that look like Graph's and compare like the tokens they were made from."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.sandbox import ids

TOKENS = st.text(st.characters(codec="utf-8", exclude_characters="@"), min_size=1, max_size=12)


@given(one=TOKENS, other=TOKENS)
def test_ids_sort_as_their_tokens_do(one: str, other: str) -> None:
    for name in (ids.immutable_id, ids.mutable_id):
        assert (name(one) < name(other)) == (one < other)


@given(one=TOKENS, other=TOKENS)
def test_no_id_stands_inside_another(one: str, other: str) -> None:
    for name in (ids.immutable_id, ids.mutable_id):
        assert (name(one) in name(other)) == (one == other)


@given(token=TOKENS)
def test_the_token_can_be_read_back_from_either_shape(token: str) -> None:
    assert ids.token_of(ids.immutable_id(token)) == token
    assert ids.token_of(ids.mutable_id(token, moves=3)) == token


def test_an_occurrences_id_sorts_between_its_neighbours_by_original_date() -> None:
    days = [date(2027, 2, 1), date(2027, 2, 8), date(2027, 10, 1)]
    names = [ids.immutable_id(ids.occurrence_token("s", day)) for day in days]

    assert sorted(names) == names
    assert ids.immutable_id("s") < names[0]


def test_what_is_no_id_of_ours_is_known_as_such() -> None:
    assert ids.token_of("AAMkAGUzYRgWAAA=") is None


def test_change_keys_differ_by_version() -> None:
    assert ids.change_key("a", 1) != ids.change_key("a", 2)
