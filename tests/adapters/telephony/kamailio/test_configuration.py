"""The configuration that administrators copy fits its page, the settings, and what the adapter writes."""

import re

from kalenderkoppling.settings.telephony import KamailioEdge
from kktest.checkout import ROOT
from kktest.kamailio import CONFIGURATION, filled_in

TEXT = CONFIGURATION.read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "phones" / "kamailio.md").read_text(encoding="utf-8")
TOP, _, BELOW = TEXT.partition("# ── the server ─")
VALUES = re.findall(r'^#{1,2}!substdef "!(KK_[A-Z_]+)!([^!]+)!g"$', TOP, re.MULTILINE)
SWITCHES = re.findall(r"^##!define (WITH_[A-Z]+)$", TOP, re.MULTILINE)


def test_the_page_explains_every_value_and_every_switch() -> None:
    assert VALUES
    assert SWITCHES
    assert [name for name in (*dict(VALUES), *SWITCHES) if f"`{name}`" not in PAGE] == []


def test_every_value_is_used_and_none_stands_below_without_being_one() -> None:
    assert set(re.findall(r"KK_[A-Z_]+", BELOW)) == set(dict(VALUES))


def test_no_value_is_the_beginning_of_another_which_it_would_replace() -> None:
    names = list(dict(VALUES))
    assert [(one, other) for one in names for other in names if one != other and other.startswith(one)] == []


def test_the_table_is_the_one_of_the_settings() -> None:
    assert f'"{KamailioEdge(rpc_url="http://127.0.0.1:8090/RPC").table}=>size=' in BELOW


def test_the_examples_are_addresses_set_aside_for_documents() -> None:
    addresses = re.findall(r"\d+\.\d+\.\d+\.\d+", TOP)
    assert [each for each in addresses if not each.startswith(("192.0.2.", "198.51.100.", "127.0.0.1"))] == []


def test_filling_in_changes_values_and_switches_and_nothing_else() -> None:
    filled = filled_in(TEXT, {"KK_SIP_PORT": "5070", "KK_SECOND_ENDPOINT": "sip:192.0.2.9:5060"}, {"WITH_TLS"})
    changed = [new for old, new in zip(TEXT.splitlines(), filled.splitlines(), strict=True) if old != new]
    assert changed == [
        '#!substdef "!KK_SIP_PORT!5070!g"',
        '#!substdef "!KK_SECOND_ENDPOINT!sip:192.0.2.9:5060!g"',
        "#!define WITH_TLS",
    ]
