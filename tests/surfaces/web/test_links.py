"""Addresses that several surfaces write."""

import pytest

from kalenderkoppling.domain.absence import AbsenceId
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.surfaces.web.links import announcement_path, person_path, tel_uri
from kktest.web import ANNA


@pytest.mark.parametrize(
    ("written", "uri"),
    [("08-123 45", "tel:0812345"), ("+46 (0)70", "tel:+46070"), ('"><script>', ""), ("anonymous", ""), ("", "")],
)
def test_a_number_is_called_by_its_digits(written: str, uri: str) -> None:
    assert tel_uri(written) == uri


def test_an_id_stays_one_part_of_its_path() -> None:
    assert person_path(PersonId("a/../b?c#d")) == "/people/a%2F..%2Fb%3Fc%23d"


def test_what_is_heard_has_one_address_now_and_one_for_each_absence() -> None:
    assert announcement_path(ANNA) == "/people/anna/announcement"
    assert announcement_path(ANNA, absence=AbsenceId("x y")) == "/people/anna/announcement?absence=x+y"
    assert announcement_path(ANNA, rings=True) == "/people/anna/announcement?rings=yes"
