"""Handing out and erasing everything about a person, in the log and the files too."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from kalenderkoppling.domain.booking import BookingKey, ShowAs
from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.domain.recording import PhraseId, PhraseKind
from kalenderkoppling.ports.store.access import Session
from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import LayerKind, OwnRule, OwnRules
from kalenderkoppling.sound import tone, wav
from kalenderkoppling.usecases.absences.create_absence import NewAbsence, create_absence
from kalenderkoppling.usecases.absences.edit_absence import edit_absence
from kalenderkoppling.usecases.absences.fields import Fields
from kalenderkoppling.usecases.announcements.record_phrase import record_phrase
from kalenderkoppling.usecases.calls.history.record_call import ask_call_back, record_call
from kalenderkoppling.usecases.directory.mark_favourite import mark_favourite
from kalenderkoppling.usecases.people.erase_person import erase_person, export_person
from kalenderkoppling.usecases.people.import_people import import_people
from kalenderkoppling.usecases.rules.choose_for_booking import choose_for_booking
from kalenderkoppling.usecases.rules.set_own_rules import set_own_rules
from kalenderkoppling.usecases.rules.set_rules import set_layer
from kktest.calls import call, call_back
from kktest.house import House, employee, herself
from kktest.keeping import ACME, BERTIL
from kktest.make import LUNCH, TRAVEL, at, choice, layer, rule

WHO = PersonId("canary-7f3a")


async def live(house: House) -> None:
    """Let somebody use everything that keeps something about a person."""
    somebody = replace(
        employee(WHO, groups=["canary-7f3a-group"]), responsibilities="canary-7f3a-duty", extension="55512345"
    )
    others = (employee("anna"), employee("bertil"), employee("carolina"))
    await import_people(house.core, ACME, "admin", [somebody, *others])
    await set_layer(house.core, ACME, "admin", ScopedLayer(layer=layer(show_subject=True)))
    personal = layer({ShowAs.FREE: rule(LUNCH)}, kind=LayerKind.PERSON, show_subject=True)
    await set_layer(house.core, ACME, "admin", ScopedLayer(scope_id=WHO, layer=personal))
    house.book("canary-7f3a-key", "13:00", "14:00", of=WHO, subject="canary-7f3a-subject")
    await house.settle()
    [row] = house.kept(WHO)
    await edit_absence(house.core, herself(WHO), row.id, Fields(reason=LUNCH, note="canary-7f3a-note"))
    new = NewAbsence(start=at("15:00"), end=at("16:00"), reason=TRAVEL, note="canary-7f3a-by-hand")
    await create_absence(house.core, herself(WHO), WHO, new)
    own = OwnRules(by_show_as={ShowAs.FREE: OwnRule(rule=rule(TRAVEL))})
    await set_own_rules(house.core, ACME, WHO, WHO, own)
    key = BookingKey("canary-7f3a-key")
    await choose_for_booking(house.core, ACME, WHO, WHO, key=key, choice=choice(reason=TRAVEL))
    await mark_favourite(house.core, herself(BERTIL), WHO, marked=True)
    await mark_favourite(house.core, herself(WHO), BERTIL, marked=True)
    with house.store.write(ACME) as tx:
        now = house.clock.now()
        tx.sessions.put(Session(key="k", person=WHO, csrf_token="canary-7f3a-t", created_at=now, seen_at=now))
    await telephone(house)


async def telephone(house: House) -> None:
    """Let somebody be called and call, be wished for and wish, and say the own name."""
    await record_call(house.core, ACME, call("to-canary-7f3a", "11:00", to=WHO, by=BERTIL, number="canary-7f3a-caller"))
    await record_call(house.core, ACME, call("of-others", "11:05", to=BERTIL, by=WHO, number="55512345"))
    await ask_call_back(house.core, ACME, call_back("wish-to", to=WHO, number="canary-7f3a-asks"))
    await ask_call_back(house.core, ACME, call_back("wish-of", to=BERTIL, by=WHO, number="55512345"))
    name = PhraseId(kind=PhraseKind.NAME, key=WHO)
    await record_phrase(house.core, herself(WHO), name, wav(tone(440, timedelta(seconds=1), 16_000, 0.3)))


async def test_an_erased_person_leaves_no_byte_in_any_file(house: House) -> None:
    await live(house)
    assert b"canary-7f3a" in house.bytes()
    await erase_person(house.core, ACME, "admin", WHO)
    left = house.bytes()
    assert b"canary-7f3a" not in left.lower()
    assert b"55512345" not in left


async def test_S_12_others_keep_that_they_were_called_and_nobody_knows_by_whom(house: House) -> None:
    await live(house)
    await erase_person(house.core, ACME, "admin", WHO)
    with house.store.read(ACME) as tx:
        [left] = tx.calls.of(BERTIL, limit=10)
        assert (left.id, left.colleague, left.number) == ("of-others", None, "")
        assert (tx.call_backs.all(limit=10), tx.recordings.hashes()) == ([], {})


async def test_S_12_the_recorded_name_is_erased_with_its_sound(house: House) -> None:
    await live(house)
    with house.store.read(ACME) as tx:
        recording = tx.recordings.get(PhraseId(kind=PhraseKind.NAME, key=WHO))
    assert recording is not None
    piece = recording.audio[20_000:20_060]
    assert piece in house.bytes()
    await erase_person(house.core, ACME, "admin", WHO)
    assert piece not in house.bytes()


async def test_S_12_the_logs_chain_stays_whole_and_says_that_somebody_was_erased(house: House) -> None:
    await live(house)
    links = len(house.chain())
    await erase_person(house.core, ACME, "admin", WHO)
    assert {str(state) for state in house.chain()} == {"whole", "erased"}
    assert len(house.chain()) == links + 1
    assert (house.entries()[-1].act, house.entries()[-1].person) == (Act.ERASE_PERSON, None)


async def test_nothing_comes_back_with_the_next_sweep(house: House) -> None:
    await live(house)
    await erase_person(house.core, ACME, "admin", WHO)
    await house.sweep()
    await house.sweep()
    assert b"canary-7f3a" not in house.bytes().lower()


async def test_a_look_under_way_brings_nothing_back(house: House) -> None:
    await live(house)
    house.interrupted.after_reading.append(lambda: erase_person(house.core, ACME, "admin", WHO))
    await house.look(WHO)
    assert b"canary-7f3a" not in house.bytes().lower()


async def test_others_keep_what_is_theirs(house: House) -> None:
    await live(house)
    house.book("b", "13:00", "14:00", of=BERTIL)
    await house.sweep()
    rows = house.kept(BERTIL)
    await erase_person(house.core, ACME, "admin", WHO)
    assert house.kept(BERTIL) == rows


async def test_somebody_of_whom_only_the_log_knows_can_be_erased(house: House) -> None:
    await live(house)
    await import_people(house.core, ACME, "admin", [employee("anna"), employee("bertil"), employee("carolina")])
    await erase_person(house.core, ACME, "admin", WHO)
    assert b"canary-7f3a" not in house.bytes().lower()


async def test_nobody_unknown_is_erased_or_handed_out(house: House) -> None:
    with pytest.raises(NotFoundError):
        await erase_person(house.core, ACME, "admin", PersonId("nobody"))
    with pytest.raises(NotFoundError):
        await export_person(house.core, ACME, "admin", PersonId("nobody"))
    assert house.entries() == []


@pytest.mark.parametrize(
    "part",
    [
        "canary-7f3a-duty",
        "canary-7f3a-key",
        "canary-7f3a-subject",
        "canary-7f3a-note",
        "canary-7f3a-by-hand",
        "canary-7f3a-group",
        "business_trip",
        "lunch",
        "bertil",
        "create_absence",
        "last_good_look",
        "to-canary-7f3a",
        "canary-7f3a-caller",
        "of-others",
        "canary-7f3a-asks",
        "wish-of",
        '"name_is_recorded": true',
    ],
)
async def test_what_is_handed_out_has_everything_that_is_kept(house: House, part: str) -> None:
    await live(house)
    assert part in json.dumps(await export_person(house.core, ACME, "admin", WHO), default=str)


async def test_what_is_handed_out_has_the_layer_and_the_subscription_but_no_secret(house: House) -> None:
    await live(house)
    handed = await export_person(house.core, ACME, "admin", WHO)
    with house.store.read(ACME) as tx:
        of = tx.subscriptions.of(WHO)
    assert of is not None
    text = json.dumps(handed, default=str)
    assert (bool(handed["rules_set_for_the_person"]), of.mailbox in str(handed["subscription"])) == (True, True)
    assert [secret for secret in (of.client_state, of.route, "canary-7f3a-t") if secret in text] == []


async def test_what_is_handed_out_has_no_calls_between_others(house: House) -> None:
    await live(house)
    await record_call(house.core, ACME, call("between-others", to=BERTIL, number="0709"))
    await ask_call_back(house.core, ACME, call_back("wish-between-others", to=BERTIL, number="0709"))
    handed = await export_person(house.core, ACME, "admin", PersonId("anna"))
    assert (handed["calls"], handed["wishes_to_be_called_back"], handed["name_is_recorded"]) == ([], [], False)


async def test_handing_out_is_in_the_log(house: House) -> None:
    await live(house)
    await export_person(house.core, ACME, "admin", WHO)
    assert house.audit(WHO)[-1].act is Act.EXPORT_PERSON
