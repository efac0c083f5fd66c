"""Renders the pages from templates, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import jinja2
from babel.dates import format_date, get_timezone_location

from kalenderkoppling.sandbox.company import COMPANY_NAME, CompanyPerson
from kalenderkoppling.sandbox.event import Event, EventKind
from kalenderkoppling.sandbox.outlook import deeds, search, texts
from kalenderkoppling.sandbox.outlook.forecast import ABSENT_AS, Forecast, forecast
from kalenderkoppling.sandbox.outlook.form import LONGEST_SUBJECT, MOST_TIMES, NO_REPEAT, Problem
from kalenderkoppling.sandbox.outlook.week import DAY, week_label, week_of
from kalenderkoppling.sandbox.outlook.words import CHOICES, Deed, ShowAs, Standing, is_private
from kalenderkoppling.sandbox.series import Frequency
from kalenderkoppling.sandbox.world import World

CardAddress = Callable[[str], str]
"""Returns the address of a person's card in the product's directory, by user id."""

_PEOPLE_SHOWN = 8
_AHEAD = timedelta(days=62)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A form to show: its values, its problems, and the booking that it changes (None: a new one)."""

    values: Mapping[str, str]
    problems: Mapping[str, Problem] = field(default_factory=dict)
    event: Event | None = None


class Renderer:
    """Fills the templates. User input is escaped by the templates' autoescape."""

    def __init__(
        self,
        world: World,
        people: Sequence[CompanyPerson],
        clock: Callable[[], datetime],
        card_url: CardAddress | None,
    ) -> None:
        self._world = world
        self._people = search.in_order(people)
        self._clock = clock
        self._card_url = card_url
        self._templates = jinja2.Environment(
            loader=jinja2.PackageLoader("kalenderkoppling.sandbox.outlook"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def week(
        self,
        language: str,
        person: CompanyPerson,
        monday: date,
        *,
        asked: str,
        touched: Event | None,
        deed: Deed | None,
    ) -> str:
        """Show a person's week; `touched` is the booking that was chosen or that `deed` was done to."""
        words = self._words(language, person)
        shown = week_of(self._world, person.user_id, monday, self._clock())
        found = search.found(self._people, asked)
        return self._templates.get_template("week.html").render(
            words,
            week=shown,
            week_before=week_label(monday - 7 * DAY),
            week_here=week_label(monday),
            week_after=week_label(monday + 7 * DAY),
            span=_span(language, shown.monday, shown.sunday),
            asked=asked,
            found=found[:_PEOPLE_SHOWN],
            found_count=len(found),
            quick=tuple(deeds.QuickBooking),
            touched=touched,
            deed=deed,
            expectation=self._expectation(language, person, touched, deed),
        )

    def form(self, language: str, person: CompanyPerson, sheet: Sheet, week: str) -> str:
        """Show the form for a new booking or for one that exists."""
        return self._templates.get_template("form.html").render(
            self._words(language, person),
            sheet=sheet,
            values=sheet.values,
            problems=sheet.problems,
            event=sheet.event,
            week_here=week,
            can_repeat=sheet.event is None or sheet.event.kind is EventKind.MASTER,
            frequencies=(NO_REPEAT, *Frequency) if sheet.event is None else tuple(Frequency),
            standings=tuple(Standing),
            longest_subject=LONGEST_SUBJECT,
            most_times=MOST_TIMES,
            zone_name=self._zone_name(language, person),
            in_form=self._in_form(language, person),
        )

    def missing(self, language: str) -> str:
        """Return the page for an unknown address."""
        return self._templates.get_template("missing.html").render(self._common(language))

    # Inside

    def _common(self, language: str) -> dict[str, object]:
        return {
            "say": lambda key, **words: texts.say(language, key, **words),
            "language": language,
            "languages": texts.LANGUAGES,
            "company": COMPANY_NAME,
        }

    def _words(self, language: str, person: CompanyPerson) -> dict[str, object]:
        zone = ZoneInfo(self._world.mailbox(person.user_id).zone)
        return self._common(language) | {
            "person": person,
            "here": f"/people/{person.user_id}",
            "card_url": self._card_url and self._card_url(person.user_id),
            "clock_time": lambda moment: moment.astimezone(zone).strftime("%H:%M"),
            "day_name": lambda day: format_date(day, "EEE", locale=language),
            "long_day": lambda day: format_date(day, "EEEE d MMMM", locale=language),
            "when": lambda event: _when(language, event, zone),
            "show_as": ShowAs.of,
            "standing": Standing.of,
            "is_private": is_private,
            "is_series": lambda event: event.kind is not EventKind.SINGLE,
            "is_master": lambda event: event.kind is EventKind.MASTER,
            "choices": CHOICES,
        }

    def _expectation(
        self, language: str, person: CompanyPerson, touched: Event | None, deed: Deed | None
    ) -> str | None:
        """Return what the directory should show now; None where nothing was chosen or done."""
        if touched is None:
            return texts.say(language, "forecast_deleted") if deed is Deed.DELETED else None
        zone = ZoneInfo(self._world.mailbox(person.user_id).zone)
        judged = self._coming(touched)
        what = forecast(judged, zone=zone, now=self._clock(), has_service=person.has_service)
        return self._forecast_text(language, person, what, ShowAs.of(judged))

    def _forecast_text(self, language: str, person: CompanyPerson, what: Forecast, shown: ShowAs) -> str:
        reason = texts.say(language, f"reason_{ABSENT_AS[shown]}") if shown in ABSENT_AS else ""
        return texts.say(language, what, name=person.name, reason=reason, show_as=texts.say(language, shown))

    def _in_form(self, language: str, person: CompanyPerson) -> dict[str, str]:
        """Return the hints of the form by what they depend on; the style sheet shows the one that applies."""
        if not person.has_service:
            return {"always": self._forecast_text(language, person, Forecast.NO_SERVICE, ShowAs.BUSY)}
        hints = {
            "private": self._forecast_text(language, person, Forecast.PRIVATE, ShowAs.BUSY),
            "cancelled": self._forecast_text(language, person, Forecast.CANCELLED, ShowAs.BUSY),
            "declined": self._forecast_text(language, person, Forecast.DECLINED, ShowAs.BUSY),
        }
        for shown in CHOICES:
            if shown in ABSENT_AS:
                reason = texts.say(language, f"reason_{ABSENT_AS[shown]}")
                hints[shown] = texts.say(language, "form_counts", reason=reason)
            else:
                hints[shown] = self._forecast_text(language, person, Forecast.NOTHING, shown)
        return hints

    def _coming(self, event: Event) -> Event:
        """Return the booking to look for: of a series, the present or next occurrence."""
        if event.kind is not EventKind.MASTER:
            return event
        now = self._clock()
        coming = self._world.events(self._world.owner(event.token).user_id, now, now + _AHEAD)
        return next((one for one in coming if one.master == event.token), event)

    def _zone_name(self, language: str, person: CompanyPerson) -> str:
        zone = ZoneInfo(self._world.mailbox(person.user_id).zone)
        city = get_timezone_location(zone, locale=language, return_city=True)
        return f"{city}, {self._clock().astimezone(zone).strftime('UTC%z')[:6]}"


def _when(language: str, event: Event, zone: ZoneInfo) -> str:
    """Say when a booking is: `mån 23 nov. 10:00–11:00`, `mån 23 nov.`, `mån 23 nov. – ons 25 nov.`."""
    if isinstance(event.start, datetime) and isinstance(event.end, datetime):
        start, end = event.start.astimezone(zone), event.end.astimezone(zone)
        first, last = _short_day(language, start), _short_day(language, end)
        until = f"–{end:%H:%M}" if first == last else f" – {last} {end:%H:%M}"
        return f"{first} {start:%H:%M}{until}"
    first, last = _short_day(language, event.start), _short_day(language, event.end - DAY)
    days = first if first == last else f"{first} – {last}"
    return f"{days}, {texts.say(language, 'all_day_short')}"


def _short_day(language: str, day: date) -> str:
    return format_date(day, "EEE d MMM", locale=language)


def _span(language: str, first: date, last: date) -> str:
    """Say `23–29 november 2026`, naming months and years once where they are the same."""
    pattern = "d" if (first.year, first.month) == (last.year, last.month) else "d MMMM"
    pattern = pattern if first.year == last.year else "d MMMM y"
    gap = "–" if pattern == "d" else " – "
    return f"{format_date(first, pattern, locale=language)}{gap}{format_date(last, 'd MMMM y', locale=language)}"
