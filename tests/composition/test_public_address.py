"""Where the pages may be served, and how browsers reach them."""

from pathlib import Path

import pytest

from kalenderkoppling.composition.from_settings.sign_in import with_public_address
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.settings import Server, Settings, SignIn, settings_from
from kalenderkoppling.surfaces.web.client_address import ForwardedHeader
from kalenderkoppling.surfaces.web.options import WebOptions

OPTIONS = WebOptions(tenant=TENANT)
PUBLIC = "https://telefonbok.example.com"
EVERY = "0.0.0.0"  # noqa: S104 - only read


def public(sign_in: SignIn | None = None, **server: object) -> WebOptions:
    return with_public_address(OPTIONS, Settings(server=Server(**server), sign_in=sign_in))  # type: ignore[arg-type] # tests name what they set


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_without_sign_in_the_pages_are_on_loopback(host: str) -> None:
    assert public(host=host) == OPTIONS


@pytest.mark.parametrize("host", [EVERY, "::", "192.0.2.1", "localhost.example.com", ""])
@pytest.mark.parametrize("name", ["host", "hooks_host"])
def test_without_sign_in_no_other_host_is_served_and_the_message_says_why(host: str, name: str) -> None:
    with pytest.raises(InvalidValueError, match=rf"server\.{name}: .*\[sign_in\]"):
        public(None, **{name: host})


def test_without_sign_in_no_public_address_is_taken() -> None:
    with pytest.raises(InvalidValueError, match=r"pages_url .*\[sign_in\]"):
        public(pages_url=PUBLIC)


@pytest.mark.parametrize("host", ["127.0.0.1", EVERY, "::", "192.0.2.1"])
def test_with_sign_in_and_a_public_https_address_any_host_is_served(host: str) -> None:
    options = public(SignIn(), host=host, pages_url=PUBLIC)
    assert options.https
    assert "telefonbok.example.com" in options.trusted_hosts


def test_with_sign_in_on_loopback_plain_http_will_do() -> None:
    assert not public(SignIn(), host="127.0.0.1").https


def test_beyond_loopback_the_public_address_is_demanded() -> None:
    with pytest.raises(InvalidValueError, match=r"server\.pages_url is not set"):
        public(SignIn(), host=EVERY)


@pytest.mark.parametrize(
    "url",
    [
        "http://telefonbok.example.com",
        "telefonbok.example.com",
        "https://",
        "https://telefonbok.example.com/kk",
        "https://anna@telefonbok.example.com",
        "https://telefonbok.example.com?x",
        "https://telefonbok.example.com:port",
        "https://[::",
    ],
)
def test_a_public_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidValueError, match=r"server\.pages_url"):
        public(SignIn(), pages_url=url)


def test_proxies_are_read_as_networks() -> None:
    proxies = public(
        SignIn(), pages_url=PUBLIC, trusted_proxies=("10.0.0.1", "fd00::/8"), forwarded_header="forwarded"
    ).proxies
    assert proxies.networks == ("10.0.0.1", "fd00::/8")
    assert proxies.header is ForwardedHeader.FORWARDED


@pytest.mark.parametrize("network", ["proxy.example.com", "10.0.0.1/24", "0.0.0.0/0", "::/0", ""])
def test_a_proxy_that_is_no_network_or_everybody_is_refused(network: str) -> None:
    with pytest.raises(InvalidValueError, match=r"server\.trusted_proxies"):
        public(SignIn(), pages_url=PUBLIC, trusted_proxies=(network,))


def test_the_section_is_read_from_the_file(tmp_path: Path) -> None:
    assert settings_from({"sign_in": {}}, tmp_path).sign_in == SignIn()
    assert settings_from({}, tmp_path).sign_in is None
    with pytest.raises(InvalidValueError, match="unknown field"):
        settings_from({"sign_in": {"password": "x"}}, tmp_path)
