"""The add-in's property on an item: a choice where it makes sense, otherwise none."""

import json
from datetime import UTC, datetime

import pytest

from kalenderkoppling.domain.absence import Diversion, ReasonKey
from kalenderkoppling.domain.booking import Choice, ChoiceKind, ItemChoice
from kktest.graph import page, row, view_of

PROPERTY = "String {00020329-0000-0000-c000-000000000046} Name cecp-7f0c9a4e-3b56-4d1a-9c2e-5a8e6d21b7f4"
AT = "2027-02-28T12:00:00Z"
SET = {"v": 1, "sync": "set", "reason": "meeting", "div": "open", "at": AT, "src": "pane", "scope": "m"}


def choice_from(value: str, property_id: str = PROPERTY) -> ItemChoice | None:
    body = page(row(singleValueExtendedProperties=[{"id": property_id, "value": value}]))
    (found,) = view_of(body).bookings
    return found.item_choice


def payload(**changes: object) -> str:
    return json.dumps({"kk": {**SET, **changes}, "other": 1})


def test_a_set_choice_has_reason_and_diversion() -> None:
    assert choice_from(payload()) == ItemChoice(
        choice=Choice(
            kind=ChoiceKind.SET,
            at=datetime(2027, 2, 28, 12, tzinfo=UTC),
            reason=ReasonKey("meeting"),
            diversion=Diversion.OPEN,
        ),
        for_series=False,
    )


def test_the_payload_may_be_text_inside_the_json() -> None:
    assert choice_from(json.dumps({"kk": json.dumps(SET)})) == choice_from(payload())


@pytest.mark.parametrize("property_id", [PROPERTY.upper(), PROPERTY.lower()])
def test_exchange_may_write_the_propertys_id_in_other_letters(property_id: str) -> None:
    assert choice_from(payload(), property_id) is not None


@pytest.mark.parametrize(("scope", "for_series"), [("m", False), ("o", False), ("s", True)])
def test_the_scope_says_whether_it_is_for_the_series(scope: str, *, for_series: bool) -> None:
    found = choice_from(payload(scope=scope))
    assert found is not None
    assert found.for_series is for_series


@pytest.mark.parametrize("kind", ["rule", "no"])
def test_only_set_has_a_reason_and_a_diversion(kind: str) -> None:
    found = choice_from(payload(sync=kind))
    assert found is not None
    assert (found.choice.kind, found.choice.reason, found.choice.diversion) == (ChoiceKind(kind), None, None)


def test_set_may_leave_the_reason_or_the_diversion_to_the_rules() -> None:
    found = choice_from(payload(reason=None, div=None))
    assert found is not None
    assert (found.choice.kind, found.choice.reason, found.choice.diversion) == (ChoiceKind.SET, None, None)


@pytest.mark.parametrize(
    "value",
    [
        "", "{", "null", "7", "[]", "{}", '{"kk":null}', '{"kk":"{"}', '{"kk":[]}', "[" * 5000, '{"kk":' + "[" * 9000,
        payload(v=2), payload(v="1"), payload(v=True), payload(v=1.0), payload(sync="maybe"), payload(sync=None),
        payload(at="soon"), payload(at="2027-02-28T12:00:00"), payload(at=7), payload(div="sideways"), payload(div=1),
        payload(reason=""), payload(reason=7), payload(reason="x" * 101), payload(reason="a\nb"), payload(scope="x"),
        payload(scope=None), payload(filler="x" * 30_000),
    ],
)  # fmt: skip
def test_a_broken_or_unknown_payload_is_no_choice_and_spoils_nothing(value: str) -> None:
    assert choice_from(value) is None


def test_a_property_of_somebody_else_is_left_alone() -> None:
    assert choice_from(payload(), PROPERTY.replace("7f0c", "0000")) is None


def test_a_private_rows_property_is_not_read() -> None:
    body = page(row(sensitivity="private", singleValueExtendedProperties=[{"id": PROPERTY, "value": payload()}]))
    view = view_of(body)
    assert view.bookings == ()
    assert not hasattr(view.private[0], "item_choice")
