"""The pretend Outlook in real Chromium: with a mouse, by keyboard alone, without script, and on a phone."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from kalenderkoppling.sandbox import CompanyPerson, Event, World, pretend_company
from kalenderkoppling.sandbox.outlook import OutlookPage
from kktest.checkout import ROOT
from kktest.pretend import MONDAY_MORNING, StandingClock

# One Chromium for all: starting it takes longer than any of the tests.
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP, PHONE = (1280, 900), (390, 844)
SMALL_TARGETS = """
() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, label.tick")]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest(".quiet, .skip") && !e.closest("p"))
  .filter((e) => !(e.type === "checkbox" && e.closest("label")))
  .filter((e) => { const b = e.getBoundingClientRect(); return b.width < 23.9 || b.height < 23.9; })
  .map((e) => e.outerHTML.slice(0, 120))
"""


@dataclass(slots=True, kw_only=True)
class Stage:
    """A pretend company with its page, and the person whose calendar is shown."""

    world: World
    outlook: OutlookPage
    person: CompanyPerson

    @property
    def url(self) -> str:
        return self.outlook.url_of(self.person.user_id)

    def booked(self, subject: str) -> list[Event]:
        now = self.world.clock()
        events = self.world.events(self.person.user_id, now - timedelta(days=8), now + timedelta(days=40))
        return [event for event in events if event.subject == subject]


@pytest_asyncio.fixture(loop_scope="module")
async def stage() -> AsyncIterator[Stage]:
    clock = StandingClock(MONDAY_MORNING.replace(hour=10, minute=17))
    world = World(clock)
    people = pretend_company(world, 40)
    person = next(person for person in people if person.has_service)
    async with OutlookPage(world, people, clock, directory_url="http://127.0.0.1:8000") as outlook:
        yield Stage(world=world, outlook=outlook, person=person)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=shutil.which("chromium"))
        try:
            yield running
        finally:
            await running.close()


async def opened(
    browser: Browser, url: str, *, size: tuple[int, int] = DESKTOP, scheme: str = "light", script: bool = True
) -> Page:
    context = await browser.new_context(
        locale="sv-SE",
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=script,
        reduced_motion="reduce",
    )
    page = await context.new_page()
    page.set_default_timeout(10_000)
    await page.goto(url)
    return page


async def violations(page: Page) -> list[str]:
    # Handed over by the debugger, which the page's Content-Security-Policy does not bind.
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate("async () => (await axe.run()).violations")
    return [f"{one['id']}: {node['html'][:150]} {node['failureSummary']}" for one in found for node in one["nodes"]]


async def test_a_newcomer_books_in_the_dialog(stage: Stage, browser: Browser) -> None:
    page = await opened(browser, stage.url)
    await page.get_by_role("link", name="Ny bokning", exact=True).click()
    sheet = page.get_by_role("dialog")
    await sheet.get_by_label("Ämne").fill("Besök")
    await sheet.get_by_label("Visa som").select_option(label="Frånvarande")
    await sheet.get_by_role("button", name="Boka").click()
    await expect(page.locator("#done")).to_contain_text("Besök")
    assert [event.show_as for event in stage.booked("Besök")] == ["oof"]


async def test_a_click_on_an_empty_slot_proposes_its_time(stage: Stage, browser: Browser) -> None:
    page = await opened(browser, f"{stage.url}?week=2027-W08")
    await page.locator(".slot[href*='2027-02-27T14:30']").click()
    await expect(page.get_by_role("dialog").get_by_label("Börjar")).to_have_value("2027-02-27T14:30")


async def test_a_booking_is_moved_hidden_and_deleted_with_one_click_each(stage: Stage, browser: Browser) -> None:
    page = await opened(browser, stage.url)
    await page.get_by_role("button", name="Lunch 12–13 i dag").click()
    await page.get_by_role("button", name="30 min senare").click()
    await page.get_by_role("button", name="Gör privat").click()
    await expect(page.locator("#done")).to_contain_text("Inget spår ska synas")
    await page.get_by_role("button", name="Ta bort", exact=True).click()
    await expect(page.locator("#done")).to_contain_text("Borttaget")
    mine = [event for event in stage.booked("Lunch") if event.created == stage.world.clock()]
    assert not [event for event in mine if event.sensitivity == "private"]


async def test_a_wrong_time_is_told_at_the_field_in_the_dialog(stage: Stage, browser: Browser) -> None:
    page = await opened(browser, stage.url)
    await page.get_by_role("link", name="Ny bokning", exact=True).click()
    sheet = page.get_by_role("dialog")
    await sheet.get_by_label("Ämne").fill("Bakvänt")
    await sheet.get_by_label("Slutar").fill("2027-01-31T10:00")
    await sheet.get_by_role("button", name="Boka").click()
    await expect(sheet.get_by_label("Slutar")).to_have_accessible_description("Sluttiden måste vara efter starttiden.")
    await expect(sheet.get_by_label("Slutar")).to_be_focused()
    assert stage.booked("Bakvänt") == []


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ("Upptagen", "med orsaken ”Möte”"),
        ("Frånvarande", "med orsaken ”Frånvarande”"),
        ("Preliminärt", "”Preliminärt” ger ingen frånvaro"),
    ],
)
async def test_the_form_says_what_the_choice_will_do(stage: Stage, browser: Browser, chosen: str, said: str) -> None:
    page = await opened(browser, f"{stage.url}/new", script=False)
    await page.get_by_label("Visa som").select_option(label=chosen)
    shown = await page.locator(".in-form p:visible").all_inner_texts()
    assert [said in text for text in shown] == [True]


async def test_private_beats_show_as_in_the_forms_hint(stage: Stage, browser: Browser) -> None:
    page = await opened(browser, f"{stage.url}/new", script=False)
    await page.get_by_label("Privat").check()
    shown = await page.locator(".in-form p:visible").all_inner_texts()
    assert [text[:10] for text in shown] == ["Inget spår"]


async def test_everything_works_without_script(stage: Stage, browser: Browser) -> None:
    page = await opened(browser, stage.url, script=False)
    await page.get_by_role("link", name="Ny bokning", exact=True).click()
    await page.get_by_label("Ämne").fill("Utan skript")
    await page.get_by_label("Heldag").check()
    await page.get_by_role("button", name="Boka").click()
    await page.get_by_role("link", name="Utan skript").first.click()
    await page.get_by_label("Privat").check()
    await page.get_by_role("button", name="Spara").click()
    assert [(event.is_all_day, event.sensitivity) for event in stage.booked("Utan skript")] == [(True, "private")]


async def test_everything_works_by_keyboard(stage: Stage, browser: Browser) -> None:
    page = await opened(browser, stage.url)
    link = page.get_by_role("link", name="Ny bokning", exact=True)
    await tab_to(page, "a.main-deed")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog").get_by_label("Ämne")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(link).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog").get_by_label("Ämne")).to_be_focused()
    await page.keyboard.type("Med tangenter")
    await page.keyboard.press("Enter")
    await expect(page.locator("#done")).to_be_focused()
    await tab_to(page, "#done .delete")
    await page.keyboard.press("Space")
    await expect(page.locator("#done")).to_contain_text("Borttaget")
    assert stage.booked("Med tangenter") == []


async def tab_to(page: Page, selector: str) -> None:
    for _ in range(150):
        await page.keyboard.press("Tab")
        if await page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
    raise AssertionError(f"the Tab key never gets to {selector}")


async def test_the_search_answers_while_one_types(stage: Stage, browser: Browser) -> None:
    page = await opened(browser, stage.url)
    await page.get_by_role("searchbox").press_sequentially("zzz")
    await expect(page.locator("#found")).to_contain_text("Ingen träff på ”zzz”.")


async def test_a_booking_deleted_meanwhile_is_said_to_be_gone(stage: Stage, browser: Browser) -> None:
    made = stage.world.create_event(
        stage.person.user_id, start=stage.world.clock(), end=stage.world.clock() + timedelta(hours=1), subject="Borta"
    )
    page = await opened(browser, stage.url)
    stage.world.delete_event(made.token)
    await page.get_by_role("link", name="Borta").click()
    await expect(page.get_by_role("heading", name="Det finns inget här")).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(stage: Stage, browser: Browser, size: tuple[int, int], scheme: str) -> None:
    page = await opened(browser, stage.url, size=size, scheme=scheme)
    found = await violations(page)
    await page.get_by_role("button", name="Möte nu i 30 min").click()
    await expect(page.locator("#done")).to_contain_text("Bokat")
    found += await violations(page)
    await page.get_by_role("link", name="Ändra …").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.get_by_role("dialog").get_by_label("Slutar").fill("")
    await page.get_by_role("button", name="Spara").click()
    await expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
    assert found + await violations(page) == []


async def test_axe_finds_a_label_that_is_taken_away(stage: Stage, browser: Browser) -> None:
    page = await opened(browser, f"{stage.url}/new")
    await page.evaluate("document.querySelector('label[for=show_as]').remove()")
    assert [found.partition(":")[0] for found in await violations(page)] == ["select-name"]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_every_target_is_at_least_24_px_and_nothing_is_wider_than_the_window(
    stage: Stage, browser: Browser, size: tuple[int, int]
) -> None:
    page = await opened(browser, stage.url, size=size)
    await page.get_by_role("button", name="Privat läkarbesök i eftermiddag").click()
    await expect(page.locator("#done")).to_contain_text("Bokat")
    await page.wait_for_load_state()  # The words are there before the styles.
    small = await page.evaluate(SMALL_TARGETS)
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert (small, width) == ([], size[0])


async def test_the_policy_of_the_page_is_never_broken(stage: Stage, browser: Browser) -> None:
    context = await browser.new_context(locale="sv-SE")
    page = await context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    await page.goto(stage.url)
    await page.get_by_role("link", name="Ny bokning", exact=True).click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    assert said == []
