"""Take pictures of the pages on sample data: all into a folder that git does not know, one for the README into docs.

Usage: python tools/screenshots.py [folder]
"""

import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from kalenderkoppling.composition.server.listening import listening  # noqa: E402 - after the path is set
from kalenderkoppling.domain.absence import Diversion, ReasonKey  # noqa: E402 - the same
from kalenderkoppling.domain.call import CallResult  # noqa: E402 - the same
from kalenderkoppling.domain.person import Entitlements, LineState, Person, PersonId, Role  # noqa: E402 - the same
from kalenderkoppling.domain.recording import PhraseId, PhraseKind, Recording  # noqa: E402 - the same
from kalenderkoppling.domain.time import Interval  # noqa: E402 - the same
from kalenderkoppling.ports.store import Transaction  # noqa: E402 - the same
from kalenderkoppling.sandbox.company import COMPANY_NAME, CompanyPerson, pretend_people  # noqa: E402 - the same
from kalenderkoppling.settings.telephony import Voices  # noqa: E402 - the same
from kalenderkoppling.surfaces.calls.surface import calls_surface  # noqa: E402 - the same
from kalenderkoppling.surfaces.mine.surface import mine_surface  # noqa: E402 - the same
from kalenderkoppling.surfaces.recordings.surface import recordings_surface  # noqa: E402 - the same
from kalenderkoppling.surfaces.web.options import DemoLinks, WebOptions  # noqa: E402 - the same
from kktest.call_pages import call, called, wish, wished  # noqa: E402 - the same
from kktest.web import (  # noqa: E402 - the tests' own company is the sample
    ADAM,
    KARIN,
    STOCKHOLM,
    TENANT,
    Company,
    SetClock,
    make_app,
    open_company,
    serving,
)

NOW = datetime(2026, 11, 25, 10, 40, tzinfo=STOCKHOLM).astimezone(UTC)
REASONS = ("meeting", "meeting", "meeting", "out_of_office", "business_trip", "vacation", "course", "lunch")
WIDTHS = {"phone": (390, 844), "desk": (1280, 860)}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        company = open_company(Path(place), SetClock(at=NOW))
        me, shown = sample(company)
        demo = DemoLinks(outlook_url="http://127.0.0.1:1/", suggested=(me, shown))
        options = WebOptions(
            tenant=TENANT, company=COMPANY_NAME, demo=demo, has_telephone_system=True, takes_calls=True
        )
        surfaces = [calls_surface(), mine_surface(), recordings_surface(), listening(Voices())]
        app = make_app(company, options=options, surfaces=surfaces)
        with serving(app) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium")
            for scheme in ("light", "dark"):
                for size in WIDTHS:
                    take(browser, address, folder, scheme=scheme, size=size, people=(me, shown))
            browser.close()
    picture = folder / "card-desk-light.png"
    (ROOT / "docs" / "images").mkdir(parents=True, exist_ok=True)
    (ROOT / "docs" / "images" / "directory.png").write_bytes(picture.read_bytes())


def take(browser: Browser, address: str, folder: Path, *, scheme: str, size: str, people: tuple[str, str]) -> None:
    me, shown = people
    width, height = WIDTHS[size]
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="sv-SE",
    )

    def picture(name: str, *, full: bool = False) -> None:
        # Without the pause the layout may not be finished.
        page.wait_for_timeout(150)
        page.screenshot(path=folder / f"{name}-{size}-{scheme}.png", full_page=full)

    page.goto(f"{address}/sign-in")
    picture("sign-in")
    page.locator(f"button[value='{me}']").first.click()
    page.locator(".live[data-state=on]").wait_for()
    picture("directory")
    open_card(page, shown)
    picture("card", full=size == "phone")
    page.locator("[data-about]:visible").first.click()
    picture("about")
    page.goto(f"{address}/?q=xyzzy")
    picture("nothing")
    page.goto(f"{address}/favourites")
    picture("favourites")
    page.goto(f"{address}/mine")
    picture("mine", full=True)
    page.goto(f"{address}/calls")
    picture("calls", full=True)
    page.goto(f"{address}/recordings")
    picture("recordings")
    page.goto(f"{address}/nowhere")
    picture("error")
    others(page, address, picture)
    page.close()


def others(page: Page, address: str, picture: Callable[..., None]) -> None:
    """Take the pages that only attendants and administrators have."""
    for person, path, name in ((KARIN, "/calls", "calls-attendant"), (ADAM, "/recordings?opened=meeting", "reasons")):
        page.context.clear_cookies()
        page.goto(f"{address}/sign-in?q={person}")
        page.locator(f"#people button[value='{person}']").click()
        page.goto(f"{address}{path}")
        picture(name, full=True)


def open_card(page: Page, person: str) -> None:
    page.locator(f".row[data-person='{person}'] .row-open").click()
    page.locator(".card").wait_for()


def sample(company: Company) -> tuple[str, str]:
    """Fill the directory and a realistic week; return the viewer, and the person whose card is shown."""
    people = pretend_people(120)

    def put(each: CompanyPerson) -> Person:
        return Person(
            id=PersonId(each.user_id),
            name=each.name,
            title=each.title,
            department=each.department,
            place=each.place,
            responsibilities=", ".join(each.responsibilities),
            extension=each.extension,
            mobile=each.mobile or "",
            entitlements=Entitlements(calendar_coupling=True, referral=True),
            roles=frozenset({Role.EMPLOYEE}),
        )

    with company.store.write(TENANT) as tx:
        for id_ in tx.people.ids():
            if id_ not in {KARIN, ADAM}:
                tx.people.remove(id_)
        tx.people.put([put(each) for each in people])
    for number, each in enumerate(people):
        fill(company, PersonId(each.user_id), number)
        # Nearly every line is known.
        if number % 11:
            company.in_call(PersonId(each.user_id), LineState.FREE)
    with company.store.read(TENANT) as tx:
        first = [each.id for each in tx.people.search("", limit=9).people if each.id not in {KARIN, ADAM}]
    rich(company, first[2])
    with company.store.write(TENANT) as tx:
        for favourite in (first[1], first[4]):
            tx.favourites.add(first[0], favourite)
    record(company)
    absent_now(company, first[0])
    ring(company, first)
    return first[0], first[2]


def record(company: Company) -> None:
    """Set two languages for callers, and record one reason."""
    phrase = PhraseId(kind=PhraseKind.REASON, key="meeting", language="sv")

    def work(tx: Transaction) -> None:
        tx.people.put_settings(replace(tx.people.settings(), speaks=("sv", "en")))
        tx.recordings.put(Recording(phrase=phrase, audio=b"", sha256="0" * 64, at=NOW))

    company.write(work)


def absent_now(company: Company, person: PersonId) -> None:
    """Give a person a referral now, and one later."""
    for start, end, diversion in ((-40, 80, Diversion.DIRECT), (240, 300, Diversion.OPEN)):
        stretch = Interval(start=NOW + timedelta(minutes=start), end=NOW + timedelta(minutes=end))
        company.absent(person, stretch, reason=ReasonKey("meeting"), diversion=diversion)


def ring(company: Company, people: Sequence[PersonId]) -> None:
    """Give the first person a call history, and some call-back requests."""
    me, bo, cia, dan, eva, *_ = people

    def ago(minutes: int) -> timedelta:
        return timedelta(minutes=minutes)

    called(
        company,
        call("1", to=me, by=bo, ago=ago(4), length=timedelta(seconds=14), now=NOW),
        call("2", to=me, ago=ago(21), result=CallResult.CALL_BACK, length=timedelta(seconds=31), now=NOW),
        call("3", to=cia, by=me, ago=ago(55), result=CallResult.ANSWERED, length=timedelta(seconds=312), now=NOW),
        call("4", to=me, number="", ago=ago(90), result=CallResult.MISSED, length=timedelta(), now=NOW),
        call("5", to=dan, by=me, ago=ago(140), result=CallResult.TRANSFERRED, length=timedelta(seconds=22), now=NOW),
        call("6", to=me, by=eva, ago=ago(1200), result=CallResult.FAILED, length=timedelta(), now=NOW),
        *(call(f"old{n}", to=me, number="", ago=ago(1500 + 37 * n), now=NOW) for n in range(60)),
    )
    wished(
        company,
        wish("1", to=me, ago=ago(21), now=NOW),
        wish("2", to=me, by=bo, number="10872", ago=ago(4), now=NOW),
        wish("3", to=cia, number="+46 8 508 10 00", ago=ago(52), now=NOW),
        wish("4", to=KARIN, number="0611-34 80 00", ago=ago(2), now=NOW),
    )
    company.in_call(dan)


def fill(company: Company, person: PersonId, number: int) -> None:
    monday = datetime(2026, 11, 23, tzinfo=STOCKHOLM)
    for day in range(5):
        hour = 8 + (number * 7 + day * 5) % 9
        if (number + day) % 3:
            continue
        start = monday + timedelta(days=day, hours=hour)
        company.absent(
            person,
            Interval(start=start, end=start + timedelta(minutes=30 + 30 * (number % 4))),
            reason=ReasonKey(REASONS[(number + day) % len(REASONS)]),
            diversion=Diversion.DIRECT if (number + day) % 5 == 0 else Diversion.NONE,
        )


def rich(company: Company, person: PersonId) -> None:
    """Give one person a full week: overlapping, short, whole days, referral and absence."""
    monday = datetime(2026, 11, 23, tzinfo=STOCKHOLM)

    def add(day: int, start: float, end: float, reason: str, diversion: Diversion = Diversion.NONE) -> None:
        begins = monday + timedelta(days=day)
        stretch = Interval(start=begins + timedelta(hours=start), end=begins + timedelta(hours=end))
        company.absent(person, stretch, reason=ReasonKey(reason), diversion=diversion)

    add(0, 9, 10.5, "meeting", Diversion.DIRECT)
    add(0, 13, 15, "course")
    add(1, 8.5, 9, "meeting")
    add(1, 12, 13, "lunch", Diversion.OPEN)
    add(2, 10, 12, "meeting", Diversion.DIRECT)
    add(2, 11, 12.5, "elsewhere")
    add(2, 14, 15.5, "errand")
    add(3, 0, 48, "business_trip", Diversion.DIRECT)
    add(8, 9, 11, "meeting")
    add(13, 0, 24, "vacation")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".check" / "screenshots")
