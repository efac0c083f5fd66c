"""Wrong keys: counted, logged, and after too many an address is not listened to for a while."""

import logging
from datetime import timedelta
from ipaddress import IPv4Network

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.surfaces.exchanges.wrong_keys import MINUTE, MOST_A_MINUTE, MOST_ADDRESSES, WrongKeys
from kktest.exchange import Exchange, bearer
from kktest.web import NOW

Visitor = TestClient[Litestar]

DECISION = "/v1/calls/decision?to=10231"
WRONG = bearer("wrong-0123456789abcdef")
STRANGER = "203.0.113.9"


def wrong(keys: WrongKeys, address: str = STRANGER, times: int = MOST_A_MINUTE) -> None:
    for _ in range(times):
        keys.note(address, NOW)


def test_an_address_with_too_many_wrong_keys_is_shut_out_for_a_minute() -> None:
    keys = WrongKeys()
    wrong(keys, times=MOST_A_MINUTE - 1)
    assert not keys.is_shut_out(STRANGER, NOW)
    wrong(keys, times=1)
    assert keys.is_shut_out(STRANGER, NOW + MINUTE - timedelta(microseconds=1))
    assert not keys.is_shut_out(STRANGER, NOW + MINUTE)
    assert not keys.is_shut_out("203.0.113.10", NOW)


def test_an_exchanges_own_address_is_never_shut_out() -> None:
    keys = WrongKeys([IPv4Network("203.0.113.0/28")])
    wrong(keys, times=1_000)
    assert not keys.is_shut_out(STRANGER, NOW)


def test_the_addresses_of_one_ipv6_site_count_as_one() -> None:
    keys = WrongKeys()
    for number in range(MOST_A_MINUTE):
        keys.note(f"2001:db8::{number:x}", NOW)
    assert keys.is_shut_out("2001:db8::ffff", NOW)
    assert not keys.is_shut_out("2001:db8:0:1::1", NOW)


def test_a_clock_that_was_set_back_shuts_nobody_out_for_long() -> None:
    keys = WrongKeys()
    wrong(keys)
    assert not keys.is_shut_out(STRANGER, NOW - timedelta(hours=1))


def test_S_14_what_is_remembered_of_strangers_is_bounded() -> None:
    keys = WrongKeys()
    for number in range(MOST_ADDRESSES + 100):
        keys.note(f"host-{number}", NOW)
    assert len(keys._minutes) == MOST_ADDRESSES


def test_guessing_is_refused_even_with_the_right_key_and_counted_and_logged(
    exchange: Exchange, visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        statuses = [visitor.get(DECISION, headers=WRONG).status_code for _ in range(MOST_A_MINUTE)]
    assert statuses == [401] * MOST_A_MINUTE
    assert {each.message for each in caplog.records} == {"an exchange's key was wrong"}
    late = visitor.get(DECISION, headers=bearer())
    assert (late.status_code, late.json()["key"], late.headers["retry-after"]) == (429, "too_many_wrong_keys", "60")
    assert visitor.get(DECISION, headers={**bearer(), "Accept": "text/plain"}).text == "ring|0|0|"
    figures = visitor.get("/metrics").text
    assert 'kk_keys_refused_total{reason="wrong"} 20.0' in figures
    assert 'kk_keys_refused_total{reason="too_many"} 2.0' in figures


def test_a_question_without_a_key_is_no_guess(visitor: Visitor) -> None:
    for _ in range(MOST_A_MINUTE + 1):
        assert visitor.get(DECISION).status_code == 401
    assert visitor.get(DECISION, headers=bearer()).status_code == 200
