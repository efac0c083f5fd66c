"""What administrators, the person and attendants do, through the use cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.absence import MEETING, AbsenceId, ReasonKey
from kalenderkoppling.domain.booking import BookingKey, Choice, ShowAs
from kalenderkoppling.domain.errors import NotFoundError, RefusedError
from kalenderkoppling.domain.person import Entitlements, LineState, PersonId, Role
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import (
    STANDARD_TEMPLATE,
    Layer,
    LayerKind,
    OwnRule,
    OwnRules,
    Rule,
    WorkingHours,
)
from kalenderkoppling.sandbox import ids
from kalenderkoppling.scenarios.given import HoursForm, Reset, RuleForm, RulesForm
from kalenderkoppling.scenarios.operations import (
    AdminRules,
    AdminSettings,
    AdminUser,
    ByPeople,
    Call,
    CreateAbsence,
    EditAbsence,
    Override,
    RemoveAbsence,
    SetOwnRules,
    SetOwnSwitch,
)
from kalenderkoppling.scenarios.system import System
from kalenderkoppling.usecases.absences.create_absence import NewAbsence, create_absence
from kalenderkoppling.usecases.absences.edit_absence import edit_absence
from kalenderkoppling.usecases.absences.fields import Fields
from kalenderkoppling.usecases.absences.remove_absence import remove_absence
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.calls.lines.report_line import report_line
from kalenderkoppling.usecases.core import look_up
from kalenderkoppling.usecases.people.set_service import set_service
from kalenderkoppling.usecases.rules.choose_for_booking import choose_for_booking
from kalenderkoppling.usecases.rules.set_own_rules import set_own_rules
from kalenderkoppling.usecases.rules.set_rules import set_layer
from kalenderkoppling.usecases.situation import FAR

ADMINISTRATOR = "administrator"
ATTENDANT = Actor(tenant=TENANT, person=PersonId("~attendant"), roles=frozenset({Role.ATTENDANT}))
COLLEAGUE = Actor(tenant=TENANT, person=PersonId("~colleague"))
_NO_SERVICE = "no_referral_service"
# The telephone system of a scenario reports a line state and keeps it valid.
_LINE_HOLDS = timedelta(days=400)


class People:
    """Does people's operations on one system; `reasons` maps labels to keys, `owners` ids to people."""

    def __init__(self, system: System, reasons: Mapping[str, ReasonKey], owners: Mapping[str, str]) -> None:
        self._system = system
        self._core = system.core
        self._reasons = reasons
        self._owners = owners

    async def do(self, operation: ByPeople) -> None:
        """Do one operation.

        A diversion for somebody without the referral service is refused at the field. A scenario that sets one means
        that it was set while the person had the service, so it is then set with the service granted for a moment (C-05
        lowers it).

        Raises:
            RefusedError, NotFoundError, ConflictError: as the use case; a page would show it.
        """
        try:
            await self._do(operation)
        except RefusedError as refused:
            if any(each.problem != _NO_SERVICE for each in refused.problems):
                raise
            await self._as_if_entitled(operation)

    async def _as_if_entitled(self, operation: ByPeople) -> None:
        person = self._concerned(operation)
        before = await look_up(self._core, TENANT, lambda tx: tx.people.get(person))
        if before is None:
            raise NotFoundError
        self._grant(person, replace(before.entitlements, referral=True))
        try:
            await self._do(operation)
        finally:
            self._grant(person, before.entitlements)

    def _grant(self, person: PersonId, entitlements: Entitlements) -> None:
        with self._system.lasting.write(TENANT) as tx:
            tx.people.set_entitlements(person, entitlements)

    def _concerned(self, operation: ByPeople) -> PersonId:
        match operation:
            case EditAbsence() | RemoveAbsence():
                return self._owner(operation.target)
            case AdminRules() | AdminSettings():
                raise NotFoundError
            case _:
                return PersonId(operation.user)

    async def _do(self, operation: ByPeople) -> None:
        match operation:
            case AdminRules() | AdminSettings():
                await self._administer(operation)
            case AdminUser():
                await self._set_service(operation)
            case SetOwnRules() | SetOwnSwitch():
                await self._set_own(operation)
            case Override():
                await self._choose(operation)
            case EditAbsence():
                await self._edit(operation)
            case RemoveAbsence():
                actor = self._actor(operation.target, by_attendant=operation.by_attendant)
                await remove_absence(self._core, actor, await self._absence(operation.target))
            case CreateAbsence():
                await self._create(operation)
            case Call():
                state = LineState.IN_CALL if operation.is_on else LineState.FREE
                until = self._core.clock.now() + _LINE_HOLDS
                await report_line(self._core, TENANT, PersonId(operation.user), state, until)
            case _:
                assert_never(operation)

    async def _administer(self, operation: AdminRules | AdminSettings) -> None:
        layer = await look_up(self._core, TENANT, tenant_layer)
        if isinstance(operation, AdminRules):
            layer = replace(layer, rules=self.laid_over(layer.rules, operation.rules))
        else:
            layer = replace(
                layer,
                addin_allowed=operation.plugin_allowed if "plugin_allowed" in operation.said else layer.addin_allowed,
                show_subject=operation.show_subject if "show_subject" in operation.said else layer.show_subject,
                working_hours=hours_of(operation.working_hours)
                if "working_hours" in operation.said
                else layer.working_hours,
            )
        await set_layer(self._core, TENANT, ADMINISTRATOR, ScopedLayer(layer=layer))

    def laid_over(self, before: Mapping[ShowAs, Rule | None], rules: RulesForm) -> dict[ShowAs, Rule | None]:
        """Return rules with others applied over them, show-as by show-as."""
        if isinstance(rules, Reset):
            return {}
        after = dict(before)
        for show_as, form in rules.items():
            if isinstance(form, Reset):
                after.pop(show_as, None)
            else:
                after[show_as] = None if form is None else self._rule(show_as, form)
        return after

    def _rule(self, show_as: ShowAs, form: RuleForm) -> Rule:
        template = STANDARD_TEMPLATE[show_as]
        otherwise = template.reason if template else MEETING
        return Rule(reason=self._reasons[form.reason] if form.reason else otherwise, diversion=form.diversion)

    async def _set_service(self, operation: AdminUser) -> None:
        person = PersonId(operation.user)
        who = await look_up(self._core, TENANT, lambda tx: tx.people.get(person))
        if who is None:
            raise NotFoundError
        coupling, referral = operation.service, operation.referral
        services = Entitlements(
            calendar_coupling=who.entitlements.calendar_coupling if coupling is None else coupling,
            referral=who.entitlements.referral if referral is None else referral,
        )
        await set_service(self._core, TENANT, ADMINISTRATOR, person, services)

    async def _set_own(self, operation: SetOwnRules | SetOwnSwitch) -> None:
        person = PersonId(operation.user)
        own = await look_up(self._core, TENANT, lambda tx: tx.rules.own([person]).get(person, OwnRules()))
        if isinstance(operation, SetOwnSwitch):
            own = replace(own, update=operation.update)
        else:
            own = replace(own, by_show_as=self.own_rules(own.by_show_as, operation.rules))
        await set_own_rules(self._core, TENANT, operation.user, person, own)

    def own_rules(self, before: Mapping[ShowAs, OwnRule], rules: RulesForm) -> dict[ShowAs, OwnRule]:
        """Return own rules with others applied over them; a reset follows the administrator again."""
        if isinstance(rules, Reset):
            return {}
        after = dict(before)
        for show_as, form in rules.items():
            if isinstance(form, Reset):
                after.pop(show_as, None)
            elif form is None:
                after[show_as] = OwnRule(rule=None)
            else:
                after[show_as] = OwnRule(rule=self._rule(show_as, form), ask=form.ask)
        return after

    async def _choose(self, operation: Override) -> None:
        choice = Choice(
            kind=operation.kind,
            at=self._core.clock.now(),
            reason=self._reasons[operation.reason] if operation.reason else None,
            diversion=operation.diversion,
        )
        key = BookingKey(ids.immutable_id(operation.target))
        person = PersonId(operation.user)
        await choose_for_booking(self._core, TENANT, operation.user, person, key=key, choice=choice)

    async def _edit(self, operation: EditAbsence) -> None:
        fields = Fields(
            start=operation.start,
            end=operation.end,
            reason=self._reasons[operation.reason] if operation.reason else None,
            diversion=operation.diversion,
        )
        actor = self._actor(operation.target, by_attendant=operation.by_attendant)
        await edit_absence(self._core, actor, await self._absence(operation.target), fields)

    async def _create(self, operation: CreateAbsence) -> None:
        new = NewAbsence(
            start=operation.start,
            end=operation.end,
            reason=self._reasons[operation.reason] if operation.reason else MEETING,
            diversion=operation.diversion,
        )
        actor = ATTENDANT if operation.by_attendant else _oneself(PersonId(operation.user))
        self._system.next_id.wanted = operation.id
        try:
            await create_absence(self._core, actor, PersonId(operation.user), new)
        finally:
            self._system.next_id.wanted = None

    def _owner(self, target: str) -> PersonId:
        return PersonId(self._owners.get(target) or self._owners[target.rpartition("@")[0]])

    def _actor(self, target: str, *, by_attendant: bool) -> Actor:
        return ATTENDANT if by_attendant else _oneself(self._owner(target))

    async def _absence(self, target: str) -> AbsenceId:
        """Return the absence of a booking, or the one set by hand with that id; of a series, the next one."""
        person, now = self._owner(target), self._core.clock.now()

        def work(tx: Transaction) -> AbsenceId | None:
            key = ids.immutable_id(target)
            kept = tx.absences.kept(person)
            found = next((each.id for each in kept if each.booking.key == key), None)
            if found is None:
                coming = tx.absences.kept_between([person], _from(now)).get(person, ())
                found = next((each.id for each in coming if each.booking.series_key == key), None)
            return found

        return await look_up(self._core, TENANT, work) or AbsenceId(target)


def _from(now: datetime) -> Interval:
    return Interval(start=now, end=now + FAR)


def _oneself(person: PersonId) -> Actor:
    return Actor(tenant=TENANT, person=person)


def tenant_layer(tx: Transaction) -> Layer:
    """Return what the administrator set for the company."""
    layers = (each.layer for each in tx.rules.layers() if each.layer.kind is LayerKind.TENANT)
    return next(layers, Layer(kind=LayerKind.TENANT))


def hours_of(form: HoursForm | None) -> WorkingHours | None:
    """Return working hours as a type of the rules."""
    return None if form is None else WorkingHours(days=form.days, start=form.start, end=form.end)
