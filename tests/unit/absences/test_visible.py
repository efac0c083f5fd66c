"""The one door to a subject, and to a reason that is not for everybody: semantics 8."""

import pytest
from hypothesis import given

from kalenderkoppling.absences.visible import ABSENT, Viewer, reason, title
from kalenderkoppling.domain.absence import MEETING, SICK, ReasonKey
from kalenderkoppling.rules.model import Policy
from kktest.draw import policies
from kktest.make import ADDIN_OFF, SUBJECTS_SHOWN, booking, kept, layer, policy

SHOWN = policy(SUBJECTS_SHOWN)


def test_R11_R21_the_subject_shows_where_the_administrator_shows_subjects() -> None:
    assert title(kept(booking(subject="Budget <2027>")), SHOWN) == "Budget <2027>"


@pytest.mark.parametrize("of", [policy(), policy(layer(show_subject=False), SUBJECTS_SHOWN), policy(ADDIN_OFF)])
def test_C_18_a_subject_never_shows_otherwise_though_it_is_still_stored(of: Policy) -> None:
    assert title(kept(booking(subject="Budget")), of) is None


@pytest.mark.parametrize("subject", [None, "", " ", "\t\n"])
def test_an_empty_subject_shows_as_the_reason(subject: str | None) -> None:
    assert title(kept(booking(subject=subject)), SHOWN) is None


@given(policies)
def test_S_2_the_title_is_always_behind_the_administrators_switch(of: Policy) -> None:
    assert (title(kept(booking(subject="Budget")), of) == "Budget") is of.show_subject


@pytest.mark.parametrize(
    ("viewer", "allowed", "seen"),
    [
        (Viewer.COLLEAGUE, False, ABSENT),
        (Viewer.COLLEAGUE, True, ABSENT),
        (Viewer.SELF, False, SICK),
        (Viewer.SELF, True, SICK),
        (Viewer.ATTENDANT, False, ABSENT),
        (Viewer.ATTENDANT, True, SICK),
    ],
)
def test_sick_shows_to_the_person_and_to_attendants_if_the_administrator_allows_it(
    viewer: Viewer, allowed: bool, seen: ReasonKey
) -> None:
    assert reason(SICK, viewer, sick_to_attendants=allowed) == seen


def test_attendants_are_not_told_of_sickness_unless_it_is_allowed() -> None:
    assert reason(SICK, Viewer.ATTENDANT) == ABSENT


@pytest.mark.parametrize("viewer", Viewer)
def test_every_other_reason_is_for_everybody(viewer: Viewer) -> None:
    assert reason(MEETING, viewer) == MEETING
