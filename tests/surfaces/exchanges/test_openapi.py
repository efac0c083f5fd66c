"""The written contract, and that what is answered keeps to it."""

from datetime import timedelta
from typing import Any

import jsonschema
import pytest
from jsonschema import Draft202012Validator
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.surfaces.exchanges.wrong_keys import MOST_A_MINUTE
from kktest.exchange import Exchange, bearer
from kktest.web import ANNA, BO, NOW

Visitor = TestClient[Litestar]

DECISION, PROMPT = "/v1/calls/decision", "/prompts/{name}"
METHODS = {"get"}


@pytest.fixture
def contract(visitor: Visitor) -> dict[str, Any]:
    answer = visitor.get("/v1/openapi.json")
    assert answer.status_code == 200
    document: dict[str, Any] = answer.json()
    return document


def checked(contract: dict[str, Any], path: str, answer: Any) -> None:  # noqa: ANN401 - the client's answer
    """Hold an answer to what is written of its path, status and media type."""
    written = contract["paths"][path]["get"]["responses"][str(answer.status_code)]
    if "content" not in written:
        assert answer.content == b""
        return
    kind = answer.headers["content-type"].partition(";")[0]
    schema = written["content"][kind].get("schema")
    if schema is not None:
        body = answer.text if kind == "text/plain" else answer.json()
        everything = {**schema, "components": contract["components"]}
        jsonschema.validate(body, everything, Draft202012Validator, format_checker=jsonschema.FormatChecker())


def test_it_is_an_openapi_document_whose_schemas_are_schemas(contract: dict[str, Any]) -> None:
    assert contract["openapi"].startswith("3.1.")
    assert {path: set(each) for path, each in contract["paths"].items()} == {DECISION: METHODS, PROMPT: METHODS}
    for schema in contract["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for path in contract["paths"].values():
        for parameter in path["get"]["parameters"]:
            Draft202012Validator.check_schema(parameter["schema"])


def test_every_path_that_is_written_is_served_and_no_other_of_ours(
    exchange: Exchange, contract: dict[str, Any]
) -> None:
    operations = {"/health/live", "/health/ready", "/metrics"}
    served = {route.path for route in exchange.app().routes}
    written = {path.replace("{name}", "{name:str}") for path in contract["paths"]}
    assert served - operations == written | {"/v1/openapi.json"}


def test_every_answer_is_as_it_is_written(exchange: Exchange, visitor: Visitor, contract: dict[str, Any]) -> None:
    later = NOW + timedelta(days=3)
    stretches = {ANNA: Interval(start=NOW, end=later), BO: Interval(start=NOW, end=NOW + timedelta(hours=1))}
    for (person, stretch), diversion in zip(stretches.items(), (Diversion.DIRECT, Diversion.OPEN), strict=True):
        exchange.company.absent(person, stretch, diversion=diversion)
    exchange.settle()
    seen = set()
    for to in ("10231", "10877", "10512", "99999", "", None):
        for headers in (bearer(), {**bearer(), "Accept": "text/plain"}, {}):
            answer = visitor.get(DECISION, params={} if to is None else {"to": to}, headers=headers)
            checked(contract, DECISION, answer)
            seen.add(str(answer.status_code))
    url = visitor.get(DECISION, params={"to": "10231"}, headers=bearer()).json()["prompt"]["url"]
    for _ in range(MOST_A_MINUTE + 1):
        answer = visitor.get(DECISION, params={"to": "10231"}, headers=bearer("wrong"))
        checked(contract, DECISION, answer)
        seen.add(str(answer.status_code))
    assert seen == set(contract["paths"][DECISION]["get"]["responses"])
    name = url.rpartition("/")[2].removesuffix(".wav")
    files = [f"{name}.wav", f"{name}.wav16", f"{name}.alaw", f"{name}.ulaw", f"{'0' * 64}.wav", "x"]
    answers = [visitor.get(f"/prompts/{each}") for each in files]
    answers.append(visitor.get(f"/prompts/{files[0]}", headers={"If-None-Match": "*"}))
    for answer in answers:
        checked(contract, PROMPT, answer)
    assert {str(each.status_code) for each in answers} == set(contract["paths"][PROMPT]["get"]["responses"])


def test_an_answer_that_breaks_the_contract_is_noticed(contract: dict[str, Any]) -> None:
    schema = {**contract["components"]["schemas"]["Decision"], "components": contract["components"]}
    ring = dict.fromkeys(schema["required"]) | {
        "action": "ring", "ring_seconds": 0, "valid_until": "2026-11-25T11:00:00Z"
    }  # fmt: skip
    jsonschema.validate(ring, schema)
    for broken in ({"action": "rings"}, {"ring_seconds": -1}, {"subject": "x"}, {"prompt": {"url": "x"}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**ring, **broken}, schema)
