"""What happens in the simulated company: in calendars, by people and administrators, to processes and the network."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.absence import Absence, Diversion, Edit, Origin
from kalenderkoppling.domain.booking import BookingKey, Choice, ChoiceKind, ShowAs
from kalenderkoppling.domain.errors import (
    BlockedReason,
    MailboxBlockedError,
    PausedError,
    PauseScope,
    ReadFailedError,
    ReadProblem,
)
from kalenderkoppling.domain.mailbox import MailboxRef
from kalenderkoppling.domain.person import Entitlements, PersonId, Role
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.calendar import NoticeKind
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import Layer, LayerKind, OwnRule, OwnRules, Rule
from kalenderkoppling.usecases.absences.create_absence import NewAbsence, create_absence
from kalenderkoppling.usecases.absences.edit_absence import edit_absence
from kalenderkoppling.usecases.absences.fields import Fields
from kalenderkoppling.usecases.absences.remove_absence import remove_absence
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.mailboxes.receive_notice import receive_notice
from kalenderkoppling.usecases.people.set_service import set_service
from kalenderkoppling.usecases.rules.choose_for_booking import choose_for_booking
from kalenderkoppling.usecases.rules.set_own_rules import set_own_rules
from kalenderkoppling.usecases.rules.set_rules import set_layer, set_settings
from kktest.calendar import Item
from kktest.house import House, herself, mail_of
from kktest.keeping import ACME
from kktest.make import LUNCH, TRAVEL, at
from kktest.notices import notice_body, posted
from kktest.simulated_model import Laid
from kktest.simulated_world import MortalStore
from kktest.simulation import PEOPLE, Simulation, demand, random_day, random_item

Deed = Callable[[Simulation], Awaitable[None]]

_MINUTE = timedelta(minutes=1)
_SHOW_AS = (*(ShowAs.BUSY,) * 6, *(ShowAs.OUT_OF_OFFICE,) * 2, *ShowAs, None)
_ATTENDANT: Actor = herself(PersonId("attendant"), Role.ATTENDANT)
_STOCKHOLM, _HELSINKI = ZoneInfo("Europe/Stockholm"), ZoneInfo("Europe/Helsinki")
_RULES = (None, Rule(reason=TRAVEL), Rule(reason=LUNCH, diversion=Diversion.DIRECT))


async def live_on(simulation: Simulation) -> str:
    """Let one thing happen, and tell which; a life begins with a company that has rules and bookings."""
    deed = simulation.rng.choices(_DEEDS, _WEIGHTS)[0] if simulation.done else begin
    simulation.disarm()
    await deed(simulation)
    return deed.__name__


async def begin(simulation: Simulation) -> None:
    """The administrator sets rules, people have bookings, and both processes have seen them."""
    simulation.mortal = False
    await set_rules(simulation)
    for _ in range(5 * len(PEOPLE)):
        await book(simulation)
    for house in simulation.houses:
        await simulation.work(house)
    simulation.mortal = True


# ── in calendars ────────────────────────────────────────────────────────────────────────────────


async def book(simulation: Simulation) -> None:
    """Somebody makes a booking in Outlook."""
    person = simulation.rng.choice(PEOPLE)
    item = random_item(simulation.rng, f"Qk{next(simulation.numbers):04}z", simulation.clock.now())
    simulation.fake.put(mail_of(person), replace(item, show_as=simulation.rng.choice(_SHOW_AS)))
    await _told(simulation, person)


async def rewrite(simulation: Simulation) -> None:
    """Somebody changes a booking in Outlook."""
    person, item = _any_item(simulation)
    if item is None:
        return
    simulation.fake.put(mail_of(person), _rewritten(simulation, item))
    await _told(simulation, person)


async def hide(simulation: Simulation, person: PersonId | None = None) -> None:
    """Somebody marks a booking private, or normal again."""
    person, item = _any_item(simulation, person)
    if item is None:
        return
    sensitivity = "normal" if item.sensitivity != "normal" else simulation.rng.choice(("private", "confidential", None))
    simulation.fake.put(mail_of(person), replace(item, sensitivity=sensitivity))
    await _told(simulation, person)


async def delete(simulation: Simulation) -> None:
    """Somebody deletes a booking in Outlook."""
    person, item = _any_item(simulation)
    if item is not None:
        simulation.fake.take_away(mail_of(person), item.key)
        await _told(simulation, person)


def _any_item(simulation: Simulation, person: PersonId | None = None) -> tuple[PersonId, Item | None]:
    """Choose a booking, mostly one whose absence somebody edited; None where there is none."""
    people = [person] if person else PEOPLE
    items = [(each, item) for each in people for item in simulation.fake.mailboxes[mail_of(each)].values()]
    edited = [(each, item) for each, item in items if item.key in simulation.model.edits[each]]
    if edited and simulation.rng.random() < 0.7:
        items = edited
    return simulation.rng.choice(items) if items else (people[0], None)


def _rewritten(simulation: Simulation, item: Item) -> Item:
    rng = simulation.rng
    match rng.choice(("move", "move", "move", "retitle", "retitle", "show_as", "cancel", "decline", "zone")):
        case "move":
            length = item.end - item.start  # type: ignore[operator]  # both are of one kind
            day = random_day(rng, simulation.clock.now())
            start = at(f"{day} 09:15") if isinstance(item.start, datetime) else day
            return replace(item, start=start, end=start + length)
        case "retitle":
            return _retitled(item)
        case "show_as":
            return replace(item, show_as=rng.choice(_SHOW_AS))
        case "cancel":
            return replace(item, cancelled=not item.cancelled)
        case "decline":
            return replace(item, declined=not item.declined)
        case _:
            return replace(item, zone_is_known=not item.zone_is_known)


def _retitled(item: Item) -> Item:
    name, _, version = item.subject.partition("v")
    return replace(item, subject=f"{name}v{int(version) + 1}")


async def _told(simulation: Simulation, person: PersonId) -> None:
    """Let the calendar system tell of a change: not at all, once or twice, to any process (F-01 to F-03)."""
    for _ in range(simulation.rng.choice((0, 0, 1, 1, 1, 2))):
        house = simulation.rng.choice(simulation.houses)
        with house.store.read(ACME) as tx:
            of = tx.subscriptions.of(person)
        if of is not None:
            body = notice_body((of.id, of.client_state, NoticeKind.CHANGED))
            await receive_notice(house.core, house.notices, house.meter, ACME, route=of.route, request=posted(body))


# ── by people ───────────────────────────────────────────────────────────────────────────────────


async def edit(simulation: Simulation, person: PersonId | None = None) -> None:
    """The person or an attendant changes an absence that came from a booking."""
    house = _house_that_may_die(simulation)
    person, absence = _any_absence(simulation, house, person, from_calendar=True)
    if absence is None:
        return
    row = next(each for each in house.kept(person) if each.id == absence.id)
    laid = simulation.model.edits[person].get(row.booking.key)
    demand(row.edit == (laid.edit if laid else None), f"{person}: {row} does not bear {laid}")
    fields = _fields(simulation, absence)
    if await simulation.act(house, edit_absence(house.core, _somebody(simulation, person), absence.id, fields)):
        before = laid.edit if laid else Edit()
        after = Edit(
            start=fields.start or before.start,
            end=fields.end or before.end,
            reason=fields.reason or before.reason,
            diversion=fields.diversion or before.diversion,
            note=before.note if fields.note is None else fields.note,
        )
        simulation.model.edits[person][row.booking.key] = Laid(row.booking, after)


async def remove(simulation: Simulation, person: PersonId | None = None) -> None:
    """The person or an attendant removes an absence."""
    house = _house_that_may_die(simulation)
    person, absence = _any_absence(simulation, house, person)
    if absence is None:
        return
    rows = [each for each in house.kept(person) if each.id == absence.id]
    if await simulation.act(house, remove_absence(house.core, _somebody(simulation, person), absence.id)):
        if rows:
            booking = replace(rows[0].booking, subject=None)
            simulation.model.edits[person][booking.key] = Laid(booking, Edit(removed=True))
        else:
            del simulation.model.by_hand[person][absence.id]


async def set_by_hand(simulation: Simulation) -> None:
    """The person sets an absence."""
    house, person = _house_that_may_die(simulation), simulation.rng.choice(PEOPLE)
    start = simulation.clock.now() + simulation.rng.randrange(-60, 600) * _MINUTE
    new = NewAbsence(
        start=start,
        end=start + simulation.rng.choice((90, 600)) * _MINUTE,
        reason=LUNCH,
        diversion=simulation.rng.choice((Diversion.NONE, Diversion.DIRECT)),
    )
    before = set(simulation.model.by_hand[person])
    if await simulation.act(house, create_absence(house.core, herself(person), person, new)):
        shown = [each for each in simulation.houses[0].absences(person) if not each.is_from_calendar]
        [made] = [each for each in shown if each.id not in before]
        simulation.model.by_hand[person][made.id] = Absence(
            id=made.id,
            interval=Interval(start=new.start, end=new.end),
            reason=new.reason,
            diversion=new.diversion,
            origin=Origin.BY_HAND,
            tie=made.id,
        )


async def choose(simulation: Simulation, person: PersonId | None = None) -> None:
    """The person chooses for a booking or a series, or chooses otherwise than before."""
    people = [person] if person else simulation.rng.sample(PEOPLE, len(PEOPLE))
    keys = [(each, key) for each in people for key in _keys(simulation, each)]
    if keys:
        person, key = simulation.rng.choice(keys)
        kind = simulation.rng.choice(tuple(ChoiceKind))
        await _choose(simulation, _house_that_may_die(simulation), person, key, kind)


def _keys(simulation: Simulation, person: PersonId) -> list[BookingKey]:
    """Return the keys that a person may choose for: of absences, and of what was chosen before, which may be none."""
    kept = simulation.houses[0].kept(person)
    keys = {key for row in kept for key in (row.booking.key, row.booking.series_key) if key}
    return sorted(map(BookingKey, keys | simulation.model.choices[person].keys()))


async def _choose(simulation: Simulation, house: House, person: PersonId, key: BookingKey, kind: ChoiceKind) -> None:
    made = Choice(kind=kind, at=simulation.clock.now(), reason=TRAVEL if kind is ChoiceKind.SET else None)
    if await simulation.act(house, choose_for_booking(house.core, ACME, person, person, key=key, choice=made)):
        simulation.model.choices[person][key] = made
        simulation.model.out_of_sight[person].discard(key)


def _any_absence(
    simulation: Simulation, house: House, person: PersonId | None = None, *, from_calendar: bool = False
) -> tuple[PersonId, Absence | None]:
    """Choose an absence of the person, or of anybody who has one; None where there is none."""
    people = [person] if person else simulation.rng.sample(PEOPLE, len(PEOPLE))
    for each in people:
        shown = [at for at in house.absences(each) if at.interval.end > simulation.clock.now()]
        if fitting := [at for at in shown if at.is_from_calendar or not from_calendar]:
            return each, simulation.rng.choice(fitting)
    return people[0], None


def _somebody(simulation: Simulation, person: PersonId) -> Actor:
    return simulation.rng.choice((herself(person), _ATTENDANT))


def _fields(simulation: Simulation, absence: Absence) -> Fields:
    match simulation.rng.choice(("end", "reason", "note", "diversion")):
        case "end":
            return Fields(end=absence.interval.end + simulation.rng.choice((15, 120)) * _MINUTE)
        case "reason":
            return Fields(reason=simulation.rng.choice((LUNCH, TRAVEL)))
        case "diversion":
            return Fields(diversion=simulation.rng.choice(tuple(Diversion)))
        case _:
            return Fields(note=f"Qn{next(simulation.numbers):04}z")


# ── by administrators ───────────────────────────────────────────────────────────────────────────


async def set_rules(simulation: Simulation, *, shows_subjects: bool | None = None) -> None:
    """The administrator sets rules, shows or hides subjects, switches the add-in on or off."""
    house, rng = _house_that_may_die(simulation), simulation.rng
    layer = Layer(
        kind=LayerKind.TENANT,
        rules={show_as: rng.choice(_RULES) for show_as in ShowAs if rng.random() < 0.2},
        show_subject=rng.random() < 0.7 if shows_subjects is None else shows_subjects,
        addin_allowed=rng.random() < 0.8,
    )
    if await simulation.act(house, set_layer(house.core, ACME, "admin", ScopedLayer(layer=layer))):
        simulation.model.layer = layer


async def set_own(simulation: Simulation) -> None:
    """A person sets own rules and the switch."""
    house, rng = _house_that_may_die(simulation), simulation.rng
    person = rng.choice(PEOPLE)
    rules = {show_as: OwnRule(rule=rng.choice(_RULES[:2])) for show_as in ShowAs if rng.random() < 0.2}
    own = OwnRules(update=rng.random() < 0.9, by_show_as=rules)
    if await simulation.act(house, set_own_rules(house.core, ACME, person, person, own)):
        simulation.model.own[person] = own


async def switch_service(simulation: Simulation, person: PersonId | None = None) -> None:
    """The administrator gives or takes a service."""
    house, person = _house_that_may_die(simulation), person or simulation.rng.choice(PEOPLE)
    before = simulation.model.people[person].entitlements
    services = Entitlements(
        calendar_coupling=not before.calendar_coupling or simulation.rng.random() < 0.3,
        referral=simulation.rng.random() < 0.7,
    )
    if services != before and await simulation.act(house, set_service(house.core, ACME, "admin", person, services)):
        simulation.model.give(person, services)
        if services.calendar_coupling:
            # The pause went with the mailbox's row: a weakness that is known and not looked for here.
            simulation.paged.pauses.pop(mail_of(person), None)


async def move_company(simulation: Simulation) -> None:
    """The administrator sets another zone."""
    house = _house_that_may_die(simulation)
    before = simulation.model.settings
    settings = replace(before, zone=_STOCKHOLM if before.zone == _HELSINKI else _HELSINKI)
    if await simulation.act(house, set_settings(house.core, ACME, "admin", settings)):
        simulation.model.settings = settings


# ── to processes, the network and time ──────────────────────────────────────────────────────────


async def pass_time(simulation: Simulation) -> None:
    """Minutes pass, or hours, or seldom most of a day."""
    minutes = simulation.rng.choice((1, 1, 5, 5, 15, 15, 40, 200, 900))
    simulation.clock.forward(minutes * _MINUTE)


async def do_what_is_due(simulation: Simulation) -> None:
    """A process does what is due; it may be killed at that."""
    await simulation.work(_house_that_may_die(simulation))


async def race(simulation: Simulation) -> None:
    """Both processes look at every mailbox at once (F-24)."""
    simulation.paged.quieten()
    for house in simulation.houses:
        for person in PEOPLE:
            await house.bus.wake(MailboxRef(tenant=ACME, person=person))
    await asyncio.gather(*(simulation.drain(house) for house in simulation.houses))


async def look_slowly(simulation: Simulation) -> None:
    """A look takes longer than its lease; meanwhile the booking changes and the other process looks."""
    slow, quick = simulation.rng.sample(simulation.houses, 2)
    ref = MailboxRef(tenant=ACME, person=simulation.rng.choice(PEOPLE))

    async def meanwhile() -> None:
        simulation.clock.forward(timedelta(seconds=61))
        await rewrite(simulation)
        await quick.worker.look(ref)

    simulation.paged.meanwhile.append(meanwhile)
    await slow.worker.look(ref)
    simulation.paged.meanwhile.clear()


async def change_between_equal_answers(simulation: Simulation) -> None:
    """One process looks, something of ours is set, and the same process looks at the same calendar again.

    A choice that gives an absence back needs the calendar: what takes absences away is done without another look.
    """
    simulation.paged.quieten()
    house = simulation.houses[0]
    simulation.mortal = False
    kept = [(person, row.booking.key) for person in PEOPLE for row in house.kept(person) if row.edit is None]
    chosen = simulation.rng.choice(kept) if kept else None
    if chosen is not None:
        await _choose(simulation, house, *chosen, ChoiceKind.NO)
    for person in PEOPLE:
        await house.worker.look(MailboxRef(tenant=ACME, person=person))
    # Subjects are part of the question: where others are asked for, the answer is not the same.
    shows = simulation.model.shows_subjects
    await simulation.rng.choice((partial(set_rules, shows_subjects=shows), set_own, choose))(simulation)
    if chosen is not None:
        await _choose(simulation, house, *chosen, ChoiceKind.RULE)
    await simulation.settle()


async def act_during_a_look(simulation: Simulation) -> None:
    """Somebody changes something between the reading and the writing of a look (F-27)."""
    person = simulation.rng.choice(PEOPLE)
    of_a_person: tuple[Callable[..., Awaitable[None]], ...] = (edit, edit, remove, switch_service, choose, hide)
    deeds: list[Deed] = [partial(each, person=person) for each in of_a_person]
    await _look_during_which(simulation, person, simulation.rng.choice([*deeds, set_rules]))


async def edit_what_a_look_changes(simulation: Simulation) -> None:
    """Somebody edits an absence while a look reads another subject of its booking, or that it was declined (F-27)."""
    person, _ = _any_absence(simulation, simulation.houses[0], from_calendar=True)
    simulation.paged.quieten(mail_of(person))
    before = list(simulation.fake.mailboxes[mail_of(person)].values())
    for item in before:
        changed = _retitled(item) if simulation.rng.random() < 0.5 else replace(item, declined=True)
        simulation.fake.put(mail_of(person), changed)
    await _look_during_which(simulation, person, partial(edit, person=person))
    for item in before:
        now = simulation.fake.mailboxes[mail_of(person)][item.key]
        simulation.fake.put(mail_of(person), replace(now, declined=item.declined))


async def _look_during_which(simulation: Simulation, person: PersonId, deed: Deed) -> None:
    """Let a process look at a mailbox, and something happen when it has read and not written yet."""
    simulation.paged.meanwhile.append(lambda: deed(simulation))
    simulation.mortal = False
    await simulation.rng.choice(simulation.houses).worker.look(MailboxRef(tenant=ACME, person=person))
    simulation.paged.meanwhile.clear()
    simulation.mortal = True


async def ask_one_process_to_wait(simulation: Simulation) -> None:
    """One process is asked to wait; before the wait is over, all of them do what is due (S-8)."""
    person = simulation.rng.choice(PEOPLE)
    simulation.paged.quieten(mail_of(person))
    asked = PausedError(simulation.rng.choice(tuple(PauseScope)), 10 * _MINUTE)
    simulation.paged.breaks[mail_of(person)] = [asked]
    await simulation.rng.choice(simulation.houses).worker.look(MailboxRef(tenant=ACME, person=person))
    simulation.paged.quieten(mail_of(person))
    simulation.clock.forward(simulation.rng.choice((1, 5)) * _MINUTE)
    for house in list(simulation.houses):
        await simulation.work(house)


async def break_reading(simulation: Simulation) -> None:
    """The next look at a mailbox, often one that is made now, fails, is cut short, or is answered by a wait."""
    person = simulation.rng.choice(PEOPLE)
    mailbox = mail_of(person)
    wait = simulation.rng.choice((1, 10, 45)) * _MINUTE
    fault = simulation.rng.choice(
        (
            ReadFailedError(simulation.rng.choice(tuple(ReadProblem))),
            MailboxBlockedError(simulation.rng.choice(tuple(BlockedReason))),
            PausedError(PauseScope.MAILBOX, wait),
            PausedError(PauseScope.TENANT, wait),
            *(None,) * 6,
        )
    )
    if fault is None:
        simulation.paged.cuts[mailbox] = simulation.rng.randrange(3)
    else:
        simulation.paged.breaks.setdefault(mailbox, []).append(fault)
    if simulation.rng.random() < 0.5:
        await simulation.rng.choice(simulation.houses).worker.look(MailboxRef(tenant=ACME, person=person))


async def lose_subscription(simulation: Simulation) -> None:
    """The calendar system forgets a subscription (F-19)."""
    simulation.notices.lose(mail_of(simulation.rng.choice(PEOPLE)))


async def forge(simulation: Simulation) -> None:
    """Somebody sends notices that are not from the calendar system (F-17)."""
    house, person = simulation.rng.choice(simulation.houses), simulation.rng.choice(PEOPLE)
    with house.store.read(ACME) as tx:
        of, before = tx.subscriptions.of(person), tx.mailboxes.state(PEOPLE)
    body = notice_body((of.id if of else "", "guessed", simulation.rng.choice(tuple(NoticeKind))))
    pending = house.bus.pending
    route = of.route if of else "guessed"
    await receive_notice(house.core, house.notices, house.meter, ACME, route=route, request=posted(body))
    with house.store.read(ACME) as tx:
        demand(tx.mailboxes.state(PEOPLE) == before, "a forged notice changed something")
    demand(house.bus.pending == pending, "a forged notice caused a look")


async def restart(simulation: Simulation) -> None:
    """A process ends and begins anew."""
    await simulation.start_anew(simulation.rng.choice(simulation.houses))


def _house_that_may_die(simulation: Simulation) -> House:
    """Choose a process; now and then it is killed at one of its next commits (F-20)."""
    house = simulation.rng.choice(simulation.houses)
    assert isinstance(house.store, MortalStore)
    if simulation.mortal and simulation.rng.random() < 0.12:
        house.store.dies_in = simulation.rng.choice((0, 0, 1, 2, 4))
        house.store.dies_after_commit = simulation.rng.random() < 0.5
    return house


_CHANCES: dict[Deed, int] = {
    book: 14,
    rewrite: 12,
    hide: 6,
    delete: 6,
    edit: 14,
    remove: 4,
    set_by_hand: 3,
    choose: 4,
    set_rules: 3,
    set_own: 2,
    switch_service: 3,
    move_company: 4,
    pass_time: 10,
    do_what_is_due: 14,
    race: 2,
    change_between_equal_answers: 3,
    look_slowly: 3,
    act_during_a_look: 4,
    edit_what_a_look_changes: 6,
    ask_one_process_to_wait: 4,
    break_reading: 6,
    lose_subscription: 1,
    forge: 4,
    restart: 1,
}
_DEEDS = tuple(_CHANCES)
_WEIGHTS = tuple(_CHANCES.values())
