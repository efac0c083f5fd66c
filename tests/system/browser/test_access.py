"""Every page, light and dark, on a phone and a desk: axe finds nothing, and nothing is wider than the window."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page

from kalenderkoppling.domain.absence import Diversion, ReasonKey
from kalenderkoppling.domain.time import Interval
from kktest.browsing import DESK, PHONE, browsing, enter, overflows, violations
from kktest.web import ANNA, BO, KARIN, Company

pytestmark = pytest.mark.browser

PAGES = {
    "list": "/",
    "no hit": "/?q=xyzzy",
    "no favourites": "/favourites",
    "card": "/people/bo",
    "own card": "/people/karin",
    "own absences": "/mine",
    "not found": "/nowhere",
}
schemes = pytest.mark.parametrize("scheme", ["light", "dark"])


@pytest.fixture(autouse=True)
def _busy(company: Company) -> None:
    """A week with everything in it: overlapping, short, whole days, referral and absence, in a call."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    for person in (BO, KARIN):
        company.absent(person, Interval(start=now - timedelta(hours=1), end=now + timedelta(hours=2)))
        company.absent(person, Interval(start=now, end=now + timedelta(hours=1)), diversion=Diversion.DIRECT)
        company.absent(person, Interval(start=now + timedelta(days=1), end=now + timedelta(days=3)))
        company.absent(person, Interval(start=now + timedelta(hours=4), end=now + timedelta(hours=4, minutes=15)))
        company.absent(
            person,
            Interval(start=now + timedelta(days=6), end=now + timedelta(days=7)),
            reason=ReasonKey("business_trip"),
            diversion=Diversion.OPEN,
        )
        company.looked(person)
    company.in_call(ANNA)


@contextmanager
def opened(browser: Browser, address: str, path: str, size: tuple[int, int], scheme: str) -> Iterator[Page]:
    with browsing(browser, address, size=size, scheme=scheme) as (page, watched):
        enter(page, KARIN, "/")
        page.goto(path)
        yield page
        if path == "/nowhere":
            watched.refusals_expected = True


@schemes
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_axe_finds_nothing(browser: Browser, address: str, path: str, size: tuple[int, int], scheme: str) -> None:
    with opened(browser, address, path, size, scheme) as page:
        assert violations(page) == []


@schemes
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_at_sign_in(browser: Browser, address: str, size: tuple[int, int], scheme: str) -> None:
    with browsing(browser, address, size=size, scheme=scheme) as (page, _):
        page.goto("/sign-in?ended=1")
        assert violations(page) == []


@schemes
def test_axe_finds_nothing_in_what_opens_over_a_page(browser: Browser, address: str, scheme: str) -> None:
    with opened(browser, address, "/people/bo", DESK, scheme) as page:
        for open_it in ("[popovertarget=account]", "[popovertarget=keys]", "[data-about]:visible"):
            page.locator(open_it).first.click()
            assert violations(page) == []
            page.keyboard.press("Escape")


@pytest.mark.parametrize("width", [320, 390, 640, 1024, 1280])
def test_no_page_is_wider_than_its_window(browser: Browser, address: str, width: int) -> None:
    with browsing(browser, address, size=(width, 800)) as (page, watched):
        page.goto("/sign-in")
        wide = ["/sign-in"] if overflows(page) else []
        enter(page, KARIN)
        for path in PAGES.values():
            page.goto(path)
            wide += [path] if overflows(page) else []
        watched.refusals_expected = True
    assert wide == []


@pytest.mark.parametrize("path", ["/", "/people/bo", "/mine", "/sign-in"])
def test_every_target_is_large_enough(browser: Browser, address: str, path: str) -> None:
    """Bookings that overlap share a day's width: what they tell stands in the list below too (WCAG 2.5.8 allows it)."""
    with opened(browser, address, path, PHONE, "light") as page:
        small = page.evaluate(
            """() => [...document.querySelectorAll('a[href], button, input, select')]
              .map((each) => [each, each.getBoundingClientRect()])
              .filter(([each, box]) => box.width && box.height)
              .filter(([each, box]) => !each.closest('.skip, .entry[class*="-of-"]:not(.lane-1-of-1)'))
              .filter(([each, box]) => getComputedStyle(each).display !== 'inline')
              .filter(([each, box]) => box.width < 24 || box.height < 24)
              .map(([each, box]) => `${each.outerHTML.slice(0, 80)} ${box.width}x${box.height}`)"""
        )
        assert small == []


def test_the_focus_is_always_seen(browser: Browser, address: str) -> None:
    with opened(browser, address, "/people/bo", DESK, "light") as page:
        for _ in range(40):
            page.keyboard.press("Tab")
            hidden = page.evaluate(
                """() => { const at = document.activeElement, box = at.getBoundingClientRect();
                  if (at === document.body) return null;
                  const style = getComputedStyle(at);
                  const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
                  const inside = box.bottom > 0 && box.top < innerHeight;
                  return seen && inside ? null : at.outerHTML.slice(0, 120); }"""
            )
            assert hidden is None
