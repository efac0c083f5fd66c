"""Reads the `given` part: company, people and bookings; and what operations share with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.scenarios.given import (
    BookingForm,
    Given,
    HoursForm,
    Reset,
    RuleForm,
    RulesForm,
    SeriesForm,
    TenantForm,
    UserForm,
)
from kalenderkoppling.scenarios.node import Node, demand

DEFAULT_ZONE = ZoneInfo("Europe/Stockholm")
SHOW_AS = {
    "free": ShowAs.FREE,
    "workingElsewhere": ShowAs.WORKING_ELSEWHERE,
    "tentative": ShowAs.TENTATIVE,
    "busy": ShowAs.BUSY,
    "oof": ShowAs.OUT_OF_OFFICE,
}
DIVERSIONS = {str(each): each for each in Diversion}
_DEFAULT = "default"
_WEEKDAYS = 7
_BOOKING_TEXTS = ("subject", "calendar", "location", "body")
_BOOKING_FLAGS = ("all_day", "cancelled", "declined")
_BOOKING_WORDS = ("show_as", "sensitivity")
BOOKING_KEYS = ("user", "start", "end", *_BOOKING_TEXTS, *_BOOKING_FLAGS, *_BOOKING_WORDS, "attendees", "series")


@dataclass(slots=True, kw_only=True)
class Context:
    """What has been read of a scenario so far: the company's zone, people, ids and reasons."""

    zone: ZoneInfo = DEFAULT_ZONE
    users: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    labels: set[str] = field(default_factory=set)

    def user(self, node: Node) -> str:
        """Return the name of a person who is given."""
        name = node.text()
        if name not in self.users:
            raise node.refuse(f"unknown user {name!r}")
        return name

    def label(self, node: Node) -> str:
        """Return a reason's label and add it to the company's list."""
        label = node.text().strip()
        if not label:
            raise node.refuse("a reason is a label")
        self.labels.add(label)
        return label

    def target(self, node: Node) -> str:
        """Return the id of a booking, an occurrence or an absence that the scenario makes."""
        target = node.text()
        if target not in self.ids and target.rpartition("@")[0] not in self.ids:
            raise node.refuse(f"unknown id {target!r}")
        return target


def read_given(node: Node, first_step: datetime | None, context: Context) -> Given:
    """Read the state before the first step; `now` defaults to the first step's instant."""
    fields = node.fields("now", "tenant", "users", "bookings")
    tenant = _tenant(fields.get("tenant", Node(where="given.tenant", value=None)), context)
    users = fields["users"].items() if "users" in fields else {}
    context.users.update(users)
    now = fields["now"].instant(context.zone) if "now" in fields else first_step
    if now is None:
        raise node.refuse("key 'now' is missing")
    bookings = fields["bookings"].items() if "bookings" in fields else {}
    context.ids.update(bookings)
    return Given(
        now=now,
        tenant=tenant,
        users={name: _user(name, each, context) for name, each in users.items()},
        bookings={id_: read_booking(each, context, is_new=True) for id_, each in bookings.items()},
    )


def _tenant(node: Node, context: Context) -> TenantForm:
    fields = node.fields("tz", "plugin_allowed", "show_subject", "rules", "working_hours")
    if "tz" in fields:
        context.zone = fields["tz"].zone()
    return TenantForm(
        zone=context.zone,
        plugin_allowed=fields["plugin_allowed"].flag() if "plugin_allowed" in fields else True,
        show_subject=fields["show_subject"].flag() if "show_subject" in fields else False,
        rules=read_rules(fields["rules"], context, may_ask=False) if "rules" in fields else Reset.DEFAULT,
        working_hours=read_hours(fields["working_hours"]) if "working_hours" in fields else None,
    )


def _user(name: str, node: Node, context: Context) -> UserForm:
    fields = node.fields("service", "referral", "tz", "rules", "update")
    return UserForm(
        name=name,
        service=fields["service"].flag() if "service" in fields else True,
        referral=fields["referral"].flag() if "referral" in fields else False,
        zone=fields["tz"].maybe(Node.zone) if "tz" in fields else None,
        rules=read_rules(fields["rules"], context, may_ask=True) if "rules" in fields else Reset.DEFAULT,
        update=fields["update"].flag() if "update" in fields else True,
    )


def read_rules(node: Node, context: Context, *, may_ask: bool) -> RulesForm:
    """Read `default`, or a map of show-as to a rule, null (no update) or `default`."""
    if node.value in (None, _DEFAULT, {}):
        return Reset.DEFAULT
    rules: dict[ShowAs, RuleForm | Reset | None] = {}
    for word, each in node.items().items():
        if word not in SHOW_AS:
            raise node.refuse(f"unknown show-as {word!r}; known are {', '.join(SHOW_AS)}")
        rules[SHOW_AS[word]] = _rule(each, context, may_ask=may_ask)
    return rules


def _rule(node: Node, context: Context, *, may_ask: bool) -> RuleForm | Reset | None:
    if node.is_null:
        return None
    if node.value == _DEFAULT:
        return Reset.DEFAULT
    fields = node.fields("reason", "diversion", *(("ask",) if may_ask else ()))
    return RuleForm(
        reason=fields["reason"].maybe(context.label) if "reason" in fields else None,
        diversion=fields["diversion"].one_of(DIVERSIONS) if "diversion" in fields else Diversion.NONE,
        ask=fields["ask"].flag() if "ask" in fields else False,
    )


def read_hours(node: Node) -> HoursForm | None:
    """Read working hours; null means none."""
    if node.is_null:
        return None
    fields = node.fields("days", "start", "end")
    demand(fields, node, "days", "start", "end")
    days = frozenset(each.number() for each in fields["days"].list())
    if not days or max(days) >= _WEEKDAYS:
        raise fields["days"].refuse("weekdays are 0 (Monday) to 6")
    hours = HoursForm(days=days, start=_clock(fields["start"]), end=_clock(fields["end"]))
    if hours.end <= hours.start:
        raise node.refuse("working hours must end after they start")
    return hours


def _clock(node: Node) -> time:
    seconds = node.duration().total_seconds()
    if not 0 <= seconds < 24 * 3600:
        raise node.refuse(f"a time of day is wanted, not {node.value!r}")
    return time(int(seconds // 3600), int(seconds % 3600 // 60), int(seconds % 60))


def read_booking(node: Node, context: Context, *, is_new: bool, besides: tuple[str, ...] = ()) -> BookingForm:
    """Read a booking, or changes of one; invalid values and reversed times are passed on."""
    fields = node.fields(*BOOKING_KEYS, *besides)
    if is_new:
        demand(fields, node, "user", "start", "end")
    said: dict[str, object] = {}
    for key, each in fields.items():
        if key in {"start", "end"}:
            said[key] = each.moment(context.zone)
        elif key in _BOOKING_FLAGS:
            said[key] = each.flag()
        elif key in _BOOKING_TEXTS:
            said[key] = each.maybe(Node.text) or ""
        elif key in _BOOKING_WORDS:
            said[key] = each.value
        elif key == "attendees":
            said[key] = tuple(_attendee(who) for who in each.list())
        elif key == "series":
            said[key] = each.maybe(_series)
    return BookingForm(user=context.user(fields["user"]) if "user" in fields else "", said=said)


def _attendee(node: Node) -> str:
    """Return an attendee, written as text or as a mapping with a name or an address."""
    if isinstance(node.value, dict):
        fields = node.fields("name", "address", "email")
        return next((each.text() for each in fields.values()), "")
    return node.text()


def _series(node: Node) -> SeriesForm:
    fields = node.fields("freq", "interval", "count", "until", "tz")
    demand(fields, node, "freq")
    series = SeriesForm(
        freq=fields["freq"].one_of({"daily": "daily", "weekly": "weekly"}),
        interval=fields["interval"].number() if "interval" in fields else 1,
        count=fields["count"].maybe(Node.number) if "count" in fields else None,
        until=fields["until"].maybe(Node.day) if "until" in fields else None,
        zone=fields["tz"].maybe(Node.zone) if "tz" in fields else None,
    )
    if series.interval < 1 or series.count == 0:
        raise node.refuse("interval and count start at 1")
    if series.count is not None and series.until is not None:
        raise node.refuse("a series has a count or an end date, not both")
    return series
