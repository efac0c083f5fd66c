"""The same conversions by other means: pydantic, orjson and a hand-written loop, Microsoft's SDK.

They are installed by `make bench` alone (group `peers`); those that are missing are left out of the report.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from datetime import date, datetime
from types import ModuleType
from typing import Any

from bench.straight import SHOW_AS, Tuples

Peer = Callable[[bytes], Tuples]


def light_peers() -> dict[str, Peer]:
    """Return the peers that are fast enough for whole pages."""
    makers = {"pydantic": ("bench.pydantic_rows", _pydantic), "orjson + hand conversion": ("orjson", _orjson)}
    return {name: make(module) for name, (module_name, make) in makers.items() if (module := _module(module_name))}


def heavy_peers() -> dict[str, Peer]:
    """Return the peers that need a smaller page."""
    factory = _module("kiota_serialization_json.json_parse_node_factory")
    models = _module("msgraph.generated.models.event_collection_response") if factory else None
    return {"msgraph-sdk": _msgraph(factory, models)} if factory and models else {}


def _module(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _when(start: str, end: str, *, is_all_day: bool) -> tuple[object, object]:
    if is_all_day:
        return date.fromisoformat(start[:10]), date.fromisoformat(end[:10])
    return datetime.fromisoformat(start + "Z"), datetime.fromisoformat(end + "Z")


def _pydantic(rows: ModuleType) -> Peer:
    def convert(body: bytes) -> Tuples:
        made: Tuples = []
        for row in rows.Page.model_validate_json(body).value:
            if row.sensitivity != "normal":
                made.append((row.id, row.series_master_id))
                continue
            start, end = _when(row.start.date_time, row.end.date_time, is_all_day=row.is_all_day)
            declined = row.response_status.response == "declined"
            shown = SHOW_AS.get(row.show_as)
            made.append((row.id, row.series_master_id, start, end, shown, row.is_cancelled, declined, row.subject))
        return made

    return convert


def _orjson(orjson: ModuleType) -> Peer:
    def convert(body: bytes) -> Tuples:
        made: Tuples = []
        for row in orjson.loads(body)["value"]:
            if row["sensitivity"] != "normal":
                made.append((row["id"], row["seriesMasterId"]))
                continue
            start, end = _when(row["start"]["dateTime"], row["end"]["dateTime"], is_all_day=row["isAllDay"])
            declined = row["responseStatus"]["response"] == "declined"
            shown = SHOW_AS.get(row["showAs"])
            common = (row["id"], row["seriesMasterId"], start, end, shown)
            made.append((*common, row["isCancelled"], declined, row.get("subject")))
        return made

    return convert


def _msgraph(factory: ModuleType, models: ModuleType) -> Peer:
    parse = factory.JsonParseNodeFactory().get_root_parse_node
    answer = models.EventCollectionResponse

    def convert(body: bytes) -> Tuples:
        events: Iterable[Any] = parse("application/json", body).get_object_value(answer).value
        made: Tuples = []
        for event in events:
            if event.sensitivity.value != "normal":
                made.append((event.id, event.series_master_id))
                continue
            start, end = _when(event.start.date_time, event.end.date_time, is_all_day=event.is_all_day)
            declined = event.response_status.response.value == "declined"
            shown = SHOW_AS.get(event.show_as.value)
            common = (event.id, event.series_master_id, start, end, shown)
            made.append((*common, event.is_cancelled, declined, event.subject))
        return made

    return convert
