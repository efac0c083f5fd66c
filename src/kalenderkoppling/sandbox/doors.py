"""The endpoints of the pretend Graph: users, calendars, events, calendarView, subscriptions, tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

import msgspec
from aiohttp import web

from kalenderkoppling.sandbox import ids, odata, refusal
from kalenderkoppling.sandbox.courier import Courier
from kalenderkoppling.sandbox.event import DEFAULT_CALENDAR, Event
from kalenderkoppling.sandbox.faults import Door, FaultPlan
from kalenderkoppling.sandbox.gate import Answer, Gate
from kalenderkoppling.sandbox.journal import Journal
from kalenderkoppling.sandbox.mailbox import Mailbox
from kalenderkoppling.sandbox.refusal import bad_request
from kalenderkoppling.sandbox.row import Json, row
from kalenderkoppling.sandbox.subscriptions import SubscriptionBook
from kalenderkoppling.sandbox.tokens import Application, TokenOffice, TokenRefused, openid_configuration
from kalenderkoppling.sandbox.view import PageManners, page
from kalenderkoppling.sandbox.world import World

_MOST_KEPT = 20_000
_USER_FIELDS = ("id", "displayName", "mail", "userPrincipalName")


@dataclass(slots=True, kw_only=True)
class Doors:
    """Handlers; each gets the calling application and, below /users/{id}, the mailbox."""

    world: World
    gate: Gate
    tokens: TokenOffice
    faults: FaultPlan
    journal: Journal
    book: SubscriptionBook
    courier: Courier
    manners: Callable[[], PageManners]
    pages: dict[tuple[str, ...], tuple[int, Answer]] = field(default_factory=dict)

    def put_up(self, app: web.Application) -> None:
        """Add every route to an application. What matches none goes to `other`: a write, or an unknown path."""
        route, door = app.router.add_route, self.gate.door
        user = "/v1.0/users/{user}"
        for path in (
            f"{user}/calendarView",
            f"{user}/calendar/calendarView",
            f"{user}/calendars/{{calendar}}/calendarView",
        ):
            route("GET", path, door(Door.VIEW, self.view))
        for path in (f"{user}/events", f"{user}/calendar/events", f"{user}/calendars/{{calendar}}/events"):
            route("GET", path, door(Door.OTHER, self.events))
            route("GET", path + "/{event}", door(Door.OTHER, self.event))
        route("GET", "/v1.0/users", door(Door.OTHER, self.users))
        route("GET", user, door(Door.OTHER, self.user))
        route("GET", f"{user}/calendars", door(Door.OTHER, self.calendars))
        for path in (f"{user}/calendar", f"{user}/calendars/{{calendar}}"):
            route("GET", path, door(Door.OTHER, self.calendar))
        self._put_up_subscriptions(app)
        route("GET", "/common/discovery/instance", self.instance)
        route("GET", "/{tenant}/v2.0/.well-known/openid-configuration", self.openid)
        route("POST", "/{tenant}/oauth2/v2.0/token", door(Door.TOKEN, self.token))
        route("*", "/{rest:.*}", self.other)

    def _put_up_subscriptions(self, app: web.Application) -> None:
        route, door = app.router.add_route, self.gate.door
        one = "/v1.0/subscriptions/{subscription}"
        route("GET", "/v1.0/subscriptions", door(Door.SUBSCRIPTIONS, self.subscriptions))
        route("POST", "/v1.0/subscriptions", door(Door.SUBSCRIPTIONS, self.subscribe))
        route("GET", one, door(Door.SUBSCRIPTIONS, self.subscription))
        route("PATCH", one, door(Door.SUBSCRIPTIONS, self.renew))
        route("DELETE", one, door(Door.SUBSCRIPTIONS, self.unsubscribe))

    # Calendars

    async def view(self, request: web.Request, _: Application, mailbox: Mailbox | None) -> Answer:
        """calendarView: the expanded bookings of one calendar in a window."""
        home = _there(mailbox)
        key = (str(request.url), *request.headers.getall("Prefer", []), repr(self._manners(home)))
        version, kept = self.pages.get(key, (-1, None))
        if kept is not None and version == home.version:
            return kept
        ask = odata.read_ask(request.query, window=True)
        if ask.start is None or ask.end is None:
            raise bad_request("This request requires a time window.")
        events = home.view(ask.start, ask.end, self._calendar(request, home))
        answer = self._list(request, home, ask, events, "calendarView")
        return self._keep(key, home.version, answer)

    def _keep(self, key: tuple[str, ...], version: int, answer: Answer) -> Answer:
        """Cache a page until its mailbox changes, so that benchmarks measure the product and not the sandbox."""
        if len(self.pages) >= _MOST_KEPT:
            self.pages.clear()
        kept = replace(answer, encoded=msgspec.json.encode(answer.body))
        self.pages[key] = (version, kept)
        return kept

    def _manners(self, home: Mailbox) -> PageManners:
        manners, forced = self.manners(), self.faults.page_size(home.user_id)
        return manners if forced is None else replace(manners, page_size=forced)

    async def events(self, request: web.Request, _: Application, mailbox: Mailbox | None) -> Answer:
        """Single bookings and masters, series not expanded."""
        home = _there(mailbox)
        ask = odata.read_ask(request.query, window=False)
        return self._list(request, home, ask, list(home.items(self._calendar(request, home))), "events")

    def _list(self, request: web.Request, home: Mailbox, ask: odata.Ask, events: list[Event], what: str) -> Answer:
        prefer = request.headers.getall("Prefer", [])
        wording = odata.read_wording(prefer)
        manners = self._manners(home)
        context = f"{request.url.origin()}/v1.0/$metadata#users('{quote(home.user_id)}')/{what}"
        body = page(events, home, ask, wording, url=request.url, manners=manners, context=context)
        return Answer(body=body, headers=odata.applied(prefer, wording))

    async def event(self, request: web.Request, _: Application, mailbox: Mailbox | None) -> Answer:
        """One booking, by id of either shape."""
        home = _there(mailbox)
        prefer = request.headers.getall("Prefer", [])
        wording = odata.read_wording(prefer)
        select = odata.read_select(request.query.get("$select"))
        properties = odata.read_expand(request.query.get("$expand"))
        try:
            found = home.find(ids.token_of(request.match_info["event"]) or "")
        except (KeyError, ValueError) as error:
            raise refusal.not_found() from error
        context = f"{request.url.origin()}/v1.0/$metadata#users('{home.user_id}')/events/$entity"
        body = {"@odata.context": context, **row(found, home, wording, select, properties)}
        return Answer(body=body, headers=odata.applied(prefer, wording))

    async def calendars(self, request: web.Request, _: Application, mailbox: Mailbox | None) -> Answer:
        """The mailbox's calendars."""
        home = _there(mailbox)
        context = f"{request.url.origin()}/v1.0/$metadata#users('{home.user_id}')/calendars"
        return Answer(body={"@odata.context": context, "value": [_calendar(home, name) for name in home.calendars]})

    async def calendar(self, request: web.Request, _: Application, mailbox: Mailbox | None) -> Answer:
        """The default calendar, or one by its id."""
        home = _there(mailbox)
        return Answer(body=_calendar(home, self._calendar(request, home)))

    @staticmethod
    def _calendar(request: web.Request, home: Mailbox) -> str:
        wanted = request.match_info.get("calendar")
        if wanted is None:
            return DEFAULT_CALENDAR
        for name in home.calendars:
            if wanted == home.calendar_id(name):
                return name
        raise refusal.not_found()

    # Users

    async def users(self, request: web.Request, application: Application, _: Mailbox | None) -> Answer:
        """The tenant's users, paged."""
        if not application.consented:
            raise refusal.access_denied()
        people = sorted(self.world.mailboxes.values(), key=lambda one: one.display_name)
        ask = odata.read_ask({k: v for k, v in request.query.items() if k in {"$top", "$skiptoken"}}, window=False)
        size = ask.top if "$top" in request.query else 100
        offset = ask.cursor.offset
        body: Json = {"value": [_user(one, request.query) for one in people[offset : offset + size]]}
        if offset + size < len(people):
            cursor = odata.Cursor(offset=offset + size, page=ask.cursor.page + 1)
            body["@odata.nextLink"] = str(request.url.update_query({"$skiptoken": cursor.token()}))
        return Answer(body=body)

    async def user(self, request: web.Request, _: Application, mailbox: Mailbox | None) -> Answer:
        """One user."""
        return Answer(body=_user(_there(mailbox), request.query))

    # Subscriptions

    async def subscribe(self, request: web.Request, application: Application, _: Mailbox | None) -> Answer:
        """Subscribe, after the addresses have been validated."""
        wording = odata.read_wording(request.headers.getall("Prefer", []))
        asked = await _body(request)
        draft = self.book.draft(asked, application.client_id, immutable_ids=wording.immutable)
        if not application.reaches(draft.user_id):
            raise refusal.access_denied()
        for url in (draft.notification_url, draft.lifecycle_url):
            if url is not None and not await self.courier.validate(url):
                message = "Subscription validation request failed. Notification endpoint must respond with 200 OK."
                raise bad_request(message, "ValidationError")
        return Answer(body=self.book.add(draft).body(), status=201)

    async def subscriptions(self, _: web.Request, application: Application, __: Mailbox | None) -> Answer:
        """The application's own subscriptions."""
        own = [one.body() for one in self.book.live() if one.application_id == application.client_id]
        return Answer(body={"value": own})

    async def subscription(self, request: web.Request, _: Application, __: Mailbox | None) -> Answer:
        """One subscription."""
        return Answer(body=self.book.get(request.match_info["subscription"]).body())

    async def renew(self, request: web.Request, _: Application, __: Mailbox | None) -> Answer:
        """Renew a subscription."""
        asked = await _body(request)
        return Answer(body=self.book.renew(request.match_info["subscription"], asked).body())

    async def unsubscribe(self, request: web.Request, _: Application, __: Mailbox | None) -> Answer:
        """End a subscription."""
        self.book.remove(request.match_info["subscription"])
        return Answer(body=None, status=204)

    # Tokens

    async def token(self, request: web.Request, _: Application, __: Mailbox | None) -> Answer:
        """Client credentials, by secret or certificate."""
        form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        tenant = request.match_info["tenant"]
        url = str(request.url.with_query(None))
        audiences = {url, f"{request.url.origin()}/{tenant}/v2.0"}
        try:
            return Answer(body=self.tokens.grant(tenant, form, audiences), content_type="application/json")
        except TokenRefused as refused:
            body = refused.body(self.world.clock())
            return Answer(body=body, status=refused.status, content_type="application/json")

    async def openid(self, request: web.Request) -> web.Response:
        """The discovery document of the tenant."""
        origin = str(request.url.origin())
        return web.json_response(openid_configuration(origin, request.match_info["tenant"]))

    async def instance(self, request: web.Request) -> web.Response:
        """Instance discovery, for clients that use it."""
        origin = str(request.url.origin())
        tenant = f"{origin}/{self.world.tenant_id}"
        discovery = f"{tenant}/v2.0/.well-known/openid-configuration"
        return web.json_response({"tenant_discovery_endpoint": discovery, "api-version": "1.1", "metadata": []})

    # Everything else

    async def other(self, request: web.Request) -> web.StreamResponse:
        """Refuse and count every write; answer unknown reads with 404."""
        return await self.gate.door(Door.OTHER, self._other)(request)

    async def _other(self, request: web.Request, _: Application, __: Mailbox | None) -> Answer:
        if request.method not in {"GET", "HEAD", "OPTIONS"}:
            self.journal.refused_writes += 1
            raise refusal.access_denied()
        raise refusal.Refusal(404, "ResourceNotFound", f"Resource not found for the segment '{request.path}'.")


def _there(mailbox: Mailbox | None) -> Mailbox:
    if mailbox is None:
        raise refusal.no_such_user("")
    return mailbox


async def _body(request: web.Request) -> dict[str, object]:
    try:
        return msgspec.json.decode(await request.read(), type=dict[str, object])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise bad_request("Unable to read JSON request payload.") from error


def _user(mailbox: Mailbox, query: Mapping[str, str]) -> Json:
    whole: Json = {
        "id": mailbox.user_id,
        "displayName": mailbox.display_name,
        "mail": mailbox.mail,
        "userPrincipalName": mailbox.principal_name,
    }
    wanted = query.get("$select")
    if not wanted:
        return whole
    return {name: whole.get(name) for name in wanted.split(",") if name in _USER_FIELDS}


def _calendar(mailbox: Mailbox, name: str) -> Json:
    is_default = name == DEFAULT_CALENDAR
    return {
        "id": mailbox.calendar_id(name),
        "name": mailbox.calendars[name],
        "color": "auto",
        "hexColor": "",
        "changeKey": ids.change_key(mailbox.calendar_id(name), mailbox.version),
        "canEdit": True,
        "canShare": True,
        "canViewPrivateItems": True,
        "isDefaultCalendar": is_default,
        "isRemovable": not is_default,
        "isTallyingResponses": is_default,
        "allowedOnlineMeetingProviders": ["teamsForBusiness"],
        "defaultOnlineMeetingProvider": "teamsForBusiness",
        "owner": {"name": mailbox.display_name, "address": mailbox.mail},
    }
