"""What a newcomer sees first, on a desk and on a phone of 375 pixels: no word is cut, nothing is said on every row."""

import pytest
from playwright.sync_api import Browser, Page, expect

from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.domain.time import Interval
from kktest.browsing import browsing, enter, overflows
from kktest.make import between, days
from kktest.web import ANNA, BO, NOW, Company, SetClock

SMALL = (375, 812)
DESK = (1280, 900)
LANGUAGES = ("sv", "nb", "da", "en")

_CUT = """(selector) => [...document.querySelectorAll(selector)]
  .filter((each) => each.checkVisibility() && each.getBoundingClientRect().width > 1)
  .filter((each) => each.scrollWidth > each.clientWidth + 1 || getComputedStyle(each).textOverflow === 'ellipsis')
  .map((each) => each.className + ': ' + each.textContent)"""
_ROWS = "(selector) => new Set([...document.querySelectorAll(selector)].map((each) => each.offsetTop)).size"
_LINES_OF_WORD = """(element) => {
  const lines = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (const word of node.data.matchAll(/\\S+/g)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map((each) => Math.round(each.top))).size > 1) lines.push(word[0]);
    }
  }
  return lines;
}"""
"""The words of an element that stand on more than one line."""


@pytest.fixture
def company(company: Company) -> Company:
    """A Wednesday with a full week ahead."""
    company.clock = SetClock(NOW)
    object.__setattr__(company.core, "clock", company.clock)
    company.show_subjects()
    company.looked(BO)
    company.booked(BO, between("2026-11-25 09:00", "2026-11-25 12:00"), subject="Upphandlingsmöte med inköp")
    company.booked(BO, between("2026-11-24 10:00", "2026-11-24 11:00"), subject="Byggmöte")
    company.booked(BO, days("2026-11-26", "2026-11-28"), subject="Utbildning i arbetsmiljö")
    company.booked(BO, between("2026-11-28 10:00", "2026-11-28 11:00"), subject="Medarbetarsamtal")
    company.absent(BO, Interval(start=NOW, end=between("2026-11-25 10:00", "2026-11-25 13:00").end))
    return company


def test_a_slash_in_the_focused_search_is_a_character(browser: Browser, address: str) -> None:
    with browsing(browser, address) as (page, _):
        enter(page, ANNA)
        page.locator("h1").first.evaluate("document.activeElement.blur()")
        page.keyboard.press("/")
        expect(page.locator("#search")).to_be_focused()
        expect(page.locator("#search")).to_have_value("")
        page.keyboard.type("a/b")
        expect(page.locator("#search")).to_have_value("a/b")


@pytest.mark.parametrize("week", ["2026-W48", "2026-W49"])
@pytest.mark.parametrize("size", [SMALL, DESK, (1024, 768)])
def test_the_week_on_the_card_cuts_no_word(
    browser: Browser, address: str, company: Company, size: tuple[int, int], week: str
) -> None:
    company.booked(BO, between("2026-12-01 10:00", "2026-12-01 12:30"), subject="Introduktion av nyanställd")
    company.booked(BO, days("2026-12-03", "2026-12-04"), subject="Semester")
    with browsing(browser, address, size=size) as (page, _):
        enter(page, ANNA, f"/people/bo?week={week}")
        cut = page.evaluate(_CUT, ".entry, .entry-title, .entry-kind, .listed, .listed-title, .listed-clock")
        assert cut == []
        assert not overflows(page)


def test_on_a_phone_the_week_is_a_list_of_days(browser: Browser, address: str, company: Company) -> None:
    with browsing(browser, address, size=SMALL, touch=True) as (page, _):
        enter(page, ANNA, "/people/bo?week=2026-W48")
        expect(page.locator(".week-grid")).to_be_hidden()
        expect(page.locator(".week-list")).to_be_visible()
        wednesday = page.locator(".listed-day.is-today")
        expect(wednesday).to_contain_text("09:00–12:00")
        expect(wednesday).to_contain_text("Upphandlingsmöte med inköp")
        expect(page.locator(".listed-day").nth(3)).to_contain_text("Hela dagen")
        page.locator(".listed").first.tap()
        expect(page.locator(".about:popover-open")).to_contain_text("Byggmöte")


def test_on_a_desk_a_week_of_work_is_a_grid(browser: Browser, address: str, company: Company) -> None:
    with browsing(browser, address, size=DESK) as (page, _):
        enter(page, ANNA, "/people/bo?week=2026-W50")
        expect(page.locator(".week-grid")).to_be_visible()
        expect(page.locator(".week-list")).to_be_hidden()


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_phone_the_three_choices_for_callers_stand_in_one_row_with_whole_words(
    browser: Browser, address: str, language: str
) -> None:
    with browsing(browser, address, size=SMALL) as (page, _):
        page.context.set_extra_http_headers({"Accept-Language": language})
        enter(page, ANNA, "/mine")
        assert page.evaluate(_ROWS, ".segment") == 1
        assert broken_words(page, ".segment span") == []
        assert not overflows(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_phone_no_word_of_a_row_is_broken(browser: Browser, address: str, company: Company, language: str) -> None:
    company.absent(ANNA, between("2026-11-25 10:00", "2026-12-11 08:00"), diversion=Diversion.DIRECT)
    company.in_call(ANNA)
    with browsing(browser, address, size=SMALL) as (page, _):
        page.context.set_extra_http_headers({"Accept-Language": language})
        enter(page, ANNA)
        assert broken_words(page, ".row-open > *") == []
        assert not overflows(page)


def broken_words(page: Page, selector: str) -> list[str]:
    found: list[str] = []
    for each in page.locator(selector).all():
        found += each.evaluate(_LINES_OF_WORD)
    return found
