"""What every store promises of the search: folded words by prefix, names first, numbers in any form."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kalenderkoppling.domain.person import Person
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.store import SqlStore
from kktest.keeping import ACME, person

COMPANY = (
    person("p1", "Åsa Ström", department="Ekonomi", mobile="070-174 06 05", extension="4411"),
    person("p2", "Asta Nilsson", department="Ekonomi", title="Handläggare", extension="4412"),
    person("p3", "Björn Åkesson", place="Östersund", responsibilities="fakturor, löner", mobile="+46 (0)70-174 06 06"),
    person("p4", "Örjan Ek", department="IT", title="Ström- och nätansvarig", extension="0911"),
    person("p5", "Anna-Karin Zetterlund", department="IT", mobile="0046701740999"),
    person("p6", "Kjærsti Øverås", place="Oslo"),
)


@pytest.fixture
def tx(store: SqlStore) -> Iterator[Transaction]:
    with store.write(ACME) as tx:
        tx.people.put(COMPANY)
        yield tx


def found(tx: Transaction, text: str, *, limit: int = 10, offset: int = 0) -> list[str]:
    return [each.id for each in tx.people.search(text, limit=limit, offset=offset).people]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("åsa", ["p1"]),
        ("ASA", ["p1"]),
        ("as", ["p2", "p1"]),
        ("strom", ["p1", "p4"]),
        ("ström", ["p1", "p4"]),
        ("karin", ["p5"]),
        ("anna-karin z", ["p5"]),
        ("overas", ["p6"]),
        ("kjaersti", []),
        ("kjarsti", ["p6"]),
        ("loner", ["p3"]),
        ("ostersund", ["p3"]),
        ("ekonomi", ["p2", "p1"]),
        ("ekonomi as", ["p2", "p1"]),
        ("as ekonomi nil", ["p2"]),
        ("nilsson it", []),
        ("ek", ["p4", "p2", "p1"]),
        ("zz", []),
    ],
)
def test_words_are_found_by_prefix_folded_names_first(tx: Transaction, text: str, expected: list[str]) -> None:
    assert found(tx, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4411", ["p1"]),
        ("441", ["p2", "p1"]),
        ("070-174 06 05", ["p1"]),
        ("0701740605", ["p1"]),
        ("+46701740605", ["p1"]),
        ("0046 70 174 06 05", ["p1"]),
        ("+46 (0)70 174 06 05", ["p1"]),
        ("070-17", ["p5", "p3", "p1"]),
        ("0605", ["p1"]),
        ("06 06", ["p3"]),
        ("0911", ["p4"]),
        ("911", ["p4"]),
        ("asa 4411", ["p1"]),
        ("4411 ekonomi", ["p1"]),
        ("asta 4411", []),
    ],
)
def test_numbers_are_found_in_any_written_form_and_by_their_end(
    tx: Transaction, text: str, expected: list[str]
) -> None:
    assert sorted(found(tx, text)) == sorted(expected)


@pytest.mark.parametrize("text", ["", "  ", "\t\n"])
def test_an_empty_text_gives_everybody_in_the_order_of_names(tx: Transaction, text: str) -> None:
    assert found(tx, text) == ["p5", "p2", "p3", "p6", "p1", "p4"]


def test_the_order_of_names_follows_the_language_of_the_tenant(tx: Transaction) -> None:
    tx.people.put([person("q1", "Aasen"), person("q2", "Ærlig"), person("q3", "Zorn")])

    tx.people.put_settings(TenantSettings(language="nb", country="NO"))

    order = [each for each in found(tx, "") if each.startswith("q")]
    assert order == ["q3", "q2", "q1"]
    assert found(tx, "z")[-1] == "q3"


def test_national_numbers_get_the_calling_code_of_the_tenants_country(tx: Transaction) -> None:
    tx.people.put_settings(TenantSettings(language="nb", country="NO"))
    tx.people.put([person("q1", "Kari", mobile="912 34 567")])

    assert found(tx, "+47 91234567") == ["q1"]
    assert found(tx, "912 34 567") == ["q1"]


def test_pages_follow_each_other_without_gap_or_double(tx: Transaction) -> None:
    crowd = [person(f"c{number:03}", f"Carl {number:03}", title="ek") for number in range(40)]
    tx.people.put([*crowd, *(person(f"d{number:03}", f"Ekman {number:03}") for number in range(30))])

    pages = [found(tx, "ek", limit=7, offset=offset) for offset in range(0, 77, 7)]

    together = [each for page in pages for each in page]
    assert together == found(tx, "ek", limit=1000)
    by_name = [*(f"d{number:03}" for number in range(30)), "p4"]
    assert together == [*by_name, "p2", *(f"c{number:03}" for number in range(40)), "p1"]


def test_it_is_told_whether_there_are_more(tx: Transaction) -> None:
    assert tx.people.search("", limit=5).has_more
    assert not tx.people.search("", limit=6).has_more
    assert tx.people.search("ek", limit=2).has_more
    assert not tx.people.search("ek", limit=3).has_more


def test_people_who_come_one_by_one_stand_in_the_same_order(tx: Transaction) -> None:
    names = [f"{first}{second} Lind" for second in "zåamnö" for first in "MAÖKÅBZ"]
    for number, name in enumerate(names):
        tx.people.put([person(f"n{number}", name)])

    one_by_one = found(tx, "lind", limit=100)
    everybody = [each for each in found(tx, "", limit=100) if each.startswith("n")]
    assert one_by_one == everybody
    assert len(one_by_one) == len(names)


def test_many_who_come_at_the_same_place_find_room(tx: Transaction) -> None:
    for number in range(120):
        tx.people.put([person(f"x{number:03}", f"Lind {500 - number:03}")])

    assert found(tx, "lind", limit=200) == [f"x{number:03}" for number in reversed(range(120))]


def test_who_was_removed_is_not_found(tx: Transaction) -> None:
    tx.people.remove(COMPANY[0].id)

    assert found(tx, "asa") == []
    assert found(tx, "4411") == []


@pytest.mark.parametrize(
    "text",
    [
        '"',
        "'; DROP TABLE person; --",
        "asa OR 1",
        "NEAR(asa strom)",
        "name : asa",
        "as* AND -x",
        "{name} ^asa",
        "asa\0strom",
        "%",
        "_",
        "\\",
        "(((((",
        "a" * 10_000,
        "asa " * 5_000,
        "9" * 10_000,
        "\ud800",
        "\U0010ffff",
        "＊",
        "ａｓａ",
        "\u202easa",
        "😀",
        "٣٤",
    ],
    ids=ascii,
)
def test_F_33_hostile_text_is_only_text(tx: Transaction, text: str) -> None:
    assert set(found(tx, text)) <= {each.id for each in COMPANY}
    assert found(tx, "asa") == ["p1"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=40))
def test_F_33_any_text_can_be_searched_for(tx: Transaction, text: str) -> None:
    assert set(found(tx, text)) <= {each.id for each in COMPANY}


names = st.lists(st.sampled_from(("Asa", "Åsa", "Ek", "Östen", "al", "Alm", "Z")), min_size=1, max_size=3).map(" ".join)
people = st.lists(names, max_size=8).map(lambda each: [person(f"g{n}", name) for n, name in enumerate(each)])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(crowd=people, word=st.sampled_from(("a", "as", "Ås", "e", "ek", "al", "alm", "o", "z", "ek a")))
def test_who_is_found_by_name_has_a_word_that_begins_so(tx: Transaction, crowd: list[Person], word: str) -> None:
    for former in [each for each in tx.people.ids() if each.startswith(("g", "p"))]:
        tx.people.remove(former)
    tx.people.put([replace(each, name=each.name) for each in crowd])

    assert found(tx, word, limit=50) == [each for each in found(tx, "", limit=50) if begins(crowd, each, word)]


def begins(crowd: list[Person], id_: str, typed: str) -> bool:
    plain = str.maketrans("ÅåÖö", "AaOo")
    name = next(each.name for each in crowd if each.id == id_).translate(plain).lower().split()
    return all(any(word.startswith(part) for word in name) for part in typed.translate(plain).lower().split())
