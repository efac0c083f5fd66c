"""One set of a company's settings laid over another: what is named comes from the one, all else from the other."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.rules.model import WorkingHours
from kalenderkoppling.rules.pins import FIRST_VALUES, CompanyValues, Pin, Pinned
from kktest.make import LUNCH, TRAVEL, layer, rule

HOURS = WorkingHours(days=frozenset({0}), start=time(7), end=time(16))
ONE = CompanyValues(
    settings=TenantSettings(
        zone=ZoneInfo("Europe/Oslo"),
        language="nb",
        country="NO",
        speaks=("nb", "en", "da"),
        calls_kept=timedelta(days=1),
    ),
    layer=layer({ShowAs.BUSY: rule(LUNCH), ShowAs.FREE: None}, show_subject=True, working_hours=HOURS),
)
OTHER = CompanyValues(
    settings=TenantSettings(language="sv", speaks=("sv", "en"), retention=timedelta(days=3), sick_to_attendants=True),
    layer=layer({ShowAs.BUSY: rule(TRAVEL), ShowAs.TENTATIVE: rule(LUNCH)}, ring=timedelta(seconds=5)),
)
VALUES = st.sampled_from([ONE, OTHER, FIRST_VALUES])
PINS = st.frozensets(st.sampled_from(Pin))
OF_LANGUAGES = {Pin.LANGUAGE, Pin.SPEAKS}


@given(VALUES, VALUES, PINS)
def test_each_setting_comes_from_where_it_was_named(
    base: CompanyValues, over: CompanyValues, named: frozenset[Pin]
) -> None:
    laid = base.laid_over(named, over)
    for each in set(Pin) - OF_LANGUAGES:
        assert laid.value(each) == (over if each in named else base).value(each)


@given(VALUES, VALUES)
def test_what_is_named_as_a_whole_is_the_others(base: CompanyValues, over: CompanyValues) -> None:
    assert base.laid_over(Pin, over).differing(over) == frozenset()


@given(VALUES, VALUES)
def test_nothing_named_changes_nothing(base: CompanyValues, over: CompanyValues) -> None:
    assert base.laid_over([], over).differing(base) == frozenset()


def test_a_rule_that_was_not_set_takes_one_away_and_is_not_the_rule_of_no_absence() -> None:
    assert ShowAs.FREE not in ONE.laid_over([Pin.RULE_FREE], OTHER).layer.rules
    assert OTHER.laid_over([Pin.RULE_FREE], ONE).layer.rules[ShowAs.FREE] is None


def test_the_companys_own_language_is_heard_first_and_is_none_of_the_further_ones() -> None:
    laid = ONE.laid_over([Pin.LANGUAGE], OTHER)
    assert laid.settings.speaks == ("sv", "en", "da")
    assert laid.value(Pin.SPEAKS) == ("en", "da")


def test_a_file_that_names_nothing_pins_nothing() -> None:
    assert Pinned(names=frozenset(), values=FIRST_VALUES).names == frozenset()


def test_what_differs_is_told_by_name() -> None:
    assert FIRST_VALUES.differing(FIRST_VALUES) == frozenset()
    assert ONE.differing(ONE.laid_over([Pin.RULE_BUSY, Pin.RING_SECONDS], OTHER)) == {Pin.RULE_BUSY, Pin.RING_SECONDS}
