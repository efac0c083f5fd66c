"""What colleagues, the person, attendants and administrators see of people: rows, cards, own page."""

from datetime import timedelta

import pytest

from kalenderkoppling.absences.call import Announce, Ring, RingThenAnnounce
from kalenderkoppling.absences.status import Colour
from kalenderkoppling.absences.visible import ABSENT
from kalenderkoppling.domain.absence import MEETING, SICK, Diversion, ReasonKey
from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.person import LineState, PersonId, Role
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.ports.store.changes import LineRow
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.usecases.absences.create_absence import NewAbsence, create_absence
from kalenderkoppling.usecases.absences.edit_absence import edit_absence
from kalenderkoppling.usecases.absences.fields import Fields
from kalenderkoppling.usecases.absences.open_absence import open_absence, open_new_absence
from kalenderkoppling.usecases.absences.own_day import own_day
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.calls.answer_call import answer_call
from kalenderkoppling.usecases.directory.live_status import LiveStatus, live_statuses
from kalenderkoppling.usecases.directory.mark_favourite import mark_favourite
from kalenderkoppling.usecases.directory.person_card import Card, person_card
from kalenderkoppling.usecases.directory.search_people import favourite_people, search_people
from kalenderkoppling.usecases.rules.set_rules import set_layer, set_settings
from kktest.house import ADMINISTRATOR, ATTENDANT, CAROLINA, COLLEAGUE, House, herself
from kktest.keeping import ACME, ANNA, BERTIL
from kktest.make import LUNCH, NOON, at, layer

WEEK = Interval(start=NOON - timedelta(days=3), end=NOON + timedelta(days=4))
EVERYBODY = [herself(), COLLEAGUE, ATTENDANT, ADMINISTRATOR]


async def by_hand(
    house: House,
    start: str = "11:00",
    end: str = "13:00",
    reason: ReasonKey = LUNCH,
    diversion: Diversion = Diversion.NONE,
) -> None:
    new = NewAbsence(start=at(start), end=at(end), reason=reason, diversion=diversion, note="by train")
    await create_absence(house.core, herself(), ANNA, new)


async def booked(house: House, start: str = "11:00", end: str = "13:00") -> None:
    house.book("b", start, end, subject="Budget")
    await house.settle()


async def status(house: House, actor: Actor = COLLEAGUE) -> LiveStatus:
    return (await live_statuses(house.core, actor, [ANNA]))[ANNA]


async def card(house: House, actor: Actor = COLLEAGUE) -> Card:
    return await person_card(house.core, actor, ANNA, WEEK)


# ── status ──────────────────────────────────────────────────────────────────────────────────────


async def test_somebody_without_absence_is_green(house: House) -> None:
    seen = await status(house)
    assert (seen.colour, seen.reason, seen.back_at, seen.line_known) == (Colour.GREEN, None, None, False)


async def test_an_absence_in_force_is_orange_with_its_reason_and_return(house: House) -> None:
    await by_hand(house)
    seen = await status(house)
    assert (seen.colour, seen.reason, seen.back_at) == (Colour.ORANGE, LUNCH, at("13:00"))


@pytest.mark.parametrize(
    ("diversion", "met"), [(Diversion.NONE, Ring), (Diversion.OPEN, RingThenAnnounce), (Diversion.DIRECT, Announce)]
)
async def test_R4_a_referral_is_the_same_information_and_diverts_calls(
    house: House, diversion: Diversion, met: type[object]
) -> None:
    await by_hand(house, diversion=diversion)
    for actor in (COLLEAGUE, ATTENDANT):
        seen = await status(house, actor)
        assert (seen.colour, seen.reason, seen.back_at) == (Colour.ORANGE, LUNCH, at("13:00"))
    assert isinstance(await answer_call(house.core, ACME, ANNA), met)


async def test_C_01_at_its_end_the_person_is_green(house: House) -> None:
    await by_hand(house)
    house.clock.instant = at("13:00")
    assert (await status(house)).colour is Colour.GREEN


async def test_C_21_in_a_call_is_red_before_absent_until_it_is_no_longer_believed(house: House) -> None:
    await by_hand(house)
    with house.store.write(ACME) as tx:
        tx.lines.put(ANNA, LineRow(state=LineState.IN_CALL, valid_until=at("12:10")))
    seen = await status(house)
    assert (seen.colour, seen.line_known, seen.reason) == (Colour.RED, True, LUNCH)
    house.clock.instant = at("12:10")
    assert ((await status(house)).colour, (await status(house)).line_known) == (Colour.ORANGE, False)


async def test_a_return_is_followed_through_absences_that_join_for_weeks(house: House) -> None:
    for day in range(23, 30):
        await by_hand(house, f"2026-11-{day} 00:00", f"2026-11-{day + 1} 00:00")
    assert (await status(house)).back_at == at("2026-11-30 00:00")


async def test_C_27_stale_calendar_data_promises_no_time_but_still_shows(house: House) -> None:
    await booked(house, "11:00", "2026-11-30 12:00")
    del house.calendar.mailboxes["anna@example.org"]
    house.clock.forward(timedelta(hours=24))
    assert (await status(house)).back_at == at("2026-11-30 12:00")
    house.clock.forward(timedelta(minutes=1))
    seen = await status(house)
    assert (seen.colour, seen.reason, seen.back_at) == (Colour.ORANGE, MEETING, None)
    assert not (await card(house)).is_fresh


async def test_people_who_do_not_exist_have_no_status(house: House) -> None:
    assert await live_statuses(house.core, COLLEAGUE, [PersonId("nobody")]) == {}


# ── what is not for everybody ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("actor", "allowed", "seen"),
    [
        (herself(), False, SICK),
        (COLLEAGUE, True, ABSENT),
        (ADMINISTRATOR, True, ABSENT),
        (ATTENDANT, False, ABSENT),
        (ATTENDANT, True, SICK),
    ],
)
async def test_sick_is_for_the_person_and_for_attendants_if_allowed(
    house: House, actor: Actor, *, allowed: bool, seen: ReasonKey
) -> None:
    await set_settings(house.core, ACME, "admin", TenantSettings(sick_to_attendants=allowed))
    await by_hand(house, reason=SICK)
    shown = await card(house, actor)
    [hit] = (await search_people(house.core, actor, "anna")).hits
    assert [(await status(house, actor)).reason, hit.status.reason, shown.status.reason] == [seen] * 3
    assert [each.reason for each in (*shown.shown, *shown.coming)] == [seen, seen]


async def test_R19_colleagues_cannot_tell_a_booking_from_a_hand_made_absence(house: House) -> None:
    await booked(house)
    await create_absence(
        house.core, herself(BERTIL), BERTIL, NewAbsence(start=at("11:00"), end=at("13:00"), reason=MEETING)
    )
    viewer = herself(CAROLINA)
    [from_calendar] = (await person_card(house.core, viewer, ANNA, WEEK)).shown
    [from_hand] = (await person_card(house.core, viewer, BERTIL, WEEK)).shown
    assert (from_calendar.details, from_hand.details) == (None, None)
    told = [(each.interval, each.reason, each.diversion, each.title) for each in (from_calendar, from_hand)]
    assert told[0] == told[1]
    assert from_calendar.id[:8] == from_hand.id[:8]


@pytest.mark.parametrize("actor", [herself(), ATTENDANT])
async def test_the_person_and_attendants_see_origin_edits_note_and_version(house: House, actor: Actor) -> None:
    await booked(house)
    await edit_absence(house.core, herself(), house.the_kept().id, Fields(note="by train"))
    [shown] = (await card(house, actor)).shown
    assert shown.details is not None
    assert (shown.details.is_from_calendar, shown.details.is_edited, shown.details.note) == (True, True, "by train")
    assert shown.details.version == house.version(shown.id)


@pytest.mark.parametrize("actor", EVERYBODY)
async def test_the_subject_shows_to_all_where_the_administrator_shows_it_and_to_nobody_otherwise(
    house: House, actor: Actor
) -> None:
    await booked(house)
    assert [each.title for each in (await card(house, actor)).shown] == [None]
    await set_layer(house.core, ACME, "admin", ScopedLayer(layer=layer(show_subject=True)))
    await house.settle()
    assert [each.title for each in (await card(house, actor)).shown] == ["Budget"]


@pytest.mark.parametrize(
    ("actor", "sees"), [(herself(), True), (COLLEAGUE, False), (ATTENDANT, True), (ADMINISTRATOR, True)]
)
async def test_C_22_the_age_of_the_data_is_for_the_person_attendants_and_administrators(
    house: House, actor: Actor, *, sees: bool
) -> None:
    await booked(house)
    assert ((await card(house, actor)).mailbox is not None) is sees


# ── card, own day, calls ────────────────────────────────────────────────────────────────────────


async def test_a_card_has_the_weeks_absences_and_what_comes_within_four_weeks(house: House) -> None:
    await by_hand(house, "2026-11-20 08:00", "2026-11-24 09:00")
    await by_hand(house, "2026-12-10 08:00", "2026-12-10 09:00")
    await by_hand(house, "2026-12-30 08:00", "2026-12-30 09:00")
    shown = await card(house)
    assert (len(shown.shown), len(shown.coming)) == (1, 2)
    assert (shown.next_free, shown.may_change) == (at("2026-11-24 09:00"), False)


async def test_there_is_no_card_of_nobody(house: House) -> None:
    with pytest.raises(NotFoundError):
        await person_card(house.core, COLLEAGUE, PersonId("nobody"), WEEK)


async def test_an_own_day_tells_what_changes_next(house: House) -> None:
    await by_hand(house, diversion=Diversion.DIRECT)
    await by_hand(house, "13:00", "14:00", reason=MEETING)
    day = await own_day(house.core, herself())
    assert day.next_change is not None
    assert (day.next_change.at, day.next_change.reason) == (at("13:00"), MEETING)
    assert len(day.coming) == 2


async def test_an_absence_is_opened_by_those_who_may_change_it(house: House) -> None:
    await booked(house)
    id_ = house.the_kept().id
    opened = await open_absence(house.core, ATTENDANT, id_)
    assert opened.absence is not None
    assert (opened.absence.id, opened.person.id, opened.may_divert) == (id_, ANNA, True)
    for actor in (COLLEAGUE, ADMINISTRATOR):
        with pytest.raises(NotFoundError):
            await open_absence(house.core, actor, id_)
        with pytest.raises(NotFoundError):
            await open_new_absence(house.core, actor, ANNA)


# ── search ──────────────────────────────────────────────────────────────────────────────────────


async def test_hits_bear_status_and_favourite(house: House) -> None:
    await by_hand(house)
    await mark_favourite(house.core, COLLEAGUE, ANNA, marked=True)
    hits = (await search_people(house.core, COLLEAGUE, "")).hits
    assert [(each.person.id, each.is_favourite) for each in hits] == [
        (ANNA, True),
        (BERTIL, False),
        (CAROLINA, False),
    ]
    assert hits[0].status.colour is Colour.ORANGE
    assert [each.person.id for each in (await favourite_people(house.core, COLLEAGUE)).hits] == [ANNA]
    await mark_favourite(house.core, COLLEAGUE, ANNA, marked=False)
    assert (await favourite_people(house.core, COLLEAGUE)).hits == []


async def test_R23_an_attendant_sees_an_absence_in_force_in_the_hit_and_in_the_calendar(house: House) -> None:
    await booked(house)
    [hit] = (await search_people(house.core, ATTENDANT, "anna")).hits
    assert (hit.status.colour, hit.status.reason, hit.status.back_at) == (Colour.ORANGE, MEETING, at("13:00"))
    [shown] = (await card(house, ATTENDANT)).shown
    assert (shown.interval.start, shown.interval.end, shown.reason) == (at("11:00"), at("13:00"), MEETING)


@pytest.mark.parametrize("text", ["x" * 100_000, "\x00", "%_'\"*()", "a\ud800", "NEAR(a b)", "-", "  \t "])
async def test_F_33_no_text_breaks_the_search(house: House, text: str) -> None:
    assert (await search_people(house.core, COLLEAGUE, text, limit=10_000, offset=-5)).has_more in {True, False}


async def test_nobody_unknown_is_marked(house: House) -> None:
    with pytest.raises(NotFoundError):
        await mark_favourite(house.core, COLLEAGUE, PersonId("nobody"), marked=True)


# ── an administrator's reading is recorded ──────────────────────────────────────────────────────


async def test_S_12_an_administrator_who_opens_a_colleagues_card_is_in_the_audit_log_once(house: House) -> None:
    await person_card(house.core, ADMINISTRATOR, ANNA, WEEK)
    [entry] = house.entries()
    assert (entry.act, entry.actor, entry.person) == (Act.READ_ABSENCES, CAROLINA, ANNA)


async def test_S_12_an_administrator_who_is_an_attendant_and_opens_an_absence_is_in_the_audit_log(
    house: House,
) -> None:
    await by_hand(house)
    absence = house.absences()[0].id
    both = herself(CAROLINA, Role.ATTENDANT, Role.ADMINISTRATOR)
    before = len(house.entries())
    await open_absence(house.core, both, absence)
    [entry] = house.entries()[before:]
    assert (entry.act, entry.actor, entry.person, entry.about) == (Act.READ_ABSENCES, CAROLINA, ANNA, absence)


async def test_only_administrators_reading_of_others_is_recorded(house: House) -> None:
    for actor, person in ((COLLEAGUE, ANNA), (ATTENDANT, ANNA), (herself(), ANNA), (ADMINISTRATOR, CAROLINA)):
        await person_card(house.core, actor, person, WEEK)
    with pytest.raises(NotFoundError):
        await person_card(house.core, ADMINISTRATOR, PersonId("nobody"), WEEK)
    assert house.entries() == []
