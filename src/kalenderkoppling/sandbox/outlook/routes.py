"""The addresses of the pretend Outlook: each page, and each form that changes the world."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from aiohttp import web
from aiohttp.typedefs import Handler
from yarl import URL

from kalenderkoppling.sandbox.company import CompanyPerson
from kalenderkoppling.sandbox.event import Event, EventKind
from kalenderkoppling.sandbox.outlook import deeds, search, texts
from kalenderkoppling.sandbox.outlook.form import Refused, empty_values, read_form, values_of
from kalenderkoppling.sandbox.outlook.render import Renderer, Sheet
from kalenderkoppling.sandbox.outlook.week import monday_named, monday_of, week_label
from kalenderkoppling.sandbox.outlook.words import Deed
from kalenderkoppling.sandbox.world import World

_YEAR_SECONDS = 365 * 24 * 3600


class Routes:
    """Handles requests: reads forms, applies them, and redirects to the result (POST, redirect, GET)."""

    def __init__(
        self, world: World, people: Sequence[CompanyPerson], clock: Callable[[], datetime], renderer: Renderer
    ) -> None:
        self._world = world
        self._people = {person.user_id: person for person in search.in_order(people)}
        self._clock = clock
        self._renderer = renderer

    def put_up(self, app: web.Application) -> None:
        """Add the addresses to an application."""
        one = "/people/{user}/bookings/{token}"
        app.add_routes(
            [
                web.get("/", self._first_page),
                web.get("/people/{user}", self._week),
                web.get("/people/{user}/new", self._new),
                web.post("/people/{user}/new", self._make),
                web.post("/people/{user}/quick", self._make_quickly),
                web.get(one, self._booking),
                web.post(one, self._change),
                web.post(f"{one}/move", self._move),
                web.post(f"{one}/private", self._set_private),
                web.post(f"{one}/delete", self._delete),
            ]
        )

    @web.middleware
    async def say_what_is_missing(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer unknown addresses, people and bookings with a page instead of a bare line."""
        try:
            answer = await handler(request)
        except web.HTTPNotFound:
            answer = self._html(request, self._renderer.missing(_language(request)), status=404)
        asked = request.query.get("lang", "")
        if asked in texts.LANGUAGES:
            answer.set_cookie("lang", asked, max_age=_YEAR_SECONDS, httponly=True, samesite="Strict")
        return answer

    # Pages

    async def _first_page(self, _: web.Request) -> web.Response:
        coupled = (person for person in self._people.values() if person.has_service and person.has_referral)
        first = next(coupled, None) or next(iter(self._people.values()), None)
        if first is None:
            raise web.HTTPNotFound
        raise web.HTTPSeeOther(f"/people/{first.user_id}")

    async def _week(self, request: web.Request) -> web.Response:
        person = self._person(request)
        monday = monday_named(request.query.get("week", "")) or monday_of(self._local_now(person).date())
        done = request.query.get("did", "")
        page = self._renderer.week(
            _language(request),
            person,
            monday,
            asked=request.query.get("q", "")[:100],
            touched=self._touched(person, request.query.get("on", "")),
            deed=Deed(done) if done in set(Deed) else None,
        )
        return self._html(request, page)

    async def _new(self, request: web.Request) -> web.Response:
        person = self._person(request)
        values = empty_values(self._start_asked_for(request, person))
        return self._form(request, person, Sheet(values=values))

    async def _booking(self, request: web.Request) -> web.Response:
        person = self._person(request)
        event = self._event(request, person)
        values = values_of(event, self._zone(person), deeds.recurrence_of(self._world, event))
        return self._form(request, person, Sheet(values=values, event=event))

    # Deeds

    async def _make(self, request: web.Request) -> web.Response:
        person = self._person(request)
        values = await _fields(request)
        try:
            draft = read_form(values, self._zone(person), self._clock())
        except Refused as refused:
            return self._form(request, person, Sheet(values=values, problems=refused.problems), status=422)
        raise self._back(request, person, deeds.make(self._world, person.user_id, draft), Deed.MADE)

    async def _make_quickly(self, request: web.Request) -> web.Response:
        person = self._person(request)
        kind = (await _fields(request)).get("kind", "")
        if kind not in set(deeds.QuickBooking):
            raise web.HTTPNotFound
        quick = deeds.QuickBooking(kind)
        subject = texts.say(_language(request), f"subject_{quick}")
        raise self._back(request, person, deeds.make_quickly(self._world, person.user_id, quick, subject), Deed.MADE)

    async def _change(self, request: web.Request) -> web.Response:
        person = self._person(request)
        event = self._event(request, person)
        zone, now = self._zone(person), self._clock()
        values = await _fields(request)
        try:
            after = read_form(values, zone, now)
        except Refused as refused:
            return self._form(request, person, Sheet(values=values, problems=refused.problems, event=event), status=422)
        before = deeds.as_read(self._world, event, zone)
        raise self._back(request, person, deeds.change(self._world, event, before, after), Deed.CHANGED)

    async def _move(self, request: web.Request) -> web.Response:
        person = self._person(request)
        event = self._event(request, person)
        steps = {"earlier": -1, "later": 1}.get((await _fields(request)).get("to", ""))
        if steps is None:
            raise web.HTTPNotFound
        raise self._back(request, person, deeds.move(self._world, event, steps), Deed.MOVED)

    async def _set_private(self, request: web.Request) -> web.Response:
        person = self._person(request)
        event = self._event(request, person)
        private = (await _fields(request)).get("private") == "on"
        changed = deeds.set_private(self._world, event, private=private)
        raise self._back(request, person, changed, Deed.HIDDEN if private else Deed.UNHIDDEN)

    async def _delete(self, request: web.Request) -> web.Response:
        person = self._person(request)
        event = self._event(request, person)
        back = self._back(request, person, event, Deed.DELETED)
        self._world.delete_event(event.token)
        raise back

    # Inside

    def _person(self, request: web.Request) -> CompanyPerson:
        person = self._people.get(request.match_info["user"])
        if person is None or person.user_id not in self._world.mailboxes:
            raise web.HTTPNotFound
        return person

    def _event(self, request: web.Request, person: CompanyPerson) -> Event:
        event = self._touched(person, request.match_info["token"])
        if event is None:
            raise web.HTTPNotFound
        return event

    def _touched(self, person: CompanyPerson, token: str) -> Event | None:
        """Return a booking of this person; None for garbage and other people's tokens."""
        try:
            if self._world.owner(token).user_id != person.user_id:
                return None
            return self._world.event(token)
        except (KeyError, ValueError):
            return None

    def _zone(self, person: CompanyPerson) -> ZoneInfo:
        return ZoneInfo(self._world.mailbox(person.user_id).zone)

    def _local_now(self, person: CompanyPerson) -> datetime:
        return self._clock().astimezone(self._zone(person))

    def _start_asked_for(self, request: web.Request, person: CompanyPerson) -> datetime:
        """Read `?start=2026-11-24T09:00` (local); the next half hour when there is none."""
        now = self._local_now(person).replace(tzinfo=UTC)
        try:
            asked = datetime.strptime(request.query.get("start", ""), "%Y-%m-%dT%H:%M").replace(tzinfo=UTC)
        except ValueError:
            asked = None
        if asked is not None and abs(asked.year - now.year) <= 1:
            return asked
        midnight = datetime.combine(now.date(), time(), tzinfo=UTC)
        return midnight + ((now - midnight) // deeds.HALF_HOUR + 1) * deeds.HALF_HOUR

    def _back(self, request: web.Request, person: CompanyPerson, event: Event, deed: Deed) -> web.HTTPSeeOther:
        """Redirect to the week of the booking; for a whole series, back to the week that was shown."""
        came_from = monday_named(request.query.get("week", ""))
        if event.kind is EventKind.MASTER and came_from is not None:
            day: date = came_from
        else:
            day = (
                event.start.astimezone(self._zone(person)).date() if isinstance(event.start, datetime) else event.start
            )
        query = {"week": week_label(day), "did": deed.value}
        if deed is not Deed.DELETED:
            query["on"] = event.token
        return web.HTTPSeeOther(URL(f"/people/{person.user_id}").with_query(query))

    def _form(self, request: web.Request, person: CompanyPerson, sheet: Sheet, *, status: int = 200) -> web.Response:
        came_from = monday_named(request.query.get("week", "")) or monday_of(self._local_now(person).date())
        page = self._renderer.form(_language(request), person, sheet, week_label(came_from))
        return self._html(request, page, status=status)

    def _html(self, request: web.Request, page: str, *, status: int = 200) -> web.Response:
        headers = {"Content-Language": _language(request), "Vary": "Cookie, Accept-Language"}
        return web.Response(text=page, content_type="text/html", charset="utf-8", status=status, headers=headers)


async def _fields(request: web.Request) -> dict[str, str]:
    """Read a form; of a field sent twice the first counts; files are ignored."""
    sent = await request.post()
    return {name: value for name in sent if isinstance(value := sent.getone(name), str)}


def _language(request: web.Request) -> str:
    chosen = request.query.get("lang") or request.cookies.get("lang", "")
    if chosen in texts.LANGUAGES:
        return chosen
    return texts.best_language(request.headers.get("Accept-Language", ""))
