"""What every store promises of people, and of what is kept about them."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.person import Entitlements, GroupId, LineState, PersonId, Role
from kalenderkoppling.domain.recording import PhraseId, PhraseKind
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.access import Session
from kalenderkoppling.ports.store.changes import LineRow
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import LayerKind, OwnRules
from kalenderkoppling.store import SqlStore
from kktest.calls import call, call_back, recording
from kktest.keeping import ACME, ANNA, BERTIL, by_hand, entry, person, placed, subscription
from kktest.make import NOON, at, between, choice, layer


@pytest.fixture
def tx(store: SqlStore) -> Iterator[Transaction]:
    with store.write(ACME) as tx:
        yield tx


FULL = replace(
    person("full", "Åsa Ström", mailbox="asa@example.org", title="Chef", department="Ekonomi", place="Luleå"),
    responsibilities="fakturor, löner",
    extension="4411",
    mobile="070-174 06 05",
    phone_uri="sip:4411@example.org",
    zone=ZoneInfo("Europe/Helsinki"),
    groups=(GroupId("g2"), GroupId("g1")),
    entitlements=Entitlements(calendar_coupling=True, referral=True),
    roles=frozenset({Role.ATTENDANT, Role.EMPLOYEE}),
)


def test_a_person_is_kept_as_it_was_put(tx: Transaction) -> None:
    tx.people.put([FULL, person()])

    assert tx.people.get(FULL.id) == FULL
    assert tx.people.many([ANNA, FULL.id, BERTIL]) == {ANNA: person(), FULL.id: FULL}
    assert tx.people.get(BERTIL) is None
    assert tx.people.ids() == [ANNA, FULL.id]


def test_putting_somebody_again_replaces_and_is_found_by_the_new_name_alone(tx: Transaction) -> None:
    tx.people.put([person(name="Anna Ek")])
    tx.people.put([person(name="Anna Berg")])

    assert tx.people.search("ek", limit=5).people == []
    assert [each.name for each in tx.people.search("berg", limit=5).people] == ["Anna Berg"]


def test_entitlements_are_set_for_one(tx: Transaction) -> None:
    tx.people.put([person(), person("bertil")])
    given = Entitlements(calendar_coupling=True)

    tx.people.set_entitlements(ANNA, given)

    assert tx.people.many([ANNA, BERTIL]) == {ANNA: replace(person(), entitlements=given), BERTIL: person("bertil")}


def test_groups_are_counted_by_their_members(tx: Transaction) -> None:
    tx.people.put([FULL, replace(person(), groups=(GroupId("g1"),)), person("bertil")])
    assert list(tx.people.groups().items()) == [(GroupId("g1"), 2), (GroupId("g2"), 1)]


def test_nobody_cannot_be_entitled(tx: Transaction) -> None:
    with pytest.raises(NotFoundError):
        tx.people.set_entitlements(ANNA, Entitlements())


def test_the_settings_are_the_standard_ones_until_some_are_put(tx: Transaction) -> None:
    assert tx.people.settings() == TenantSettings()
    ours = TenantSettings(
        zone=ZoneInfo("Europe/Oslo"),
        language="nb",
        country="NO",
        retention=timedelta(days=3, hours=1),
        freshness_limit=timedelta(hours=3),
        sick_to_attendants=True,
        reads_item_choices=True,
        speaks=("nb", "en"),
        call_numbers_kept=timedelta(minutes=90),
        calls_kept=timedelta(days=12),
    )
    standard = TenantSettings()
    assert [each.name for each in fields(ours) if getattr(ours, each.name) == getattr(standard, each.name)] == []

    tx.people.put_settings(ours)

    assert tx.people.settings() == ours


def fill(tx: Transaction, of: PersonId, other: PersonId) -> None:
    """Keep something of every kind about a person."""
    tx.people.put([person(of, f"Name {of}")])
    tx.absences.add(of, [replace(placed(), kept=replace(placed().kept, id=type(placed().kept.id)(f"kept-{of}")))])
    tx.absences.put_by_hand(of, by_hand(id_=f"hand-{of}"))
    tx.choices.put(of, {placed().kept.booking.key: choice()})
    tx.rules.put_own(of, OwnRules(update=False))
    tx.rules.put_layer(ScopedLayer(scope_id=of, layer=layer(kind=LayerKind.PERSON, show_subject=True)))
    tx.mailboxes.add(of, NOON)
    tx.subscriptions.put(subscription(of, route=f"route-{of}"))
    tx.changes.add([of], NOON)
    tx.lines.put(of, LineRow(state=LineState.IN_CALL, valid_until=at("13:00")))
    tx.sessions.put(Session(key=f"key-{of}", person=of, csrf_token="t", created_at=NOON, seen_at=NOON))
    tx.favourites.add(of, other)
    tx.calls.add([call(f"to-{of}", to=of, number=f"number-to-{of}")])
    tx.call_backs.add(call_back(f"wish-to-{of}", to=of))
    tx.recordings.put(recording(PhraseId(kind=PhraseKind.NAME, key=of)))
    tx.audit.append(entry(actor=of, of=of))


def everything(tx: Transaction, of: PersonId, other: PersonId) -> list[object]:
    """Return all that can be read about a person, outside the audit log."""
    return [
        tx.people.get(of),
        tx.people.search(of, limit=5).people or None,
        tx.absences.kept(of) or None,
        tx.absences.by_hand_between([of], between("00:00", "23:00")) or None,
        tx.choices.of([of]) or None,
        tx.rules.own([of]) or None,
        [each for each in tx.rules.layers() if each.scope_id == of] or None,
        tx.mailboxes.state([of]) or None,
        tx.subscriptions.of(of),
        [each for each in tx.changes.since(0, 100) if each.person == of] or None,
        tx.lines.states([of], NOON) or None,
        tx.sessions.get(f"key-{of}"),
        tx.calls.of(of, limit=10) or None,
        tx.call_backs.of(of) or None,
        tx.recordings.get(PhraseId(kind=PhraseKind.NAME, key=of)),
        tx.favourites.of(of) or None,
        [each for each in tx.favourites.of(other) if each == of] or None,
    ]


def test_a_person_who_is_removed_leaves_nothing_but_the_log(tx: Transaction) -> None:
    fill(tx, ANNA, BERTIL)
    fill(tx, BERTIL, ANNA)
    before = everything(tx, ANNA, BERTIL)
    of_the_other = everything(tx, BERTIL, ANNA)

    tx.people.remove(ANNA)

    assert None not in before
    assert [each for each in everything(tx, ANNA, BERTIL) if each is not None] == []
    assert tx.audit.of_person(ANNA) == [entry(actor=ANNA, of=ANNA)]
    # Only the mark that the one had put on the other is gone with it.
    assert everything(tx, BERTIL, ANNA) == [*of_the_other[:-2], None, None]


def test_calls_that_a_removed_person_made_stay_with_whoever_was_called_and_name_nobody(tx: Transaction) -> None:
    made, others = call("made", to=BERTIL, by=ANNA), call("others", "12:05", to=BERTIL)
    tx.people.put([person(), person("bertil")])
    tx.calls.add([made, others])
    tx.call_backs.add(call_back("made", to=BERTIL, by=ANNA, number="4411"))
    tx.call_backs.add(call_back("others", to=BERTIL, number="0701"))

    tx.people.remove(ANNA)

    assert tx.calls.of(BERTIL, limit=10) == [others, replace(made, number="", colleague=None)]
    assert [each.id for each in tx.call_backs.of(BERTIL)] == ["others"]


def test_a_reasons_recording_stays_when_somebody_of_that_name_is_removed(tx: Transaction) -> None:
    reason = recording(PhraseId(kind=PhraseKind.REASON, key=ANNA, language="sv"))
    tx.recordings.put(reason)
    tx.people.remove(ANNA)
    assert tx.recordings.get(reason.phrase) == reason


def test_line_states_hold_until_their_time(tx: Transaction) -> None:
    tx.lines.put(ANNA, LineRow(state=LineState.RINGING, valid_until=at("13:00")))
    tx.lines.put(ANNA, LineRow(state=LineState.IN_CALL, valid_until=at("13:00")))

    assert tx.lines.states([ANNA, BERTIL], at("12:59")) == {ANNA: LineState.IN_CALL}
    assert tx.lines.states([ANNA], at("13:00")) == {}


def test_of_a_persons_sessions_the_most_recently_used_are_kept(tx: Transaction) -> None:
    def session(key: str, seen: str, of: PersonId = ANNA) -> Session:
        return Session(key=key, person=of, csrf_token="t", created_at=NOON, seen_at=at(seen))

    for each in (
        session("new", "12:30"),
        session("old", "12:10"),
        session("middle", "12:20"),
        session("b", "12:00", BERTIL),
    ):
        tx.sessions.put(each)
    tx.sessions.drop_oldest(ANNA, 2)
    assert [key for key in ("new", "middle", "old", "b") if tx.sessions.get(key)] == ["new", "middle", "b"]
    tx.sessions.drop_oldest(ANNA, 2)
    assert tx.sessions.get("middle") is not None


def test_a_session_is_kept_replaced_and_ended(tx: Transaction) -> None:
    session = Session(key="k", person=ANNA, csrf_token="t", created_at=NOON, seen_at=NOON, language="nb")
    tx.sessions.put(session)
    later = replace(session, seen_at=at("12:30"))
    tx.sessions.put(later)

    assert tx.sessions.get("k") == later
    tx.sessions.remove("k")
    assert tx.sessions.get("k") is None


def test_sessions_end_that_are_too_old_or_idle_for_too_long(tx: Transaction) -> None:
    for key, created, seen in (("good", "10:00", "12:00"), ("idle", "10:00", "11:00"), ("old", "01:00", "12:00")):
        tx.sessions.put(Session(key=key, person=ANNA, csrf_token="t", created_at=at(created), seen_at=at(seen)))

    tx.sessions.drop_before(at("09:00"), at("11:30"))

    assert [key for key in ("good", "idle", "old") if tx.sessions.get(key)] == ["good"]


def test_favourites_stand_in_the_order_in_which_they_were_marked_each_once(tx: Transaction) -> None:
    for name in ("c", "a", "b", "c"):
        tx.favourites.add(ANNA, PersonId(name))
    tx.favourites.remove(ANNA, PersonId("a"))
    tx.favourites.remove(ANNA, PersonId("nobody"))
    tx.favourites.add(ANNA, PersonId("a"))

    assert tx.favourites.of(ANNA) == ["c", "b", "a"]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 8, 9, 64, 65, 499, 500, 501, 1_001])
def test_any_number_of_people_is_read_at_once_and_nobody_else(tx: Transaction, count: int) -> None:
    everybody = [person(f"p{number:04}") for number in range(1_010)]
    tx.people.put(everybody)
    wanted = [each.id for each in everybody[3 : 3 + count]]
    found = tx.people.many([*wanted, *wanted, PersonId("nobody")] if count else [])
    assert found == {each.id: each for each in everybody[3 : 3 + count]}


def test_people_with_the_same_groups_and_services_but_other_roles_are_told_apart(tx: Transaction) -> None:
    both = {Role.ATTENDANT, Role.EMPLOYEE}
    people = [
        replace(FULL, id=PersonId("one")),
        replace(FULL, id=PersonId("other"), roles=frozenset(both - {Role.ATTENDANT})),
        replace(FULL, id=PersonId("third"), groups=(GroupId("g1"), GroupId("g2"))),
        replace(FULL, id=PersonId("fourth"), entitlements=Entitlements(referral=True)),
    ]
    tx.people.put(people)
    assert tx.people.many(each.id for each in people) == {each.id: each for each in people}
