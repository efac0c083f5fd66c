"""calendarView over HTTP: windows, pages, headers, fields, and how bookings are written."""

from datetime import date, datetime, timedelta
from typing import Unpack

import pytest

from kalenderkoppling.sandbox import (
    Attendee,
    Event,
    EventFields,
    Frequency,
    Mailbox,
    PretendGraph,
    Recurrence,
    World,
    ids,
)
from kalenderkoppling.sandbox.view import PageManners
from kktest.pretend import MONDAY_MORNING, PREFER, STOCKHOLM, WEEK, PlainClient

PROPERTY = "String {00020329-0000-0000-C000-000000000046} Name cecp-7f0c9a4e-3b56-4d1a-9c2e-5a8e6d21b7f4"


def hourly(world: World, user: str, count: int) -> list[Event]:
    return [
        world.create_event(
            user,
            start=MONDAY_MORNING + timedelta(hours=number),
            end=MONDAY_MORNING + timedelta(hours=number + 1),
            token=f"b{number:03d}",
            subject=f"Möte {number}",
        )
        for number in range(count)
    ]


def meeting(world: World, user: str, name: str = "b", **fields: Unpack[EventFields]) -> Event:
    end = MONDAY_MORNING + timedelta(hours=1)
    return world.create_event(user, start=MONDAY_MORNING, end=end, token=name, **fields)


def meeting_in(world: World, user: str, calendar: str) -> Event:
    end = MONDAY_MORNING + timedelta(hours=1)
    return world.create_event(user, start=MONDAY_MORNING, end=end, calendar=calendar)


async def test_ten_rows_come_unless_more_are_asked_for(client: PlainClient, world: World, kim: Mailbox) -> None:
    hourly(world, kim.user_id, 25)
    path = f"/users/{kim.user_id}/calendarView"

    assert len((await client.get(path, WEEK)).body["value"]) == 10
    assert len((await client.get(path, {**WEEK, "$top": "20"})).body["value"]) == 20


async def test_the_links_lead_through_every_row_once(client: PlainClient, world: World, kim: Mailbox) -> None:
    hourly(world, kim.user_id, 25)

    rows = await client.view(kim.user_id, {"$top": "4"})

    assert [row["subject"] for row in rows] == [f"Möte {number}" for number in range(25)]


async def test_an_empty_page_may_still_have_a_link(
    client: PlainClient, world: World, kim: Mailbox, graph: PretendGraph
) -> None:
    hourly(world, kim.user_id, 9)
    graph.manners = PageManners(empty_pages=True, page_size=3)
    sizes, reply = [], await client.get(f"/users/{kim.user_id}/calendarView", WEEK)
    while "@odata.nextLink" in reply.body:
        sizes.append(len(reply.body["value"]))
        reply = await client.get(reply.body["@odata.nextLink"])

    assert [*sizes, len(reply.body["value"])] == [3, 0, 3, 0, 3]


async def test_a_link_remembers_no_headers(client: PlainClient, world: World, kim: Mailbox) -> None:
    hourly(world, kim.user_id, 2)
    prefer = 'outlook.timezone="Europe/Stockholm", IdType="ImmutableId"'
    first = await client.get(f"/users/{kim.user_id}/calendarView", {**WEEK, "$top": "1"}, prefer)

    second = await client.get(first.body["@odata.nextLink"], prefer=None)

    assert first.body["value"][0]["start"] == {
        "dateTime": "2027-02-01T07:00:00.0000000",
        "timeZone": "Europe/Stockholm",
    }
    assert second.body["value"][0]["start"] == {"dateTime": "2027-02-01T07:00:00.0000000", "timeZone": "UTC"}
    assert second.body["value"][0]["id"] == ids.mutable_id("b001")


async def test_the_answer_says_which_preferences_were_applied(client: PlainClient, kim: Mailbox) -> None:
    path = f"/users/{kim.user_id}/calendarView"

    assert (await client.get(path, WEEK, PREFER)).headers["Preference-Applied"] == PREFER
    assert "Preference-Applied" not in (await client.get(path, WEEK, None)).headers


async def test_a_windows_zone_is_written_with_its_windows_name(client: PlainClient, world: World, kim: Mailbox) -> None:
    meeting(world, kim.user_id)
    prefer = 'outlook.timezone="W. Europe Standard Time"'

    row = (await client.get(f"/users/{kim.user_id}/calendarView", WEEK, prefer)).body["value"][0]

    assert row["end"] == {"dateTime": "2027-02-01T08:00:00.0000000", "timeZone": "W. Europe Standard Time"}
    assert row["originalStartTimeZone"] == "W. Europe Standard Time"


async def test_an_unknown_zone_is_refused(client: PlainClient, kim: Mailbox) -> None:
    for label in ("Europe", "Customized Time Zone", "../../etc/passwd", "X" * 5000):
        reply = await client.get(f"/users/{kim.user_id}/calendarView", WEEK, f'outlook.timezone="{label}"')
        assert (reply.status, reply.body["error"]["code"]) == (400, "TimeZoneNotSupportedException")


async def test_only_selected_fields_and_the_id_come(client: PlainClient, world: World, kim: Mailbox) -> None:
    meeting(world, kim.user_id, subject="Hemligt", body="Mer hemligt")

    (row,) = await client.view(kim.user_id, {"$select": "start,showAs"})

    assert set(row) == {"@odata.etag", "id", "start", "showAs"}


@pytest.mark.parametrize(
    "query",
    [
        {"$select": "id,startsAt"},
        {"$filter": "showAs eq 'busy'"},
        {"$search": "x"},
        {"$orderby": "subject"},
        {"$expand": "attachments"},
        {"$expand": "singleValueExtendedProperties"},
        {"$top": "0"},
        {"$top": "1001"},
        {"$top": "many"},
        {"$skiptoken": "garbled"},
        {"$skip": "-1"},
        {"startDateTime": "soon"},
        {"endDateTime": "2027-01-01T00:00:00Z"},
        {"endDateTime": "2037-01-01T00:00:00Z"},
    ],
)
async def test_what_graph_does_not_take_is_refused_in_its_own_words(
    client: PlainClient, kim: Mailbox, query: dict[str, str]
) -> None:
    reply = await client.get(f"/users/{kim.user_id}/calendarView", {**WEEK, **query})

    assert reply.status == 400
    assert reply.body["error"]["message"]
    assert set(reply.body["error"]["innerError"]) == {"date", "request-id", "client-request-id"}


async def test_a_view_needs_a_window(client: PlainClient, kim: Mailbox) -> None:
    assert (await client.get(f"/users/{kim.user_id}/calendarView")).status == 400


async def test_the_property_comes_only_when_expanded_and_its_guid_in_lower_case(
    client: PlainClient, world: World, kim: Mailbox
) -> None:
    meeting(world, kim.user_id, "a")
    meeting(world, kim.user_id, "b", properties={PROPERTY: '{"kk":1}'})
    expand = {"$select": "id", "$expand": f"singleValueExtendedProperties($filter=id eq '{PROPERTY}')"}

    without, having = await client.view(kim.user_id, expand)

    assert "singleValueExtendedProperties" not in without
    assert having["singleValueExtendedProperties"] == [
        {"id": PROPERTY.replace("-C000-", "-c000-"), "value": '{"kk":1}'}
    ]
    assert "singleValueExtendedProperties" not in (await client.view(kim.user_id))[1]


async def test_several_properties_can_be_asked_for(client: PlainClient, world: World, kim: Mailbox) -> None:
    meeting(world, kim.user_id, properties={"String {A} Name x": "1", "String {A} Name y": "2"})
    wanted = "id eq 'String {a} Name x' or id eq 'String {a} Name z'"

    (row,) = await client.view(kim.user_id, {"$expand": f"singleValueExtendedProperties($filter={wanted})"})

    assert [one["value"] for one in row["singleValueExtendedProperties"]] == ["1"]


async def test_rows_come_by_start_or_backwards(client: PlainClient, world: World, kim: Mailbox) -> None:
    hourly(world, kim.user_id, 3)

    rows = await client.view(kim.user_id, {"$orderby": "start/dateTime desc", "$top": "2"})

    assert [row["subject"] for row in rows] == ["Möte 2", "Möte 1", "Möte 0"]


async def test_an_all_day_booking_is_midnight_whatever_zone_was_asked_for(
    client: PlainClient, world: World, kim: Mailbox
) -> None:
    world.create_event(kim.user_id, start=date(2027, 2, 2), end=date(2027, 2, 3))
    for label in ("UTC", "America/New_York", "Tokyo Standard Time"):
        prefer = f'outlook.timezone="{label}"'
        (row,) = (await client.get(f"/users/{kim.user_id}/calendarView", WEEK, prefer)).body["value"]
        assert row["isAllDay"]
        assert row["start"] == {"dateTime": "2027-02-02T00:00:00.0000000", "timeZone": label}
        assert row["end"]["dateTime"] == "2027-02-03T00:00:00.0000000"


@pytest.mark.parametrize(
    ("zone", "window", "seen"),
    [
        # Midnight in Stockholm is 23:00 UTC the day before: the booking of the 2nd reaches into the 1st.
        ("Europe/Stockholm", ("2027-02-01T00:00:00Z", "2027-02-02T00:00:00Z"), True),
        ("Europe/Stockholm", ("2027-02-02T23:00:00Z", "2027-02-03T00:00:00Z"), False),
        # Made in New York, the same row text lies five hours later than UTC.
        ("America/New_York", ("2027-02-02T00:00:00Z", "2027-02-02T05:00:00Z"), False),
        ("America/New_York", ("2027-02-03T00:00:00Z", "2027-02-03T05:00:00Z"), True),
    ],
)
async def test_windows_match_on_hidden_instants(
    client: PlainClient, world: World, kim: Mailbox, zone: str, window: tuple[str, str], *, seen: bool
) -> None:
    world.create_event(kim.user_id, start=date(2027, 2, 2), end=date(2027, 2, 3), zone=zone)
    query = {"startDateTime": window[0], "endDateTime": window[1]}

    assert bool(await client.view(kim.user_id, query)) == seen


async def test_what_ends_when_the_window_begins_is_outside(client: PlainClient, world: World, kim: Mailbox) -> None:
    meeting(world, kim.user_id)
    at_eight = {"startDateTime": "2027-02-01T08:00:00+01:00"}
    before_eight = {"startDateTime": "2027-02-01T07:59:59+01:00"}

    assert await client.view(kim.user_id, at_eight) == []
    assert len(await client.view(kim.user_id, before_eight)) == 1


async def test_reversed_and_zero_length_bookings_are_carried(client: PlainClient, world: World, kim: Mailbox) -> None:
    later = MONDAY_MORNING + timedelta(hours=2)
    world.create_event(kim.user_id, start=MONDAY_MORNING, end=MONDAY_MORNING)
    world.create_event(kim.user_id, start=later, end=MONDAY_MORNING)

    assert len(await client.view(kim.user_id)) == 2


async def test_another_calendars_bookings_never_show_in_the_default_view(
    client: PlainClient, world: World, kim: Mailbox
) -> None:
    meeting_in(world, kim.user_id, "Semesterlistan")
    other = kim.calendar_id("Semesterlistan")

    assert await client.view(kim.user_id) == []
    assert len((await client.get(f"/users/{kim.user_id}/calendars/{other}/calendarView", WEEK)).body["value"]) == 1


async def test_moved_between_calendars_the_mutable_id_changes_and_the_immutable_stays(
    client: PlainClient, world: World, kim: Mailbox
) -> None:
    meeting(world, kim.user_id)
    before = {prefer: await _only_id(client, kim, prefer) for prefer in (None, PREFER)}
    world.move_event("b", "Annan")
    world.move_event("b", "default")
    after = {prefer: await _only_id(client, kim, prefer) for prefer in (None, PREFER)}

    assert before[PREFER] == after[PREFER]
    assert before[None] != after[None]


async def _only_id(client: PlainClient, kim: Mailbox, prefer: str | None) -> str:
    (row,) = (await client.get(f"/users/{kim.user_id}/calendarView", WEEK, prefer)).body["value"]
    return str(row["id"])


async def test_odd_words_missing_fields_and_odd_values_are_carried_as_they_are(
    client: PlainClient, world: World, kim: Mailbox
) -> None:
    meeting(world, kim.user_id, "a", sensitivity="PRIVATE ", show_as=None)
    meeting(world, kim.user_id, "b", left_out=frozenset({"sensitivity"}), raw={"showAs": 7}, zone_label="Påhittad")

    odd, lacking = await client.view(kim.user_id)

    assert (odd["sensitivity"], odd["showAs"]) == ("PRIVATE ", None)
    assert "sensitivity" not in lacking
    assert (lacking["showAs"], lacking["start"]["timeZone"]) == (7, "Påhittad")


async def test_an_occurrence_bears_its_series_and_a_master_its_pattern(
    client: PlainClient, world: World, kim: Mailbox
) -> None:
    weekly = Recurrence(freq=Frequency.WEEKLY, days=(0, 2), until=date(2027, 3, 1))
    end = MONDAY_MORNING + timedelta(hours=1)
    world.create_series(kim.user_id, weekly, start=MONDAY_MORNING, end=end, token="s")
    world.skip_occurrence("s", date(2027, 2, 3))

    (row,) = await client.view(kim.user_id)
    (master,) = (await client.get(f"/users/{kim.user_id}/events")).body["value"]

    assert (row["type"], row["seriesMasterId"], row["recurrence"]) == ("occurrence", master["id"], None)
    assert (row["iCalUId"], row["id"]) == (master["iCalUId"], ids.immutable_id("s@2027-02-01"))
    assert (master["type"], master["seriesMasterId"]) == ("seriesMaster", None)
    assert master["recurrence"]["pattern"]["daysOfWeek"] == ["monday", "wednesday"]
    assert master["recurrence"]["range"] == {
        "type": "endDate",
        "startDate": "2027-02-01",
        "endDate": "2027-03-01",
        "recurrenceTimeZone": "W. Europe Standard Time",
        "numberOfOccurrences": 0,
    }
    path = f"/users/{kim.user_id}/events/{master['id']}?$select=cancelledOccurrences"
    assert (await client.get(path)).body["cancelledOccurrences"] == [f"OID.{master['id']}.2027-02-03"]


async def test_one_event_is_found_by_either_id_and_by_no_other(client: PlainClient, world: World, kim: Mailbox) -> None:
    meeting(world, kim.user_id, subject="Möte")
    for name in (ids.immutable_id("b"), ids.mutable_id("b")):
        assert (await client.get(f"/users/{kim.user_id}/events/{name}")).body["subject"] == "Möte"
    assert (await client.get(f"/users/{kim.user_id}/events/{ids.immutable_id('c')}")).status == 404
    assert (await client.get(f"/users/{kim.user_id}/events/AAMkAA==")).status == 404


async def test_a_booking_made_by_somebody_else_has_that_organizer(
    client: PlainClient, world: World, kim: Mailbox
) -> None:
    boss = Attendee(name="Chefen", address="chefen@kommun.example", response="accepted")
    meeting(world, kim.user_id, response="declined", attendees=(boss,), is_cancelled=True, location="Eken")

    (row,) = await client.view(kim.user_id)

    assert row["responseStatus"]["response"] == "declined"
    assert row["organizer"]["emailAddress"]["address"] == "chefen@kommun.example"
    assert (row["isCancelled"], row["isOrganizer"], row["location"]["displayName"]) == (True, False, "Eken")


async def test_users_are_found_by_id_name_and_mail_and_listed_in_pages(
    client: PlainClient, world: World, kim: Mailbox
) -> None:
    for number in range(5):
        world.add_mailbox(f"p{number}@kommun.example")
    for name in (kim.user_id, "KIM@kommun.example"):
        assert (await client.get(f"/users/{name}")).body["displayName"] == "Kim Åberg"
    first = await client.get("/users", {"$top": "4", "$select": "id,mail"})
    second = await client.get(first.body["@odata.nextLink"])

    assert len(first.body["value"] + second.body["value"]) == 6
    assert set(first.body["value"][0]) == {"id", "mail"}
    assert "@odata.nextLink" not in second.body


async def test_calendars_are_listed_and_found(client: PlainClient, world: World, kim: Mailbox) -> None:
    meeting_in(world, kim.user_id, "Annan")
    default, other = (await client.get(f"/users/{kim.user_id}/calendars")).body["value"]

    assert (default["isDefaultCalendar"], other["name"]) == (True, "Annan")
    assert (await client.get(f"/users/{kim.user_id}/calendar")).body["id"] == default["id"]
    assert (await client.get(f"/users/{kim.user_id}/calendars/{other['id']}")).body["name"] == "Annan"
    assert (await client.get(f"/users/{kim.user_id}/calendars/nowhere")).status == 404


async def test_a_change_between_two_pages_is_seen_as_it_falls(client: PlainClient, world: World, kim: Mailbox) -> None:
    hourly(world, kim.user_id, 4)
    first = await client.get(f"/users/{kim.user_id}/calendarView", {**WEEK, "$top": "2"})
    world.delete_event("b000")
    second = await client.get(first.body["@odata.nextLink"])

    # As with Graph's $skip: the row that slid onto the page already read is missed.
    assert [row["subject"] for row in second.body["value"]] == ["Möte 3"]


async def test_the_hour_that_comes_twice_is_told_apart_in_utc(client: PlainClient, world: World, kim: Mailbox) -> None:
    for fold in (0, 1):
        start = datetime(2027, 10, 31, 2, 30, tzinfo=STOCKHOLM, fold=fold)
        world.create_event(kim.user_id, start=start, end=start + timedelta(minutes=15))
    window = {"startDateTime": "2027-10-31T00:00:00Z", "endDateTime": "2027-11-01T00:00:00Z"}

    rows = await client.view(kim.user_id, window)

    assert [row["start"]["dateTime"][11:16] for row in rows] == ["00:30", "01:30"]


async def test_a_page_asked_again_shows_what_changed_meanwhile(client: PlainClient, world: World, kim: Mailbox) -> None:
    meeting(world, kim.user_id, subject="Före")
    before = await client.view(kim.user_id)
    world.update_event("b", subject="Efter")
    world.rename(kim.user_id, principal_name="kim.ek@kommun.example", display_name="Kim Ek")
    after = await client.view(kim.user_id)
    world.delete_event("b")

    assert (before[0]["subject"], after[0]["subject"]) == ("Före", "Efter")
    assert after[0]["organizer"]["emailAddress"]["name"] == "Kim Ek"
    assert before[0]["changeKey"] != after[0]["changeKey"]
    assert await client.view(kim.user_id) == []
