"""The Graph source keeps the promises of the port, over HTTP from the pretend Graph."""

import json
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any, Unpack

import pytest

from kalenderkoppling.calendars.graph.choice import PROPERTY_ID
from kalenderkoppling.domain.booking import BookingKey, ItemChoice, ShowAs
from kalenderkoppling.sandbox import FaultKind, Frequency, Recurrence, ids
from kktest.calendar_contract import CalendarContract, Outlook, Traits
from kktest.graph import Tenant, tenant

# Written out here, not taken from the source: a table shared with what it tests finds nothing.
GRAPH_WORDS = {
    ShowAs.FREE: "free",
    ShowAs.WORKING_ELSEWHERE: "workingElsewhere",
    ShowAs.TENTATIVE: "tentative",
    ShowAs.BUSY: "busy",
    ShowAs.OUT_OF_OFFICE: "oof",
    None: "unknown",
}


class GraphOutlook(Outlook):
    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._world = tenant.world
        self.source = tenant.ours.calendar
        self.mailbox = tenant.user_id

    def book(self, name: str, start: datetime | date, end: datetime | date, **traits: Unpack[Traits]) -> None:
        self._world.create_event(self.mailbox, token=name, start=start, end=end, **in_graph_words(traits))

    def book_series(
        self, name: str, start: datetime, end: datetime, *, days_apart: int, count: int | None, **traits: Unpack[Traits]
    ) -> None:
        recurrence = Recurrence(freq=Frequency.DAILY, interval=days_apart, count=count)
        self._world.create_series(self.mailbox, recurrence, token=name, start=start, end=end, **in_graph_words(traits))

    def change(self, name: str, *, times: tuple[datetime, datetime] | None = None, **traits: Unpack[Traits]) -> None:
        words = in_graph_words(traits)
        if times is not None:
            words |= {"start": times[0], "end": times[1]}
        master, at, day = name.partition("@")
        if at:
            self._world.change_occurrence(master, date.fromisoformat(day), **words)
        else:
            self._world.update_event(name, **words)

    def delete(self, name: str) -> None:
        self._world.delete_event(name)

    def key(self, name: str) -> BookingKey:
        return BookingKey(ids.immutable_id(name))

    def break_next_answer(self) -> None:
        self._tenant.graph.faults.arm(FaultKind.HALF_READ_BODY)


def in_graph_words(traits: Traits) -> dict[str, Any]:
    words: dict[str, Any] = dict(traits)
    if "show_as" in traits:
        words["show_as"] = GRAPH_WORDS[traits["show_as"]]
    if words.pop("cancelled", False):
        words["is_cancelled"] = True
    if words.pop("declined", False):
        words["response"] = "declined"
    if not words.pop("in_default_calendar", True):
        words["calendar"] = "other"
    if not words.pop("zone_is_known", True):
        words["zone_label"] = "tzone://Microsoft/Custom"
    if "choice" in words:
        words["properties"] = {PROPERTY_ID: payload(words.pop("choice"))}
    return words


def payload(item: ItemChoice) -> str:
    """Write a choice as the add-in does."""
    choice = item.choice
    ours = {
        "v": 1,
        "sync": choice.kind.value,
        "reason": choice.reason,
        "div": choice.diversion and choice.diversion.value,
        "at": choice.at.isoformat().replace("+00:00", "Z"),
        "src": "pane",
        "scope": "s" if item.for_series else "m",
    }
    return json.dumps({"kk": ours})


class TestGraphCalendar(CalendarContract):
    @pytest.fixture
    async def outlook(self) -> AsyncIterator[GraphOutlook]:
        async with tenant() as found:
            yield GraphOutlook(found)
