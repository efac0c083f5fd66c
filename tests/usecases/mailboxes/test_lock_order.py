"""Locks on PostgreSQL come in one order, mailboxes first and by id, so that no two transactions wait for each other."""

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

import kalenderkoppling.usecases
from kalenderkoppling.domain.booking import BookingKey, ChoiceKind, ShowAs
from kalenderkoppling.domain.errors import PausedError, PauseScope
from kalenderkoppling.domain.person import Entitlements, GroupId, PersonId
from kalenderkoppling.domain.service import Scope, Service, ServiceSetting
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.ports.calendar import NoticeKind
from kalenderkoppling.ports.store.mailboxes import Claim, Revision
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import LayerKind, OwnRules
from kalenderkoppling.rules.rollout import Rollout
from kalenderkoppling.store import SqlStore
from kalenderkoppling.store.engine import open_engines
from kalenderkoppling.store.mailboxes import SqlMailboxes
from kalenderkoppling.usecases.absences.changed import Changed
from kalenderkoppling.usecases.absences.edit_absence import edit_absence
from kalenderkoppling.usecases.absences.fields import Fields
from kalenderkoppling.usecases.absences.remove_absence import remove_absence
from kalenderkoppling.usecases.absences.restore_absence import restore_absence
from kalenderkoppling.usecases.mailboxes.keep_subscribed import RETRY
from kalenderkoppling.usecases.mailboxes.receive_notice import receive_notice
from kalenderkoppling.usecases.mailboxes.resume import resume
from kalenderkoppling.usecases.people.erase_person import erase_person
from kalenderkoppling.usecases.people.import_people import import_people
from kalenderkoppling.usecases.people.order_service import order_service
from kalenderkoppling.usecases.people.set_service import set_service
from kalenderkoppling.usecases.rules.carry_out import carry_out
from kalenderkoppling.usecases.rules.choose_for_booking import choose_for_booking
from kalenderkoppling.usecases.rules.edit_rules import order_groups
from kalenderkoppling.usecases.rules.set_own_rules import set_own_rules
from kalenderkoppling.usecases.rules.set_rules import set_layer, set_settings
from kktest.house import ADMINISTRATOR, CAROLINA, House, employee, herself, mail_of, move_in, new_house
from kktest.keeping import ACME, ANNA, BERTIL
from kktest.make import LUNCH, choice, layer
from kktest.notices import notice_body, posted
from kktest.waiting import DEADLINE_SECONDS, until

on_postgresql = pytest.mark.parametrize(
    "new_database", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)

PEOPLE = (ANNA, BERTIL, CAROLINA)
NO_UPDATE = {ShowAs.BUSY: None}
Deed = Callable[[House], Coroutine[Any, Any, None]]


@pytest.fixture
def house(database: str, tmp_path: Path) -> Iterator[House]:
    """Three people in one group, whose mailboxes are empty."""
    with closing(SqlStore(open_engines(database))) as store:
        house = new_house(tmp_path / "no-file", store=store)
        store.add_tenant(ACME)
        move_in(house, [employee(each, groups=["g"]) for each in PEOPLE])
        yield house


@pytest.fixture
def superuser(database: str) -> str:
    """The same database for somebody who sees the rows of every tenant."""
    return database.replace("kk_owner@", "postgres@")


async def booked(house: House) -> None:
    """Let each have three absences, a choice on one of the bookings, and a subscription; then the calendars change.

    So a look at any of them has a row to add, to change and to drop, and a choice to take away.
    """
    for each in PEOPLE:
        for key, start in (("moves", "13:00"), ("goes", "15:00"), ("stays", "16:00")):
            house.book(f"{each}-{key}", start, "17:00", of=each)
        house.book(f"{each}-day", "2026-11-24 00:00", "2026-11-25 00:00", of=each)
    await house.settle()
    for each in PEOPLE:
        for key in ("goes", "stays"):
            about, made = BookingKey(f"{each}-{key}"), choice(ChoiceKind.SET, reason=LUNCH)
            await choose_for_booking(house.core, ACME, each, each, key=about, choice=made)
    await house.settle()
    for each in PEOPLE:
        house.book(f"{each}-moves", "13:30", "17:00", of=each)
        house.book(f"{each}-comes", "14:00", "17:00", of=each)
        house.calendar.mailboxes[mail_of(each)].pop(f"{each}-goes")


# ── every use case that writes to mailboxes and to other rows ───────────────────────────────────


async def rules_for_everybody(house: House) -> None:
    await set_layer(house.core, ACME, "admin", ScopedLayer(layer=layer(rules=NO_UPDATE)))


async def rules_for_a_group(house: House) -> None:
    of_group = replace(layer(rules=NO_UPDATE), kind=LayerKind.GROUP)
    await set_layer(house.core, ACME, "admin", ScopedLayer(scope_id="g", layer=of_group))


async def rules_for_a_person(house: House) -> None:
    of_person = replace(layer(rules=NO_UPDATE), kind=LayerKind.PERSON)
    await set_layer(house.core, ACME, "admin", ScopedLayer(scope_id=ANNA, layer=of_person))


async def an_order_of_groups(house: House) -> None:
    groups = [GroupId("g"), GroupId("h")]
    await order_groups(house.core, ADMINISTRATOR, groups[::-1], seen=groups)


async def rules_carried_out(house: House) -> None:
    with house.store.write(ACME) as tx:
        tx.rules.put_rollout(Rollout(total=len(PEOPLE), since=house.clock.now()))
    await carry_out(house.core, ACME)


async def settings_of_the_company(house: House) -> None:
    moved = TenantSettings(zone=ZoneInfo("Europe/Helsinki"), language="nb")
    await set_settings(house.core, ACME, "admin", moved)


async def own_rules(house: House) -> None:
    await set_own_rules(house.core, ACME, ANNA, ANNA, OwnRules(update=False))


async def a_choice(house: House) -> None:
    made = choice(ChoiceKind.NO)
    await choose_for_booking(house.core, ACME, ANNA, ANNA, key=BookingKey("anna-moves"), choice=made)


async def an_edit(house: House) -> None:
    await edit_absence(house.core, herself(), CHANGED[house.file].id, Fields(note="Sooner"))


async def a_removal(house: House) -> None:
    await remove_absence(house.core, herself(), CHANGED[house.file].id)


async def housekeeping(house: House) -> None:
    house.clock.forward(timedelta(days=9))
    await house.worker.keep_time()


async def an_undo(house: House) -> None:
    await restore_absence(house.core, herself(), CHANGED[house.file])


async def a_service_taken_away(house: House) -> None:
    await set_service(house.core, ACME, "admin", ANNA, Entitlements())


async def a_service_given(house: House) -> None:
    await set_service(house.core, ACME, "admin", ANNA, Entitlements(calendar_coupling=True))


async def a_service_order(house: House) -> None:
    await order_service(
        house.core,
        ACME,
        "admin",
        service=Service.CALENDAR_COUPLING,
        setting=ServiceSetting.OFF,
        scope=Scope.GROUP,
        of="g",
    )


async def an_import(house: House) -> None:
    """In another order than that of ids: one goes, one moves to another zone and mailbox, one leaves a group."""
    moved = replace(employee(BERTIL), zone=ZoneInfo("America/New_York"), mailbox="new@example.org")
    people = [employee(CAROLINA), moved, employee("dora")]
    await import_people(house.core, ACME, "admin", people, may_empty=True)


async def an_erasure(house: House) -> None:
    await erase_person(house.core, ACME, "admin", ANNA)


async def a_notice(house: House) -> None:
    with house.store.read(ACME) as tx:
        known = tx.subscriptions.of(ANNA)
    assert known is not None
    told = [(known.id, known.client_state, kind) for kind in (NoticeKind.REAUTHORIZE, NoticeKind.REMOVED)]
    request = posted(notice_body(*told))
    await receive_notice(house.core, house.notices, house.meter, ACME, route=known.route, request=request)


async def a_new_subscription(house: House) -> None:
    with house.store.write(ACME) as tx:
        tx.subscriptions.remove(ANNA)
    await house.worker.subscribe()


async def a_subscription_that_is_refused(house: House) -> None:
    house.notices.fail("renew", mail_of(ANNA), PausedError(PauseScope.MAILBOX, RETRY))
    house.clock.forward(timedelta(days=2))
    await house.worker.subscribe()


async def a_start(house: House) -> None:
    await resume(house.core, ACME, alone=False)


async def looks(house: House) -> None:
    await asyncio.gather(*map(house.look, reversed(PEOPLE)))


async def a_failed_look(house: House) -> None:
    house.calendar.fail(mail_of(ANNA), PausedError(PauseScope.TENANT, RETRY))
    await house.look()


DEEDS: tuple[Deed, ...] = (
    rules_for_everybody, rules_for_a_group, rules_for_a_person, an_order_of_groups, settings_of_the_company, own_rules,
    a_choice, rules_carried_out, an_edit, a_removal, an_undo, housekeeping, a_service_taken_away, a_service_given,
    a_service_order, an_import, an_erasure, a_notice, a_new_subscription, a_subscription_that_is_refused, a_start,
    looks, a_failed_look,
)  # fmt: skip
CHANGED: dict[Path, Changed] = {}


async def ready(house: House) -> None:
    """Bring about what every deed needs."""
    await house.worker.subscribe()
    await booked(house)
    absence = next(each for each in house.kept() if each.booking.key == "anna-stays")
    CHANGED[house.file] = await edit_absence(house.core, herself(), absence.id, Fields(note="Soon"))
    with house.store.write(ACME) as tx:
        tx.rules.put_own(ANNA, OwnRules())
        for rank, group in enumerate(("g", "h")):
            tx.rules.put_layer(ScopedLayer(scope_id=group, rank=rank, layer=layer(kind=LayerKind.GROUP)))


@contextmanager
def held(superuser: str, person: PersonId) -> Iterator[psycopg.Connection]:
    """Hold the lock on a mailbox, as somebody does who finishes a run."""
    with psycopg.connect(superuser) as connection:
        connection.execute("SELECT 1 FROM mailbox WHERE person_id = %s FOR UPDATE", (person,))
        yield connection


async def is_waiting(superuser: str, doing: asyncio.Task[None]) -> bool:
    """Wait until a task waits for a lock, or is done without."""
    with psycopg.connect(superuser, autocommit=True) as watching:

        def waits() -> bool:
            found = watching.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
            return found is not None and found[0] > 0

        return await until(lambda: doing.done() or waits()) and not doing.done()


def locked_besides(superuser: str, person: PersonId) -> list[str]:
    """Return the tables of which somebody holds rows, of mailboxes only those that come after a person's."""
    tables = ("kept", "by_hand", "choice", "own_rules", "layer", "setting", "person", "subscription", "pause", "head")
    found = []
    for table in (*tables, "mailbox"):
        later = SQL("WHERE person_id > {}").format(person) if table == "mailbox" else SQL("")
        with psycopg.connect(superuser) as connection:
            try:
                connection.execute(SQL("SELECT 1 FROM {} {} FOR UPDATE NOWAIT").format(Identifier(table), later))
            except psycopg.errors.LockNotAvailable:
                found.append(table)
            connection.rollback()
    return found


@on_postgresql
@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
async def test_whoever_waits_for_a_mailbox_holds_no_other_row(house: House, superuser: str, deed: Deed) -> None:
    await ready(house)
    with held(superuser, ANNA) as holding:
        doing = asyncio.create_task(deed(house))
        waited, found = await is_waiting(superuser, doing), locked_besides(superuser, ANNA)
        holding.rollback()
    await doing
    assert (waited, found) == (True, [])


# A look begins with a claim, which passes over what somebody is about to finish.
@on_postgresql
@pytest.mark.parametrize("deed", [each for each in DEEDS if each is not a_failed_look], ids=lambda deed: deed.__name__)
async def test_whoever_finishes_runs_and_whoever_changes_their_people_both_succeed(
    house: House, superuser: str, deed: Deed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ready(house)
    locked, go_on, plain = Event(), Event(), SqlMailboxes.still_held

    def hold(self: SqlMailboxes, claims: Iterable[Claim]) -> Mapping[Claim, Revision]:
        """Stop at the first finish, whose mailboxes are locked and whose rows are not written yet."""
        found = plain(self, claims)
        if not locked.is_set():
            locked.set()
            assert go_on.wait(DEADLINE_SECONDS)
        return found

    monkeypatch.setattr(SqlMailboxes, "still_held", hold)
    finishing = asyncio.create_task(looks(house))
    await until(locked.is_set)
    doing = asyncio.create_task(deed(house))
    try:
        waited = await is_waiting(superuser, doing)
    finally:
        go_on.set()
    await asyncio.gather(finishing, doing)
    assert waited


WRITES_TO_MAILBOXES = re.compile(
    r"unit\.wake\(|\.mailboxes\.(add|remove|claim|claim_many|lock|still_held|finish|finish_many|make_due|pause)\("
)


def test_every_use_case_that_writes_to_mailboxes_is_held_to_this_order() -> None:
    usecases = Path(kalenderkoppling.usecases.__file__).parent
    found = {file.stem for file in usecases.rglob("*.py") if WRITES_TO_MAILBOXES.search(file.read_text())}
    assert found - {"core"} == {
        "administer_people", "carry_out", "choose_for_booking", "claim_runs", "edit_rules", "erase_person",
        "finish_runs", "import_people", "keep_subscribed", "order_service", "receive_notice", "restore_absence",
        "resume",
        "set_own_rules", "set_rules", "set_service",
    }  # fmt: skip
