"""Who uses which prompts."""

from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.ports.prompts import PromptKey
from kalenderkoppling.usecases.announcements.holdings import ALWAYS, Holdings
from kktest.keeping import ACME, ANNA, BERTIL, OTHER

A, B, C = map(PromptKey, "abc")
HERS, HIS, THEIRS = (ACME, ANNA), (ACME, BERTIL), (OTHER, ANNA)


def test_what_somebody_uses_is_held_until_that_person_uses_others() -> None:
    holdings = Holdings()
    assert holdings.set(HERS, [A, B]) == frozenset()
    assert holdings.set(HERS, [B, C]) == {A}
    assert [holdings.is_held(key) for key in (A, B, C)] == [False, True, True]
    assert holdings.set(HERS, ()) == {B, C}


def test_what_two_people_use_is_held_until_neither_does() -> None:
    holdings = Holdings()
    holdings.set(HERS, [A])
    holdings.set(THEIRS, [A])
    assert holdings.set(HERS, ()) == frozenset()
    assert holdings.holders(A) == {THEIRS}
    assert holdings.set(THEIRS, ()) == {A}
    assert holdings.holders(A) == frozenset()


def test_S_7_a_tenant_is_served_what_its_people_use_and_what_everybody_does() -> None:
    holdings = Holdings()
    holdings.set(HERS, [A])
    holdings.set(ALWAYS, [B])
    assert [holdings.serves(key, ACME) for key in (A, B, C)] == [True, True, False]
    assert [holdings.serves(key, OTHER) for key in (A, B, C)] == [False, True, False]


def test_one_more_is_noted_only_of_somebody_who_uses_some() -> None:
    holdings = Holdings()
    holdings.set(HERS, [A])
    assert holdings.add(HERS, B)
    assert not holdings.add(HIS, C)
    assert [holdings.is_held(key) for key in (A, B, C)] == [True, True, False]
    assert holdings.set(HERS, [A]) == {B}


@given(
    st.lists(
        st.tuples(st.sampled_from([HERS, HIS, THEIRS]), st.booleans(), st.frozensets(st.sampled_from([A, B, C]))),
        max_size=30,
    )
)
def test_S_14_holdings_are_those_of_a_plain_table_and_nothing_is_left_of_what_is_over(
    steps: list[tuple[tuple[TenantId, PersonId], bool, frozenset[PromptKey]]],
) -> None:
    holdings = Holdings()
    table: dict[tuple[TenantId, PersonId], frozenset[PromptKey]] = {}
    for holder, adds, keys in steps:
        before = frozenset().union(*table.values())
        if not adds:
            table[holder] = keys
        elif table.get(holder):
            table[holder] |= keys
        gone = frozenset().union(*[frozenset(), *([] if adds else [holdings.set(holder, keys)])])
        for key in keys if adds else ():
            assert holdings.add(holder, key) == bool(table.get(holder))
        after = frozenset().union(*table.values())
        assert gone == before - after
        assert frozenset(key for key in (A, B, C) if holdings.is_held(key)) == after
    for holder in table:
        holdings.set(holder, ())
    assert (holdings._keys, holdings._holders) == ({}, {})
