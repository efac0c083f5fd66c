"""From the settings file to the exchanges that the voice process knows."""

from ipaddress import IPv4Network

import pytest

from kalenderkoppling.composition.from_settings.exchanges import exchange_keys, sip_options
from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.settings.part import Secret
from kalenderkoppling.settings.telephony import Exchange, Login, Telephony
from kalenderkoppling.telephony.sip import Credentials

PBX = Exchange(name="pbx", addresses=("192.0.2.20", "198.51.100.7/24"))


def telephony(*exchanges: Exchange, host: str = "192.0.2.10") -> Telephony:
    return Telephony(host=host, exchanges=exchanges or (PBX,))


def test_an_exchange_is_known_by_its_addresses_and_networks() -> None:
    options = sip_options(telephony())
    assert options.exchanges[0].networks == (IPv4Network("192.0.2.20/32"), IPv4Network("198.51.100.0/24"))
    assert options.exchanges[0].has("198.51.100.200")
    assert not options.exchanges[0].has("192.0.2.21")
    assert not options.exchanges[0].has("nonsense")


def test_our_calls_go_to_the_proxy_on_its_port_or_sips_own() -> None:
    exchanges = (
        Exchange(name="a", addresses=("192.0.2.1",), proxy="192.0.2.20:5080"),
        Exchange(name="b", addresses=("192.0.2.2",), proxy="pbx.example"),
    )
    assert [each.proxy for each in sip_options(telephony(*exchanges)).exchanges] == [
        ("192.0.2.20", 5080),
        ("pbx.example", 5060),
    ]


def test_logins_are_read_from_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KK_TRUNK", "s3cret")
    login = Login(user="trunk", password=Secret(env="KK_TRUNK"))
    [exchange] = sip_options(telephony(Exchange(name="pbx", login=login, asks_login=login))).exchanges
    assert exchange.login == exchange.asks_login == Credentials(user="trunk", password="s3cret")


def test_keys_are_read_from_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KK_KEY", "aKeyThatIsLongEnough")
    exchanges = (PBX, Exchange(name="dial plan", key=Secret(env="KK_KEY")))
    assert list(exchange_keys(telephony(*exchanges))) == [("dial plan", "aKeyThatIsLongEnough")]


@pytest.mark.parametrize("key", ["short", "with:signs/of@addresses#"])
def test_a_key_that_can_be_guessed_or_does_not_fit_into_an_address_is_refused(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KK_KEY", key)
    with pytest.raises(InvalidValueError, match="16 letters and digits"):
        list(exchange_keys(telephony(Exchange(name="pbx", key=Secret(env="KK_KEY")))))


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (Telephony(), "at least one exchange"),
        (telephony(PBX, PBX), "'pbx' is there twice"),
        (telephony(Exchange(name="open")), "name its addresses"),
        (telephony(Exchange(name="pbx", addresses=("pbx.example",))), "'pbx.example' is no IPv4 address"),
        (telephony(Exchange(name="pbx", addresses=("::1",))), "no IPv4 address"),
        (telephony(Exchange(name="pbx", addresses=("192.0.2.1",), proxy="192.0.2.1:port")), "no host with a port"),
        (telephony(Exchange(name="pbx", addresses=("192.0.2.1",), proxy=":5060")), "no host with a port"),
        (telephony(host="0.0.0.0"), "not 0.0.0.0"),  # noqa: S104 - it is refused
        (telephony(host="kk.example"), "no IPv4 address"),
    ],
)
def test_what_does_not_fit_is_named(wrong: Telephony, named: str) -> None:
    with pytest.raises(InvalidValueError, match=named):
        sip_options(wrong)


def test_an_exchange_is_asked_to_transfer_only_where_the_settings_say_that_it_keeps_callers() -> None:
    exchanges = (PBX, Exchange(name="keeps", addresses=("192.0.2.9",), transfer="refer"))
    assert [each.transfers for each in sip_options(telephony(*exchanges)).exchanges] == [False, True]
