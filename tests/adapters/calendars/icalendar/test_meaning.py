"""What an event means: show-as, cancelled, declined, subject."""

import pytest

from kalenderkoppling.domain.booking import ShowAs, Standing
from kktest.icalendar import KIM, event, read


@pytest.mark.parametrize(
    ("lines", "show_as"),
    [
        ([], ShowAs.BUSY),
        (["TRANSP:OPAQUE"], ShowAs.BUSY),
        (["TRANSP:transparent"], ShowAs.FREE),
        (["TRANSP:X-FOGGY"], None),
        (["STATUS:TENTATIVE"], ShowAs.TENTATIVE),
        (["STATUS:TENTATIVE", "TRANSP:TRANSPARENT"], ShowAs.FREE),
        (["X-MICROSOFT-CDO-BUSYSTATUS:OOF", "TRANSP:OPAQUE"], ShowAs.OUT_OF_OFFICE),
        (["X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE", "TRANSP:TRANSPARENT"], ShowAs.WORKING_ELSEWHERE),
        (["X-MICROSOFT-CDO-BUSYSTATUS:Free", "TRANSP:OPAQUE"], ShowAs.FREE),
        (["X-MICROSOFT-CDO-BUSYSTATUS:ASLEEP"], None),
        (["X-MICROSOFT-CDO-BUSYSTATUS:FREE", "X-MICROSOFT-CDO-BUSYSTATUS:OOF"], None),
        (["X-MICROSOFT-CDO-INTENDEDSTATUS:OOF"], ShowAs.BUSY),
        (["X-MICROSOFT-CDO-BUSYSTATUS:FREE", "X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY"], ShowAs.FREE),
    ],
)
def test_show_as_is_outlooks_word_for_this_person_else_transp_and_status(
    lines: list[str], show_as: ShowAs | None
) -> None:
    (found,) = read(event("a", *lines)).bookings
    assert found.show_as is show_as


@pytest.mark.parametrize(
    ("attendee", "standing"),
    [
        (f"ATTENDEE;PARTSTAT=DECLINED:mailto:{KIM}", Standing.DECLINED),
        (f"attendee;partstat=declined:MAILTO:{KIM.upper()}", Standing.DECLINED),
        (f'ATTENDEE;CN="Kim: å; Ek";PARTSTAT=DECLINED;ROLE=REQ-PARTICIPANT:mailto:{KIM}', Standing.DECLINED),
        (f"ATTENDEE;PARTSTAT=DECLINED;EMAIL={KIM}:urn:uuid:7", Standing.DECLINED),
        (f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{KIM}", Standing.HELD),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:other@exempel.example", Standing.HELD),
        (f"ATTENDEE;PARTSTAT=DECLINED:mailto:not-{KIM}", Standing.HELD),
        (f"ATTENDEE;CN={KIM};PARTSTAT=DECLINED:mailto:other@exempel.example", Standing.HELD),
    ],
)
def test_C_08_only_the_mailboxs_own_answer_declines(attendee: str, standing: Standing) -> None:
    (found,) = read(event("a", attendee)).bookings
    assert found.standing is standing


def test_C_08_cancelled_is_told_and_goes_before_declined() -> None:
    (found,) = read(event("a", "STATUS:Cancelled", f"ATTENDEE;PARTSTAT=DECLINED:mailto:{KIM}")).bookings
    assert found.standing is Standing.CANCELLED


def test_an_alarm_is_not_read_whatever_it_holds() -> None:
    alarm = "BEGIN:VALARM\nTRIGGER:-PT15M\nDTSTART:20270101T000000Z\nCLASS:PRIVATE\nSUMMARY:Ring\nEND:VALARM"
    (found,) = read(event("a", "SUMMARY:Möte", alarm), subject=True).bookings
    assert found.subject == "Möte"


@pytest.mark.parametrize(
    ("written", "subject"),
    [("Fika\\, \\; \\\\ \\n%2C <b>", "Fika, ; \\ \n%2C <b>"), ("Mö\n te", "Möte"), ("a:b;c", "a:b;c"), ("", "")],
)
def test_a_subject_is_unescaped_and_unfolded(written: str, subject: str) -> None:
    (found,) = read(event("a", f"SUMMARY:{written}"), subject=True).bookings
    assert found.subject == subject
