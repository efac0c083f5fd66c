"""Two worlds of one seed that differ in what must not matter: the database holds the same (S-1, S-7, S-10)."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from random import Random

import pytest

from kalenderkoppling.domain.booking import BookingKey, ChoiceKind
from kalenderkoppling.ports.calendar import NoticeKind
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.usecases.absences.edit_absence import edit_absence
from kalenderkoppling.usecases.absences.fields import Fields
from kalenderkoppling.usecases.mailboxes.receive_notice import receive_notice
from kalenderkoppling.usecases.rules.choose_for_booking import choose_for_booking
from kalenderkoppling.usecases.rules.set_rules import set_layer
from kktest.calendar import Item
from kktest.house import House, employee, herself, mail_of, move_in, open_house
from kktest.keeping import ACME, ANNA, OTHER
from kktest.make import LUNCH, choice, layer
from kktest.notices import notice_body, posted
from kktest.simulated_world import overwriting_in_this_process
from kktest.simulation import PEOPLE, random_item

# What is drawn by lot in each world: fences, secrets, salts and the hashes over them.
_BY_LOT = {
    "mailbox": {"generation"},
    "subscription": {"route", "client_state", "id"},
    "audit_link": {"payload_hash", "hash"},
    "audit_payload": {"salt"},
    "head": {"link_hash"},
    # These tests count ids through, over all tenants of a process.
    "kept": {"absence_id"},
}
_SHARED = ("alembic", "search", "person_text", "tenant", "sqlite_")
STEPS = 60
Meddling = Callable[[House, Random, int], Awaitable[None]]


async def nothing(house: House, rng: Random, step: int) -> None:
    """Nothing else happens."""


async def private_bookings(house: House, rng: Random, step: int) -> None:
    """People have private bookings too, and change them."""
    key = f"Canary-{rng.randrange(12)}"
    item = random_item(rng, f"Qk{step:04}z", house.clock.now())
    series = {"days_apart": item.days_apart, "count": item.count}
    hidden = Item(
        key=key,
        start=item.start,
        end=item.end,
        subject="Canary",
        sensitivity=rng.choice(("private", "confidential", None)),
        **series,  # type: ignore[arg-type]  # the item's own fields
    )
    house.calendar.put(mail_of(rng.choice(PEOPLE)), hidden)


async def forged_notices(house: House, rng: Random, step: int) -> None:
    """Somebody sends notices that are not from the calendar system."""
    with house.store.read(ACME) as tx:
        of = tx.subscriptions.of(ANNA)
    assert of is not None
    for kind in NoticeKind:
        for route, secret in ((of.route, "guessed"), ("guessed", of.client_state)):
            body = notice_body((of.id, secret, kind))
            await receive_notice(house.core, house.notices, house.meter, ACME, route=route, request=posted(body))


async def another_tenant(house: House, rng: Random, step: int) -> None:
    """Another company with people of the same ids lives in the same database."""
    if step == 0:
        house.store.add_tenant(OTHER)
        move_in(house, [employee(each, mailbox=f"{each}@other.example") for each in PEOPLE], OTHER)
    house.calendar.put(f"{rng.choice(PEOPLE)}@other.example", random_item(rng, f"Qk{step:04}z", house.clock.now()))


async def live(house: House, seed: int, meddling: Meddling) -> None:
    """Book, edit, choose and set rules by one seed; meddle with chances of its own."""
    rng, other = Random(seed), Random(seed + 1)
    await set_layer(house.core, ACME, "admin", ScopedLayer(layer=layer(show_subject=True)))
    for step in range(STEPS):
        await house.settle()
        await meddling(house, other, step)
        person = rng.choice(PEOPLE)
        item = random_item(rng, f"Qk{rng.randrange(30):04}z", house.clock.now())
        match rng.choice(("book", "book", "edit", "choose", "rules", "wait")):
            case "book" if item.sensitivity == "normal":
                house.calendar.put(mail_of(person), item)
            case "edit":
                for each in house.absences(person)[:1]:
                    if each.interval.end > house.clock.now():
                        await edit_absence(house.core, herself(person), each.id, Fields(reason=LUNCH))
            case "choose":
                made = choice(ChoiceKind.NO)
                key = BookingKey(item.key)
                await choose_for_booking(house.core, ACME, person, person, key=key, choice=made)
            case "rules":
                shown = ScopedLayer(layer=layer(show_subject=rng.random() < 0.5))
                await set_layer(house.core, ACME, "admin", shown)
        house.clock.forward(rng.choice((1, 15, 60)) * timedelta(minutes=1))
    await house.sweep()
    await house.sweep()


def dump(house: House, tenant: str = ACME) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of a tenant, without what was drawn by lot; the full text index has no tenants of its own."""
    connection = sqlite3.connect(house.file)
    connection.row_factory = sqlite3.Row
    try:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: rows_of(connection, name, tenant) for name in names if not name.startswith(_SHARED)}
    finally:
        connection.close()


def rows_of(connection: sqlite3.Connection, table: str, tenant: str) -> list[tuple[object, ...]]:
    rows = connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608  the name is the database's own
    mine = [row for row in rows if "tenant_id" not in row.keys() or row["tenant_id"] == tenant]  # noqa: SIM118  sqlite3
    left_out = _BY_LOT.get(table, set())
    return sorted((tuple(row[name] for name in row.keys() if name not in left_out) for row in mine), key=repr)  # noqa: SIM118  sqlite3


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is left of a world that was lived through: the rows of the tenant, the bytes stored, and who was asked."""

    rows: Mapping[str, Sequence[tuple[object, ...]]]
    stored: bytes
    looks: Mapping[str, int]
    asked: Sequence[object]


Lived = Callable[[int, Meddling], World]


def live_through(template: Path, folder: Path, seed: int, meddling: Meddling) -> World:
    with overwriting_in_this_process(), open_house(template, folder, map(employee, PEOPLE)) as house:
        asyncio.run(live(house, seed, meddling))
        return World(
            rows=dump(house),
            stored=house.bytes(),
            looks=dict(house.calendar.looks_by_mailbox),
            asked=sorted(house.notices.asked),
        )


@pytest.fixture(scope="module")
def lived(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """Worlds by seed and meddling; each is lived through once."""

    @cache
    def world(seed: int, meddling: Meddling) -> World:
        return live_through(sqlite_template, tmp_path_factory.mktemp(meddling.__name__), seed, meddling)

    return world


@pytest.mark.parametrize("meddling", [private_bookings, forged_notices, another_tenant])
@pytest.mark.parametrize("seed", range(2))
def test_S_1_S_7_S_10_what_must_not_matter_changes_no_row(lived: Lived, seed: int, meddling: Meddling) -> None:
    ours, theirs = lived(seed, nothing), lived(seed, meddling)
    for table in ours.rows:
        assert theirs.rows[table] == ours.rows[table], table
    assert sum(map(len, ours.rows.values())) > 100
    assert b"Canary" not in theirs.stored
    assert theirs.looks.keys() >= ours.looks.keys()


@pytest.mark.parametrize("seed", range(2))
def test_S_10_forged_notices_cause_no_look(lived: Lived, seed: int) -> None:
    ours, theirs = lived(seed, nothing), lived(seed, forged_notices)
    assert theirs.looks == ours.looks
    assert theirs.asked == ours.asked


def test_the_comparison_sees_a_difference(lived: Lived) -> None:
    assert lived(0, nothing).rows["kept"] != lived(1, nothing).rows["kept"]
