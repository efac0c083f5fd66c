"""A newcomer's walk: start the demo, book in the pretend Outlook, see it in the directory, hide it, see it vanish."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kktest.browsing import DESK, PHONE, browsing

pytestmark = pytest.mark.browser


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """The addresses that the demo printed."""

    directory: str
    outlook: str


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    process = subprocess.Popen(  # noqa: S603 - our own program
        [Path(sys.executable).parent / "kalenderkoppling", "demo", "--port", "0", "--people", "60"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield _greeted(process)
    finally:
        process.terminate()
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said


def _greeted(process: "subprocess.Popen[str]") -> Demo:
    found: list[str] = []
    assert process.stdout is not None
    while len(found) < 2 and (line := process.stdout.readline()):
        found += re.findall(r"http://\S+", line)
    directory, outlook = found
    return Demo(directory=directory, outlook=outlook.rstrip("/"))


def sign_in(page: Page) -> None:
    page.goto("/")
    page.locator("button[name=person]").first.click()
    page.locator("#live[data-state=on]").wait_for()


def until_all_are_read(directory: Page) -> None:
    """Wait until the mailboxes were looked at and no more people turn absent: before, everybody seems to be free."""
    absent, before = directory.locator("li[data-person]:has([data-colour=orange])"), -1
    while (now := absent.count()) != before or not now:
        before = now
        directory.wait_for_timeout(3_000)


def somebody_free(directory: Page, outlook: Page) -> str:
    """Return the id of somebody who is free now and whose bookings are read; show that calendar."""
    for row in directory.locator("li[data-person]:has([data-colour=green])").all():
        person = str(row.get_attribute("data-person"))
        outlook.goto(f"/people/{person}")
        if re.search(r"Kalenderkoppling\W+Ja", outlook.locator("body").inner_text()):
            return person
    pytest.fail("nobody with the service is free")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_booking_shows_in_the_directory_and_vanishes_when_it_turns_private(
    browser: Browser, demo: Demo, size: tuple[int, int]
) -> None:
    with (
        browsing(browser, demo.directory, size=size) as (directory, _),
        browsing(browser, demo.outlook) as (outlook, _),
    ):
        sign_in(directory)
        until_all_are_read(directory)
        person = somebody_free(directory, outlook)
        row = directory.locator(f"li[data-person='{person}']")

        outlook.locator("button[name=kind][value=meeting_now]").click()
        expect(row).to_contain_text("Möte, åter")
        expect(row).to_contain_text("Frånvarande")

        outlook.locator("button[name=private][value=on]").click()
        expect(row).to_contain_text("Ledig")
        expect(row).not_to_contain_text("Möte")

        outlook.locator("button[name=private][value=off]").click()
        expect(row).to_contain_text("Möte, åter")
        outlook.get_by_role("button", name="Ta bort").first.click()
        expect(row).to_contain_text("Ledig")
