"""Reads operations and faults; an unknown one is refused by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.domain.booking import ChoiceKind
from kalenderkoppling.scenarios.given import BookingForm
from kalenderkoppling.scenarios.node import Node, demand
from kalenderkoppling.scenarios.operations import (
    AdminRules,
    AdminSettings,
    AdminUser,
    CalendarReach,
    Call,
    CancelBooking,
    CreateAbsence,
    CreateBooking,
    DeleteBooking,
    EditAbsence,
    Operation,
    Override,
    RemoveAbsence,
    Restart,
    Resync,
    SetOwnRules,
    SetOwnSwitch,
    UpdateBooking,
    occurrence,
)
from kalenderkoppling.scenarios.read_fault import read_fault
from kalenderkoppling.scenarios.read_given import (
    BOOKING_KEYS,
    DIVERSIONS,
    Context,
    read_booking,
    read_hours,
    read_rules,
)

_BY = {"user": False, "attendant": True}

Said = int | bool | str | timedelta


def _create_booking(node: Node, context: Context) -> Operation:
    """Read a new booking; its fields may stand in the operation itself or under `set` or `booking`."""
    fields = node.fields("op", "id", "set", "booking", *BOOKING_KEYS)
    demand(fields, node, "id")
    id_ = fields["id"].text()
    context.ids.add(id_)
    nested: dict[str, object] = {}
    for key in ("booking", "set"):
        if key in fields:
            nested.update(_values(fields[key]))
    own = {key: each.value for key, each in fields.items() if key in BOOKING_KEYS}
    booking = Node(where=node.where, value={**nested, **own})
    return CreateBooking(id=id_, booking=read_booking(booking, context, is_new=True))


def _values(node: Node) -> dict[str, object]:
    return {key: each.value for key, each in node.items().items()}


def _update_booking(node: Node, context: Context) -> Operation:
    fields = node.fields("op", "id", "set")
    demand(fields, node, "id", "set")
    return UpdateBooking(id=context.target(fields["id"]), change=_change(fields["set"], context))


def _change(node: Node, context: Context) -> BookingForm:
    change = read_booking(node, context, is_new=False)
    if change.user:
        raise node.refuse("unknown key 'user': a booking stays with its owner")
    return change


def _delete_booking(node: Node, context: Context) -> Operation:
    return DeleteBooking(id=_id_of(node, context))


def _cancel_booking(node: Node, context: Context) -> Operation:
    return CancelBooking(id=_id_of(node, context))


def _id_of(node: Node, context: Context) -> str:
    fields = node.fields("op", "id")
    demand(fields, node, "id")
    return context.target(fields["id"])


def _series_exception(node: Node, context: Context) -> Operation:
    fields = node.fields("op", "id", "occurrence", "set")
    demand(fields, node, "id", "occurrence", "set")
    return UpdateBooking(id=_occurrence(fields, context), change=_change(fields["set"], context))


def _series_skip(node: Node, context: Context) -> Operation:
    fields = node.fields("op", "id", "occurrence")
    demand(fields, node, "id", "occurrence")
    return DeleteBooking(id=_occurrence(fields, context))


def _occurrence(fields: Mapping[str, Node], context: Context) -> str:
    series = context.target(fields["id"])
    named = fields["occurrence"].text()
    day: date = Node(where=fields["occurrence"].where, value=named.rpartition("@")[2]).day()
    return occurrence(series, day)


def _admin_rules(node: Node, context: Context) -> Operation:
    fields = node.fields("op", "set")
    demand(fields, node, "set")
    return AdminRules(rules=read_rules(fields["set"], context, may_ask=False))


def _admin_set(node: Node, _: Context) -> Operation:
    fields = node.fields("op", "set")
    demand(fields, node, "set")
    settings = fields["set"].fields("plugin_allowed", "show_subject", "working_hours")
    return AdminSettings(
        said=frozenset(settings),
        plugin_allowed=settings["plugin_allowed"].flag() if "plugin_allowed" in settings else True,
        show_subject=settings["show_subject"].flag() if "show_subject" in settings else False,
        working_hours=read_hours(settings["working_hours"]) if "working_hours" in settings else None,
    )


def _admin_user(node: Node, context: Context) -> Operation:
    fields = node.fields("op", "user", "set")
    demand(fields, node, "user", "set")
    services = fields["set"].fields("service", "referral")
    return AdminUser(
        user=context.user(fields["user"]),
        service=services["service"].flag() if "service" in services else None,
        referral=services["referral"].flag() if "referral" in services else None,
    )


def _user_rules(node: Node, context: Context) -> Operation:
    fields = node.fields("op", "user", "set")
    demand(fields, node, "user", "set")
    return SetOwnRules(user=context.user(fields["user"]), rules=read_rules(fields["set"], context, may_ask=True))


def _user_update(node: Node, context: Context) -> Operation:
    fields = node.fields("op", "user", "value")
    demand(fields, node, "user", "value")
    return SetOwnSwitch(user=context.user(fields["user"]), update=fields["value"].flag())


def _user_override(node: Node, context: Context) -> Operation:
    fields = node.fields("op", "user", "target", "set")
    demand(fields, node, "user", "target", "set")
    user, target = context.user(fields["user"]), context.target(fields["target"])
    chosen = fields["set"]
    if chosen.value in (None, "rule", "default", {}):
        return Override(user=user, target=target, kind=ChoiceKind.RULE)
    choice = chosen.fields("sync", "reason", "diversion")
    kind = ChoiceKind.SET
    if "sync" in choice:
        kind = choice["sync"].one_of(_SYNC) if isinstance(choice["sync"].value, str) else _synced(choice["sync"])
    if kind is not ChoiceKind.SET:
        return Override(user=user, target=target, kind=kind)
    return Override(
        user=user,
        target=target,
        kind=kind,
        reason=choice["reason"].maybe(context.label) if "reason" in choice else None,
        diversion=_diversion(choice),
    )


_SYNC = {str(kind): kind for kind in ChoiceKind}


def _synced(node: Node) -> ChoiceKind:
    return ChoiceKind.SET if node.flag() else ChoiceKind.NO


def _diversion(fields: Mapping[str, Node]) -> Diversion | None:
    if "diversion" not in fields or fields["diversion"].is_null:
        return None
    return fields["diversion"].one_of(DIVERSIONS)


def _edit(node: Node, context: Context) -> Operation:
    fields = node.fields("op", "by", "target", "set")
    demand(fields, node, "target", "set")
    laid = fields["set"].fields("start", "end", "reason", "diversion")
    return EditAbsence(
        by_attendant=_by_attendant(fields),
        target=context.target(fields["target"]),
        start=laid["start"].maybe(lambda each: each.instant(context.zone)) if "start" in laid else None,
        end=laid["end"].maybe(lambda each: each.instant(context.zone)) if "end" in laid else None,
        reason=laid["reason"].maybe(context.label) if "reason" in laid else None,
        diversion=_diversion(laid),
    )


def _by_attendant(fields: Mapping[str, Node]) -> bool:
    return fields["by"].one_of(_BY) if "by" in fields else False


def _remove(node: Node, context: Context) -> Operation:
    fields = node.fields("op", "by", "target")
    demand(fields, node, "target")
    return RemoveAbsence(by_attendant=_by_attendant(fields), target=context.target(fields["target"]))


def _create_absence(node: Node, context: Context) -> Operation:
    fields = node.fields("op", "by", "user", "id", "start", "end", "reason", "diversion")
    demand(fields, node, "user", "id", "start", "end")
    id_ = fields["id"].text()
    if id_ in context.ids:
        raise node.refuse(f"the id {id_!r} is taken")
    context.ids.add(id_)
    return CreateAbsence(
        by_attendant=_by_attendant(fields),
        user=context.user(fields["user"]),
        id=id_,
        start=fields["start"].instant(context.zone),
        end=fields["end"].instant(context.zone),
        reason=fields["reason"].maybe(context.label) if "reason" in fields else None,
        diversion=_diversion(fields) or Diversion.NONE,
    )


def _call(*, is_on: bool) -> Callable[[Node, Context], Operation]:
    def read(node: Node, context: Context) -> Operation:
        fields = node.fields("op", "user")
        demand(fields, node, "user")
        return Call(user=context.user(fields["user"]), is_on=is_on)

    return read


def _alone(operation: Operation) -> Callable[[Node, Context], Operation]:
    def read(node: Node, _: Context) -> Operation:
        node.fields("op")
        return operation

    return read


def _resync(node: Node, _: Context) -> Operation:
    fields = node.fields("op", "mode")
    if "mode" in fields:
        fields["mode"].one_of({"full": "full"})
    return Resync()


_READ: Mapping[str, Callable[[Node, Context], Operation]] = {
    "booking.create": _create_booking,
    "booking.update": _update_booking,
    "booking.delete": _delete_booking,
    "booking.cancel": _cancel_booking,
    "series.exception": _series_exception,
    "series.skip": _series_skip,
    "admin.rules": _admin_rules,
    "admin.set": _admin_set,
    "admin.user": _admin_user,
    "user.rules": _user_rules,
    "user.update": _user_update,
    "user.override": _user_override,
    "edit": _edit,
    "remove": _remove,
    "absence.create": _create_absence,
    "call.start": _call(is_on=True),
    "call.end": _call(is_on=False),
    "calendar.down": _alone(CalendarReach(is_up=False)),
    "calendar.up": _alone(CalendarReach(is_up=True)),
    "resync": _resync,
    "crash": _alone(Restart(is_crash=True)),
    "restart": _alone(Restart(is_crash=False)),
    "fault": read_fault,
}


def read_operation(node: Node, context: Context) -> Operation:
    """Read one operation.

    Raises:
        RefusedError: it, or one of its keys or values, is unknown; the message names it.
    """
    if isinstance(node.value, str):
        # A bare word, for operations without parameters.
        node = Node(where=node.where, value={"op": node.value})
    fields = node.items()
    demand(fields, node, "op")
    name = fields["op"].value
    if not isinstance(name, str) or name not in _READ:
        raise node.refuse(f"unknown operation {name!r}")
    return _READ[name](Node(where=f"{node.where} ({name})", value=node.value), context)
