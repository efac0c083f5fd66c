"""Answers of the pretend Graph fit Microsoft's own schema of the calendar API.

Reads `reference/graph-calendar-openapi.json` in the shared folder; `make conformance` says where it lies.
"""

import json
import os
from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from kalenderkoppling.sandbox import (
    Attendee,
    FaultKind,
    Frequency,
    PretendGraph,
    Recurrence,
    World,
    pretend_company,
)
from kktest.pretend import MONDAY_MORNING, WEEK, Listener, PlainClient, StandingClock, listening, plain_client

SHARED = Path(os.environ.get("KK_SHARED", Path(__file__).parents[3] / "shared"))
ROOT = "urn:graph"


def as_json_schema(node: object) -> object:
    """Turn OpenAPI 3.0 into JSON Schema: `nullable` becomes a null among the types, references get a root."""
    if isinstance(node, list):
        return [as_json_schema(part) for part in node]
    if not isinstance(node, dict):
        return node
    turned = {name: as_json_schema(part) for name, part in node.items() if name not in {"nullable", "example"}}
    if "$ref" in turned:
        turned["$ref"] = str(turned["$ref"]).replace("#/", f"{ROOT}#/")
    return {"anyOf": [turned, {"type": "null"}]} if node.get("nullable") else turned


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    text = (SHARED / "reference" / "graph-calendar-openapi.json").read_text(encoding="utf-8")
    schemas: dict[str, Any] = json.loads(text)
    return schemas


@pytest.fixture(scope="module")
def registry(document: dict[str, Any]) -> Registry[Any]:
    resource = DRAFT202012.create_resource(as_json_schema(document))
    empty: Registry[Any] = Registry()
    return cast("Registry[Any]", empty.with_resource(ROOT, resource))


class Schemas:
    """Checks answers against the schema of an operation, or of a type."""

    def __init__(self, document: dict[str, Any], registry: "Registry[Any]") -> None:
        self.document, self.registry = document, registry

    def of_answer(self, path: str, verb: str, status: str) -> dict[str, Any]:
        answer = self.document["paths"][path][verb]["responses"][status]["content"]["application/json"]["schema"]
        return cast("dict[str, Any]", as_json_schema(answer))

    def complaints(self, schema: dict[str, Any], value: object) -> list[str]:
        checker = Draft202012Validator(schema, registry=self.registry, format_checker=FormatChecker())
        return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(value)]

    def known_names(self, type_name: str) -> set[str]:
        return set(self.document["components"]["schemas"][f"microsoft.graph.{type_name}"]["properties"])


@pytest.fixture
def schemas(document: dict[str, Any], registry: "Registry[Any]") -> Schemas:
    return Schemas(document, registry)


@pytest.fixture
def world() -> World:
    world = World(StandingClock())
    pretend_company(world, 30)
    return world


@pytest.fixture
def user(world: World) -> str:
    """Somebody whose calendar has one of everything."""
    kim = world.add_mailbox("kim@kommun.example")
    hour = timedelta(hours=1)
    weekly = Recurrence(freq=Frequency.WEEKLY, days=(0, 3))
    world.create_series(kim.user_id, weekly, start=MONDAY_MORNING, end=MONDAY_MORNING + hour, token="s")
    daily = Recurrence(freq=Frequency.DAILY, count=3)
    world.create_series(kim.user_id, daily, start=date(2027, 2, 1), end=date(2027, 2, 2), token="d")
    world.change_occurrence("s", date(2027, 2, 4), subject="Ändrad", is_cancelled=True)
    world.create_event(
        kim.user_id,
        start=MONDAY_MORNING,
        end=MONDAY_MORNING + hour,
        subject="Möte",
        body="<p>Hej</p>",
        location="Eken",
        attendees=(Attendee(name="Bo", address="bo@kund.example", response="accepted"),),
        response="tentativelyAccepted",
        categories=("Grön",),
        properties={"String {0} Name cecp-a": "{}"},
        sensitivity="confidential",
        show_as="workingElsewhere",
    )
    return kim.user_id


@pytest_asyncio.fixture
async def graph(world: World) -> AsyncIterator[PretendGraph]:
    async with PretendGraph(world) as running:
        yield running


@pytest_asyncio.fixture
async def client(graph: PretendGraph) -> AsyncIterator[PlainClient]:
    async with plain_client(graph) as opened:
        yield opened


@pytest_asyncio.fixture
async def listener() -> AsyncIterator[Listener]:
    async with listening() as hook:
        yield hook


def queries() -> Iterator[dict[str, str]]:
    yield {"$top": "1000"}
    yield {"$top": "1000", "$expand": "singleValueExtendedProperties($filter=id eq 'String {0} Name cecp-a')"}
    yield {"$select": "id,iCalUId,seriesMasterId,type,start,end,isAllDay,showAs,sensitivity,isCancelled,changeKey"}
    yield {"$select": "originalStart,cancelledOccurrences,responseStatus", "$top": "2"}


@pytest.mark.parametrize("query", list(queries()))
async def test_every_page_of_a_view_fits(
    schemas: Schemas, client: PlainClient, user: str, query: dict[str, str]
) -> None:
    schema = schemas.of_answer("/users/{id}/calendarView", "get", "200")
    reply = await client.get(f"/users/{user}/calendarView", {**WEEK, **query})

    assert reply.body["value"]
    assert schemas.complaints(schema, reply.body) == []


async def test_the_whole_companys_views_fit(schemas: Schemas, client: PlainClient, world: World) -> None:
    schema = schemas.of_answer("/users/{id}/calendarView", "get", "200")
    for user_id in world.mailboxes:
        reply = await client.get(f"/users/{user_id}/calendarView", {**WEEK, "$top": "1000"})
        assert schemas.complaints(schema, reply.body) == []


async def test_single_bookings_masters_and_occurrences_fit(schemas: Schemas, client: PlainClient, user: str) -> None:
    schema = schemas.of_answer("/users/{id}/events/{eid}", "get", "200")
    listed = await client.get(f"/users/{user}/events", {"$top": "100"})
    viewed = await client.get(f"/users/{user}/calendarView", {**WEEK, "$top": "100"})
    for row in listed.body["value"] + viewed.body["value"]:
        reply = await client.get(f"/users/{user}/events/{row['id']}")
        assert schemas.complaints(schema, reply.body) == []


async def test_a_whole_row_has_every_field_that_microsoft_gives_unasked(
    schemas: Schemas, client: PlainClient, user: str
) -> None:
    reply = await client.get(f"/users/{user}/calendarView", WEEK)
    only_when_asked = {"originalStart", "cancelledOccurrences", "extensions", "singleValueExtendedProperties"}
    expected = {name for name in schemas.known_names("event") if "@" not in name} - only_when_asked

    assert expected <= set(reply.body["value"][0])


async def test_calendars_and_users_fit(schemas: Schemas, client: PlainClient, user: str) -> None:
    calendar = {"$ref": f"{ROOT}#/components/schemas/microsoft.graph.calendar"}
    person = {"$ref": f"{ROOT}#/components/schemas/microsoft.graph.user"}

    assert schemas.complaints(calendar, (await client.get(f"/users/{user}/calendar")).body) == []
    assert schemas.complaints(person, (await client.get(f"/users/{user}")).body) == []


async def test_subscriptions_fit(
    schemas: Schemas, client: PlainClient, user: str, listener: Listener, graph: PretendGraph
) -> None:
    wished = {
        "resource": f"users/{user}/events",
        "changeType": "updated",
        "notificationUrl": listener.url,
        "lifecycleNotificationUrl": listener.url,
        "expirationDateTime": "2027-02-03T00:00:00Z",
    }
    reply = await client.send("POST", f"{graph.base_url}/subscriptions", json=wished)

    assert reply.status == 201
    assert schemas.complaints(schemas.of_answer("/subscriptions", "post", "201"), reply.body) == []


@pytest.mark.parametrize("kind", [FaultKind.THROTTLED, FaultKind.GONE, FaultKind.UNAUTHORIZED])
async def test_refusals_fit(
    schemas: Schemas, client: PlainClient, user: str, graph: PretendGraph, kind: FaultKind
) -> None:
    graph.faults.arm(kind)
    reply = await client.get(f"/users/{user}/calendarView", WEEK)

    assert reply.status >= 400
    assert schemas.complaints(schemas.of_answer("/users/{id}/calendarView", "get", "429"), reply.body) == []


async def test_the_check_finds_what_does_not_fit(
    schemas: Schemas, client: PlainClient, world: World, user: str
) -> None:
    world.create_event(user, start=MONDAY_MORNING, end=MONDAY_MORNING, show_as="sleeping", raw={"isAllDay": "no"})
    schema = schemas.of_answer("/users/{id}/calendarView", "get", "200")
    reply = await client.get(f"/users/{user}/calendarView", {**WEEK, "$top": "100"})

    assert len(schemas.complaints(schema, reply.body)) == 2


def _shape(value: object) -> set[str]:
    return set(value) if isinstance(value, dict) else set()


async def test_a_row_has_the_fields_of_recorded_rows(client: PlainClient, user: str) -> None:
    folder = SHARED / "reference" / "payloads" / "graph"
    reply = await client.get(f"/users/{user}/calendarView", WEEK)
    ours = _shape(reply.body["value"][0]) | {"calendar@odata.associationLink", "calendar@odata.navigationLink"}
    for name in ("allodia_event_single", "allodia_event_allday", "allodia_event_series_master"):
        recorded = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        assert _shape(recorded) - {"@odata.context"} <= ours
