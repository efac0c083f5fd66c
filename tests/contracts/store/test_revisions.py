"""What every store promises of revisions: no change of what a look at a mailbox rests on leaves them as they were."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from inspect import isfunction
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kalenderkoppling.domain.absence import AbsenceId, Edit, ReasonKind
from kalenderkoppling.domain.booking import BookingKey, ChoiceKind, ShowAs
from kalenderkoppling.domain.errors import ConflictError, NotFoundError
from kalenderkoppling.domain.person import Entitlements, PersonId
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.ports.store import Absences, Choosing, People, Ruling, Transaction
from kalenderkoppling.ports.store.mailboxes import Revision
from kalenderkoppling.ports.store.rules import TenantReason
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import LayerKind, OwnRules
from kalenderkoppling.rules.pins import Pin
from kalenderkoppling.rules.rollout import Rollout
from kalenderkoppling.store import SqlStore
from kalenderkoppling.usecases.situation import policies
from kktest.keeping import ACME, ANNA, BERTIL, OTHER, by_hand, person, placed
from kktest.make import LUNCH, NOON, booking, choice, days, kept, layer

PEOPLE = (ANNA, BERTIL)
CAROLINA = PersonId("carolina")
Write = Callable[[Transaction], object]


def scoped(kind: LayerKind, scope_id: str = "", **others: Any) -> ScopedLayer:  # noqa: ANN401 - the fields of Layer
    return ScopedLayer(scope_id=scope_id, layer=replace(layer(**others), kind=kind))


NO_UPDATE = {ShowAs.BUSY: None}
GROUPED = person(groups=("g",), mailbox="anna@example.org")

OF_ANNA: dict[str, Write] = {
    "absences.add": lambda tx: tx.absences.add(ANNA, [placed(booking("b9"))]),
    "absences.add_many": lambda tx: tx.absences.add_many({ANNA: [placed(booking("b8"))], BERTIL: []}),
    "absences.change": lambda tx: tx.absences.change(ANNA, [placed(kept(booking("b1"), Edit(note="late")))]),
    "absences.drop": lambda tx: tx.absences.drop([AbsenceId("id-b1")]),
    "absences.drop_unruled": lambda tx: tx.absences.drop_unruled(PEOPLE, [ShowAs.BUSY]),
    "absences.drop_kept_of": lambda tx: tx.absences.drop_kept_of(ANNA),
    "absences.drop_ended": lambda tx: tx.absences.drop_ended(NOON + timedelta(days=7)),
    "absences.purge_subjects": lambda tx: tx.absences.purge_subjects(PEOPLE),
    "choices.put": lambda tx: tx.choices.put(ANNA, {BookingKey("b1"): choice(ChoiceKind.NO)}),
    "choices.remove": lambda tx: tx.choices.remove(ANNA, [BookingKey("b1"), BookingKey("b2")]),
    "rules.put_own": lambda tx: tx.rules.put_own(ANNA, OwnRules(update=False)),
    "rules.put_layer": lambda tx: tx.rules.put_layer(scoped(LayerKind.PERSON, ANNA, rules=NO_UPDATE)),
    "rules.remove_layer": lambda tx: tx.rules.remove_layer(LayerKind.PERSON, ANNA),
    "people.put": lambda tx: tx.people.put([GROUPED, person("bertil", "Bertil Al"), person("carolina", "Carolina")]),
    "people.set_entitlements": lambda tx: tx.people.set_entitlements(ANNA, Entitlements(calendar_coupling=True)),
}
OF_EVERYBODY: dict[str, Write] = {
    "rules.put_layer": lambda tx: tx.rules.put_layer(scoped(LayerKind.TENANT, rules=NO_UPDATE)),
    "rules.put_layer, of a group": lambda tx: tx.rules.put_layer(scoped(LayerKind.GROUP, "g", show_subject=True)),
    "rules.remove_layer": lambda tx: tx.rules.remove_layer(LayerKind.TENANT, ""),
    "people.put_settings": lambda tx: tx.people.put_settings(TenantSettings(zone=ZoneInfo("Europe/Helsinki"))),
}
OF_NOBODY: dict[str, Write] = {
    "absences.put_by_hand": lambda tx: tx.absences.put_by_hand(ANNA, by_hand("10:00", "11:00")),
    "rules.put_reason": lambda tx: tx.rules.put_reason(TenantReason(key=LUNCH, kind=ReasonKind.CLOCK)),
    "rules.put_pins": lambda tx: tx.rules.put_pins([Pin.COUNTRY]),
    "rules.put_rollout": lambda tx: tx.rules.put_rollout(Rollout(total=2, since=NOON, after=ANNA, done=1)),
    "mailboxes.make_due": lambda tx: tx.mailboxes.make_due(PEOPLE, NOON),
}
READS = {
    "absences": {
        "kept",
        "kept_by_person",
        "kept_between",
        "by_hand_between",
        "owned",
        "with_boundary",
        "next_boundary",
    },
    "choices": {"of"},
    "rules": {"layers", "own", "reasons", "pins", "rollout"},
    "people": {
        "get",
        "many",
        "ids",
        "ids_after",
        "groups",
        "departments",
        "members",
        "search",
        "settings",
        "with_entra_oid",
        "remove",
    },
}
"""`people.remove` takes the mailbox away too, so that nothing is left to count."""


@pytest.fixture
def tx(store: SqlStore) -> Iterator[Transaction]:
    with store.write(ACME) as tx:
        fill(tx)
        yield tx


def fill(tx: Transaction) -> None:
    tx.people.put([person(mailbox="anna@example.org"), person("bertil", "Bertil Al")])
    for each in PEOPLE:
        tx.mailboxes.add(each, NOON)
    tx.absences.add(ANNA, [placed(booking("b1", subject="Budget")), placed(booking("b2"))])
    tx.absences.add(BERTIL, [placed(booking("b3", days("2027-11-23", "2027-11-25"), show_as=ShowAs.FREE))])
    tx.choices.put(ANNA, {BookingKey("b2"): choice(ChoiceKind.NO)})


def revisions(store: SqlStore, people: Sequence[PersonId] = PEOPLE) -> dict[PersonId, Revision]:
    with store.write(ACME) as tx:
        return dict(tx.mailboxes.revisions(people))


def rests_on(store: SqlStore, of: PersonId) -> object:
    """What a look at a mailbox rests on, as it is read where a look is planned."""
    with store.read(ACME) as tx:
        people = tx.people.many([of])
        return people, policies(tx, people), tx.people.settings(), tx.choices.of([of]), tx.absences.kept(of)


@pytest.fixture
def filled(store: SqlStore) -> SqlStore:
    with store.write(ACME) as tx:
        fill(tx)
    return store


@pytest.mark.parametrize("write", OF_ANNA.values(), ids=OF_ANNA)
def test_a_write_about_a_person_moves_the_persons_own_revision_only(filled: SqlStore, write: Write) -> None:
    before = revisions(filled)
    with filled.write(ACME) as tx:
        write(tx)
    after = revisions(filled)
    assert after[ANNA].own > before[ANNA].own
    assert (after[BERTIL], after[ANNA].shared) == (before[BERTIL], before[ANNA].shared)


@pytest.mark.parametrize("write", OF_EVERYBODY.values(), ids=OF_EVERYBODY)
def test_a_write_about_everybody_moves_the_shared_revision(filled: SqlStore, write: Write) -> None:
    before = revisions(filled)
    with filled.write(ACME) as tx:
        write(tx)
    after = revisions(filled)
    assert all(after[each].shared > before[each].shared for each in PEOPLE)


@pytest.mark.parametrize("write", OF_NOBODY.values(), ids=OF_NOBODY)
def test_a_write_on_which_no_look_rests_moves_nothing(filled: SqlStore, write: Write) -> None:
    before = revisions(filled)
    with filled.write(ACME) as tx:
        write(tx)
    assert revisions(filled) == before


def test_every_method_of_these_ports_is_known_to_write_or_to_read() -> None:
    written = {name.partition(",")[0] for name in (*OF_ANNA, *OF_EVERYBODY, *OF_NOBODY)}
    ports = {"absences": Absences, "choices": Choosing, "rules": Ruling, "people": People}
    known = {f"{part}.{name}" for part, port in ports.items() for name, each in vars(port).items() if isfunction(each)}
    known = {name for name in known if not name.partition(".")[2].startswith("_")}
    assert known - written == {f"{part}.{name}" for part, names in READS.items() for name in names}


def test_another_tenants_writes_move_nothing(filled: SqlStore) -> None:
    before = revisions(filled)
    with filled.write(OTHER) as tx:
        for write in (*OF_ANNA.values(), *OF_EVERYBODY.values()):
            if write is not OF_ANNA["people.set_entitlements"]:
                write(tx)
    assert revisions(filled) == before


def test_a_claim_bears_the_revision_and_so_does_a_claim_that_is_still_held(tx: Transaction) -> None:
    claim = tx.mailboxes.claim(ANNA, NOON, timedelta(minutes=1))
    assert claim is not None
    assert claim.revision == tx.mailboxes.revisions([ANNA])[ANNA]
    assert tx.mailboxes.still_held([claim]) == {claim: claim.revision}


def test_what_is_rolled_back_moves_nothing(filled: SqlStore) -> None:
    before = revisions(filled)

    def fail_late() -> None:
        with filled.write(ACME) as tx:
            tx.rules.put_layer(scoped(LayerKind.TENANT, rules=NO_UPDATE))
            tx.absences.add(ANNA, [placed(booking("b1"))])

    with pytest.raises(ConflictError):
        fail_late()
    assert revisions(filled) == before


def test_whoever_wrote_about_a_person_without_a_mailbox_is_waited_for_by_who_adds_one(store: SqlStore) -> None:
    """Else a look could be planned by the old rules, and the new ones would not show in its revision."""
    with store.write(ACME) as tx:
        tx.people.put([person()])
    written, go_on = Event(), Event()

    def write_own_rules() -> None:
        with store.write(ACME) as tx:
            tx.rules.put_own(ANNA, OwnRules(update=False))
            written.set()
            assert go_on.wait(60)

    def give_the_service() -> object:
        with store.write(ACME) as tx:
            go_on.set()
            tx.people.set_entitlements(ANNA, Entitlements(calendar_coupling=True))
            tx.mailboxes.add(ANNA, NOON)
            return tx.rules.own([ANNA])

    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(write_own_rules)
        assert written.wait(60)
        if store._engines.file is not None:  # SQLite has one writer at a time.
            go_on.set()
        giving = pool.submit(give_the_service)
        assert giving.result() == {ANNA: OwnRules(update=False)}
        writing.result()


ANY = (*OF_ANNA.values(), *OF_EVERYBODY.values(), *OF_NOBODY.values())


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(writes=st.lists(st.lists(st.sampled_from(ANY), min_size=1, max_size=3), max_size=8))
def test_what_a_look_rests_on_never_changes_without_its_revision(filled: SqlStore, writes: list[list[Write]]) -> None:
    for together in writes:
        before = [(revisions(filled)[each], rests_on(filled, each)) for each in PEOPLE]
        try:
            with filled.write(ACME) as tx:
                for write in together:
                    write(tx)
        except (ConflictError, NotFoundError):
            pass  # A row that is there already: all of it is undone.
        for (revision, rested), each in zip(before, PEOPLE, strict=True):
            assert rests_on(filled, each) == rested or revisions(filled)[each] != revision
