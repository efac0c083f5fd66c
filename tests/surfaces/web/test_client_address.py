"""From which address a request comes, with and without proxies in front."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.surfaces.web.client_address import ForwardedHeader, Proxies

PROXY, OTHER_PROXY, CLIENT = "10.0.0.1", "10.0.0.2", "203.0.113.7"
NETWORKS = ("10.0.0.0/24", "fd00::/8")
BY_X = Proxies(networks=NETWORKS)
BY_FORWARDED = Proxies(networks=NETWORKS, header=ForwardedHeader.FORWARDED)


@given(peer=st.ip_addresses(v=4), told=st.text(max_size=60))
def test_a_header_from_whoever_is_no_listed_proxy_is_never_believed(peer: ipaddress.IPv4Address, told: str) -> None:
    headers = {"x-forwarded-for": told, "forwarded": told}
    assert Proxies().client_address(str(peer), headers) == str(peer)
    if peer not in ipaddress.ip_network(NETWORKS[0]):
        assert BY_X.client_address(str(peer), headers) == str(peer)
        assert BY_FORWARDED.client_address(str(peer), headers) == str(peer)


@given(forged=st.text(max_size=60).filter(lambda text: "," not in text))
def test_what_a_client_writes_before_its_own_address_is_never_believed(forged: str) -> None:
    assert BY_X.client_address(PROXY, {"x-forwarded-for": f"{forged}, {CLIENT}"}) == CLIENT


@pytest.mark.parametrize(
    ("told", "address"),
    [
        (CLIENT, CLIENT),
        (f"198.51.100.9, {CLIENT}", CLIENT),
        (f"{CLIENT}, {OTHER_PROXY}", CLIENT),
        (f"198.51.100.9, {CLIENT}, {OTHER_PROXY}", CLIENT),
        (f"{CLIENT}:4711", CLIENT),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        (f"::ffff:{CLIENT}", CLIENT),
        (f"{CLIENT}, nonsense", PROXY),
        (f"{CLIENT}, unknown, {OTHER_PROXY}", OTHER_PROXY),
        (OTHER_PROXY, OTHER_PROXY),
        ("", PROXY),
    ],
)
def test_the_right_most_address_that_is_no_proxy_counts(told: str, address: str) -> None:
    assert BY_X.client_address(PROXY, {"x-forwarded-for": told}) == address


@pytest.mark.parametrize(
    ("told", "address"),
    [
        (f"for={CLIENT}", CLIENT),
        (f"For={CLIENT};proto=https;by=10.0.0.1", CLIENT),
        (f'proto=https; for="{CLIENT}:4711"', CLIENT),
        ('for="[2001:db8::7]:4711"', "2001:db8::7"),
        (f"for=198.51.100.9, for={CLIENT}, for={OTHER_PROXY}", CLIENT),
        ("for=_hidden", PROXY),
        ("for=unknown", PROXY),
        ("proto=https", PROXY),
    ],
)
def test_the_header_of_rfc_7239_is_read_alike(told: str, address: str) -> None:
    assert BY_FORWARDED.client_address(PROXY, {"forwarded": told}) == address


def test_only_the_header_that_the_proxy_writes_is_believed() -> None:
    headers = {"forwarded": "for=198.51.100.9", "x-forwarded-for": CLIENT}
    assert BY_X.client_address(PROXY, headers) == CLIENT
    assert BY_FORWARDED.client_address(PROXY, {"x-forwarded-for": CLIENT}) == PROXY


def test_a_proxy_on_ipv6_is_known_and_no_address_at_all_is_left_as_it_is() -> None:
    assert BY_X.client_address("fd00::1", {"x-forwarded-for": CLIENT}) == CLIENT
    assert BY_X.client_address("::ffff:10.0.0.1", {"x-forwarded-for": CLIENT}) == CLIENT
    assert BY_X.client_address("", {"x-forwarded-for": CLIENT}) == ""
