"""A page that cannot be trusted as a whole is refused as a whole (F-09)."""

import json

import pytest

from kalenderkoppling.calendars.graph.wire import read_page
from kalenderkoppling.domain.errors import ReadFailedError, ReadProblem
from kktest.graph import page, row, view_of

GOOD = page(row())
DEEP = b"[" * 200_000 + b"]" * 200_000
NORMAL = b'"sensitivity":"normal"'


def spoiled(**by: bytes) -> bytes:
    """Return a good page in which the sensitivity's bytes are replaced."""
    return GOOD.replace(NORMAL, by["sensitivity"])


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"{}", b"7", b'{"value":null}', b'{"value":{}}', b'{"value":7}', b'{"value":[7]}',
        b'{"value":[null]}', b'{"value":[{}]}', GOOD[:-1], GOOD[: len(GOOD) // 2], GOOD + b" x", GOOD * 2,
        b"<!DOCTYPE html><html><body>Try later</body></html>", b'{"value":' + DEEP + b"}",
        b'{"value":[],"x":' + DEEP + b"}", b'{"value":[],"x":NaN}', b'{"value":[],"x":Infinity}',
        b'{"value":[],"x":"\xe5"}', b'{"value":[{"id":"\xe5"}]}', b"\xff\xfe" + "{}".encode("utf-16-le"),
        b'{"value":[],"@odata.nextLink":7}', b'{"value":[],"value":[]}'.replace(b"[]}", b'[{"id":1}]}'),
        b'{"error":{"code":"InternalServerError"}}',
    ],
)  # fmt: skip
def test_F_09_a_malformed_page_is_refused(body: bytes) -> None:
    with pytest.raises(ReadFailedError) as caught:
        read_page(body, full=True)
    assert caught.value.problem is ReadProblem.MALFORMED


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize(
    "twice",
    [
        b'"sensitivity":"private","sensitivity":"normal"',
        b'"sensitivity":"normal","sensitivity":"private"',
        b'"sensitivity" : "private", "sensitivity": "normal"',
        rb'"sensitivity":"private","sensitivit\u0079":"normal"',
        rb'"sensitivit\u0079":"private","sensitivity":"normal"',
        rb'"\u0073ensitivity":"private","sensitivity":"normal"',
        rb'"se\u006Esitivity":"private","sensitivity":"normal"',
        rb'"sensitivit\u0079":"private","sensitivity":"normal","sensitivity":"normal"',
    ],
)
def test_F_09_a_sensitivity_that_stands_twice_fails_the_page(twice: bytes, *, full: bool) -> None:
    with pytest.raises(ReadFailedError) as caught:
        read_page(spoiled(sensitivity=twice), full=full)
    assert caught.value.problem is ReadProblem.MALFORMED


def test_F_09_a_sensitivity_that_stands_twice_is_not_made_up_for_by_a_row_without() -> None:
    doubled = spoiled(sensitivity=b'"sensitivity":"private","sensitivity":"normal"')[len(b'{"value":[') : -2]
    bare = json.dumps(row(id="b", without=["sensitivity"])).encode()
    with pytest.raises(ReadFailedError):
        read_page(b'{"value":[' + doubled + b"," + bare + b"]}", full=True)


@pytest.mark.parametrize(
    "subject",
    ['"sensitivity":', '"sensitivity":"normal"', '\\"sensitivity":"normal"', '{"sensitivity":"private"}', '"'],
)
def test_a_subject_that_speaks_of_sensitivity_spoils_no_page(subject: str) -> None:
    (found,) = view_of(page(row(subject=subject))).bookings
    assert found.subject == subject


@pytest.mark.parametrize("full", [True, False])
def test_a_page_that_is_printed_with_spaces_is_read_all_the_same(*, full: bool) -> None:
    printed = json.dumps(json.loads(GOOD), indent=2).replace('"sensitivity":', '"sensitivity" :').encode()
    assert [(each.id, each.sensitivity) for each in read_page(printed, full=full).value] == [("AAkALgAAAA-1", "normal")]


@pytest.mark.parametrize("before", range(4))
def test_a_letter_of_several_bytes_may_stand_anywhere_in_a_long_page(before: int) -> None:
    subject = "x" * before + "å€𝄞" * 50_000
    (found,) = view_of(page(row(subject=subject))).bookings
    assert found.subject == subject


def test_F_09_half_a_letter_at_the_end_of_a_long_page_is_refused() -> None:
    with pytest.raises(ReadFailedError):
        read_page(GOOD[:-1] + b',"x":"' + "å".encode() * 50_000 + b"\xc3", full=True)


def test_an_object_inside_a_row_may_have_a_sensitivity_of_its_own() -> None:
    body = page(row(extension={"sensitivity": "private"}))
    assert [each.sensitivity for each in read_page(body, full=False).value] == ["normal"]


def test_an_empty_page_may_have_a_next_one() -> None:
    found = read_page(page(**{"@odata.nextLink": "https://graph.microsoft.com/v1.0/x"}), full=False)
    assert (list(found.value), found.next_link) == ([], "https://graph.microsoft.com/v1.0/x")


def test_unknown_fields_are_passed_over() -> None:
    assert len(view_of(page(row(futureField={"a": [1, 2.5, None]}), futureAnnotation=True)).bookings) == 1


def test_no_detail_of_an_error_bears_content() -> None:
    body = page(row(subject="Hemligt projekt", id=None))
    with pytest.raises(ReadFailedError) as caught:
        read_page(body, full=True)
    assert "Hemligt" not in str(caught.value)
    assert "Hemligt" not in caught.value.detail
