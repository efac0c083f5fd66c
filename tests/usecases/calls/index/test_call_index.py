"""The index of callees: by number and by person, with a word to those who listen."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.usecases.callees.callee import Callee
from kalenderkoppling.usecases.calls.index.call_index import CallIndex
from kktest.callees import callee
from kktest.keeping import ACME, ANNA, BERTIL, OTHER
from kktest.make import absence

Told = list[tuple[Callee | None, Callee | None]]


def numbered(id_: str, *numbers: str) -> Callee:
    """Somebody with numbers."""
    return replace(callee(id_=id_), numbers=frozenset(numbers))


ANNAS = numbered("anna", "10231", "+46701740605")
BERTILS = numbered("bertil", "10877")


def index_of(*callees: Callee) -> CallIndex:
    """An index with people."""
    index = CallIndex()
    for each in callees:
        index.put(each)
    return index


def listening(index: CallIndex) -> Told:
    """Whatever an index tells from now on."""
    told: Told = []
    index.listen(lambda before, after: told.append((before, after)))
    return told


def test_a_person_is_found_by_each_number_and_by_id() -> None:
    index = index_of(ANNAS, BERTILS)
    assert index.find(ACME, ["10231"]) is index.find(ACME, ["+46701740605"]) is index.get(ACME, ANNA) is ANNAS
    assert index.find(ACME, ["10877"]) is BERTILS
    assert len(index) == 2
    assert set(index.people(ACME)) == {ANNA, BERTIL}
    assert set(map(id, index)) == {id(ANNAS), id(BERTILS)}


def test_the_first_candidate_that_anybody_has_counts() -> None:
    index = index_of(ANNAS, BERTILS)
    assert index.find(ACME, ["0", "10877", "10231"]) is BERTILS
    assert index.find(ACME, ["0", "1"]) is None
    assert index.find(ACME, []) is None


def test_S_7_a_tenant_finds_only_its_own_people() -> None:
    index = index_of(ANNAS)
    assert index.find(OTHER, ["10231"]) is None
    assert index.get(OTHER, ANNA) is None
    assert list(index.people(OTHER)) == []
    index.put(replace(ANNAS, tenant=OTHER, name="Olle Annan"))
    found = index.find(ACME, ["10231"]), index.find(OTHER, ["10231"])
    assert [each.name for each in found if each] == ["Anna Ek", "Olle Annan"]
    assert index.ambiguous == 0


def test_a_number_that_two_people_share_finds_nobody_and_no_later_candidate_either() -> None:
    index = index_of(ANNAS, numbered("bertil", "10231", "10877"))
    assert index.find(ACME, ["10231", "10877"]) is None
    assert index.find(ACME, ["10877"]) is not None
    assert index.ambiguous == 1


def test_a_number_that_is_no_longer_shared_finds_the_one_who_has_it() -> None:
    index = index_of(ANNAS, numbered("bertil", "10231"), numbered("carolina", "10231"))
    index.remove(ACME, BERTIL)
    assert index.find(ACME, ["10231"]) is None
    index.put(numbered("carolina", "1"))
    assert index.find(ACME, ["10231"]) is ANNAS
    assert index.ambiguous == 0


def test_a_number_that_somebody_gave_up_is_free() -> None:
    index = index_of(ANNAS)
    index.put(numbered("anna", "10232"))
    assert index.find(ACME, ["10231"]) is None
    index.put(numbered("bertil", "10231"))
    assert index.find(ACME, ["10231"]) is not None


def test_what_is_new_replaces_what_was_known() -> None:
    index = index_of(ANNAS)
    away = replace(ANNAS, absences=(absence("10:00", "11:00", Diversion.DIRECT),))
    index.put(away)
    assert index.find(ACME, ["10231"]) is index.get(ACME, ANNA) is away


def test_listeners_are_told_of_what_was_and_what_is() -> None:
    index = CallIndex()
    told = listening(index)
    renamed = replace(ANNAS, name="Anna Berg")
    index.put(ANNAS)
    index.put(renamed)
    index.remove(ACME, ANNA)
    assert told == [(None, ANNAS), (ANNAS, renamed), (renamed, None)]


def test_what_is_equal_is_no_change_and_the_one_that_is_there_stays() -> None:
    index = index_of(ANNAS)
    told = listening(index)
    index.put(replace(ANNAS))
    index.remove(ACME, BERTIL)
    index.remove(OTHER, ANNA)
    assert told == []
    assert index.get(ACME, ANNA) is ANNAS


def test_a_listener_that_fails_keeps_nobody_from_the_news() -> None:
    index = CallIndex()

    def fails(before: Callee | None, after: Callee | None) -> None:
        raise ValueError

    index.listen(fails)
    told = listening(index)
    index.put(ANNAS)
    assert index.get(ACME, ANNA) is ANNAS
    assert len(told) == 1


def test_it_is_loaded_tenant_by_tenant() -> None:
    index = index_of(ANNAS)
    assert not index.is_loaded(ACME)
    index.mark_loaded(ACME)
    assert (index.is_loaded(ACME), index.is_loaded(OTHER)) == (True, False)


def test_replacing_all_forgets_who_is_gone_and_leaves_other_tenants_alone() -> None:
    index = index_of(ANNAS, BERTILS, replace(ANNAS, tenant=OTHER))
    told = listening(index)
    carolina = numbered("carolina", "3")
    index.replace_all(ACME, [ANNAS, carolina])
    assert told == [(BERTILS, None), (None, carolina)]
    assert index.is_loaded(ACME)
    assert index.get(OTHER, ANNA) is not None


_PEOPLE, _KEYS = ("anna", "bertil", "carolina"), ("1", "2", "3", "4")
_deeds = st.lists(st.tuples(st.sampled_from(_PEOPLE), st.none() | st.frozensets(st.sampled_from(_KEYS))), max_size=25)


@given(_deeds)
def test_whatever_is_put_and_removed_a_number_finds_its_only_owner(
    deeds: list[tuple[str, frozenset[str] | None]],
) -> None:
    index, model = CallIndex(), dict[str, frozenset[str]]()
    told = listening(index)
    for id_, numbers in deeds:
        if numbers is None:
            index.remove(ACME, PersonId(id_))
            model.pop(id_, None)
        else:
            index.put(numbered(id_, *numbers))
            model[id_] = numbers
    owners = Counter(key for numbers in model.values() for key in numbers)
    for key in _KEYS:
        found = index.find(ACME, [key])
        assert (found is not None) == (owners[key] == 1)
        assert found is None or key in model[found.person]
    assert index.ambiguous == sum(1 for count in owners.values() if count > 1)
    assert {each.person: each.numbers for each in index} == model
    # Told in turn, changes lead from nobody to what is there.
    known: dict[str, Callee] = {}
    for before, after in told:
        person = (before or after or ANNAS).person
        assert known.pop(person, None) == before
        if after is not None:
            known[person] = after
    assert known == {each.person: each for each in index}
