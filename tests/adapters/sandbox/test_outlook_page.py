"""The pretend Outlook over plain HTTP: what a browser without script would do."""

import io
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from html import unescape
from string import Formatter

import aiohttp
import pytest
import pytest_asyncio

from kalenderkoppling.sandbox import (
    Change,
    ChangeType,
    CompanyPerson,
    Event,
    Frequency,
    Mailbox,
    Recurrence,
    World,
    pretend_people,
)
from kalenderkoppling.sandbox.company import open_mailboxes
from kalenderkoppling.sandbox.outlook import OutlookPage, texts
from kalenderkoppling.sandbox.outlook.week import monday_named, week_of
from kktest.pretend import MONDAY_MORNING, STOCKHOLM, StandingClock

MONDAY = date(2027, 2, 1)
FORM = {
    "subject": "Byggmöte",
    "start": "2027-02-01T10:00",
    "end": "2027-02-01T11:00",
    "first_day": "2027-02-01",
    "last_day": "2027-02-01",
    "show_as": "busy",
    "standing": "on",
    "repeat": "none",
    "count": "5",
}


def at(hour: float, day: int = 1) -> datetime:
    return datetime(2027, 2, day, tzinfo=STOCKHOLM) + timedelta(hours=hour)


@dataclass(slots=True)
class Answer:
    status: int
    url: str
    text: str
    headers: Mapping[str, str]

    @property
    def seen(self) -> str:
        """What a reader sees: no tags, entities resolved, blanks joined."""
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", self.text)).split())

    @property
    def problems(self) -> set[str]:
        """The fields that bear a message."""
        return set(re.findall(r'<p class="problem" id="(\w+)-problem">', self.text))


@dataclass(slots=True)
class Visitor:
    """Somebody at the page, with one person's calendar open."""

    page: OutlookPage
    session: aiohttp.ClientSession
    world: World
    person: CompanyPerson
    told: list[Change] = field(default_factory=list)

    @property
    def here(self) -> str:
        return f"/people/{self.person.user_id}"

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.ask("GET", path, headers=headers)

    async def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        return await self.ask("POST", path, fields, {"Origin": self.page.url.rstrip("/")})

    async def ask(
        self,
        method: str,
        path: str,
        fields: Mapping[str, str] | io.BytesIO | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        headers = {"Accept-Language": "sv", **(headers or {})}
        url = self.page.url.rstrip("/") + path
        async with self.session.request(method, url, data=fields, headers=headers) as answer:
            return Answer(answer.status, str(answer.url), await answer.text(), dict(answer.headers))

    async def book(self, **fields: str) -> Answer:
        return await self.post(f"{self.here}/new", {**FORM, **fields})

    async def book_without(self, name: str, **fields: str) -> Answer:
        return await self.post(f"{self.here}/new", {key: val for key, val in {**FORM, **fields}.items() if key != name})

    def events(self) -> list[Event]:
        return self.world.events(self.person.user_id, at(0) - timedelta(days=400), at(0) + timedelta(days=400))

    def only(self) -> Event:
        (event,) = self.events()
        return event

    def at(self, event: Event) -> str:
        return f"{self.here}/bookings/{event.token}"

    def make(self) -> Event:
        made = self.world.create_event(self.person.user_id, start=at(10), end=at(11), subject="Byggmöte")
        self.told.clear()
        return made


@pytest.fixture
def people(world: World) -> list[CompanyPerson]:
    people = pretend_people(40)
    open_mailboxes(world, people)
    return people


@pytest_asyncio.fixture
async def page(world: World, clock: StandingClock, people: list[CompanyPerson]) -> AsyncIterator[OutlookPage]:
    async with OutlookPage(world, people, clock, directory_url="http://127.0.0.1:8000") as running:
        yield running


@pytest_asyncio.fixture
async def visitor(page: OutlookPage, world: World, people: list[CompanyPerson]) -> AsyncIterator[Visitor]:
    person = next(person for person in people if person.has_service)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        visitor = Visitor(page, session, world, person)
        world.on_change(visitor.told.append)
        yield visitor


# The pages


async def test_the_first_page_shows_somebody_with_the_service(visitor: Visitor, people: list[CompanyPerson]) -> None:
    answer = await visitor.get("/")
    shown = next(person for person in people if answer.url.endswith(person.user_id))
    assert shown.has_service


async def test_every_page_says_that_it_belongs_to_the_demo(visitor: Visitor) -> None:
    pages = [await visitor.get(path) for path in (visitor.here, f"{visitor.here}/new", "/nowhere")]
    assert all("Låtsas-Outlook – hör till demon, inte till produkten" in page.seen for page in pages)


async def test_the_week_shows_a_booking_with_time_show_as_lock_and_series_mark(visitor: Visitor) -> None:
    visitor.world.create_series(
        visitor.person.user_id,
        Recurrence(freq=Frequency.WEEKLY),
        start=at(10),
        end=at(11),
        subject="Veckomöte",
        sensitivity="private",
        show_as="tentative",
    )
    assert "Privat Återkommande Veckomöte 10:00–11:00 Preliminärt" in (await visitor.get(visitor.here)).seen


async def test_an_all_day_booking_stands_on_each_of_its_days(visitor: Visitor) -> None:
    visitor.world.create_event(visitor.person.user_id, start=MONDAY, end=date(2027, 2, 4), subject="Semester")
    assert (await visitor.get(visitor.here)).seen.count("Semester Heldag Upptagen") == 3


async def test_times_are_those_of_the_mailbox(page: OutlookPage, visitor: Visitor) -> None:
    visitor.world.mailbox(visitor.person.user_id).zone = "Europe/Helsinki"
    visitor.make()
    assert "11:00–12:00" in (await visitor.get(visitor.here)).seen


async def test_today_is_marked_in_its_week_only(visitor: Visitor) -> None:
    this, following = [await visitor.get(f"{visitor.here}?week=2027-W{week}") for week in ("05", "06")]
    assert (this.text.count("is-today"), following.text.count("is-today")) == (1, 0)


@pytest.mark.parametrize("week", ["", "2027-W99", "0000-W01", "9999-W53", "²-W1", "x" * 2000, "2027-W05-1"])
async def test_a_garbled_week_shows_some_week(visitor: Visitor, week: str) -> None:
    assert (await visitor.get(f"{visitor.here}?week={week}")).status == 200


async def test_people_are_found_by_department_without_dots_and_rings(
    visitor: Visitor, people: list[CompanyPerson]
) -> None:
    sought = next(person for person in people if "Miljö" in person.department)
    answer = await visitor.get(f"{visitor.here}?q=miljo+{sought.given_name}")
    assert f"/people/{sought.user_id}?" in answer.text


async def test_a_search_without_hits_says_so(visitor: Visitor) -> None:
    assert "Ingen träff på ”<b>”." in unescape((await visitor.get(f"{visitor.here}?q=<b>")).text)


async def test_the_card_in_the_directory_is_linked(visitor: Visitor) -> None:
    card = f'href="http://127.0.0.1:8000/people/{visitor.person.user_id}" target="directory"'
    assert card in (await visitor.get(visitor.here)).text


async def test_the_composition_can_map_people_to_their_cards(
    world: World, clock: StandingClock, people: list[CompanyPerson]
) -> None:
    mapped = OutlookPage(world, people, clock, card_url=lambda user: f"http://127.0.0.1:1/card-{user}")
    async with mapped as page, aiohttp.ClientSession() as session, session.get(page.url) as answer:
        assert 'href="http://127.0.0.1:1/card-' in await answer.text()


@pytest.mark.parametrize(("language", "word"), [("sv", "Ny bokning"), ("en", "New booking"), ("nb", "Ny avtale")])
async def test_the_page_speaks_the_readers_language(visitor: Visitor, language: str, word: str) -> None:
    assert word in (await visitor.get(visitor.here, **{"Accept-Language": f"fi, {language};q=0.8"})).seen


async def test_a_chosen_language_stays(visitor: Visitor) -> None:
    await visitor.get(f"{visitor.here}?lang=en")
    assert "New booking" in (await visitor.get(visitor.here)).seen


@pytest.mark.parametrize("path", ["/people/nobody", "/people/{}/bookings/e1", "/people/{}/bookings/e1@tomorrow", "/x"])
async def test_what_does_not_exist_has_a_page_that_says_so(visitor: Visitor, path: str) -> None:
    answer = await visitor.get(path.format(visitor.person.user_id))
    assert (answer.status, "Det finns inget här" in answer.seen) == (404, True)


async def test_a_booking_of_somebody_else_is_not_found_below_this_person(
    visitor: Visitor, people: list[CompanyPerson]
) -> None:
    other = next(person for person in people if person is not visitor.person)
    event = visitor.world.create_event(other.user_id, start=at(8), end=at(9))
    assert (await visitor.post(f"{visitor.at(event)}/delete", {})).status == 404


# Making, changing, deleting


async def test_a_booking_is_made_with_what_was_typed(visitor: Visitor) -> None:
    await visitor.book(subject="Besök", show_as="oof", private="on")
    event = visitor.only()
    assert (event.subject, event.start, event.end, event.show_as, event.sensitivity) == (
        "Besök",
        at(10),
        at(11),
        "oof",
        "private",
    )


async def test_subscribers_are_told_once_of_each_deed(visitor: Visitor) -> None:
    await visitor.book()
    await visitor.post(f"{visitor.at(visitor.only())}/move", {"to": "later"})
    await visitor.post(f"{visitor.at(visitor.only())}/private", {"private": "on"})
    await visitor.post(f"{visitor.at(visitor.only())}/delete", {})
    kinds = [change.type for change in visitor.told]
    assert kinds == [ChangeType.CREATED, ChangeType.UPDATED, ChangeType.UPDATED, ChangeType.DELETED]


async def test_after_a_deed_the_week_of_the_booking_is_shown(visitor: Visitor) -> None:
    answer = await visitor.book(start="2027-02-10T10:00", end="2027-02-10T11:00")
    assert "week=2027-W06" in answer.url
    assert "Bokat" in answer.seen


async def test_an_all_day_booking_includes_its_last_day(visitor: Visitor) -> None:
    await visitor.book(all_day="on", first_day="2027-02-01", last_day="2027-02-02", start="", end="")
    assert (visitor.only().start, visitor.only().end) == (date(2027, 2, 1), date(2027, 2, 3))


@pytest.mark.parametrize(("repeat", "days"), [("daily", [1, 2, 3]), ("weekly", [1, 8, 15])])
async def test_a_booking_repeats_as_many_times_as_asked(visitor: Visitor, repeat: str, days: list[int]) -> None:
    await visitor.book(repeat=repeat, count="3")
    assert [event.start for event in visitor.events()] == [at(10, day) for day in days]


async def test_only_what_was_touched_changes(visitor: Visitor) -> None:
    event = visitor.world.create_event(
        visitor.person.user_id, start=at(10), end=at(11) + timedelta(seconds=30), sensitivity="confidential"
    )
    await visitor.post(visitor.at(event), {**FORM, "subject": "Nytt", "private": "on"})
    changed = visitor.only()
    assert (changed.subject, changed.end, changed.sensitivity) == ("Nytt", event.end, "confidential")


async def test_saving_without_a_change_tells_nobody(visitor: Visitor) -> None:
    await visitor.post(visitor.at(visitor.make()), FORM)
    assert visitor.told == []


@pytest.mark.parametrize(
    ("standing", "expected"), [("cancelled", (True, "organizer")), ("declined", (False, "declined"))]
)
async def test_a_meeting_is_cancelled_or_declined(visitor: Visitor, standing: str, expected: tuple[bool, str]) -> None:
    await visitor.post(visitor.at(visitor.make()), {**FORM, "standing": standing})
    assert (visitor.only().is_cancelled, visitor.only().response) == expected


async def test_moving_shifts_by_half_an_hour(visitor: Visitor) -> None:
    await visitor.post(f"{visitor.at(visitor.make())}/move", {"to": "earlier"})
    assert (visitor.only().start, visitor.only().end) == (at(9.5), at(10.5))


async def test_moving_an_all_day_booking_shifts_by_a_day(visitor: Visitor) -> None:
    event = visitor.world.create_event(visitor.person.user_id, start=MONDAY, end=date(2027, 2, 2))
    await visitor.post(f"{visitor.at(event)}/move", {"to": "later"})
    assert visitor.only().start == date(2027, 2, 2)


async def test_the_lock_is_taken_off(visitor: Visitor) -> None:
    event = visitor.world.create_event(visitor.person.user_id, start=at(8), end=at(9), sensitivity="personal")
    await visitor.post(f"{visitor.at(event)}/private", {"private": "off"})
    assert visitor.only().sensitivity == "normal"


def three_weeks(visitor: Visitor) -> Event:
    return visitor.world.create_series(
        visitor.person.user_id,
        Recurrence(freq=Frequency.WEEKLY, count=3),
        start=at(10),
        end=at(11),
        subject="Byggmöte",
    )


async def test_one_occurrence_is_changed_alone(visitor: Visitor) -> None:
    three_weeks(visitor)
    second = {**FORM, "start": "2027-02-08T14:00", "end": "2027-02-08T15:00"}
    await visitor.post(visitor.at(visitor.events()[1]), second)
    assert [event.start for event in visitor.events()] == [at(10), at(14, 8), at(10, 15)]


async def test_a_whole_series_is_changed_and_keeps_its_exceptions(visitor: Visitor) -> None:
    master = three_weeks(visitor)
    visitor.world.change_occurrence(master.token, date(2027, 2, 8), start=at(14, 8), end=at(15, 8))
    await visitor.post(visitor.at(master), {**FORM, "show_as": "oof", "repeat": "weekly", "count": "3"})
    assert [(event.start, event.show_as) for event in visitor.events()] == [
        (at(10), "oof"),
        (at(14, 8), "oof"),
        (at(10, 15), "oof"),
    ]


async def test_a_series_gets_another_pattern(visitor: Visitor) -> None:
    master = three_weeks(visitor)
    await visitor.post(visitor.at(master), {**FORM, "repeat": "daily", "count": "2"})
    assert [event.start for event in visitor.events()] == [at(10, 1), at(10, 2)]


async def test_one_occurrence_is_deleted_alone(visitor: Visitor) -> None:
    three_weeks(visitor)
    await visitor.post(f"{visitor.at(visitor.events()[1])}/delete", {})
    assert [event.start for event in visitor.events()] == [at(10), at(10, 15)]


async def test_a_whole_series_is_deleted(visitor: Visitor) -> None:
    await visitor.post(f"{visitor.at(three_weeks(visitor))}/delete", {})
    assert visitor.events() == []


async def test_changing_a_series_that_began_long_ago_stays_in_the_week_one_came_from(visitor: Visitor) -> None:
    answer = await visitor.post(f"{visitor.at(three_weeks(visitor))}/move?week=2027-W07", {"to": "later"})
    assert "week=2027-W07" in answer.url


@pytest.mark.parametrize(
    ("kind", "booked"),
    [
        ("meeting_now", (at(7), at(7.5), "busy", "normal")),
        ("lunch", (at(12), at(13), "oof", "normal")),
        ("day_off", (date(2027, 2, 2), date(2027, 2, 3), "oof", "normal")),
        ("doctor", (at(15), at(16), "busy", "private")),
    ],
)
async def test_one_click_books(visitor: Visitor, kind: str, booked: tuple[object, ...]) -> None:
    await visitor.post(f"{visitor.here}/quick", {"kind": kind})
    made = visitor.only()
    assert (made.start, made.end, made.show_as, made.sensitivity) == booked


# What should be seen in the directory


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"start": "2027-02-01T06:30", "end": "2027-02-01T08:00"}, "ska bli orange, med en triangel, orsaken ”Möte”"),
        ({"show_as": "oof"}, "En gul frånvaro, ”Frånvarande”, ska dyka upp"),
        ({"show_as": "tentative"}, "”Preliminärt” ger ingen frånvaro enligt standardmallen"),
        ({"private": "on"}, "Inget spår ska synas"),
        ({"standing": "cancelled"}, "ett inställt möte ger ingen frånvaro"),
        ({"standing": "declined"}, "den som tackat nej är inte frånvarande"),
        ({"start": "2027-02-01T05:00", "end": "2027-02-01T07:00"}, "tiden har redan passerat"),
        ({"start": "2027-06-01T05:00", "end": "2027-06-01T07:00"}, "telefonboken ser 60 dagar framåt"),
    ],
)
async def test_the_hint_says_what_the_booking_should_do(visitor: Visitor, fields: dict[str, str], said: str) -> None:
    assert said in (await visitor.book(**fields)).seen


async def test_the_hint_says_when_the_calendar_is_never_read(visitor: Visitor, people: list[CompanyPerson]) -> None:
    visitor.person = next(person for person in people if not person.has_service)
    assert "har inte kalenderkoppling" in (await visitor.book()).seen


async def test_the_hint_of_a_deletion_says_that_the_absence_goes(visitor: Visitor) -> None:
    answer = await visitor.post(f"{visitor.at(visitor.make())}/delete", {})
    assert "Borttaget Titta i telefonboken Gav bokningen en frånvaro ska den vara borta" in answer.seen


# Bad input


@pytest.mark.parametrize(
    ("fields", "field_name"),
    [
        ({"end": "2027-02-01T09:00"}, "end"),
        ({"end": "2027-02-01T10:00"}, "end"),
        ({"start": ""}, "start"),
        ({"start": "tomorrow"}, "start"),
        ({"start": "2027-02-30T10:00"}, "start"),
        ({"start": "2027-02-01T10:00:xx"}, "start"),
        ({"end": "9999-12-31T23:59"}, "end"),
        ({"start": "0001-01-01T00:00"}, "start"),
        ({"start": "2027-02-01T10:00" + "0" * 10_000}, "start"),
        ({"all_day": "on", "last_day": "2027-01-31"}, "last_day"),
        ({"all_day": "on", "first_day": ""}, "first_day"),
        ({"all_day": "on", "first_day": "<script>"}, "first_day"),
        ({"all_day": "on", "last_day": "9999-12-31"}, "last_day"),
        ({"subject": "å" * 10_000}, "subject"),
        ({"subject": "a\x00b"}, "subject"),
        ({"show_as": "asleep"}, "show_as"),
        ({"show_as": "unknown"}, "show_as"),
        ({"standing": "maybe"}, "standing"),
        ({"repeat": "hourly"}, "repeat"),
        ({"repeat": "daily", "count": "0"}, "count"),
        ({"repeat": "daily", "count": "1e9"}, "count"),
        ({"repeat": "daily", "count": "²"}, "count"),
        ({"repeat": "daily", "count": "9" * 5_000}, "count"),
    ],
)
async def test_a_wrong_field_gets_the_message_and_nothing_is_booked(
    visitor: Visitor, fields: dict[str, str], field_name: str
) -> None:
    answer = await visitor.book(**fields)
    assert (answer.status, answer.problems, visitor.events()) == (422, {field_name}, [])


@pytest.mark.parametrize("missing", ["start", "end", "show_as"])
async def test_a_missing_field_is_refused(visitor: Visitor, missing: str) -> None:
    assert (await visitor.book_without(missing)).problems == {missing}


async def test_a_refused_change_leaves_the_booking_and_what_was_typed(visitor: Visitor) -> None:
    event = visitor.make()
    answer = await visitor.post(visitor.at(event), {**FORM, "subject": "Annat", "end": "2027-02-01T09:00"})
    assert (visitor.only(), visitor.told, 'value="Annat"' in answer.text) == (event, [], True)


async def test_html_in_a_subject_is_text(visitor: Visitor) -> None:
    answer = await visitor.book(subject="<img src=x onerror=alert(1)>")
    assert "<img" not in answer.text
    assert "<img src=x onerror=alert(1)>" in unescape(answer.text)


async def test_a_body_over_a_megabyte_is_refused(visitor: Visitor) -> None:
    headers = {"Origin": visitor.page.url.rstrip("/"), "Content-Type": "application/x-www-form-urlencoded"}
    body = io.BytesIO(b"subject=" + b"x" * 1_100_000)
    answer = await visitor.ask("POST", f"{visitor.here}/new", body, headers)
    assert (answer.status, visitor.events()) == (413, [])


@pytest.mark.parametrize("path", ["quick", "new"])
async def test_an_empty_form_books_nothing(visitor: Visitor, path: str) -> None:
    await visitor.post(f"{visitor.here}/{path}", {})
    assert visitor.events() == []


# Who may ask


@pytest.mark.parametrize("host", ["outlook.example", "127.0.0.1", "127.0.0.1.example:80", "192.0.2.1:8080", ""])
async def test_a_foreign_host_is_refused(visitor: Visitor, host: str) -> None:
    assert (await visitor.get(visitor.here, Host=host)).status == 421


async def test_localhost_is_this_machine(visitor: Visitor) -> None:
    port = visitor.page.url.rstrip("/").rpartition(":")[2]
    assert (await visitor.get(visitor.here, Host=f"localhost:{port}")).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    ],
)
async def test_a_form_from_elsewhere_is_refused(visitor: Visitor, headers: dict[str, str]) -> None:
    answer = await visitor.ask("POST", f"{visitor.here}/new", FORM, headers)
    assert (answer.status, visitor.events()) == (403, [])


@pytest.mark.parametrize("path", ["/", "/nowhere", "/static/outlook.css", "/grid.css"])
async def test_every_answer_forbids_inline_script_and_framing(visitor: Visitor, path: str) -> None:
    policy = (await visitor.get(path)).headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


async def test_pages_hold_no_inline_style_or_script(visitor: Visitor) -> None:
    visitor.make()
    pages = [await visitor.get(path) for path in (visitor.here, f"{visitor.here}/new")]
    inline = re.compile(r"<style|\sstyle=|\son\w+=|<script(?! type=\"module\" src=)")
    assert [found for page in pages for found in inline.findall(page.text)] == []


async def test_reading_changes_nothing(visitor: Visitor) -> None:
    event = visitor.make()
    for path in ("", "/move", "/delete", "/private"):
        await visitor.get(f"{visitor.at(event)}{path}")
    assert (visitor.only(), visitor.told) == (event, [])


async def test_only_this_machine_can_connect(page: OutlookPage) -> None:
    assert page.url.startswith("http://127.0.0.1:")


# The texts


def gaps(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_each_language_has_the_same_texts(language: str) -> None:
    assert texts.TEXTS[language].keys() == texts.TEXTS["sv"].keys()


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_each_text_has_the_same_gaps_in_each_language(language: str) -> None:
    theirs, ours = texts.TEXTS[language], texts.TEXTS["sv"]
    assert [key for key in ours if gaps(theirs[key]) != gaps(ours[key])] == []


# The layout


def layout(world: World, mailbox: Mailbox, clock: StandingClock) -> list[tuple[str, int, int, int, int]]:
    days = week_of(world, mailbox.user_id, MONDAY, clock()).days
    return [
        (block.event.subject, block.top, block.bottom, block.lane, block.lanes) for day in days for block in day.timed
    ]


def test_bookings_that_overlap_stand_beside_each_other(world: World, kim: Mailbox, clock: StandingClock) -> None:
    for subject, start, end in (("a", 7, 9), ("b", 8, 10), ("c", 10, 11)):
        world.create_event(kim.user_id, start=at(start), end=at(end), subject=subject)
    assert layout(world, kim, clock) == [("a", 1, 25, 1, 2), ("b", 13, 37, 2, 2), ("c", 37, 49, 1, 1)]


def test_a_booking_over_midnight_stands_on_both_days(world: World, kim: Mailbox, clock: StandingClock) -> None:
    world.create_event(kim.user_id, start=at(22), end=at(26), subject="a")
    assert layout(world, kim, clock) == [("a", 22 * 12 + 1, 24 * 12 + 1, 1, 1), ("a", 1, 25, 1, 1)]


def test_a_booking_of_no_length_can_still_be_hit(world: World, kim: Mailbox, clock: StandingClock) -> None:
    world.create_event(kim.user_id, start=at(8), end=at(8), subject="a")
    assert layout(world, kim, clock) == [("a", 13, 19, 1, 1)]


def test_a_booking_at_the_end_of_the_day_stays_inside_it(world: World, kim: Mailbox, clock: StandingClock) -> None:
    world.create_event(kim.user_id, start=at(23.9), end=at(24), subject="a")
    assert [bottom - 12 * (24 - 7) for _, _, bottom, _, _ in layout(world, kim, clock)] == [1]


def test_the_hours_shown_hold_the_present(world: World, kim: Mailbox, clock: StandingClock) -> None:
    clock.now = MONDAY_MORNING.replace(hour=3)
    assert week_of(world, kim.user_id, MONDAY, clock()).hours == range(3, 18)


def test_an_all_day_booking_keeps_its_lane_over_its_days(world: World, kim: Mailbox, clock: StandingClock) -> None:
    for first, last in ((1, 3), (2, 5), (3, 5)):
        world.create_event(kim.user_id, start=date(2027, 2, first), end=date(2027, 2, last))
    lanes = [[bar.lane for bar in day.all_day] for day in week_of(world, kim.user_id, MONDAY, clock()).days[:4]]
    assert lanes == [[1], [1, 2], [2, 1], [2, 1]]


@pytest.mark.parametrize("day", [date(2026, 12, 31), date(2027, 1, 1)])
def test_the_turn_of_the_year_belongs_to_week_53(day: date) -> None:
    monday = monday_named("2026-W53")
    assert monday is not None
    assert monday <= day < monday + timedelta(days=7)
