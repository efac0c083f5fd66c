"""The directory in real Chromium: a newcomer's way, by keyboard alone, live, on a phone."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from litestar import Litestar
from playwright.sync_api import Browser, Page, expect

from kalenderkoppling.domain.absence import Diversion, ReasonKey
from kalenderkoppling.domain.mailbox import EVERYBODY
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.surfaces.web.live.stream import StreamTiming
from kktest.browsing import PHONE, browsing, enter, tell
from kktest.web import ANNA, BO, TENANT, Company, make_app, serving

pytestmark = pytest.mark.browser
LONG_REASONS = ("errand", "meeting", "business_trip", "elsewhere", "course", "vacation")


def an_hour(*, ahead: timedelta = timedelta(0)) -> Interval:
    now = datetime.now(UTC) + ahead
    return Interval(start=now - timedelta(minutes=5), end=now + timedelta(hours=1))


def row(page: Page, person: str) -> str:
    return page.locator(f".row[data-person={person}]").inner_text()


def test_a_newcomer_signs_in_searches_and_reads_a_card(browser: Browser, company: Company, address: str) -> None:
    company.absent(BO, an_hour(), diversion=Diversion.DIRECT)
    with browsing(browser, address) as (page, _):
        page.goto("/")
        expect(page.get_by_text("Det finns ingen riktig inloggning än")).to_be_visible()
        page.get_by_placeholder("Sök en person").fill("anna")
        expect(page.locator("#people button")).to_have_count(1)
        page.get_by_role("button", name="Anna Berg").click()
        expect(page.get_by_role("searchbox", name="Sök")).to_be_focused()
        page.keyboard.type("ekonomi bo")
        expect(page.locator(".row")).to_have_count(1)
        expect(page).to_have_url(re.compile(r"\?q=ekonomi\+bo$"))
        page.get_by_role("link", name=re.compile(r"^Bo Åberg\s*, Frånvarande")).click()
        expect(page.get_by_role("heading", name="Bo Åberg")).to_be_visible()
        expect(page.locator(".card .kind.referral").first).to_have_text("Hänvisning")
        expect(page).to_have_url(re.compile("/people/bo"))


def test_everything_goes_by_keyboard_alone(browser: Browser, company: Company, address: str) -> None:
    with browsing(browser, address) as (page, _):
        enter(page, ANNA)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        expect(page.locator(".row[data-person=bo] .row-open")).to_be_focused()
        page.keyboard.press("f")
        expect(page.locator(".row[data-person=bo] .star button")).to_have_attribute("aria-pressed", "true")
        page.locator(".row[data-person=bo] .row-open").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Bo Åberg")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator(".card")).to_have_count(0)
        expect(page.locator(".row[data-person=bo] .row-open")).to_be_focused()
        page.keyboard.press("/")
        expect(page.locator("#search")).to_be_focused()
        page.keyboard.type("oberg")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Åsa Öberg")).to_be_visible()
        page.locator(".row-open").first.focus()
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Kortkommandon")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog", name="Kortkommandon")).to_be_hidden()
        expect(page.locator(".card")).to_have_count(1)
    with company.store.read(TENANT) as tx:
        assert tx.favourites.of(ANNA) == [BO]


def test_single_letter_keys_can_be_switched_off_and_stay_off(browser: Browser, address: str) -> None:
    with browsing(browser, address) as (page, _):
        enter(page, ANNA)
        page.get_by_role("button", name="Kortkommandon").click()
        page.get_by_label("Använd kortkommandon med en bokstav").uncheck()
        page.reload()
        page.locator(".row-open").first.focus()
        page.keyboard.press("/")
        page.keyboard.press("?")
        expect(page.locator(".row-open").first).to_be_focused()
        expect(page.get_by_role("dialog", name="Kortkommandon")).to_be_hidden()


def test_search_as_you_type_keeps_the_focus_and_the_address(browser: Browser, address: str) -> None:
    with browsing(browser, address) as (page, _):
        enter(page, ANNA)
        page.keyboard.type("åb", delay=40)
        expect(page.locator(".row")).to_have_count(1)
        expect(page.locator("#search")).to_be_focused()
        page.reload()
        expect(page.locator(".row")).to_have_count(1)
        expect(page.locator("#search")).to_have_value("åb")


def test_a_change_shows_within_a_second(browser: Browser, company: Company, address: str) -> None:
    with browsing(browser, address) as (page, _):
        enter(page, ANNA)
        assert "Ledig" in row(page, "bo")
        company.absent(BO, an_hour())
        tell(company, BO)
        expect(page.locator(".row[data-person=bo] .detail")).to_contain_text("Möte, åter")
        expect(page.locator(".row[data-person=bo] .status")).to_have_attribute("data-colour", "orange")


def test_a_call_shows_red_with_its_word(browser: Browser, company: Company, address: str) -> None:
    with browsing(browser, address) as (page, _):
        enter(page, ANNA)
        company.in_call(BO)
        tell(company, EVERYBODY)
        expect(page.locator(".row[data-person=bo] .word")).to_have_text("I samtal")
        expect(page.locator(".row[data-person=bo] .line-unknown")).to_be_hidden()


def test_people_found_after_the_start_are_live_too(browser: Browser, company: Company, address: str) -> None:
    with browsing(browser, address) as (page, _):
        enter(page, ANNA, "/?q=anna")
        page.locator("#search").fill("bo")
        expect(page.locator(".row[data-person=bo]")).to_be_visible()
        company.absent(BO, an_hour())
        tell(company, BO)
        expect(page.locator(".row[data-person=bo] .detail")).to_contain_text("Möte")


def test_an_open_card_follows_and_keeps_the_focus(browser: Browser, company: Company, address: str) -> None:
    with browsing(browser, address) as (page, _):
        enter(page, ANNA, "/people/bo")
        page.locator("#week-next").focus()
        company.absent(BO, an_hour())
        tell(company, BO)
        expect(page.locator(".coming li")).to_have_count(1)
        expect(page.locator(".card-status")).to_contain_text("Frånvarande")
        expect(page.locator("#week-next")).to_be_focused()


def test_only_the_chosen_persons_change_is_announced(browser: Browser, address: str) -> None:
    with browsing(browser, address) as (page, _):
        enter(page, ANNA, "/people/bo")
        assert page.locator(".row [role=status], .row [aria-live]").count() == 0
        assert page.locator(".card-status[role=status]").count() == 1


def test_F_28_a_lost_server_shows_as_disconnected_and_its_return_as_live(
    browser: Browser, company: Company, app: Litestar
) -> None:
    with serving(app) as address:
        port = int(address.rsplit(":", 1)[1])
        context = browser.new_context(base_url=address, locale="sv-SE")
        page = context.new_page()
        enter(page, ANNA)
    expect(page.locator("#live")).to_contain_text("Frånkopplad")
    expect(page.locator("#announcer")).to_contain_text("Förbindelsen är bruten")
    company.absent(BO, an_hour())
    with serving(make_app(company), port=port):
        expect(page.locator("#live")).to_contain_text("Direkt sedan")
        expect(page.locator(".row[data-person=bo] .detail")).to_contain_text("Möte")
        context.close()


def test_F_28_a_silent_stall_shows_as_disconnected(browser: Browser, company: Company) -> None:
    silent = StreamTiming(heartbeat=timedelta(hours=1), look_anew=timedelta(hours=1))
    with serving(make_app(company, pace=silent)) as address, browsing(browser, address) as (page, watched):
        page.clock.install()
        enter(page, ANNA)
        page.route("**/live", lambda route: route.abort())
        page.clock.run_for(39_000)
        expect(page.locator("#live")).to_have_attribute("data-state", "on")
        page.clock.run_for(41_000)
        expect(page.locator("#live")).to_have_attribute("data-state", "off")
        watched.refusals_expected = True


def test_F_28_a_tab_whose_session_ended_says_so_and_keeps_the_page(
    browser: Browser, company: Company, address: str
) -> None:
    with browsing(browser, address) as (page, watched):
        enter(page, ANNA)
        company.write(lambda tx: tx.sessions.drop_before(datetime.now(UTC), datetime.now(UTC)))
        page.locator(".row[data-person=bo] .row-open").click()
        expect(page.locator("#said")).to_contain_text("Du har loggats ut")
        expect(page.locator(".row")).to_have_count(5)
        page.locator("#said").get_by_role("link", name="Logga in").click()
        expect(page.get_by_role("heading", name="Logga in")).to_be_visible()
        watched.refusals_expected = True


def test_F_28_a_request_that_meets_no_server_says_so(browser: Browser, address: str) -> None:
    with browsing(browser, address) as (page, watched):
        watched.refusals_expected = True
        enter(page, ANNA)
        page.route("**/people/**", lambda route: route.abort())
        page.locator(".row[data-person=bo] .row-open").click()
        expect(page.locator("#said")).to_contain_text("Det gick inte att nå servern")
        page.unroute("**/people/**")
        page.locator(".row[data-person=bo] .row-open").click()
        expect(page.get_by_role("heading", name="Bo Åberg")).to_be_visible()
        expect(page.locator("#said .not-sent")).to_have_count(0)


def test_signing_out_elsewhere_ends_an_open_page(browser: Browser, address: str) -> None:
    with browsing(browser, address) as (page, watched):
        enter(page, ANNA)
        other = page.context.new_page()
        other.goto("/")
        other.get_by_role("button", name="Ditt konto").click()
        other.get_by_role("button", name="Logga ut").click()
        expect(page.locator("#live")).to_contain_text("Utloggad")
        expect(page.locator("#said")).to_contain_text("Du har loggats ut")
        watched.refusals_expected = True


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_an_entry_tells_what_it_is_about_on_hover_and_focus(
    browser: Browser, company: Company, address: str, by: str
) -> None:
    company.booked(BO, an_hour(), subject="Budget <b>2027</b>")
    company.show_subjects()
    with browsing(browser, address) as (page, _):
        enter(page, ANNA, "/people/bo")
        entry, about = page.locator("[data-about]:visible").first, page.locator(".about:popover-open")
        if by == "mouse":
            entry.hover()
        else:
            page.locator("#week-next").focus()
            page.keyboard.press("Tab")
        expect(about).to_contain_text("Budget <b>2027</b>")
        expect(about).to_contain_text("Frånvaro")
        page.keyboard.press("Escape")
        expect(about).to_have_count(0)
        expect(page.locator(".card")).to_have_count(1)


BROKEN_WORDS = r"""entries => entries.flatMap(entry => {
  const box = entry.getBoundingClientRect()
  const lines = node => {
    const found = []
    for (const word of node.textContent.matchAll(/\S+/g)) {
      const range = document.createRange()
      range.setStart(node, word.index); range.setEnd(node, word.index + word[0].length)
      const drawn = [...range.getClientRects()].filter(each => each.width > 0)
      if (new Set(drawn.map(each => Math.round(each.top))).size > 1 || drawn.some(each => each.right > box.right + .5))
        found.push(`${word[0]} in ${Math.round(box.width)} px`)
    }
    return found
  }
  const walker = document.createTreeWalker(entry, NodeFilter.SHOW_TEXT), broken = []
  while (walker.nextNode()) {
    const hidden = each => each && getComputedStyle(each).clipPath !== "none"
    const place = walker.currentNode.parentElement
    if ([".entry-title", ".entry-clock", ".entry-kind", ".until"].some(each => hidden(place.closest(each)))) continue
    broken.push(...lines(walker.currentNode))
  }
  return broken
})"""


@pytest.mark.parametrize("language", ["Svenska", "English", "Norsk", "Dansk"])
def test_no_word_breaks_in_a_narrow_box_of_the_week(
    browser: Browser, company: Company, address: str, language: str
) -> None:
    today = datetime.now(UTC).replace(hour=8, minute=0, second=0, microsecond=0)
    # Not this week: it has its weekend's columns on a Saturday.
    monday = today + timedelta(days=7 - today.weekday())
    for day, together in enumerate((1, 2, 3, 4, 6)):
        for number, reason in zip(range(together), LONG_REASONS, strict=False):
            start = monday + timedelta(days=day, hours=number / 2)
            company.absent(BO, Interval(start=start, end=start + timedelta(hours=4)), reason=ReasonKey(reason))
    with browsing(browser, address) as (page, _):
        enter(page, ANNA, f"/people/bo?week={monday:%G-W%V}")
        page.locator("[popovertarget=account]").click()
        page.get_by_role("button", name=language).click()
        entries = page.locator(".week-column .entry")
        expect(entries).to_have_count(16)
        for width in (1280, 1920):
            page.set_viewport_size({"width": width, "height": 900})
            expect(entries.last).to_be_visible(timeout=5000)
            assert entries.evaluate_all(BROKEN_WORDS) == [], width
            expect(entries.last).to_have_accessible_name(re.compile(r"\S+ \S+.* \d+[.:]\d\d"))


def test_an_entry_tells_what_it_is_about_on_a_tap(browser: Browser, company: Company, address: str) -> None:
    company.absent(BO, an_hour())
    with browsing(browser, address, size=PHONE, touch=True) as (page, _):
        enter(page, ANNA, "/people/bo")
        page.locator("[data-about]:visible").first.tap()
        expect(page.locator(".about:popover-open")).to_contain_text("Möte")
        page.locator("#card-name").tap()
        expect(page.locator(".about:popover-open")).to_have_count(0)


def test_on_a_phone_the_card_takes_the_page_and_the_list_comes_back(browser: Browser, address: str) -> None:
    with browsing(browser, address, size=PHONE, touch=True) as (page, _):
        enter(page, ANNA)
        page.locator(".row[data-person=bo] .row-open").tap()
        expect(page.locator(".card")).to_be_visible()
        expect(page.locator(".rows")).to_be_hidden()
        page.get_by_role("link", name="Tillbaka till listan").tap()
        expect(page.locator(".rows")).to_be_visible()
        expect(page).to_have_url(re.compile(r"/$"))


def test_the_browsers_back_leaves_a_card(browser: Browser, address: str) -> None:
    with browsing(browser, address) as (page, _):
        enter(page, ANNA)
        page.locator(".row[data-person=bo] .row-open").click()
        expect(page.locator(".card")).to_be_visible()
        page.go_back()
        expect(page.locator(".card")).to_have_count(0)
        expect(page.locator(".row")).to_have_count(5)


def test_weeks_are_turned_without_leaving_the_page(browser: Browser, address: str) -> None:
    with browsing(browser, address) as (page, _):
        enter(page, ANNA, "/people/bo?week=2026-W48")
        page.get_by_role("link", name="Nästa vecka").click()
        expect(page.locator("#week-title")).to_contain_text("v. 49")
        expect(page).to_have_url(re.compile("week=2026-W49"))
        page.get_by_role("link", name="Föregående vecka").click()
        expect(page.locator("#week-title")).to_contain_text("v. 48")


def test_the_language_is_chosen_in_the_menu(browser: Browser, address: str) -> None:
    with browsing(browser, address) as (page, _):
        enter(page, ANNA, "/people/bo")
        page.get_by_role("button", name="Ditt konto").click()
        page.get_by_role("button", name="Norsk").click()
        expect(page.locator("html")).to_have_attribute("lang", "nb")
        expect(page.get_by_role("heading", name="Bo Åberg")).to_be_visible()


def test_without_script_the_list_and_the_card_still_work(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False, locale="sv-SE")
    page = context.new_page()
    page.goto("/")
    page.locator("#people button[value=anna]").click()
    page.locator("#search").fill("bo")
    page.keyboard.press("Enter")
    page.locator(".row-open").first.click()
    expect(page.get_by_role("heading", name="Bo Åberg")).to_be_visible()
    page.locator(".row[data-person=bo] .star button").click()
    expect(page.locator(".row[data-person=bo] .star button")).to_have_attribute("aria-pressed", "true")
    context.close()
