"""Announcements as files: found by their contents while somebody hears them, and gone after that."""

import hashlib
import re
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.domain.absence import AbsenceId, Diversion
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.sound import alaw, read_wav, ulaw
from kktest.exchange import Exchange, bearer
from kktest.make import LUNCH
from kktest.web import ANNA, BO, NOW

Visitor = TestClient[Litestar]

UNTIL_NOON = Interval(start=NOW - timedelta(minutes=30), end=NOW + timedelta(minutes=90))


def away(exchange: Exchange, until_noon: Interval = UNTIL_NOON) -> AbsenceId:
    """Have Anna away, and everything ready that is heard of it."""
    absence = exchange.company.absent(ANNA, until_noon, reason=LUNCH, diversion=Diversion.DIRECT)
    exchange.settle()
    return absence


class Told(NamedTuple):
    """What a decision tells of a file."""

    address: str
    sha256: str


def told(visitor: Visitor, to: str = "10231", what: str = "prompt") -> Told:
    """The announcement of somebody who is away."""
    answer = visitor.get("/v1/calls/decision", params={"to": to}, headers=bearer())
    file = answer.json()[what]
    return Told(urlsplit(file["url"]).path.rpartition("/")[2].removesuffix(".wav"), file["sha256"])


def test_a_file_is_served_under_the_address_that_a_decision_told_and_needs_no_key(
    exchange: Exchange, visitor: Visitor
) -> None:
    away(exchange)
    address, sha256 = told(visitor)
    answer = visitor.get(f"/prompts/{address}.wav")
    assert answer.status_code == 200
    assert hashlib.sha256(answer.content).hexdigest() == sha256
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.headers["etag"] == f'"{sha256}"'
    assert answer.headers["content-length"] == str(len(answer.content))
    assert "Anna" not in str(answer.headers)


def test_an_address_cannot_be_worked_out_from_the_sound(exchange: Exchange, visitor: Visitor) -> None:
    away(exchange)
    address, sha256 = told(visitor)
    assert re.fullmatch("[0-9a-f]{64}", address)
    for guess in (
        sha256,
        hashlib.sha256(bytes.fromhex(sha256)).hexdigest(),
        hashlib.sha256(sha256.encode()).hexdigest(),
    ):
        assert visitor.get(f"/prompts/{guess}.wav").status_code == 410


def test_it_is_there_in_every_form_that_exchanges_play(exchange: Exchange, visitor: Visitor) -> None:
    away(exchange)
    address = told(visitor).address
    forms = {form: visitor.get(f"/prompts/{address}.{form}") for form in ("wav", "wav16", "alaw", "ulaw")}
    assert {form: each.headers["content-type"] for form, each in forms.items()} == {
        "wav": "audio/wav",
        "wav16": "audio/wav",
        "alaw": "audio/x-alaw-basic",
        "ulaw": "audio/basic",
    }
    narrow, wide = read_wav(forms["wav"].content), read_wav(forms["wav16"].content)
    assert (narrow.rate, wide.rate) == (8_000, 16_000)
    assert (forms["alaw"].content, forms["ulaw"].content) == (alaw(narrow), ulaw(narrow))
    assert len(forms["ulaw"].content) == len(narrow.samples) / 2


@pytest.mark.parametrize("tag", ['"{}"', 'W/"{}"', '"other", "{}"', "*"])
def test_whoever_has_it_is_told_so(exchange: Exchange, visitor: Visitor, tag: str) -> None:
    away(exchange)
    address, sha256 = told(visitor)
    answer = visitor.get(f"/prompts/{address}.wav", headers={"If-None-Match": tag.format(sha256)})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == f'"{sha256}"'


@pytest.mark.parametrize("tag", ['"other"', "{}", '"{}', "", ","])
def test_whoever_has_another_gets_it(exchange: Exchange, visitor: Visitor, tag: str) -> None:
    away(exchange)
    address, sha256 = told(visitor)
    answer = visitor.get(f"/prompts/{address}.wav", headers={"If-None-Match": tag.format(sha256)})
    assert answer.status_code == 200


def test_head_tells_of_the_file_without_it(exchange: Exchange, visitor: Visitor) -> None:
    away(exchange)
    address, sha256 = told(visitor)
    answer = visitor.head(f"/prompts/{address}.wav")
    assert answer.status_code == 200
    assert answer.headers["etag"] == f'"{sha256}"'


# ── for how long ────────────────────────────────────────────────────────────────────────────────


def test_it_is_kept_no_longer_than_ten_minutes_and_no_longer_than_it_holds(
    exchange: Exchange, visitor: Visitor
) -> None:
    away(exchange)
    address = told(visitor).address

    def kept() -> str:
        return visitor.get(f"/prompts/{address}.wav").headers["cache-control"]

    assert kept() == "private, max-age=600"
    exchange.company.clock.at = UNTIL_NOON.end - timedelta(seconds=90)  # type: ignore[union-attr] # it is set here
    assert kept() == "private, max-age=90"
    exchange.company.clock.at = UNTIL_NOON.end  # type: ignore[union-attr] # it is set here
    assert kept() == "private, max-age=0"


def test_a_file_that_no_decision_told_of_is_not_kept(exchange: Exchange, visitor: Visitor) -> None:
    away(exchange)
    prompt = next(iter(exchange.prompts._memory.values()))
    assert (
        visitor.get(f"/prompts/{exchange.prompts.address_of(prompt)}.wav").headers["cache-control"]
        == "private, max-age=0"
    )


def test_S_12_once_the_absence_is_removed_its_announcement_is_gone(exchange: Exchange, visitor: Visitor) -> None:
    absence = away(exchange)
    address, sha256 = told(visitor)
    exchange.company.write(lambda tx: tx.absences.drop([absence]))
    exchange.settle()
    for form in ("wav", "wav16", "alaw", "ulaw"):
        answer = visitor.get(f"/prompts/{address}.{form}", headers={"If-None-Match": f'"{sha256}"'})
        assert answer.status_code == 410
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["key"] == "gone"
        assert answer.headers["cache-control"] == "no-store"


def test_once_the_absence_has_ended_its_announcement_is_gone(exchange: Exchange, visitor: Visitor) -> None:
    away(exchange)
    address = told(visitor).address
    exchange.company.clock.at = UNTIL_NOON.end  # type: ignore[union-attr] # it is set here
    exchange.settle()
    assert visitor.get(f"/prompts/{address}.wav").status_code == 410


def test_what_is_still_said_of_somebody_else_stays(exchange: Exchange, visitor: Visitor) -> None:
    absence = away(exchange)
    menu = told(visitor, what="menu").address
    exchange.company.write(lambda tx: tx.absences.drop([absence]))
    exchange.company.absent(BO, UNTIL_NOON, reason=LUNCH, diversion=Diversion.DIRECT)
    exchange.settle()
    assert visitor.get(f"/prompts/{menu}.wav").status_code == 200
    assert visitor.get(f"/prompts/{told(visitor, '10877').address}.wav").status_code == 200


# ── what is no address ──────────────────────────────────────────────────────────────────────────


def test_an_address_that_was_never_used_is_gone_as_well(visitor: Visitor) -> None:
    assert visitor.get(f"/prompts/{'0' * 64}.wav").status_code == 410


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text("0123456789abcdefABCDEF.wavul/\\%- ", min_size=1, max_size=80))
@example("0" * 64)
@example("0" * 63 + ".wav")
@example("0" * 65 + ".wav")
@example("A" * 64 + ".wav")
@example("0" * 64 + ".mp3")
@example("0" * 64 + ".wav.wav")
@example("0" * 64 + ".wav\n")
@example("0" * 64 + ".wav\0")
@example("x/" + "0" * 64 + ".wav")
def test_what_is_no_such_address_is_not_found(visitor: Visitor, name: str) -> None:
    answer = visitor.get(f"/prompts/{quote(name, safe='')}")
    assert answer.status_code == 404
    assert not answer.headers["content-type"].startswith("audio")


def test_exchanges_may_name_any_host(exchange: Exchange, visitor: Visitor) -> None:
    away(exchange)
    assert visitor.get(f"/prompts/{told(visitor).address}.wav", headers={"Host": "pbx"}).status_code == 200
