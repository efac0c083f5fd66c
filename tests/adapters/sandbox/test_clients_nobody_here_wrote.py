"""A client that nobody here wrote, python-o365, reads the pretend Graph as it reads the real one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msal
import pytest
import pytest_asyncio
import requests
from O365 import (  # type: ignore[import-untyped,import-not-found,unused-ignore] # it publishes no types
    Account,
    FileSystemTokenBackend,
    MSGraphProtocol,
)

from kalenderkoppling.sandbox import Attendee, Frequency, Mailbox, PretendGraph, Recurrence, World
from kktest.pretend import MONDAY_MORNING, STOCKHOLM

WEEKS = {
    "start_recurring": datetime(2027, 2, 1, tzinfo=STOCKHOLM),
    "end_recurring": datetime(2027, 3, 1, tzinfo=STOCKHOLM),
}


@pytest_asyncio.fixture
async def account(graph: PretendGraph, kim: Mailbox, tmp_path: Path) -> AsyncIterator[Any]:
    """An account of python-o365, signed in at the pretend token endpoint through msal."""

    class LoopbackProtocol(MSGraphProtocol):  # type: ignore[misc,unused-ignore] # the same
        _protocol_url = f"{graph.origin}/"

    opened = Account(
        (graph.application.client_id, graph.application.secret),
        auth_flow_type="credentials",
        tenant_id=graph.world.tenant_id,
        protocol=LoopbackProtocol(default_resource=f"users/{kim.user_id}", timezone=STOCKHOLM),
        token_backend=FileSystemTokenBackend(token_path=tmp_path),
        request_retries=0,
    )
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(graph.ca_file)
        await asyncio.to_thread(sign_in, opened, graph, session)
        yield opened
        opened.con.session.close()


def sign_in(account: Account, graph: PretendGraph, session: requests.Session) -> None:
    account.con._msal_client = msal.ConfidentialClientApplication(
        graph.application.client_id,
        client_credential=graph.application.secret,
        authority=graph.authority_url,
        instance_discovery=False,
        http_client=session,
        token_cache=account.con.token_backend,
    )
    assert account.authenticate(requested_scopes=["https://graph.microsoft.com/.default"])


async def ask(question: Callable[[], list[Any]]) -> list[Any]:
    """Ask in a thread: the client is synchronous and the server runs in this loop."""
    return await asyncio.to_thread(question)


def fill(world: World, kim: Mailbox) -> None:
    hour = timedelta(hours=1)
    weekly = Recurrence(freq=Frequency.WEEKLY, count=3)
    world.create_series(
        kim.user_id, weekly, start=MONDAY_MORNING, end=MONDAY_MORNING + hour, token="s", subject="Vecka"
    )
    world.change_occurrence("s", date(2027, 2, 8), subject="Vecka (ändrad)", sensitivity="private")
    world.create_event(kim.user_id, start=date(2027, 2, 3), end=date(2027, 2, 5), subject="Semester", show_as="oof")
    start = datetime(2027, 2, 2, 10, tzinfo=STOCKHOLM)
    world.create_event(
        kim.user_id,
        start=start,
        end=start + hour,
        subject="Möte på Åland",
        location="Eken",
        body="<p>Hej</p>",
        attendees=(Attendee(name="Bo", address="bo@kund.example"),),
        categories=("Grön",),
    )


async def test_python_o365_reads_the_expanded_calendar_page_by_page(
    world: World, kim: Mailbox, account: Account, graph: PretendGraph
) -> None:
    fill(world, kim)

    def question() -> list[Any]:
        calendar = account.schedule().get_default_calendar()
        return list(calendar.get_events(limit=99, batch=2, include_recurring=True, **WEEKS))

    events = await ask(question)

    assert [event.subject for event in events] == ["Vecka", "Möte på Åland", "Semester", "Vecka (ändrad)", "Vecka"]
    assert len(graph.journal.views(kim.user_id)) == 3


async def test_python_o365_understands_what_a_booking_says(world: World, kim: Mailbox, account: Account) -> None:
    fill(world, kim)

    def question() -> list[Any]:
        return list(account.schedule().get_default_calendar().get_events(limit=99, include_recurring=True, **WEEKS))

    first, meeting, vacation, changed, _ = await ask(question)

    assert meeting.start == datetime(2027, 2, 2, 10, tzinfo=STOCKHOLM)
    assert (meeting.location["displayName"], meeting.categories) == ("Eken", ["Grön"])
    assert [one.address for one in meeting.attendees] == ["bo@kund.example"]
    assert (vacation.is_all_day, vacation.show_as.value) == (True, "oof")
    assert changed.sensitivity.value == "private"
    assert first.event_type.value == "occurrence"
    assert changed.event_type.value == "exception"


async def test_python_o365_lists_series_unexpanded_and_calendars(world: World, kim: Mailbox, account: Account) -> None:
    fill(world, kim)

    def question() -> list[Any]:
        schedule = account.schedule()
        masters = [
            event for event in schedule.get_events(limit=99, include_recurring=False) if event.recurrence.interval
        ]
        return [masters, schedule.list_calendars(), schedule.get_default_calendar()]

    (master,), calendars, default = await ask(question)

    assert (master.event_type.value, master.recurrence.occurrences) == ("series_master", 3)
    assert [one.calendar_id for one in calendars] == [default.calendar_id]


async def test_python_o365_cannot_write(world: World, kim: Mailbox, account: Account, graph: PretendGraph) -> None:
    def question() -> list[Any]:
        event = account.schedule().get_default_calendar().new_event("Ny")
        event.start = datetime(2027, 2, 2, 10, tzinfo=STOCKHOLM)
        with pytest.raises(requests.HTTPError):
            event.save()
        return []

    await ask(question)

    assert graph.refused_writes == 1
    assert not kim.singles
