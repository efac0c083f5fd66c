"""`kalenderkoppling serve` and `doctor` with iCalendar files instead of Microsoft 365."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest_asyncio

from kktest.icalendar import calendar
from kktest.served import Installation, ended, installed, program
from kktest.waiting import until


@pytest_asyncio.fixture
async def installation(tmp_path: Path) -> AsyncIterator[Installation]:
    async with installed(tmp_path, people=("anna",)) as found:
        found.settings.write_text(
            f"[server]\nport = {found.port}\n[icalendar]\nfile = 'calendars/{{mailbox}}.ics'\n", encoding="utf-8"
        )
        (tmp_path / "calendars").mkdir()
        yield found


def put(installation: Installation, *more: str) -> int:
    """Write Anna's file with one booking an hour from now; return when it starts, in microseconds."""
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    lines = ["UID:a", f"DTSTART:{start:%Y%m%dT%H%M%SZ}", "DURATION:PT1H", *more]
    (installation.folder / "calendars" / "anna@exempel.example.ics").write_bytes(calendar("\n".join(lines)))
    return int(start.timestamp() * 1_000_000)


async def test_a_booking_in_a_file_comes_to_the_store(installation: Installation) -> None:
    start = put(installation)
    async with program(installation, "serve") as running:
        await until(lambda: installation.kept() == [("anna", start)])
        assert await running.stop() == 0


async def test_a_private_booking_leaves_no_trace(installation: Installation) -> None:
    start = put(installation)
    private = ["BEGIN:VEVENT", "UID:b", f"DTSTART:{datetime.now(UTC):%Y%m%dT%H%M%SZ}", "DURATION:PT9H", "CLASS:PRIVATE"]
    file = installation.folder / "calendars" / "anna@exempel.example.ics"
    whole = file.read_bytes().replace(b"END:VCALENDAR", "\r\n".join([*private, "SUMMARY:Canary", ""]).encode())
    file.write_bytes(whole + b"END:VEVENT\r\nEND:VCALENDAR\r\n")
    async with program(installation, "serve"):
        await until(lambda: installation.kept() == [("anna", start)])
    for each in installation.folder.glob("kalenderkoppling.db*"):
        assert b"Canary" not in each.read_bytes()


async def test_the_doctor_checks_the_file_and_asks_for_no_public_address(installation: Installation) -> None:
    code, said = await ended(installation, "doctor")
    assert (code, "FAIL reading: not_found" in said, "address for notices" in said) == (1, True, False), said
    put(installation)
    code, said = await ended(installation, "doctor")
    assert (code, "ok   reading" in said) == (0, True), said
