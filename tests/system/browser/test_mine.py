"""Min frånvaro in real Chromium: by keyboard alone, without script, undone, live, and to everybody's eyes."""

import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from kalenderkoppling.domain.absence import Absence, Diversion, ReasonKey
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.surfaces.mine.surface import mine_surface
from kalenderkoppling.usecases.situation import FAR, situation
from kktest.checkout import ROOT
from kktest.make import between, days
from kktest.web import ANNA, KARIN, TENANT, Company, make_app, open_company, serving

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP, PHONE = (1280, 900), (390, 844)
TEN_TO_TWELVE = between("2026-11-25 10:00", "2026-11-25 12:00")
TOMORROW = between("2026-11-26 13:00", "2026-11-26 14:00")
SMALL_TARGETS = """
() => [..."a[href] button input:not([type=hidden]) select summary".split(" ")]
  .flatMap((kind) => [...document.querySelectorAll(`main ${kind}`)])
  .filter((e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: false }) && !e.closest("p"))
  .filter((e) => !(["checkbox", "radio"].includes(e.type) && e.closest("label")))
  .filter((e) => { const b = e.getBoundingClientRect(); return b.width < 24 || b.height < 24; })
  .map((e) => e.outerHTML.slice(0, 120))
"""


@dataclass(slots=True, kw_only=True)
class Stage:
    """A served company."""

    company: Company
    url: str

    def absences(self) -> list[Absence]:
        now = self.company.clock.now()
        with self.company.store.read(TENANT) as tx:
            found = situation(tx, ANNA, now, Interval(start=now - FAR, end=now + FAR))
        return list(found.absences) if found else []


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    company = open_company(tmp_path)
    with serving(make_app(company, surfaces=[mine_surface()])) as url:
        yield Stage(company=company, url=url)
    company.store.close()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=shutil.which("chromium"))
        try:
            yield running
        finally:
            await running.close()


async def signed_in(
    stage: Stage,
    browser: Browser,
    person: str = ANNA,
    *,
    size: tuple[int, int] = DESKTOP,
    scheme: str = "light",
    script: bool = True,
) -> Page:
    context: BrowserContext = await browser.new_context(
        locale="sv-SE",
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=script,
        reduced_motion="reduce",
    )
    page = await context.new_page()
    page.set_default_timeout(10_000)
    await page.goto(f"{stage.url}/sign-in?next=/mine")
    await page.locator(f'button[name="person"][value="{person}"]').first.click()
    await page.goto(f"{stage.url}/mine")
    return page


async def tab_to(page: Page, selector: str, most: int = 60) -> None:
    """Press Tab until something has the focus."""
    for _ in range(most):
        if await page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        await page.keyboard.press("Tab")
    pytest.fail(f"Tab never reaches {selector}")


async def violations(page: Page) -> list[str]:
    # Handed over by the debugger, which the page's Content-Security-Policy does not bind.
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate("async () => (await axe.run()).violations")
    return [f"{one['id']}: {node['html'][:150]} {node['failureSummary']}" for one in found for node in one["nodes"]]


async def test_R25_an_absence_is_set_and_undone_by_keyboard_alone(stage: Stage, browser: Browser) -> None:
    page = await signed_in(stage, browser)
    await tab_to(page, 'a.primary[href="/absences/new"]')
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Orsak")).to_be_focused()
    await page.keyboard.type("Lun")
    await tab_to(page, "#diversion_none")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    undo = page.get_by_role("button", name="Ångra")
    await expect(undo).to_be_focused()
    [absence] = stage.absences()
    assert (absence.reason, absence.diversion) == (ReasonKey("lunch"), Diversion.OPEN)
    await page.keyboard.press("Enter")
    await expect(page.locator("#said")).to_contain_text("Ångrat.")
    assert stage.absences() == []


async def test_a_quick_key_by_keyboard_brings_the_focus_to_undo(stage: Stage, browser: Browser) -> None:
    stage.company.absent(ANNA, TEN_TO_TWELVE)
    page = await signed_in(stage, browser)
    await tab_to(page, "button[id^='remove-']")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Ångra")).to_be_focused()
    assert stage.absences() == []
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Möte", level=4)).to_be_visible()


async def test_undo_is_offered_for_ten_seconds_and_waits_for_hands(stage: Stage, browser: Browser) -> None:
    stage.company.absent(ANNA, TOMORROW)
    page = await signed_in(stage, browser)
    await page.clock.install()
    await page.get_by_role("button", name="Ta bort").click()
    undo = page.get_by_role("button", name="Ångra")
    await expect(undo).to_have_text("Ångra (10 s)")
    await undo.hover()
    await page.clock.run_for(60_000)
    await expect(undo).to_be_visible()
    await page.mouse.move(5, 500)
    await page.clock.run_for(4_000)
    await expect(undo).to_be_visible()
    await page.clock.run_for(8_000)
    await expect(undo).to_be_hidden()


async def test_pressing_changes_the_page_in_place(stage: Stage, browser: Browser) -> None:
    stage.company.booked(ANNA, TEN_TO_TWELVE)
    stage.company.looked(ANNA)
    page = await signed_in(stage, browser)
    await page.evaluate("() => { window.same = true; }")
    await page.get_by_role("button", name="+15 min").click()
    await expect(page.locator(".now .seen")).to_have_text("Möte, åter 12:15")
    await expect(page.locator("#said")).to_contain_text("Det ändrar inte Outlook.")
    await page.get_by_role("button", name="Tillbaka nu").click()
    await expect(page.locator(".own-status")).to_have_text("Ledig")
    assert await page.evaluate("() => window.same")


async def test_the_choice_of_diversion_stays_while_the_page_changes(stage: Stage, browser: Browser) -> None:
    page = await signed_in(stage, browser)
    await page.get_by_label("Öppen hänvisning").check(force=True)
    await page.get_by_role("button", name="15 minuter").click()
    await expect(page.locator(".own-status")).to_have_text("Frånvarande")
    await expect(page.get_by_label("Öppen hänvisning")).to_be_checked()
    assert stage.absences()[0].diversion is Diversion.OPEN


async def test_why_is_told_in_place(stage: Stage, browser: Browser) -> None:
    stage.company.booked(ANNA, TOMORROW)
    page = await signed_in(stage, browser)
    await page.locator("details.why summary").click()
    await expect(page.locator(".why-told")).to_contain_text("Standardmallen ger: Möte, Ingen vidarekoppling.")


async def test_what_an_attendant_changes_shows_on_the_open_page(stage: Stage, browser: Browser) -> None:
    id_ = stage.company.absent(ANNA, TEN_TO_TWELVE)
    page = await signed_in(stage, browser)
    await expect(page.locator("#live")).to_have_attribute("data-state", "on")
    attendant = await signed_in(stage, browser, KARIN)
    await attendant.goto(f"{stage.url}/absences/{id_}")
    await attendant.get_by_role("button", name="+15 min").click()
    await expect(page.locator(".now .seen")).to_have_text("Möte, åter 12:15")


async def test_a_wrong_field_has_the_focus_and_names_its_problem(stage: Stage, browser: Browser) -> None:
    page = await signed_in(stage, browser)
    await page.goto(f"{stage.url}/absences/new")
    await page.get_by_label("Sluttid").fill("09:00")
    await page.get_by_role("button", name="Spara").click()
    end = page.get_by_label("Sluttid")
    await expect(end).to_be_focused()
    await expect(end).to_have_accessible_description("Sluttiden måste vara efter starttiden.")
    await expect(end).to_have_value("09:00")


async def test_a_reason_of_days_proposes_whole_days(stage: Stage, browser: Browser) -> None:
    page = await signed_in(stage, browser)
    await page.goto(f"{stage.url}/absences/new")
    await page.get_by_label("Orsak").select_option(label="Semester")
    await expect(page.get_by_label("Hela dagar")).to_be_checked()
    await expect(page.get_by_label("Starttid")).to_be_hidden()
    await page.get_by_role("button", name="Spara").click()
    await expect(page.locator("#said")).to_contain_text("Semester är satt, i dag.")
    assert stage.absences()[0].interval == between("2026-11-25 00:00", "2026-11-26 00:00")


async def test_a_moved_start_takes_the_end_along(stage: Stage, browser: Browser) -> None:
    page = await signed_in(stage, browser)
    await page.goto(f"{stage.url}/absences/new")
    await page.get_by_label("Starttid").fill("15:00")
    await page.get_by_label("Starttid").press("Tab")
    await expect(page.get_by_label("Sluttid")).to_have_value("16:00")


async def test_everything_works_without_script(stage: Stage, browser: Browser) -> None:
    page = await signed_in(stage, browser, script=False)
    await page.get_by_role("button", name="15 minuter").click()
    await expect(page.locator(".own-status")).to_have_text("Frånvarande")
    await page.get_by_role("button", name="+15 min").click()
    await expect(page.locator(".now .seen")).to_have_text("Tillfälligt ute, åter 11:00")
    await page.get_by_role("button", name="Ångra").click()
    await expect(page.locator(".now .seen")).to_have_text("Tillfälligt ute, åter 10:45")
    await page.get_by_role("link", name="Ändra").click()
    await page.get_by_label("Anteckning").fill("Snart tillbaka")
    await page.get_by_role("button", name="Spara").click()
    await expect(page.locator(".row-note")).to_contain_text("Snart tillbaka")
    await page.get_by_role("button", name="Ta bort").click()
    assert stage.absences() == []


async def full(stage: Stage) -> str:
    """Have everything on the page that it can show; return the id of a booking's absence."""
    company = stage.company
    company.show_subjects()
    company.looked(ANNA)
    company.absent(ANNA, TEN_TO_TWELVE, reason=ReasonKey("lunch"), diversion=Diversion.OPEN, note="Bo kan svara.")
    company.booked(ANNA, days("2026-11-30", "2026-12-05"), show_as=ShowAs.OUT_OF_OFFICE, subject="Semester")
    return company.booked(ANNA, TOMORROW, subject="Avstämning om bygglov i Kvarnbergets naturreservat")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_axe_finds_nothing_and_nothing_is_too_small_or_too_wide(
    stage: Stage, browser: Browser, size: tuple[int, int], scheme: str
) -> None:
    id_ = await full(stage)
    page = await signed_in(stage, browser, size=size, scheme=scheme)
    await page.locator("details.why summary").first.click()
    await expect(page.locator(".why-told")).to_be_visible()
    await page.get_by_role("button", name="+15 min").click()
    await expect(page.locator("#said")).to_contain_text("Förlängd")
    await looks_well(page)
    for path in ("/absences/new", f"/absences/{id_}", f"/absences/{id_}/why"):
        await page.goto(f"{stage.url}{path}")
        await looks_well(page)
    await page.goto(f"{stage.url}/absences/new")
    await page.get_by_label("Sluttid").fill("09:00")
    await page.get_by_role("button", name="Spara").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await looks_well(page)


async def looks_well(page: Page) -> None:
    assert await violations(page) == []
    assert await page.evaluate(SMALL_TARGETS) == []
    assert await page.evaluate("() => document.querySelector('main').scrollWidth - innerWidth") <= 0
