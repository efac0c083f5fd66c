"""A newcomer calls the demo, as `make call` does: what is heard is what the page plays, and the directory follows."""

import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from kalenderkoppling.sandbox.company import CompanyPerson, pretend_people
from kalenderkoppling.sound import read_wav, resampled
from kktest.browsing import browsing, launch
from kktest.checkout import ROOT
from kktest.ports import LOOPBACK
from kktest.sounds import fit, loudness
from kktest.voice import LATE_SECONDS

pytestmark = [pytest.mark.calls, pytest.mark.slow, pytest.mark.browser]

SAME = 0.99
PEOPLE = 60
STOPS_WITHIN_SECONDS = 120
CALL_WITHIN_SECONDS = 180
EMPLOYED = {each.extension: each for each in pretend_people(PEOPLE)}
HAS_REFERRAL, IS_NEVER_AWAY = EMPLOYED["2001"], EMPLOYED["2002"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """The addresses that the demo printed."""

    directory: str
    outlook: str
    sip: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What `make call` said, and the file that it left."""

    said: list[str]
    status: int
    wav: Path


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    process = subprocess.Popen(  # noqa: S603 - our own program
        [Path(sys.executable).parent / "kalenderkoppling", "demo", "--port", "0", "--people", str(PEOPLE)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        found = greeted(process)
        yield found
    finally:
        process.terminate()
        said, _ = process.communicate(timeout=STOPS_WITHIN_SECONDS)
        assert process.returncode == 0, said
    # The voice process has ended with it: its port is free.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
        again.bind((LOOPBACK, int(found.sip.rpartition(":")[2])))


def greeted(process: "subprocess.Popen[str]") -> Demo:
    assert process.stdout is not None
    said = ""
    while "make call" not in said and (line := process.stdout.readline()):
        said += line
    directory, outlook = re.findall(r"http://\S+", said)
    [sip] = re.findall(r"sip:<[^>]*>@(\S+)", said)
    assert f"SIP={sip}" in said or sip == f"{LOOPBACK}:5060"
    return Demo(directory=directory, outlook=outlook.rstrip("/"), sip=sip)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = launch(playwright)
        yield opened
        opened.close()


@contextmanager
def calling(demo: Demo, to: CompanyPerson, folder: Path, *, seconds: float) -> "Iterator[subprocess.Popen[str]]":
    """Run what `make call` runs, with the file in a folder, and see it end."""
    command = [sys.executable, str(ROOT / "tools" / "call.py"), to.extension, "--sip", demo.sip, "--press", ""]
    process = subprocess.Popen(  # noqa: S603 - our own program
        [*command, "--seconds", str(seconds), "--out", str(folder / "call.wav")], stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def called(process: "subprocess.Popen[str]", folder: Path) -> Call:
    said, _ = process.communicate(timeout=CALL_WITHIN_SECONDS)
    return Call(said=said.splitlines(), status=process.returncode, wav=folder / "call.wav")


def book_a_day_out(demo: Demo, person: CompanyPerson) -> None:
    """Book yesterday, today and tomorrow in the pretend Outlook: whatever else is booked, calls meet a referral."""
    today = datetime.now(UTC).date()
    days = {"first_day": today - timedelta(days=1), "last_day": today + timedelta(days=1)}
    fields = {"subject": "Resa", "all_day": "on", "show_as": "oof", "repeat": "none", **days}
    request = urllib.request.Request(  # noqa: S310 - the demo's own address
        f"{demo.outlook}/people/{person.user_id}/new",
        data=urlencode(fields).encode(),
        headers={"Origin": demo.outlook},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - the demo's own address
        assert "did=made" in answer.url


def status_of(page: Page, person: CompanyPerson) -> Locator:
    return page.locator(f"li[data-person='{person.user_id}'] [data-colour]")


def sign_in(page: Page) -> None:
    page.goto("/")
    page.locator("button[name=person]").first.click()
    page.locator("#live[data-state=on]").wait_for()


def test_who_calls_somebody_who_is_away_hears_what_the_page_plays(browser: Browser, demo: Demo, tmp_path: Path) -> None:
    book_a_day_out(demo, HAS_REFERRAL)
    with browsing(browser, demo.directory) as (page, _):
        sign_in(page)
        status = status_of(page, HAS_REFERRAL)
        expect(status).to_have_attribute("data-colour", "orange")
        answer = page.request.get(f"/people/{HAS_REFERRAL.user_id}/announcement")
        assert answer.ok, answer.status
        played = read_wav(answer.body())
    with calling(demo, HAS_REFERRAL, tmp_path, seconds=played.length.total_seconds() + 2 * LATE_SECONDS) as process:
        call = called(process, tmp_path)
    assert (call.status, call.said[0]) == (0, "answered")
    heard = read_wav(call.wav.read_bytes())
    assert fit(resampled(played, heard.rate), heard) >= SAME


def test_the_directory_turns_red_during_a_call_and_back(browser: Browser, demo: Demo, tmp_path: Path) -> None:
    with browsing(browser, demo.directory) as (page, _):
        sign_in(page)
        status = status_of(page, IS_NEVER_AWAY)
        expect(status).to_have_attribute("data-colour", "green")
        # The telephone of somebody who is in rings for five seconds.
        with calling(demo, IS_NEVER_AWAY, tmp_path, seconds=7) as process:
            expect(status).to_have_attribute("data-colour", "red")
            assert process.poll() is None
            call = called(process, tmp_path)
        expect(status).to_have_attribute("data-colour", "green")
    assert (call.status, call.said[:2]) == (0, ["ringing", "answered"])
    assert loudness(read_wav(call.wav.read_bytes())) > -40


def test_a_number_that_nobody_has_is_told_and_leaves_nothing(demo: Demo, tmp_path: Path) -> None:
    nobody = str(max(map(int, EMPLOYED)) + 1)
    assert nobody not in EMPLOYED
    with calling(demo, replace(HAS_REFERRAL, extension=nobody), tmp_path, seconds=5) as process:
        call = called(process, tmp_path)
    assert (call.status, call.said[0]) == (1, "nobody can be reached (480)")
    assert not call.wav.exists()
