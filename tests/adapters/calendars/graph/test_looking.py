"""Looking through Graph over HTTP: what is asked, page by page, and that nothing counts unless all of it came."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web

from kalenderkoppling.calendars.graph import source
from kalenderkoppling.domain.booking import BookingKey
from kalenderkoppling.domain.errors import (
    BlockedReason,
    CalendarError,
    MailboxBlockedError,
    PausedError,
    PauseScope,
    ReadFailedError,
    ReadProblem,
)
from kalenderkoppling.ports.calendar import Fields
from kalenderkoppling.sandbox import Application, Blocked, FaultKind, ids
from kalenderkoppling.sandbox.faults import MALFORMED, Door
from kalenderkoppling.sandbox.view import PageManners
from kktest.graph import ALL_FIELDS, NOW, STOCKHOLM, WINDOW, Tenant, page, row, scripted, tenant
from kktest.waiting import turns


@pytest.fixture
async def kim() -> AsyncIterator[Tenant]:
    async with tenant() as found:
        found.book("a")
        found.book("b", NOW + timedelta(hours=2))
        found.book("c", NOW + timedelta(hours=4))
        yield found


async def problem_of(kim: Tenant) -> ReadProblem:
    with pytest.raises(ReadFailedError) as caught:
        await kim.view()
    return caught.value.problem


async def test_the_first_request_asks_for_a_day_more_on_each_side_and_a_thousand_rows(kim: Tenant) -> None:
    await kim.view(Fields())
    (asked,) = kim.graph.journal.views()
    assert (asked.method, asked.path) == ("GET", f"/v1.0/users/{kim.user_id}/calendarView")
    assert asked.query == {
        "startDateTime": "2027-02-26T23:00:00Z",
        "endDateTime": "2027-05-01T22:00:00Z",
        "$top": "1000",
        "$select": "id,iCalUId,seriesMasterId,type,start,end,isAllDay,showAs,sensitivity,isCancelled,"
        "responseStatus,changeKey",
    }


async def test_S_2_the_subject_is_selected_only_while_it_is_shown(kim: Tenant) -> None:
    await kim.view(Fields(item_choices=True))
    await kim.view(Fields(subject=True))
    without, with_subject = (asked.query["$select"].split(",") for asked in kim.graph.journal.views())
    assert "subject" not in without
    assert "subject" in with_subject


async def test_the_addins_property_is_expanded_only_where_it_is_asked_for(kim: Tenant) -> None:
    await kim.view(Fields(subject=True))
    await kim.view(Fields(item_choices=True))
    without, expanded = (asked.query for asked in kim.graph.journal.views())
    assert "$expand" not in without
    assert expanded["$expand"] == (
        "singleValueExtendedProperties($filter=id eq 'String {00020329-0000-0000-C000-000000000046} "
        "Name cecp-7f0c9a4e-3b56-4d1a-9c2e-5a8e6d21b7f4')"
    )


async def test_every_page_is_asked_for_with_the_headers_that_links_forget(kim: Tenant) -> None:
    kim.graph.manners = PageManners(empty_pages=True, page_size=1)
    view = await kim.view()
    assert {each.key for each in view.bookings} == {ids.immutable_id(token) for token in "abc"}
    asked = kim.graph.journal.views()
    assert len(asked) > 3
    assert {each.headers["prefer"] for each in asked} == {'outlook.timezone="UTC", IdType="ImmutableId"'}


async def test_F_13_an_address_may_stand_for_the_id_and_a_renamed_one_is_not_found(kim: Tenant) -> None:
    assert len((await kim.view(user="kim@exempel.example")).bookings) == 3
    kim.world.rename("kim@exempel.example", principal_name="kim.berg@exempel.example")
    assert len((await kim.view()).bookings) == 3
    with pytest.raises(MailboxBlockedError):
        await kim.view(user="kim@exempel.example")


@pytest.mark.parametrize("mailbox", ["", ".", "..", "../subscriptions", "a/b", "a?x=1#y", "a%2Fb", "Åsa Öst"])
async def test_F_34_a_mailbox_never_leads_to_another_place_of_graph(kim: Tenant, mailbox: str) -> None:
    with pytest.raises(MailboxBlockedError):
        await kim.view(user=mailbox)
    assert all(each.path.endswith("/calendarView") for each in kim.graph.journal.requests if "oauth2" not in each.path)


async def test_F_05_a_stated_wait_pauses_the_mailbox(kim: Tenant) -> None:
    kim.graph.faults.arm(FaultKind.THROTTLED, retry_after=timedelta(seconds=90))
    with pytest.raises(PausedError) as caught:
        await kim.view()
    assert (caught.value.scope, caught.value.retry_after) == (PauseScope.MAILBOX, timedelta(seconds=90))


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        (FaultKind.THROTTLED, ReadProblem.THROTTLED),
        (FaultKind.UNAVAILABLE, ReadProblem.SERVER_ERROR),
        (FaultKind.GATEWAY_TIMEOUT, ReadProblem.SERVER_ERROR),
        (FaultKind.SERVER_ERROR, ReadProblem.SERVER_ERROR),
        (FaultKind.GONE, ReadProblem.MALFORMED),
    ],
)
async def test_F_06_without_a_stated_wait_it_is_a_failed_look_and_no_pause(
    kim: Tenant, kind: FaultKind, problem: ReadProblem
) -> None:
    kim.graph.faults.arm(kind)
    assert await problem_of(kim) is problem
    assert len((await kim.view()).bookings) == 3


async def test_F_07_a_slow_answer_ends_at_the_deadline() -> None:
    async with tenant(deadline_seconds=0.2) as kim:
        kim.graph.faults.arm(FaultKind.SLOW, delay=timedelta(seconds=2))
        assert await problem_of(kim) is ReadProblem.UNREACHABLE


async def test_F_07_a_server_that_is_down_is_unreachable(kim: Tenant) -> None:
    await kim.view()
    await kim.graph.go_down()
    assert await problem_of(kim) is ReadProblem.UNREACHABLE
    await kim.graph.come_up()
    assert len((await kim.view()).bookings) == 3


async def test_F_07_an_answer_that_is_reset_is_a_failed_look(kim: Tenant) -> None:
    kim.graph.faults.arm(FaultKind.RESET_IN_BODY)
    assert await problem_of(kim) in {ReadProblem.CUT_SHORT, ReadProblem.UNREACHABLE}
    kim.graph.faults.arm(FaultKind.RESET_BEFORE_ANSWER, times=3)
    assert await problem_of(kim) is ReadProblem.UNREACHABLE


@pytest.mark.parametrize("gzip", [True, False])
async def test_F_08_a_half_read_body_is_cut_short(kim: Tenant, *, gzip: bool) -> None:
    kim.graph.limits.gzip = gzip
    kim.graph.faults.arm(FaultKind.HALF_READ_BODY)
    assert await problem_of(kim) is ReadProblem.CUT_SHORT


@pytest.mark.parametrize("on_page", [1, 2, 3])
async def test_F_08_a_page_that_is_missing_makes_the_whole_look_fail(kim: Tenant, on_page: int) -> None:
    kim.graph.faults.arm(FaultKind.HALF_READ_BODY, page_size=1, on_page=on_page)
    assert await problem_of(kim) is ReadProblem.CUT_SHORT
    assert len((await kim.view()).bookings) == 3


@pytest.mark.parametrize("kind", MALFORMED)
async def test_F_09_a_malformed_answer_is_a_failed_look(kim: Tenant, kind: FaultKind) -> None:
    kim.graph.faults.arm(kind)
    assert await problem_of(kim) is ReadProblem.MALFORMED
    assert len((await kim.view()).bookings) == 3


async def test_F_09_words_that_graph_may_invent_are_private(kim: Tenant) -> None:
    kim.graph.faults.arm(FaultKind.UNKNOWN_WORDS)
    view = await kim.view()
    assert (view.bookings, len(view.private)) == ((), 3)


async def test_F_10_unknown_zones_leave_the_bookings_unreadable(kim: Tenant) -> None:
    kim.graph.faults.arm(FaultKind.UNKNOWN_ZONES)
    view = await kim.view()
    assert len(view.unreadable) + len(view.bookings) == 3
    assert BookingKey(ids.immutable_id("a")) in view.unreadable


async def test_F_09_a_link_that_leads_back_is_followed_no_further(kim: Tenant) -> None:
    kim.graph.faults.arm(FaultKind.ENDLESS_LINKS, times=100)
    assert await problem_of(kim) is ReadProblem.MALFORMED
    assert len(kim.graph.journal.views()) == 1


async def test_F_09_pages_without_end_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "PAGES_AT_MOST", 20)

    async def endless(request: web.Request) -> web.Response:
        return web.Response(body=page(**{"@odata.nextLink": str(request.url.update_query(n=str(len(asked))))}))

    async with scripted(endless) as (ours, asked):
        with pytest.raises(ReadFailedError) as caught:
            await ours.calendar.view("kim", WINDOW, STOCKHOLM, ALL_FIELDS)
    assert caught.value.problem is ReadProblem.MALFORMED
    assert len(asked) == 20


async def test_F_34_no_token_leaves_for_another_place(kim: Tenant) -> None:
    kim.graph.faults.arm(FaultKind.FOREIGN_LINK)
    assert await problem_of(kim) is ReadProblem.MALFORMED


@pytest.mark.parametrize(
    "link", ["//evil.example/x", "/v1.0/x", "mailto:kim", "http://[", "https://127.0.0.1@evil.example/"]
)
async def test_F_34_a_link_that_is_none_of_graphs_is_refused(link: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=page(row(), **{"@odata.nextLink": link}))

    async with scripted(answer) as (ours, asked):
        with pytest.raises(ReadFailedError) as caught:
            await ours.calendar.view("kim", WINDOW, STOCKHOLM, ALL_FIELDS)
    assert caught.value.problem is ReadProblem.MALFORMED
    assert len(asked) == 1


async def test_F_34_a_redirect_is_not_followed() -> None:
    async def answer(request: web.Request) -> web.Response:
        raise web.HTTPFound(str(request.url.with_path("/elsewhere")))

    async with scripted(answer) as (ours, asked):
        with pytest.raises(ReadFailedError):
            await ours.calendar.view("kim", WINDOW, STOCKHOLM, ALL_FIELDS)
    assert [each.path for each in asked] == ["/v1.0/users/kim/calendarView"]


async def test_S_14_an_answer_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(100):
            await response.write(b" " * 65_536)
            await asyncio.sleep(0)
        return response

    async with scripted(answer, deadline_seconds=10) as (ours, _asked):
        monkeypatch.setattr(ours.calendar._client, "_bytes_at_most", 1_000_000)
        with pytest.raises(ReadFailedError) as caught:
            await ours.calendar.view("kim", WINDOW, STOCKHOLM, ALL_FIELDS)
    assert caught.value.problem is ReadProblem.MALFORMED


async def test_a_401_is_asked_again_once_with_a_new_token(kim: Tenant) -> None:
    await kim.view()
    kim.graph.tokens.revoke_all()
    assert len((await kim.view()).bookings) == 3
    assert [each.status for each in kim.graph.journal.views()] == [200, 401, 200]


async def test_a_401_that_stays_is_a_refused_sign_in(kim: Tenant) -> None:
    kim.graph.faults.arm(FaultKind.UNAUTHORIZED, times=2)
    assert await problem_of(kim) is ReadProblem.SIGN_IN_REFUSED
    assert len(kim.graph.journal.views()) == 2


@pytest.mark.parametrize(
    ("why", "reason"),
    [
        (Blocked.NO_SUCH_USER, BlockedReason.NOT_FOUND),
        (Blocked.ACCESS_DENIED, BlockedReason.FORBIDDEN),
        (Blocked.NOT_ENABLED, BlockedReason.NOT_ENABLED),
    ],
)
async def test_F_14_a_blocked_mailbox_has_its_reason_and_comes_back(
    kim: Tenant, why: Blocked, reason: BlockedReason
) -> None:
    kim.world.block(kim.user_id, why)
    with pytest.raises(MailboxBlockedError) as caught:
        await kim.view()
    assert caught.value.reason is reason
    kim.world.unblock(kim.user_id)
    assert len((await kim.view()).bookings) == 3


async def test_a_mailbox_outside_the_scope_is_forbidden() -> None:
    async with tenant(application=Application(mailboxes=frozenset())) as kim:
        with pytest.raises(MailboxBlockedError) as caught:
            await kim.view()
    assert caught.value.reason is BlockedReason.FORBIDDEN


async def test_F_15_a_look_at_five_thousand_bookings_asks_one_page_at_a_time(kim: Tenant) -> None:
    for number in range(5000):
        kim.book(f"n{number}", NOW + timedelta(minutes=15 * number), hours=0.25)
    assert len((await kim.view()).bookings) == 5003
    assert len(kim.graph.journal.views()) == 6
    assert kim.graph.journal.most_at_once[kim.user_id] == 1


async def test_only_so_many_requests_run_at_once() -> None:
    running, most = 0, 0

    async def answer(_: web.Request) -> web.Response:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await turns()
        running -= 1
        return web.Response(body=page())

    async with scripted(answer) as (ours, _):
        ours.calendar._client._turn = asyncio.Semaphore(3)
        looks = (ours.calendar.view(f"u{n}", WINDOW, STOCKHOLM, Fields()) for n in range(12))
        await asyncio.gather(*looks)
    assert most == 3


async def test_F_30_a_booking_that_turns_private_between_two_pages_is_private(kim: Tenant) -> None:
    bodies = [page(row(), **{"@odata.nextLink": "NEXT"}), page(row(sensitivity="private"))]

    async def answer(request: web.Request) -> web.Response:
        body = bodies.pop(0).replace(b"NEXT", str(request.url.update_query(p="2")).encode())
        return web.Response(body=body)

    async with scripted(answer) as (ours, _):
        view = await ours.calendar.view("kim", WINDOW, STOCKHOLM, ALL_FIELDS)
    assert (view.bookings, len(view.private)) == ((), 1)


async def test_no_error_bears_an_address_an_id_or_a_subject(kim: Tenant) -> None:
    kim.book("d", subject="Hemligt projekt")
    for kind in FaultKind:
        kim.graph.faults.arm(kind, times=2, delay=timedelta(0), retry_after=None)
        try:
            await kim.view()
        except CalendarError as error:
            told = f"{error} {getattr(error, 'detail', '')} {error.__cause__}"
            assert not [word for word in (kim.user_id, "127.0.0.1", "Hemligt", "AAkA") if word in told], told
        kim.graph.faults.clear()


async def test_S_5_all_of_this_wrote_nothing(kim: Tenant) -> None:
    await kim.view()
    assert {each.method for each in kim.graph.journal.requests if "/v1.0/" in each.path} == {"GET"}
    assert kim.graph.refused_writes == 0


async def test_F_05_a_sign_in_service_that_asks_to_wait_pauses_the_tenant(kim: Tenant) -> None:
    kim.graph.faults.arm(FaultKind.THROTTLED, door=Door.TOKEN, retry_after=timedelta(minutes=2))
    with pytest.raises(PausedError) as caught:
        await kim.view()
    assert (caught.value.scope, caught.value.retry_after) == (PauseScope.TENANT, timedelta(minutes=2))
    assert len((await kim.view()).bookings) == 3
