"""Calls in real Chromium: what callers hear is played, calls appear by themselves, all by keyboard and to all eyes."""

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from litestar import Litestar
from playwright.sync_api import Browser, Page, expect

from kalenderkoppling.composition.server.listening import listening
from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.domain.call import CallId, CallResult
from kalenderkoppling.domain.person import Entitlements, PersonId
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.settings.telephony import Voices
from kalenderkoppling.sound import tone, wav
from kalenderkoppling.surfaces.calls.surface import calls_surface
from kalenderkoppling.surfaces.listen.booth import Booth
from kalenderkoppling.surfaces.listen.surface import listen_surface
from kalenderkoppling.surfaces.mine.surface import mine_surface
from kalenderkoppling.surfaces.recordings.surface import recordings_surface
from kalenderkoppling.surfaces.web.options import DemoLinks, WebOptions
from kalenderkoppling.usecases.announcements.prompts import Prompts
from kktest.browsing import DESK, PHONE, browsing, enter, overflows, tell, violations
from kktest.call_pages import call, called, wish, wished
from kktest.prompts import MemoryShelf
from kktest.speech import FakeSpeech
from kktest.waiting import wait_until
from kktest.web import ADAM, ANNA, ASA, BO, KARIN, TENANT, Company, make_app, serving, someone

pytestmark = pytest.mark.browser

LISTEN_TO_PLAYING = """() => {
  window.played = [];
  const create = AudioContext.prototype.createBufferSource;
  AudioContext.prototype.createBufferSource = function () {
    const source = create.call(this);
    source.addEventListener("ended", () => { source.one.ended = true; });
    const start = source.start, stop = source.stop;
    source.start = function () {
      const samples = source.buffer.getChannelData(0);
      const one = { seconds: source.buffer.duration, loudest: 0, context: this.context, at: this.context.currentTime };
      for (const each of samples) one.loudest = Math.max(one.loudest, Math.abs(each));
      source.one = one;
      window.played.push(one);
      return start.call(source);
    };
    source.stop = function () {
      const last = window.played.at(-1);
      last.stopped ||= !last.ended;
      return stop.call(source);
    };
    return source;
  };
}"""
"""Note what is handed to the browser's sound system, before anything of the page runs."""


@pytest.fixture
def speech() -> FakeSpeech:
    return FakeSpeech()


def everything(company: Company, speech: FakeSpeech, *, demo: bool = False) -> Litestar:
    options = WebOptions(tenant=TENANT, has_telephone_system=True, takes_calls=True, demo=DemoLinks() if demo else None)
    booth = Booth(Prompts(speech, MemoryShelf()))
    surfaces = [calls_surface(), mine_surface(), recordings_surface(), listen_surface(booth)]
    return make_app(company, options=options, surfaces=surfaces)


@pytest.fixture
def app(company: Company, speech: FakeSpeech) -> Litestar:
    return everything(company, speech)


@pytest.fixture
def demo_address(company: Company, speech: FakeSpeech) -> Iterator[str]:
    with serving(everything(company, speech, demo=True)) as address:
        yield address


def around_now(*, ahead: timedelta = timedelta(), length: timedelta = timedelta(hours=2)) -> Interval:
    start = datetime.now(UTC) - timedelta(minutes=5) + ahead
    return Interval(start=start, end=start + length)


def away(company: Company, person: PersonId = ANNA, diversion: Diversion = Diversion.DIRECT) -> str:
    return company.absent(person, around_now(), diversion=diversion)


def opened(page: Page, person: PersonId, path: str) -> None:
    page.add_init_script(f"({LISTEN_TO_PLAYING})()")
    enter(page, person, path)


def until(page: Page, what: str) -> None:
    """Wait until an expression is true: the page's Content-Security-Policy lets the driver's own waiting not do it."""
    wait_until(lambda: page.evaluate(what))


def focus_by_tab(page: Page, selector: str, most: int = 60) -> None:
    for _ in range(most):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab never reaches {selector}")


# ── hear it first ───────────────────────────────────────────────────────────────────────────────


def test_what_a_caller_hears_is_really_spoken_and_really_played(browser: Browser, company: Company) -> None:
    away(company)
    surfaces = [mine_surface(), listening(Voices())]
    with (
        serving(make_app(company, surfaces=surfaces)) as address,
        browsing(browser, address) as (page, _),
    ):
        opened(page, ANNA, "/mine")
        page.locator("#listen-now").click()
        expect(page.locator("#listen-now")).to_have_text("Sluta lyssna")
        until(page, "window.played[0]?.context.currentTime > window.played[0]?.at + 0.3")
        played = page.evaluate("({ seconds: played[0].seconds, loudest: played[0].loudest })")
        assert played["seconds"] > 2
        assert played["loudest"] > 0.05
        expect(page.locator("#listen-now")).to_have_text("Lyssna")
        assert page.evaluate("played[0].ended && !played[0].stopped")
        assert page.url.endswith("/mine")


def test_one_sound_is_heard_at_a_time_and_stopped_by_its_button(
    browser: Browser, company: Company, address: str
) -> None:
    id_ = away(company)
    with browsing(browser, address) as (page, _):
        opened(page, ANNA, "/mine")
        now, row = page.locator("#listen-now"), page.locator(f"#listen-{id_}")
        now.click()
        until(page, "window.played.length === 1")
        row.click()
        until(page, "window.played.length === 2")
        expect(now).to_have_text("Lyssna")
        expect(row).to_contain_text("Sluta lyssna")
        assert page.evaluate("played[0].stopped && !played[1].stopped")
        row.click()
        expect(row).not_to_contain_text("Sluta")
        assert page.evaluate("played[1].stopped")


def test_listening_goes_by_keyboard_and_says_what_it_does(browser: Browser, company: Company, address: str) -> None:
    away(company)
    with browsing(browser, address) as (page, _):
        opened(page, ANNA, "/mine")
        focus_by_tab(page, "#listen-now")
        page.keyboard.press("Space")
        button = page.get_by_role("button", name="Sluta lyssna")
        expect(button).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#listen-now")).to_have_text("Lyssna")
        expect(page.locator("#listen-now")).to_be_focused()
        assert violations(page) == []


def test_a_page_that_changes_meanwhile_goes_on_playing_and_can_stop_it(
    browser: Browser, company: Company, address: str
) -> None:
    id_ = away(company)
    with browsing(browser, address) as (page, _):
        opened(page, ANNA, "/mine")
        page.locator("#listen-now").click()
        until(page, "window.played.length === 1")
        company.absent(ANNA, around_now(ahead=timedelta(days=1)))
        tell(company, ANNA)
        expect(page.locator(".coming .absence-row")).to_have_count(1)
        expect(page.locator("#listen-now")).to_have_text("Sluta lyssna")
        assert page.evaluate("!played[0].stopped")
        page.get_by_role("button", name=re.compile("^Ta bort")).first.click()
        expect(page.locator("#listen-now")).to_have_count(0)
        until(page, "played[0].stopped")
        assert id_


def test_speech_that_fails_is_told_beside_the_button_and_can_be_tried_again(
    browser: Browser, company: Company, speech: FakeSpeech, address: str
) -> None:
    coming = company.absent(ANNA, around_now(ahead=timedelta(hours=6)), diversion=Diversion.OPEN)
    with browsing(browser, address) as (page, watched):
        watched.refusals_expected = True
        opened(page, ANNA, "/mine")
        speech.fails = True
        row = page.locator(f"#row-{coming}")
        row.locator("[data-listen]").click()
        expect(row.get_by_role("status")).to_have_text("Det gick inte att spela upp.")
        expect(row.locator("[data-listen]")).to_contain_text("Lyssna")
        speech.fails = False
        row.locator("[data-listen]").click()
        until(page, "window.played.length === 1")
        expect(row.get_by_role("status")).to_be_empty()


def test_S_11_a_referral_that_no_longer_diverts_says_that_the_phone_rings(
    browser: Browser, company: Company, address: str
) -> None:
    away(company)
    with browsing(browser, address) as (page, watched):
        watched.refusals_expected = True
        opened(page, ANNA, "/mine")
        # The page has not heard of it yet.
        without = Entitlements(calendar_coupling=True, referral=False)
        company.write(lambda tx: tx.people.put([someone(ANNA, "Anna Berg", entitlements=without)]))
        page.locator("#listen-now").click()
        said = page.locator(".heard").get_by_role("status")
        expect(said).to_have_text("Telefonen ringer, inget besked läses upp.")


def test_a_server_that_is_gone_is_told_beside_the_button(browser: Browser, company: Company, address: str) -> None:
    away(company)
    with browsing(browser, address) as (page, watched):
        watched.refusals_expected = True
        opened(page, ANNA, "/mine")
        page.route("**/announcement*", lambda route: route.abort())
        page.locator("#listen-now").click()
        expect(page.locator(".heard").get_by_role("status")).to_have_text("Det gick inte att spela upp.")
        page.unroute("**/announcement*")
        page.route("**/announcement*", lambda route: route.fulfill(status=200, body="no sound"))
        page.locator("#listen-now").click()
        expect(page.locator(".heard").get_by_role("status")).to_have_text("Det gick inte att spela upp.")
        expect(page.locator("#listen-now")).to_have_text("Lyssna")


def test_F_28_whoever_was_signed_out_meanwhile_is_told_so(browser: Browser, company: Company, address: str) -> None:
    away(company)
    with browsing(browser, address) as (page, watched):
        watched.refusals_expected = True
        enter(page, ANNA, "/mine")
        company.write(lambda tx: tx.sessions.drop_before(datetime.now(UTC), datetime.now(UTC)))
        page.locator("#listen-now").click()
        expect(page.locator("#said")).to_contain_text("Du har loggats ut")


def test_without_script_the_browser_itself_plays_it(browser: Browser, company: Company, address: str) -> None:
    away(company)
    context = browser.new_context(base_url=address, locale="sv-SE", java_script_enabled=False)
    page = context.new_page()
    page.goto("/sign-in?next=/mine")
    page.locator(f"#people button[value='{ANNA}']").click()
    with page.expect_response("**/people/anna/announcement") as response:
        page.locator("#listen-now").click()
    assert response.value.headers["content-type"] == "audio/wav"
    expect(page.locator("video")).to_have_count(1)
    context.close()


# ── the demo rings ──────────────────────────────────────────────────────────────────────────────


def test_in_the_demo_a_press_rings_and_then_announces(browser: Browser, company: Company, demo_address: str) -> None:
    away(company, BO, Diversion.OPEN)
    with browsing(browser, demo_address) as (page, _):
        opened(page, ANNA, "/people/bo")
        card = page.locator(".card-call")
        expect(card).to_contain_text("I demon ringer det bara 3 sekunder.")
        expect(card).to_contain_text("”Bo Åberg är i möte")
        card.get_by_role("button", name="Ring Bo Åberg").click()
        expect(card.get_by_role("status")).to_have_text("Det ringer …")
        assert page.evaluate("played[0].seconds") > 4
        expect(card.get_by_role("status")).to_be_empty()
        expect(card.get_by_role("button", name="Sluta lyssna")).to_be_visible()
        page.keyboard.press("Escape")
        until(page, "played[0].stopped")


def test_in_the_demo_a_phone_that_just_rings_is_told_to_do_so(browser: Browser, demo_address: str) -> None:
    with browsing(browser, demo_address) as (page, watched):
        watched.refusals_expected = True
        enter(page, ANNA, "/people/asa")
        page.get_by_role("button", name="Ring Åsa Öberg").click()
        said = page.locator(".card-call").get_by_role("status")
        expect(said).to_have_text("Telefonen ringer hos Åsa Öberg: inget besked läses upp.")
        expect(page.get_by_role("button", name="Ring Åsa Öberg")).to_be_visible()


# ── calls appear by themselves ──────────────────────────────────────────────────────────────────


def test_a_new_call_and_a_new_wish_appear_without_reload(browser: Browser, company: Company, address: str) -> None:
    now = datetime.now(UTC)
    with browsing(browser, address) as (page, _):
        enter(page, ANNA, "/calls")
        expect(page.locator(".history")).to_contain_text("Inga samtal än.")
        page.evaluate("() => { window.same = true; }")
        called(company, call("a", by=BO, ago=timedelta(), now=now))
        tell(company, ANNA)
        expect(page.locator(".call")).to_have_count(1)
        expect(page.locator(".call .name")).to_have_text("Bo Åberg")
        wished(company, wish("w", ago=timedelta(), now=now))
        tell(company, ANNA)
        expect(page.locator(".wish")).to_have_count(1)
        expect(page.locator("#waiting-title .count")).to_have_text("1")
        assert page.evaluate("window.same")


def test_a_colleague_in_the_history_is_live(browser: Browser, company: Company, address: str) -> None:
    called(company, call("a", by=BO, now=datetime.now(UTC)))
    with browsing(browser, address) as (page, _):
        enter(page, ANNA, "/calls")
        expect(page.locator(".call .status")).to_have_attribute("data-colour", "green")
        company.in_call(BO)
        tell(company, BO)
        expect(page.locator(".call .status")).to_have_attribute("data-colour", "red")
        expect(page.locator(".call .word")).to_have_text("I samtal")


def test_a_colleague_who_calls_for_the_first_time_is_live_from_then_on(
    browser: Browser, company: Company, address: str
) -> None:
    with browsing(browser, address) as (page, _):
        enter(page, ANNA, "/calls")
        called(company, call("a", by=BO, now=datetime.now(UTC)))
        tell(company, ANNA)
        expect(page.locator(".call .status")).to_have_attribute("data-colour", "green")
        company.in_call(BO)
        tell(company, BO)
        expect(page.locator(".call .status")).to_have_attribute("data-colour", "red")


def test_an_attendants_list_shows_wishes_to_others_by_the_clock(
    browser: Browser, company: Company, address: str
) -> None:
    with browsing(browser, address) as (page, _):
        page.clock.install()
        enter(page, KARIN, "/calls")
        expect(page.locator("#waiting")).to_contain_text("Ingen väntar")
        for number in (1, 2):
            wished(company, wish(f"w{number}", to=BO, number=f"{number}", now=datetime.now(UTC)))
            page.clock.run_for(31_000)
            expect(page.locator(".wish")).to_have_count(number)
        expect(page.locator(".wanted .name").first).to_have_text("Bo Åberg")


def test_older_calls_are_added_below_and_stay_when_a_new_one_comes(
    browser: Browser, company: Company, address: str
) -> None:
    now = datetime.now(UTC)
    called(company, *(call(f"c{n}", number=f"{n}", ago=timedelta(minutes=n), now=now) for n in range(110)))
    with browsing(browser, address) as (page, _):
        enter(page, ANNA, "/calls")
        expect(page.locator(".call")).to_have_count(50)
        focus_by_tab(page, ".older a", most=120)
        page.keyboard.press("Enter")
        expect(page.locator(".call")).to_have_count(100)
        expect(page.locator("[data-older]")).to_be_focused()
        called(company, call("new", number="999", ago=timedelta(), now=datetime.now(UTC)))
        tell(company, ANNA)
        expect(page.locator(".call")).to_have_count(101)
        expect(page.locator("[data-older]")).to_be_focused()
        page.locator(".older a").click()
        expect(page.locator(".call")).to_have_count(111)
        expect(page.locator(".older")).to_have_count(0)
        shown = page.locator(".call .number").all_inner_texts()
        assert shown == ["999", *map(str, range(110))]


def test_who_was_called_back_is_marked_by_keyboard_and_the_focus_goes_on(
    browser: Browser, company: Company, address: str
) -> None:
    now = datetime.now(UTC)
    wished(company, *(wish(f"w{n}", number=f"08-{n}", ago=timedelta(minutes=9 - n), now=now) for n in range(3)))
    with browsing(browser, address) as (page, _):
        enter(page, ANNA, "/calls")
        focus_by_tab(page, "#done-w0")
        page.keyboard.press("Enter")
        expect(page.locator("#done-w1")).to_be_focused()
        expect(page.locator("#said")).to_contain_text("Markerad som uppringd.")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        expect(page.locator("#done-w2")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#done-w1")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#waiting-title")).to_be_focused()
        expect(page.locator("#waiting")).to_contain_text("Ingen väntar på att bli uppringd.")
    with company.store.read(TENANT) as tx:
        assert tx.call_backs.all(limit=10) == []


def test_what_somebody_else_has_dealt_with_is_told_in_place(browser: Browser, company: Company, address: str) -> None:
    wished(company, wish("w", now=datetime.now(UTC)))
    with browsing(browser, address) as (page, watched):
        watched.refusals_expected = True
        enter(page, ANNA, "/calls")
        company.write(lambda tx: tx.call_backs.remove(CallId("w")))
        page.get_by_role("button", name="Uppringd").click()
        expect(page.locator("#said")).to_contain_text("Det är redan avklarat.")
        expect(page.locator(".wish")).to_have_count(0)


# ── recordings ──────────────────────────────────────────────────────────────────────────────────


def test_a_name_is_recorded_heard_replaced_and_removed(
    browser: Browser, company: Company, address: str, tmp_path: Path
) -> None:
    good, bad = tmp_path / "anna.wav", tmp_path / "anna.mp3"
    good.write_bytes(wav(tone(440, timedelta(seconds=1), 44_100, 0.3)))
    bad.write_bytes(b"no sound")
    with browsing(browser, address) as (page, watched):
        watched.refusals_expected = True
        opened(page, ANNA, "/mine")
        page.get_by_role("link", name="Spela in ditt namn").click()
        file = page.get_by_label("WAV-fil")
        file.set_input_files(bad)
        page.get_by_role("button", name="Ladda upp").click()
        file = page.get_by_label("WAV-fil")
        expect(file).to_be_focused()
        expect(file).to_have_accessible_description(
            re.compile("Filen går inte att läsa som ljud. Spara inspelningen som WAV.")
        )
        assert violations(page) == []
        file.set_input_files(good)
        page.get_by_role("button", name="Ladda upp").click()
        expect(page.locator("#said")).to_contain_text("Inspelningen är sparad.")
        page.get_by_role("button", name="Lyssna").click()
        until(page, "window.played.length === 1")
        assert 0.9 < page.evaluate("played[0].seconds") < 1.2
        page.get_by_role("button", name="Ta bort inspelningen").click()
        expect(page.locator(".phrase")).to_contain_text("Datorröst")


def test_calls_and_recordings_work_without_script(
    browser: Browser, company: Company, address: str, tmp_path: Path
) -> None:
    file = tmp_path / "anna.wav"
    file.write_bytes(wav(tone(440, timedelta(seconds=1), 44_100, 0.3)))
    now = datetime.now(UTC)
    called(company, *(call(f"c{n}", number=f"{n}", ago=timedelta(minutes=n), now=now) for n in range(60)))
    wished(company, wish("w", now=now))
    context = browser.new_context(base_url=address, locale="sv-SE", java_script_enabled=False)
    page = context.new_page()
    page.goto("/sign-in?next=/calls")
    page.locator(f"#people button[value='{ANNA}']").click()
    page.get_by_role("button", name="Uppringd").click()
    expect(page.locator("#said")).to_contain_text("Markerad som uppringd.")
    page.get_by_role("link", name="Visa äldre").click()
    expect(page.locator(".call")).to_have_count(10)
    page.goto("/recordings")
    page.get_by_label("WAV-fil").set_input_files(file)
    page.get_by_role("button", name="Ladda upp").click()
    expect(page.locator("#said")).to_contain_text("Inspelningen är sparad.")
    context.close()


# ── everybody's eyes ────────────────────────────────────────────────────────────────────────────

PAGES = {
    "calls": (ANNA, "/calls"),
    "an attendant's calls": (KARIN, "/calls"),
    "nobody called": (ASA, "/calls"),
    "own absences": (ANNA, "/mine"),
    "the own name": (ANNA, "/recordings"),
    "reasons": (ADAM, "/recordings?opened=meeting"),
    "a card": (KARIN, "/people/bo"),
}


@pytest.fixture
def busy(company: Company) -> None:
    """Calls and wishes of every kind, one of them from a number that is far too long."""
    now = datetime.now(UTC)
    for person in (ANNA, BO):
        away(company, person)
        company.absent(person, around_now(ahead=timedelta(hours=5)), diversion=Diversion.OPEN)
    company.in_call(BO)
    results = list(CallResult)
    called(
        company,
        *(
            call(f"a{n}", by=BO if n % 2 else None, result=each, ago=timedelta(hours=n), now=now)
            for n, each in enumerate(results)
        ),
        call("out", to=KARIN, by=ANNA, ago=timedelta(hours=30), now=now),
        call("hidden", number="", now=now),
        call("old", number="", ago=timedelta(days=3), now=now),
        call("long", number="1" * 40, now=now),
    )
    wished(
        company, wish("1", now=now), wish("2", by=BO, number="10877", now=now), wish("3", to=KARIN, number="3", now=now)
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("shown", PAGES.values(), ids=PAGES)
@pytest.mark.usefixtures("busy")
def test_axe_finds_nothing_and_nothing_is_too_wide(
    browser: Browser, demo_address: str, shown: tuple[PersonId, str], size: tuple[int, int], scheme: str
) -> None:
    person, path = shown
    with browsing(browser, demo_address, size=size, scheme=scheme) as (page, _):
        enter(page, person)
        page.goto(path)
        page.locator("#live[data-state=on]").wait_for()
        assert violations(page) == []
        assert not overflows(page)


@pytest.mark.parametrize("width", [320, 390, 640, 1024])
@pytest.mark.usefixtures("busy")
def test_no_page_is_wider_than_its_window(browser: Browser, demo_address: str, width: int) -> None:
    wide = []
    with browsing(browser, demo_address, size=(width, 800)) as (page, _):
        for person, path in PAGES.values():
            page.context.clear_cookies()
            enter(page, person)
            page.goto(path)
            wide += [path] if overflows(page) else []
    assert wide == []


@pytest.mark.parametrize("path", ["/", "/calls", "/mine", "/recordings"])
def test_the_present_tab_is_in_sight_on_a_narrow_window(browser: Browser, address: str, path: str) -> None:
    with browsing(browser, address, size=(320, 700)) as (page, _):
        enter(page, ADAM)
        page.goto(path)
        box = page.locator(".tabs [aria-current]").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320


@pytest.mark.parametrize("shown", PAGES.values(), ids=PAGES)
@pytest.mark.usefixtures("busy")
def test_every_target_is_large_enough(browser: Browser, demo_address: str, shown: tuple[PersonId, str]) -> None:
    person, path = shown
    with browsing(browser, demo_address, size=PHONE) as (page, _):
        enter(page, person)
        page.goto(path)
        small = page.evaluate(
            """() => [...document.querySelectorAll('main :is(a[href], button, input, select, summary)')]
              .map((each) => [each, each.getBoundingClientRect()])
              .filter(([each, box]) => box.width && box.height && getComputedStyle(each).display !== 'inline')
              .filter(([each]) => !each.closest('.week, .segment, .check'))
              .filter(([each, box]) => box.width < 24 || box.height < 24)
              .map(([each, box]) => `${each.outerHTML.slice(0, 90)} ${box.width}x${box.height}`)"""
        )
        assert small == []


@pytest.mark.usefixtures("busy")
def test_axe_finds_nothing_while_something_is_played(browser: Browser, speech: FakeSpeech, demo_address: str) -> None:
    going_on = threading.Event()
    speech.before = lambda _: going_on.wait(10)
    with browsing(browser, demo_address) as (page, _):
        opened(page, ANNA, "/people/bo")
        page.get_by_role("button", name="Ring Bo Åberg").click()
        expect(page.get_by_role("button", name="Sluta lyssna")).to_be_visible()
        assert violations(page) == []
        going_on.set()
        until(page, "window.played.length === 1")
        assert violations(page) == []
