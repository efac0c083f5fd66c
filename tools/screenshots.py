"""Take pictures of the pages on sample data: all into a folder that git does not know, one for the README into docs.

Usage: python tools/screenshots.py [folder]
"""

import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from kalenderkoppling.domain.absence import Diversion, ReasonKey  # noqa: E402 - after the path is set
from kalenderkoppling.domain.person import Entitlements, Person, PersonId, Role  # noqa: E402 - the same
from kalenderkoppling.domain.time import Interval  # noqa: E402 - the same
from kalenderkoppling.sandbox.company import COMPANY_NAME, CompanyPerson, pretend_people  # noqa: E402 - the same
from kalenderkoppling.surfaces.mine.surface import mine_surface  # noqa: E402 - the same
from kalenderkoppling.surfaces.web.options import DemoLinks, WebOptions  # noqa: E402 - the same
from kktest.web import (  # noqa: E402 - the tests' own company is the sample
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
        options = WebOptions(tenant=TENANT, company=COMPANY_NAME, demo=demo)
        app = make_app(company, options=options, surfaces=[mine_surface()])
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
        # Without the pause a picture may catch what is still being laid out.
        page.wait_for_timeout(150)
        page.screenshot(path=folder / f"{name}-{size}-{scheme}.png", full_page=full)

    page.goto(f"{address}/sign-in")
    picture("sign-in")
    page.locator(f"button[value='{me}']").first.click()
    page.locator(".live[data-state=on]").wait_for()
    picture("directory")
    open_card(page, shown)
    picture("card", full=size == "phone")
    page.locator(".entry").first.click()
    picture("about")
    page.goto(f"{address}/?q=xyzzy")
    picture("nothing")
    page.goto(f"{address}/favourites")
    picture("favourites")
    page.goto(f"{address}/mine")
    picture("mine")
    page.goto(f"{address}/nowhere")
    picture("error")
    page.close()


def open_card(page: Page, person: str) -> None:
    page.locator(f".row[data-person='{person}'] .row-open").click()
    page.locator(".card").wait_for()


def sample(company: Company) -> tuple[str, str]:
    """Fill the directory and a believable week; return who looks, and whose card is shown."""
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
            tx.people.remove(id_)
        tx.people.put([put(each) for each in people])
    for number, each in enumerate(people):
        fill(company, PersonId(each.user_id), number)
    with company.store.read(TENANT) as tx:
        first = [each.id for each in tx.people.search("", limit=8).people]
    rich(company, first[2])
    with company.store.write(TENANT) as tx:
        for favourite in (first[1], first[4]):
            tx.favourites.add(first[0], favourite)
    return first[0], first[2]


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
