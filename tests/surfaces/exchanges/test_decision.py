"""What exchanges are told of a call, in every form, and what is told to nobody."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.domain.absence import OUT_OF_OFFICE, SICK, Diversion, ReasonKey, ReasonKind
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.errors import StoreUnavailableError
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.store.rules import TenantReason
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import Rule
from kalenderkoppling.usecases.calls.answer_call import AnswerCall
from kktest.exchange import KEY, OTHER_KEY, Exchange, asking, basic, bearer
from kktest.keeping import by_hand
from kktest.make import LUNCH, layer
from kktest.speech import FakeSpeech
from kktest.web import ANNA, BO, NOW, OTHER_TENANT, Company

Visitor = TestClient[Litestar]

DECISION = "/v1/calls/decision"
DIRECT, OPEN = Diversion.DIRECT, Diversion.OPEN
UNTIL_NOON = Interval(start=NOW - timedelta(minutes=30), end=NOW + timedelta(minutes=90))
"""Ten to twelve that Wednesday, in Stockholm."""

LINE = {"Accept": "text/plain"}
NOTHING = dict.fromkeys(("reason", "reason_text", "back_at", "form", "text", "prompt", "menu"))


def asked(visitor: Visitor, to: str = "10231", **query: str) -> dict[str, Any]:
    """What the exchange is told of a number."""
    answer = visitor.get(DECISION, params={"to": to, **query}, headers=bearer())
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def away(exchange: Exchange, diversion: Diversion = DIRECT, reason: ReasonKey = LUNCH, note: str = "") -> None:
    """Have Anna away until noon, and everything ready that is heard of it."""
    exchange.company.absent(ANNA, UNTIL_NOON, reason=reason, diversion=diversion, note=note)
    exchange.settle()


# ── the contract ────────────────────────────────────────────────────────────────────────────────


def test_a_direct_referral_is_told_with_all_that_is_to_be_heard(exchange: Exchange, visitor: Visitor) -> None:
    away(exchange)
    told = asked(visitor)
    prompt, menu = told.pop("prompt"), told.pop("menu")
    assert told == {
        "action": "direct",
        "ring_seconds": 0,
        "valid_until": "2026-11-25T11:00:00Z",
        "reason": "lunch",
        "reason_text": "är på lunch",
        "back_at": "2026-11-25T11:00:00Z",
        "form": "time",
        "text": "Anna Berg är på lunch och är åter klockan tolv.",
    }
    for each in (prompt, menu):
        assert re.fullmatch(r"https://kk\.example\.org/prompts/[0-9a-f]{64}\.wav", each["url"])
        assert each["language"] == "sv"
        assert each["seconds"] > 0.5
    assert prompt["sha256"] != menu["sha256"]


def test_an_open_referral_tells_how_long_the_phone_rings_first(exchange: Exchange, visitor: Visitor) -> None:
    exchange.company.write(lambda tx: tx.rules.put_layer(ScopedLayer(layer=layer(ring=timedelta(seconds=21)))))
    away(exchange, OPEN)
    told = asked(visitor)
    assert (told["action"], told["ring_seconds"]) == ("open", 21)
    assert told["prompt"] is not None


@pytest.mark.parametrize("to", ["10877", "99999", "070-999 99 99", "nobody", "<>", "112"])
def test_whoever_is_there_and_whatever_is_nobodys_rings(exchange: Exchange, visitor: Visitor, to: str) -> None:
    away(exchange)
    told = asked(visitor, to)
    valid_until = told.pop("valid_until")
    assert told == {"action": "ring", "ring_seconds": 0, **NOTHING}
    assert NOW < datetime.fromisoformat(valid_until) <= NOW + timedelta(days=1)


@pytest.mark.parametrize(
    "to", ["10231", "+46 8 508 10 231", "08-508 10 231", "070-174 06 05", "sip:10231@pbx;user=phone", '"A" <tel:10231>']
)
def test_the_number_may_be_written_in_any_form(exchange: Exchange, visitor: Visitor, to: str) -> None:
    away(exchange)
    assert asked(visitor, to, **{"from": "+46701234567"})["action"] == "direct"


def test_it_ends_with_the_absence_to_the_instant(exchange: Exchange, visitor: Visitor) -> None:
    away(exchange)
    exchange.company.clock.at = UNTIL_NOON.end - timedelta(microseconds=1)  # type: ignore[union-attr] # it is set here
    assert asked(visitor)["action"] == "direct"
    exchange.company.clock.at = UNTIL_NOON.end  # type: ignore[union-attr] # it is set here
    assert asked(visitor)["action"] == "ring"


def test_a_calendar_that_grows_too_old_is_no_longer_believed_from_the_second_that_was_told(
    exchange: Exchange, visitor: Visitor
) -> None:
    exchange.company.write(
        lambda tx: tx.rules.put_layer(ScopedLayer(layer=layer({ShowAs.BUSY: Rule(reason=LUNCH, diversion=DIRECT)})))
    )
    exchange.company.booked(ANNA, UNTIL_NOON)
    exchange.company.looked(ANNA, NOW - timedelta(hours=23, minutes=30))
    exchange.settle()
    assert asked(visitor)["valid_until"] == "2026-11-25T10:00:00Z"


def test_the_menu_offers_an_attendant_only_where_there_is_one(company: Company) -> None:
    menus = set()
    for has_attendant in (True, False):
        exchange = Exchange(company=company, has_attendant=has_attendant)
        away(exchange)
        with asking(exchange) as visitor:
            menus.add(asked(visitor)["menu"]["sha256"])
    assert len(menus) == 2


# ── one line ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("diversion", "beginning"), [(DIRECT, "direct|0|5400|"), (OPEN, "open|15|5400|"), (Diversion.NONE, "ring|0|")]
)
def test_dial_plans_are_told_in_one_line(
    exchange: Exchange, visitor: Visitor, diversion: Diversion, beginning: str
) -> None:
    away(exchange, diversion)
    told = asked(visitor)
    answer = visitor.get(DECISION, params={"to": "10231"}, headers={**bearer(), **LINE})
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith(beginning)
    assert answer.text.count("|") == 3
    assert "\n" not in answer.text
    assert answer.text.rpartition("|")[2] == (told["prompt"]["url"] if told["prompt"] else "")


@pytest.mark.parametrize(
    ("accept", "query", "is_line"),
    [
        ("*/*", {}, False),
        ("application/json", {}, False),
        ("text/plain, application/json", {}, False),
        ("text/plain;q=0.9", {}, True),
        ("*/*", {"as": "line"}, True),
        ("text/plain", {"as": "json"}, False),
    ],
)
def test_the_form_is_chosen_by_header_or_query(
    visitor: Visitor, accept: str, query: dict[str, str], is_line: bool
) -> None:
    answer = visitor.get(DECISION, params={"to": "1", **query}, headers={**bearer(), "Accept": accept})
    assert answer.headers["content-type"].startswith("text/plain" if is_line else "application/json")


ERRORS: list[tuple[str, dict[str, str], int]] = [
    (f"GET {DECISION}?to=10231", {}, 401),
    (f"GET {DECISION}?to=10231", bearer("wrong-0123456789abcdef"), 401),
    (f"GET {DECISION}", bearer(), 400),
    (f"GET {DECISION}?to=10231&as=xml", bearer(), 400),
    (f"POST {DECISION}?to=10231", bearer(), 405),
    ("GET /v1/calls/nothing", bearer(), 404),
    (f"GET /prompts/{'0' * 64}.wav", {}, 410),
    ("GET /prompts/direct", {}, 404),
]


@pytest.mark.parametrize(("asked_for", "headers", "status"), ERRORS)
def test_an_error_never_reads_as_an_action(
    exchange: Exchange, visitor: Visitor, asked_for: str, headers: dict[str, str], status: int
) -> None:
    away(exchange, OPEN)
    method, path = asked_for.split()
    answer = visitor.request(method, path, headers={**headers, **LINE})
    assert (answer.status_code, answer.text) == (status, "ring|0|0|")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"


def test_an_error_of_ours_never_reads_as_an_action(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("direct|0|5400|")

    monkeypatch.setattr(AnswerCall, "decide", broken)
    with asking(exchange) as visitor:
        for headers, query in ((LINE, {}), ({}, {"as": "line"})):
            answer = visitor.get(DECISION, params={"to": "10231", **query}, headers={**bearer(), **headers})
            assert (answer.status_code, answer.text) == (500, "ring|0|0|")


# ── asking ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("query", [{}, {"to": ""}, {"to": "  "}, {"from": "10231"}])
def test_a_question_without_a_number_is_refused(visitor: Visitor, query: dict[str, str]) -> None:
    answer = visitor.get(DECISION, params=query, headers=bearer())
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["problems"] == [{"field": "to", "problem": "missing"}]


def test_an_unknown_form_is_refused(visitor: Visitor) -> None:
    answer = visitor.get(DECISION, params={"to": "1", "as": "xml"}, headers=bearer())
    assert (answer.status_code, answer.json()["problems"]) == (400, [{"field": "as", "problem": "unknown"}])


@pytest.mark.parametrize("headers", [bearer(), basic(), {"authorization": f"bEARER  {KEY} "}])
def test_an_exchange_is_known_by_its_key_in_either_way(visitor: Visitor, headers: dict[str, str]) -> None:
    assert visitor.get(DECISION, params={"to": "1"}, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        bearer(""),
        bearer(KEY[:-1]),
        bearer(KEY + "0"),
        bearer(KEY.upper()),
        bearer("*"),
        basic("pbx", OTHER_KEY),
        basic("grannen", KEY),
        basic("", KEY),
        basic("pbx", ""),
        {"Authorization": KEY},
        {"Authorization": f"Digest {KEY}"},
        {"Authorization": "Basic ===="},
        {"Authorization": "Basic /////w=="},
        {"Authorization": "Bearer " + "x" * 5_000},
    ],
)
def test_whoever_has_no_key_is_told_nothing(exchange: Exchange, visitor: Visitor, headers: dict[str, str]) -> None:
    away(exchange)
    answer = visitor.get(DECISION, params={"to": "10231"}, headers=headers)
    assert answer.status_code == 401
    assert "Bearer" in answer.headers["www-authenticate"]
    assert "Basic" in answer.headers["www-authenticate"]
    assert answer.json()["key"] == "key_wanted"
    assert "Anna" not in answer.text


def test_a_key_in_the_address_is_no_key(visitor: Visitor) -> None:
    assert visitor.get(DECISION, params={"to": "1", "key": KEY}).status_code == 401


def test_S_7_a_key_asks_for_its_own_tenant_and_no_other(exchange: Exchange, visitor: Visitor) -> None:
    away(exchange)
    theirs = visitor.get(DECISION, params={"to": "10231"}, headers=bearer(OTHER_KEY)).json()
    nobodys = visitor.get(DECISION, params={"to": "99999"}, headers=bearer(OTHER_KEY)).json()
    assert theirs == nobodys
    exchange.company.write(
        lambda tx: tx.absences.put_by_hand(PersonId("olle"), by_hand("2026-11-25 10:00", "2026-11-25 12:00")),
        OTHER_TENANT,
    )
    exchange.settle()
    olle = visitor.get(DECISION, params={"to": "10000"}, headers=bearer(OTHER_KEY)).json()
    assert olle["text"].startswith("Olle Annan")


def test_answers_are_kept_by_nobody(visitor: Visitor) -> None:
    answer = visitor.get(DECISION, params={"to": "1"}, headers=bearer())
    assert answer.headers["cache-control"] == "no-store"
    assert "Authorization" in answer.headers["vary"]


def test_head_is_answered_without_a_body(visitor: Visitor) -> None:
    answer = visitor.head(DECISION, params={"to": "1"}, headers=bearer())
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_changed_here(visitor: Visitor, method: str) -> None:
    assert visitor.request(method, DECISION, params={"to": "1"}, headers=bearer()).status_code == 405


_query = st.dictionaries(
    st.sampled_from(("to", "from", "as", "key", "to[]", "")),
    st.text(max_size=60) | st.sampled_from(("10231", "sip:10231@pbx", "line", "\0", "../../etc/passwd", "x" * 3_000)),
    max_size=5,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_query, st.sampled_from((bearer(), basic(), {}, LINE)))
@example({"to": "\ud800".encode("utf-16", "surrogatepass").decode("latin-1")}, bearer())
def test_whatever_is_asked_there_is_an_answer_of_the_contract(
    visitor: Visitor, query: dict[str, str], headers: dict[str, str]
) -> None:
    answer = visitor.get(DECISION, params=query, headers=headers)
    assert answer.status_code in {200, 400, 401}
    if answer.status_code != 200:
        kind = answer.headers["content-type"]
        assert kind == "application/problem+json" or (kind.startswith("text/plain") and answer.text == "ring|0|0|")


@pytest.mark.parametrize("raw", ["to=%", "to=%ff", "to=1&to=2", "to=%00", "&&&=", "to", "to=1;as=line", "%74%6f=10231"])
def test_hostile_queries_are_answered(visitor: Visitor, raw: str) -> None:
    assert visitor.get(f"{DECISION}?{raw}", headers=bearer()).status_code in {200, 400}


# ── what is never told ──────────────────────────────────────────────────────────────────────────


def test_S_3_nothing_of_a_bookings_text_or_of_a_note_is_told(exchange: Exchange, visitor: Visitor) -> None:
    exchange.company.show_subjects()
    exchange.company.write(
        lambda tx: tx.rules.put_layer(
            ScopedLayer(layer=layer({ShowAs.BUSY: Rule(reason=LUNCH, diversion=DIRECT)}, show_subject=True))
        )
    )
    exchange.company.booked(ANNA, UNTIL_NOON, subject="Hemlig förhandling")
    exchange.company.looked(ANNA)
    exchange.company.absent(BO, UNTIL_NOON, diversion=DIRECT, note="hos doktorn")
    exchange.settle()
    for to in ("10231", "10877"):
        answers = [visitor.get(DECISION, params={"to": to}, headers={**bearer(), **form}) for form in ({}, LINE)]
        assert "direct" in answers[0].text
        for answer in answers:
            assert "Hemlig" not in answer.text
            assert "doktorn" not in answer.text
    assert not any("Hemlig" in said or "doktorn" in said for said in exchange.speech.said)


def test_S_1_a_private_booking_makes_no_difference_to_any_answer(exchange: Exchange, visitor: Visitor) -> None:
    # It never reaches the store, so nothing can be told of it: calls ring as on a free day.
    exchange.company.looked(ANNA)
    exchange.settle()
    assert asked(visitor) == asked(visitor, "10877")


def test_sick_is_not_told_apart_from_absent(exchange: Exchange, visitor: Visitor) -> None:
    away(exchange, reason=SICK)
    told = asked(visitor)
    assert (told["reason"], told["reason_text"]) == (None, "är frånvarande")
    assert "sick" not in visitor.get(DECISION, params={"to": "10231"}, headers=bearer()).text
    unspoken = TenantReason(key=ReasonKey("own"), kind=ReasonKind.CLOCK)
    exchange.company.write(lambda tx: tx.rules.put_reason(unspoken))
    exchange.company.absent(BO, UNTIL_NOON, reason=unspoken.key, diversion=DIRECT)
    exchange.settle()
    other = asked(visitor, "10877")
    assert (other["reason"], other["reason_text"]) == (None, told["reason_text"])
    assert other["text"].replace("Bo Åberg", "Anna Berg") == told["text"]


def test_a_reason_that_is_spoken_is_told_by_its_key(exchange: Exchange, visitor: Visitor) -> None:
    away(exchange, reason=OUT_OF_OFFICE)
    assert asked(visitor)["reason"] == "out_of_office"


# ── what fails ──────────────────────────────────────────────────────────────────────────────────


def test_F_26_a_prompt_that_is_not_ready_is_the_generic_one(exchange: Exchange, visitor: Visitor) -> None:
    exchange.speech.fails = True
    away(exchange)
    told = asked(visitor)
    assert told["action"] == "direct"
    served = visitor.get(urlsplit(told["prompt"]["url"]).path)
    assert served.status_code == 200
    exchange.speech.fails = False
    exchange.company.absent(BO, UNTIL_NOON, diversion=DIRECT)
    exchange.settle()
    assert asked(visitor, "10877")["prompt"]["sha256"] != told["prompt"]["sha256"]


def test_F_26_where_nothing_can_be_played_the_phone_rings_and_that_is_counted(company: Company) -> None:
    exchange = Exchange(company=company, speech=FakeSpeech(fails=True))
    away(exchange)
    with asking(exchange) as visitor:
        told = asked(visitor)
        assert (told["action"], told["prompt"], told["text"]) == ("ring", None, None)
        line = visitor.get(DECISION, params={"to": "10231"}, headers={**bearer(), **LINE}).text
        assert line.startswith("ring|0|")
        figures = visitor.get("/metrics", headers={"Host": "127.0.0.1"}).text
    assert 'kk_calls_failed_open_total{reason="no_prompt"} 2.0' in figures


def test_S_13_with_the_store_away_what_is_known_is_told(
    exchange: Exchange, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    away(exchange)

    def fails(*_: object) -> None:
        raise StoreUnavailableError

    monkeypatch.setattr(type(exchange.company.store), "read", fails)
    assert asked(visitor)["action"] == "direct"


def test_S_13_whatever_fails_of_a_decision_the_answer_is_that_the_phone_rings(
    exchange: Exchange, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    away(exchange)

    def fails(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr(type(exchange.index), "find", fails)
    assert asked(visitor)["action"] == "ring"


# ── beside it ───────────────────────────────────────────────────────────────────────────────────


def test_exchanges_may_name_any_host_and_others_may_not(visitor: Visitor) -> None:
    foreign = {"Host": "evil.example"}
    assert visitor.get(DECISION, params={"to": "1"}, headers={**bearer(), **foreign}).status_code == 200
    assert visitor.get("/metrics", headers=foreign).status_code == 200


def test_the_process_tells_that_it_is_well_and_has_no_pages(visitor: Visitor) -> None:
    assert visitor.get("/health/live").text == "live\n"
    assert visitor.get("/health/ready").status_code == 200
    assert visitor.get("/", headers={"Host": "127.0.0.1"}).status_code == 404


def test_instants_are_told_in_utc(exchange: Exchange, visitor: Visitor) -> None:
    away(exchange)
    assert datetime.fromisoformat(asked(visitor)["back_at"]) == UNTIL_NOON.end.astimezone(UTC)
    assert isinstance(exchange.answering, AnswerCall)
