"""Real Chromium on real pages: every page is watched for errors, foreign requests and broken rules of access."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request, expect

from kalenderkoppling.domain.person import PersonId
from kktest.checkout import ROOT
from kktest.web import Company

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE_MS = 60_000
"""For a busy machine; what a page takes on a quiet one stands in docs/benchmarks.md."""

CHROMIUM = Path("/usr/bin/chromium")

_LOST = ("Failed to load resource", "net::ERR", "Failed to fetch")
"""What the browser and htmx say of a server that refuses or is not there."""

PHONE = (390, 844)
DESK = (1280, 800)

_RUN_AXE = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map(
  (each) => each.id + ': ' + each.nodes.map((node) => node.target.join(' ') + ' ' + node.failureSummary).join(' | '))"""


@dataclass
class Watched:
    """What went wrong on a page, as the browser tells it; without slots, since the driver marks its listeners."""

    origin: str
    refusals_expected: bool = False
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._request)

    def unexpected(self) -> list[str]:
        """What should not have happened; a test of refusals or lost servers expects what the browser says of those."""
        if not self.refusals_expected:
            return self.errors
        return [each for each in self.errors if not any(words in each for words in _LOST)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.errors.append(f"{message.type}: {message.text} ({message.location})")

    def _request(self, request: Request) -> None:
        target = urlsplit(request.url)
        if f"{target.scheme}://{target.netloc}" != self.origin:
            self.foreign.append(request.url)


def launch(playwright: Playwright) -> Browser:
    """Start Debian's Chromium, which the set-up installs; what is expected of its pages may take a while."""
    expect.set_options(timeout=PATIENCE_MS)
    return playwright.chromium.launch(executable_path=CHROMIUM)


@contextmanager
def browsing(
    browser: Browser, address: str, *, size: tuple[int, int] = DESK, scheme: str = "light", touch: bool = False
) -> Iterator[tuple[Page, Watched]]:
    """Open a page of a browser's own, without cookies from elsewhere; at the end nothing may have gone wrong."""
    width, height = size
    context: BrowserContext = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="sv-SE",
        has_touch=touch,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    page, watched = context.new_page(), Watched(address)
    watched.watch(page)
    try:
        yield page, watched
    finally:
        context.close()
    assert watched.unexpected() == []
    assert watched.foreign == []


def enter(page: Page, person: PersonId, path: str = "/") -> None:
    """Sign in and wait until the page is live."""
    page.goto(f"/sign-in?next={path}")
    page.locator(f"#people button[value='{person}']").click()
    page.locator("#live[data-state=on]").wait_for()


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong with the page as it is."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(_RUN_AXE)
    return found


def overflows(page: Page) -> bool:
    """Tell whether the page is wider than its window."""
    wide: bool = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return wide


def tell(company: Company, person: PersonId) -> None:
    """Tell the bus from a thread of its own: the browser's driver has the loop of this one."""
    thread = threading.Thread(target=lambda: asyncio.run(company.tell(person)))
    thread.start()
    thread.join()
