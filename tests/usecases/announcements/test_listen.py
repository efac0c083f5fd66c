"""Hear it first: what a caller would hear, for those who may hear it, and nothing of a booking's text in it."""

from datetime import timedelta
from pathlib import Path

import pytest

from kalenderkoppling.absences.call import Announce, Ring, RingThenAnnounce
from kalenderkoppling.domain.absence import MEETING, AbsenceId, Diversion
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.errors import NotFoundError, SpeechFailedError
from kalenderkoppling.domain.person import Entitlements, Person, PersonId
from kalenderkoppling.domain.recording import Recording
from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.sound import tone, wav
from kalenderkoppling.usecases.absences.create_absence import NewAbsence, create_absence
from kalenderkoppling.usecases.absences.edit_absence import edit_absence
from kalenderkoppling.usecases.absences.fields import Fields
from kalenderkoppling.usecases.absences.remove_absence import remove_absence
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.announcements.fixed import fixed_sentences
from kalenderkoppling.usecases.announcements.holdings import ALWAYS
from kalenderkoppling.usecases.announcements.listen import announcement_now, met_now
from kalenderkoppling.usecases.announcements.prompts import Prompts
from kalenderkoppling.usecases.announcements.recordings import recordings_in
from kalenderkoppling.usecases.announcements.sentence import said
from kalenderkoppling.usecases.rules.set_rules import set_layer
from kalenderkoppling.words import unreachable_sentence
from kktest.callees import SWEDISH
from kktest.calls import NAME_OF_ANNA, recording
from kktest.house import ADMINISTRATOR, ATTENDANT, COLLEAGUE, House, employee, herself, open_house
from kktest.keeping import ACME, ANNA, BERTIL, OTHER
from kktest.make import LUNCH, at, layer, rule
from kktest.prompts import MemoryShelf
from kktest.sounds import SECOND
from kktest.speech import FakeSpeech

MEETINGS_DIVERT = ScopedLayer(layer=layer({ShowAs.BUSY: rule(MEETING, Diversion.DIRECT)}, show_subject=True))
SAID_NOW = "Anna Ek är i möte och är åter klockan tretton."
SAID_LATER = "Anna Ek är i möte och är åter klockan sexton."
CANARY = "Kanariefågel"


@pytest.fixture
def speech() -> FakeSpeech:
    return FakeSpeech()


@pytest.fixture
def prompts(speech: FakeSpeech) -> Prompts:
    return Prompts(speech, MemoryShelf())


@pytest.fixture
async def meetings(house: House) -> list[AbsenceId]:
    """Anna is in a meeting, and will be in another one; both divert calls, and both have a subject."""
    await set_layer(house.core, ACME, "admin", MEETINGS_DIVERT)
    house.book("now", "11:30", "13:00", subject=CANARY)
    house.book("later", "15:00", "16:00", subject=CANARY)
    await house.settle()
    return [each.id for each in house.absences()]


async def lunch(
    house: House, start: str = "11:30", end: str = "12:30", diversion: Diversion = Diversion.DIRECT
) -> AbsenceId:
    new = NewAbsence(start=at(start), end=at(end), reason=LUNCH, diversion=diversion)
    return (await create_absence(house.core, herself(), ANNA, new)).id


# ── now ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("actor", [herself(), COLLEAGUE, ATTENDANT, ADMINISTRATOR])
async def test_S_3_everybody_hears_what_a_caller_hears_now_and_no_word_of_the_booking(
    house: House, prompts: Prompts, speech: FakeSpeech, meetings: list[AbsenceId], actor: Actor
) -> None:
    heard = await announcement_now(house.core, prompts, actor, ANNA)
    assert heard is not None
    assert heard.length > SECOND
    assert speech.said == [SAID_NOW]
    assert CANARY.encode() in house.bytes()
    assert [each for each in house.audit() if each.act is Act.READ_ABSENCES] == []


async def test_where_the_phone_rings_nothing_is_heard(house: House, prompts: Prompts, speech: FakeSpeech) -> None:
    assert await announcement_now(house.core, prompts, COLLEAGUE, ANNA) is None
    await lunch(house, diversion=Diversion.NONE)
    assert await announcement_now(house.core, prompts, COLLEAGUE, ANNA) is None
    assert speech.said == []


async def test_C_27_once_the_calendar_is_stale_the_phone_rings(house: House, prompts: Prompts) -> None:
    await set_layer(house.core, ACME, "admin", MEETINGS_DIVERT)
    house.book("long", "11:30", "2026-11-26 13:00")
    await house.settle()
    house.clock.forward(timedelta(hours=24))
    assert await announcement_now(house.core, prompts, COLLEAGUE, ANNA) is not None
    house.clock.forward(timedelta(minutes=1))
    assert await announcement_now(house.core, prompts, COLLEAGUE, ANNA) is None


async def test_it_is_what_holds_now_in_the_store(house: House, prompts: Prompts, speech: FakeSpeech) -> None:
    made = await lunch(house)
    await announcement_now(house.core, prompts, COLLEAGUE, ANNA)
    await edit_absence(house.core, herself(), made, Fields(end=at("12:45")))
    await announcement_now(house.core, prompts, COLLEAGUE, ANNA)
    await remove_absence(house.core, herself(), made)
    assert await announcement_now(house.core, prompts, COLLEAGUE, ANNA) is None
    assert [text.split("åter ")[1] for text in speech.said] == [
        "klockan tolv och trettio.",
        "klockan tolv och fyrtiofem.",
    ]


async def test_nobody_is_heard_who_is_not_there(house: House, prompts: Prompts) -> None:
    for wanted in ({}, {"at": at("15:00")}, {"absence": AbsenceId("no-such")}):
        with pytest.raises(NotFoundError):
            await announcement_now(house.core, prompts, ADMINISTRATOR, PersonId("nobody"), **wanted)


async def test_S_7_nothing_is_heard_of_another_tenants_people(house: House, prompts: Prompts) -> None:
    await lunch(house)
    house.store.add_tenant(OTHER)
    stranger = herself(BERTIL, tenant=OTHER)
    with pytest.raises(NotFoundError):
        await announcement_now(house.core, prompts, stranger, ANNA)


@pytest.mark.parametrize(
    ("diversion", "met"),
    [(Diversion.NONE, Ring), (Diversion.OPEN, RingThenAnnounce), (Diversion.DIRECT, Announce)],
)
async def test_what_a_caller_meets_is_told_with_the_sentence_to_be_heard(
    house: House, diversion: Diversion, met: type
) -> None:
    await lunch(house, diversion=diversion)
    found = await met_now(house.core, COLLEAGUE, ANNA)
    assert type(found.treatment) is met
    said_then = "Anna Ek är på lunch och är åter klockan tolv och trettio."
    assert (found.sentence.text if found.sentence else None) == (None if met is Ring else said_then)


async def test_nobody_is_met_who_is_not_there_or_in_another_tenant(house: House) -> None:
    house.store.add_tenant(OTHER)
    for actor, person in ((COLLEAGUE, PersonId("nobody")), (herself(BERTIL, tenant=OTHER), ANNA)):
        with pytest.raises(NotFoundError):
            await met_now(house.core, actor, person)


# ── what comes ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("actor", [herself(), ATTENDANT, ADMINISTRATOR])
async def test_what_comes_is_heard_as_it_will_be_when_it_begins(
    house: House, prompts: Prompts, speech: FakeSpeech, meetings: list[AbsenceId], actor: Actor
) -> None:
    assert await announcement_now(house.core, prompts, actor, ANNA, absence=meetings[1]) is not None
    assert await announcement_now(house.core, prompts, actor, ANNA, at=at("15:30")) is not None
    assert speech.said == [SAID_LATER, SAID_LATER]


async def test_what_comes_is_not_for_colleagues(house: House, prompts: Prompts, meetings: list[AbsenceId]) -> None:
    with pytest.raises(NotFoundError):
        await announcement_now(house.core, prompts, COLLEAGUE, ANNA, absence=meetings[1])
    with pytest.raises(NotFoundError):
        await announcement_now(house.core, prompts, COLLEAGUE, ANNA, absence=meetings[0])
    with pytest.raises(NotFoundError):
        await announcement_now(house.core, prompts, COLLEAGUE, ANNA, at=house.clock.now() + timedelta(seconds=1))


async def test_what_has_passed_is_now(
    house: House, prompts: Prompts, speech: FakeSpeech, meetings: list[AbsenceId]
) -> None:
    await announcement_now(house.core, prompts, COLLEAGUE, ANNA, at=at("09:00"))
    await announcement_now(house.core, prompts, COLLEAGUE, ANNA, at=house.clock.now())
    assert speech.said == [SAID_NOW, SAID_NOW]


async def test_an_absence_that_has_begun_is_heard_as_it_is_now(
    house: House, prompts: Prompts, speech: FakeSpeech
) -> None:
    await set_layer(house.core, ACME, "admin", MEETINGS_DIVERT)
    house.book("since yesterday", "2026-11-22 20:00", "13:00")
    await house.settle()
    await announcement_now(house.core, prompts, herself(), ANNA, absence=house.absences()[0].id)
    assert speech.said == [SAID_NOW]


async def test_an_absence_days_ahead_is_heard_though_the_calendar_is_looked_at_until_then(
    house: House, prompts: Prompts, speech: FakeSpeech
) -> None:
    await set_layer(house.core, ACME, "admin", MEETINGS_DIVERT)
    house.book("far", "2026-12-14 10:00", "2026-12-14 11:00")
    await house.settle()
    await announcement_now(house.core, prompts, herself(), ANNA, absence=house.absences()[0].id)
    await announcement_now(house.core, prompts, herself(), ANNA, at=at("2026-12-14 10:30"))
    assert speech.said == ["Anna Ek är i möte och är åter klockan elva."] * 2


async def test_an_absence_that_only_informs_lets_the_phone_ring(house: House, prompts: Prompts) -> None:
    made = await lunch(house, "14:00", "15:00", Diversion.NONE)
    assert await announcement_now(house.core, prompts, herself(), ANNA, absence=made) is None


async def test_what_another_absence_makes_of_it_is_heard(house: House, prompts: Prompts, speech: FakeSpeech) -> None:
    made = await lunch(house, "14:00", "15:00")
    await lunch(house, "13:30", "17:00")
    await announcement_now(house.core, prompts, herself(), ANNA, absence=made)
    assert speech.said == ["Anna Ek är på lunch och är åter klockan sjutton."]


async def test_an_absence_that_is_over_removed_or_another_persons_is_none(
    house: House, prompts: Prompts, meetings: list[AbsenceId]
) -> None:
    await remove_absence(house.core, herself(), meetings[1])
    over = await lunch(house, "12:05", "12:10")
    house.clock.instant = at("12:10")
    for actor, person, absence in (
        (herself(), ANNA, meetings[1]),
        (herself(), ANNA, over),
        (herself(), ANNA, AbsenceId("no-such")),
        (herself(BERTIL), BERTIL, meetings[0]),
        (ATTENDANT, BERTIL, meetings[0]),
    ):
        with pytest.raises(NotFoundError):
            await announcement_now(house.core, prompts, actor, person, absence=absence)


async def test_S_12_an_administrators_asking_for_what_comes_is_in_the_log_and_nobody_elses(
    house: House, prompts: Prompts, meetings: list[AbsenceId]
) -> None:
    for actor in (herself(), ATTENDANT, ADMINISTRATOR):
        await announcement_now(house.core, prompts, actor, ANNA, absence=meetings[1])
    await announcement_now(house.core, prompts, ADMINISTRATOR, ANNA, at=at("15:30"))
    logged = [each for each in house.audit() if each.act is Act.READ_ABSENCES]
    assert [(each.actor, each.person, each.about) for each in logged] == [
        (ADMINISTRATOR.person, ANNA, "later"),
        (ADMINISTRATOR.person, ANNA, ""),
    ]


async def test_S_12_an_administrator_who_hears_what_is_to_be_heard_of_herself_is_not_logged(
    house: House, prompts: Prompts
) -> None:
    await announcement_now(house.core, prompts, ADMINISTRATOR, ADMINISTRATOR.person, at=at("15:30"))
    assert house.audit(ADMINISTRATOR.person) == []


# ── how it sounds ───────────────────────────────────────────────────────────────────────────────


async def test_recordings_are_heard(house: House, prompts: Prompts, speech: FakeSpeech) -> None:
    recorded = await put_recording(house)
    await lunch(house)
    await announcement_now(house.core, prompts, COLLEAGUE, ANNA)
    assert speech.said == ["är på lunch och är åter klockan tolv och trettio."]
    give = recordings_in(house.store)
    assert give(ACME, NAME_OF_ANNA) == recorded.audio
    house.store.add_tenant(OTHER)
    assert give(OTHER, NAME_OF_ANNA) is None


async def put_recording(house: House) -> Recording:
    made = recording(NAME_OF_ANNA, wav(tone(300, SECOND, 16_000, 0.3)))
    with house.store.write(ACME) as tx:
        tx.recordings.put(made)
    return made


async def test_S_1_what_was_listened_to_is_not_kept(house: House, speech: FakeSpeech) -> None:
    shelf = MemoryShelf()
    prompts = Prompts(speech, shelf)
    await lunch(house)
    heard = await announcement_now(house.core, prompts, COLLEAGUE, ANNA)
    assert heard is not None
    assert prompts.by_address(prompts.address_of(heard)) is None
    assert shelf.prompts == {}


async def test_F_26_when_speech_fails_what_callers_hear_then_is_heard_if_it_is_ready(
    house: House, prompts: Prompts, speech: FakeSpeech
) -> None:
    await lunch(house)
    prompts.hold(ALWAYS, fixed_sentences())
    generic = said(unreachable_sentence(SWEDISH), SWEDISH)
    ready = prompts.render(generic, lambda _: None)
    speech.fails = True
    assert await announcement_now(house.core, prompts, COLLEAGUE, ANNA) == ready
    assert speech.said[-1] == "Anna Ek är på lunch och är åter klockan tolv och trettio."


async def test_F_26_when_speech_fails_and_nothing_is_ready_that_is_told_apart_from_a_phone_that_rings(
    house: House, prompts: Prompts, speech: FakeSpeech
) -> None:
    await lunch(house)
    speech.fails = True
    with pytest.raises(SpeechFailedError):
        await announcement_now(house.core, prompts, COLLEAGUE, ANNA)


async def test_S_11_nothing_is_heard_of_somebody_without_the_referral_service(
    sqlite_template: Path, tmp_path: Path, prompts: Prompts
) -> None:
    person: Person = employee("anna", services=Entitlements(calendar_coupling=True, referral=False))
    with open_house(sqlite_template, tmp_path / "house", [person]) as house:
        await set_layer(house.core, ACME, "admin", MEETINGS_DIVERT)
        house.book("now", "11:30", "13:00")
        await house.settle()
        assert len(house.absences()) == 1
        assert await announcement_now(house.core, prompts, herself(), ANNA) is None
