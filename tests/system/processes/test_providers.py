"""Sign-in at a provider that is somebody else's program: oidc-provider-mock, over the network."""

import re
import warnings
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from kalenderkoppling.ports.store.identities import Identity
from kalenderkoppling.surfaces.directory.surface import directory_surface
from kalenderkoppling.surfaces.web.app import create_app
from kalenderkoppling.surfaces.web.configured_sign_in import ConfiguredSignIn
from kalenderkoppling.surfaces.web.oidc.provider import Provider, ProviderOptions
from kalenderkoppling.surfaces.web.options import WebOptions
from kalenderkoppling.usecases.sign_in.identities import link_sign_in
from kktest.web import ANNA, TENANT, Company, RunningClock, open_company, serving

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # It is built on a part of Authlib that is deprecated.
    from oidc_provider_mock import run_server_in_thread

pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    company = open_company(tmp_path, RunningClock())
    yield company
    company.store.close()


@pytest.fixture
def issuer() -> Iterator[str]:
    with run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def address(company: Company, issuer: str) -> Iterator[str]:
    options = ProviderOptions(name="mock", title="Mock", issuer=issuer, client_id="kk", client_secret="secret")
    sign_in = ConfiguredSignIn({"mock": Provider(options, company.clock)})
    app = create_app(company.core, WebOptions(tenant=TENANT), sign_in=sign_in, surfaces=[directory_surface()])
    with serving(app) as address:
        yield address


@pytest.fixture
def browser() -> Iterator[httpx.Client]:
    with httpx.Client(follow_redirects=True, timeout=30, headers={"Accept-Language": "sv"}) as client:
        yield client


def sign_in(browser: httpx.Client, address: str, subject: str) -> httpx.Response:
    """Press the button, be somebody at the provider, and come back."""
    page = browser.get(f"{address}/sign-in")
    there = browser.get(urljoin(address, unescape(re.findall(r'href="([^"]*sign-in/with/[^"]*)"', page.text)[0])))
    assert there.status_code == 200, there.text
    return browser.post(there.url, data={"sub": subject})


async def test_who_is_linked_is_signed_in_and_who_is_not_is_told(
    company: Company, issuer: str, address: str, browser: httpx.Client
) -> None:
    await link_sign_in(company.core, TENANT, "command line", Identity(issuer=issuer, subject="sub-anna"), ANNA)
    refused = sign_in(browser, address, "anna@example.com")
    assert (refused.status_code, "inte kopplat" in refused.text) == (403, True)
    page = sign_in(browser, address, "sub-anna")
    assert page.status_code == 200, page.text
    assert str(page.url) == f"{address}/"
    assert "Anna Berg" in page.text


def test_the_providers_refusal_comes_back_as_a_page(address: str, browser: httpx.Client) -> None:
    there = browser.get(f"{address}/sign-in/with/mock")
    answer = browser.post(there.url, data={"action": "deny"})
    # The mock sends no state with its refusal, so that we cannot know whose it is.
    assert (answer.status_code, "Inloggningen lyckades inte" in answer.text) == (400, True)
