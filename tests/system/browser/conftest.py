"""A browser for all tests of a run, and a served company for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from playwright.sync_api import Browser, sync_playwright

from kalenderkoppling.surfaces.mine.surface import mine_surface
from kktest.browsing import launch
from kktest.web import Company, RunningClock, make_app, open_company, serving


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed with its module: while it is open, the driver holds the loop that asynchronous tests would want."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    company = open_company(tmp_path, RunningClock())
    yield company
    company.store.close()


@pytest.fixture
def app(company: Company) -> Litestar:
    return make_app(company, surfaces=[mine_surface()])


@pytest.fixture
def address(app: Litestar) -> Iterator[str]:
    with serving(app) as address:
        yield address
