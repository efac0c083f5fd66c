"""Only a whole iCalendar file is read; anything less is a failed look, which changes nothing."""

import os
from pathlib import Path

import pytest

from kalenderkoppling.calendars.icalendar.look import view_of
from kalenderkoppling.calendars.icalendar.settings import Icalendar
from kalenderkoppling.domain.booking import ShowAs, Standing
from kalenderkoppling.domain.errors import BlockedReason, MailboxBlockedError, ReadFailedError, ReadProblem
from kalenderkoppling.domain.text import storable
from kalenderkoppling.ports.calendar import Fields
from kktest.icalendar import DAMAGED_UIDS, KIM, SAMPLES, STOCKHOLM, WINDOW, calendar, event, opened, read, seen

WHOLE = calendar(event("a"), event("b"))


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\r\n", b"<html>Sign in</html>", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", b"BEGIN:VCALENDAR\r\n",
        b"{}", WHOLE + b"<html>", b"x" + WHOLE, WHOLE.replace(b"END:VEVENT", b"END:VTODO", 1), WHOLE + b"END:VCALENDAR",
        WHOLE.replace(b"UID:a\r\n", b""), WHOLE.replace(b"UID:a", b"UID:"), WHOLE.replace(b"UID:a", b"UID:a\r\nUID:c"),
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:X-DEEP\r\n" * 1000,
    ],
)  # fmt: skip
def test_what_is_not_a_whole_calendar_is_refused(body: bytes) -> None:
    with pytest.raises(ReadFailedError) as told:
        view_of(body, KIM, WINDOW, STOCKHOLM, Fields())
    assert told.value.problem in {ReadProblem.MALFORMED, ReadProblem.CUT_SHORT}


@pytest.mark.parametrize("uid", DAMAGED_UIDS, ids=ascii)
@pytest.mark.parametrize("more", [b"SUMMARY:x", b"RRULE:FREQ=DAILY", b"RECURRENCE-ID:20270302T100000Z"])
def test_F_33_an_event_whose_uid_cannot_be_read_is_unreadable_and_stops_no_other(uid: bytes, more: bytes) -> None:
    body = calendar(event("DAMAGED", "MORE"), event("a")).replace(b"DAMAGED", uid).replace(b"MORE", more)
    view = view_of(body, KIM, WINDOW, STOCKHOLM, Fields(subject=True))
    assert ([each.key for each in view.bookings], view.private) == (["a"], ())
    assert len(view.unreadable) == 1
    assert all(each and each == storable(each) for each in view.unreadable)


@pytest.mark.parametrize(
    ("text", "kept"),
    [(b"a\x00b", "ab"), (b"\x01a\x1bb\x7fc", "abc"), (b"half \xed\xa0\xbd", "half ???"), (b"M\xf6te", "M?te")],
)
def test_F_33_a_subject_comes_without_what_no_database_stores(text: bytes, kept: str) -> None:
    body = calendar(event("a", "SUMMARY:TEXT"), event("b")).replace(b"TEXT", text)
    found, _ = view_of(body, KIM, WINDOW, STOCKHOLM, Fields(subject=True)).bookings
    assert found.subject == kept


def test_F_33_a_uid_comes_without_control_characters() -> None:
    assert [each.key for each in read(event("a\x00\x1bb"), event("c")).bookings] == ["ab", "c"]


def test_a_file_cut_anywhere_is_refused() -> None:
    for length in range(len(WHOLE) - len(b"\r\n")):
        with pytest.raises(ReadFailedError):
            view_of(WHOLE[:length], KIM, WINDOW, STOCKHOLM, Fields())


def test_a_calendar_without_events_is_empty_and_whole() -> None:
    assert read().is_empty


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b""])
def test_a_byte_order_mark_other_line_ends_and_a_second_calendar_are_taken(end: bytes) -> None:
    body = b"\xef\xbb\xbf" + WHOLE.replace(b"\r\n", end or b"\n") + calendar(event("c")).rstrip(b"\r\n") + end
    assert {each.key for each in view_of(body, KIM, WINDOW, STOCKHOLM, Fields()).bookings} == {"a", "b", "c"}


def test_other_components_are_left_alone() -> None:
    todo = "BEGIN:VTODO\r\nUID:t\r\nDTSTART:20270302T100000Z\r\nEND:VTODO"
    assert [each.key for each in read(event("a"), zones=[todo]).bookings] == ["a"]


def test_the_sample_file_is_read_as_it_is_meant() -> None:
    view = view_of((SAMPLES / "kim.ics").read_bytes(), KIM, WINDOW, STOCKHOLM, Fields(subject=True))
    told = {str(each.key): (each.subject, each.show_as, each.standing) for each in view.bookings}
    assert told["veckomote/20270309T090000"] == ("Veckomöte, i stora salen", ShowAs.BUSY, Standing.HELD)
    assert told["veckomote/20270316T090000"][2] is Standing.CANCELLED
    assert "veckomote/20270323T090000" not in told
    assert told["semester"][1] is ShowAs.OUT_OF_OFFICE
    assert told["kurs"][2] is Standing.DECLINED
    assert {each.key for each in view.private} == {"lakare", "veckomote/20270330T090000"}
    assert view.unreadable == {"resa"}


# ── files of this machine ───────────────────────────────────────────────────────────────────────


async def test_a_file_is_found_by_the_mailbox(tmp_path: Path) -> None:
    (tmp_path / KIM).mkdir()
    (tmp_path / KIM / "calendar.ics").write_bytes(WHOLE)
    async with opened(Icalendar(file=str(tmp_path / "{mailbox}" / "calendar.ics"))) as source:
        assert len((await seen(source)).bookings) == 2


@pytest.mark.parametrize("mailbox", ["../secret", "..", ".", "", "a/b", "a\\b", "a\x00b", "a" * 255, "/etc/pw", "\n"])
async def test_a_mailbox_never_leads_out_of_the_folder(tmp_path: Path, mailbox: str) -> None:
    (tmp_path / "secret.ics").write_bytes(WHOLE)
    (tmp_path / "calendar.ics").write_bytes(WHOLE)
    folder = tmp_path / "folder"
    folder.mkdir()
    for template in (folder / "{mailbox}.ics", folder / "{mailbox}" / "calendar.ics"):
        async with opened(Icalendar(file=str(template))) as source:
            with pytest.raises(MailboxBlockedError) as told:
                await seen(source, mailbox=mailbox)
            assert told.value.reason is BlockedReason.NOT_FOUND


async def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / f"{KIM}.ics")
    async with opened(Icalendar(file=str(tmp_path / "{mailbox}.ics"))) as source:
        with pytest.raises(ReadFailedError):
            await seen(source)
