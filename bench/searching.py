"""Measure 5: searching a large directory, the store alone and the whole use case with statuses."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from bench import pages
from bench.company import TENANT, opened
from bench.figures import Goal, Section, milliseconds, percentile
from bench.sizes import Sizes
from kalenderkoppling.domain.person import Person, Role
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.core import Core
from kalenderkoppling.usecases.directory.search_people import search_people
from kalenderkoppling.usecases.situation import near_situations

WANTED_SECONDS = 0.005
_LIMIT = 50
_NAIVE = 60


def queries(people: Sequence[Person], count: int) -> Iterator[str]:
    """Generate queries: prefixes of names of 1 to 8 letters, two words, departments, digits."""
    chance = random.Random(5)
    for number in range(count):
        person = chance.choice(people)
        given, _, family = person.name.partition(" ")
        letters = 1 + number % 8
        match number % 10:
            case 0 | 1 | 2 | 3:
                yield chance.choice((given, family))[:letters]
            case 4 | 5:
                yield f"{given[:letters]} {family[: 1 + letters // 2]}"
            case 6:
                yield f"{family} {given}".lower()
            case 7:
                yield person.department[: letters + 1]
            case 8:
                yield person.extension[-(1 + letters // 2) :]
            case _:
                yield f"{person.department[:4]} {given[:2]}"


async def measure(sizes: Sizes, file: Path, people: Sequence[Person]) -> Section:
    """Measure searching a directory with many people and bookings."""
    texts = list(queries(people, sizes.searches))
    with opened(file) as core:
        actor = Actor(tenant=TENANT, person=people[0].id, roles=frozenset({Role.EMPLOYEE}))
        alone = _store_alone(core, texts)
        statuses = _statuses_alone(core, texts)
        whole = await _whole(core, actor, texts)
    naive = _naive(file, texts[:_NAIVE])
    section = Section(
        title="Search",
        text=(
            f"{len(texts):,} searches among {len(people):,} people, one after the other: beginnings of 1 to 8 letters "
            "(with å, ä, ö), two words, surname first, departments, digits of extensions; the first "
            f"{_LIMIT} hits. The use case adds what each hit's status needs ({sizes.kept_per_person} bookings per "
            "person are kept) and the hop to a thread. LIKE is what a plain table would take for the same words, "
            f"unranked and without folding, measured for {len(texts[:_NAIVE])} of them."
        ),
        header=("", "p50", "p90", "p99", "worst"),
        rows=[
            _row("the store's search", alone),
            _row("the statuses of the hits", statuses),
            _row("whole use case", whole),
            _row("LIKE over the same table", naive),
        ],
    )
    p99 = percentile(whole, 0.99)
    section.goals.append(
        Goal(
            what=f"search over {len(people):,} with statuses, p99",
            wanted=f"< {milliseconds(WANTED_SECONDS)}",
            reached=f"{milliseconds(p99)} (in the store {milliseconds(percentile(alone, 0.99))})",
            met=p99 < WANTED_SECONDS,
        )
    )
    return section


def _row(name: str, seconds: Sequence[float]) -> Sequence[str]:
    return (name, *(milliseconds(percentile(seconds, share)) for share in (0.5, 0.9, 0.99, 1.0)))


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _store_alone(core: Core, texts: Sequence[str]) -> list[float]:
    def search(text: str) -> None:
        with core.store.read(TENANT) as tx:
            tx.people.search(text, limit=_LIMIT)

    search("a")
    return [_timed(lambda text=text: search(text)) for text in texts]  # type: ignore[misc] # the default binds the text


def _statuses_alone(core: Core, texts: Sequence[str]) -> list[float]:
    found = []
    for text in texts:
        with core.store.read(TENANT) as tx:
            ids = [each.id for each in tx.people.search(text, limit=_LIMIT).people]
            began = time.perf_counter()
            for each in near_situations(tx, ids, pages.NOW).values():
                each.status()
            found.append(time.perf_counter() - began)
    return found


async def _whole(core: Core, actor: Actor, texts: Sequence[str]) -> list[float]:
    found = []
    for text in texts:
        began = time.perf_counter()
        await search_people(core, actor, text, limit=_LIMIT)
        found.append(time.perf_counter() - began)
        await asyncio.sleep(0)
    return found


def _naive(file: Path, texts: Sequence[str]) -> list[float]:
    statement = "SELECT person_id FROM person WHERE {} ORDER BY sort_key LIMIT 50"
    columns = ("name", "title", "department", "place", "responsibilities", "extension", "mobile")
    anywhere = "(" + " OR ".join(f"{column} LIKE ?" for column in columns) + ")"
    found = []
    with closing(sqlite3.connect(file)) as connection:
        for text in texts:
            words = text.split()
            sql = statement.format(" AND ".join(anywhere for _ in words))
            values = [f"%{word}%" for word in words for _ in columns]
            began = time.perf_counter()
            connection.execute(sql, values).fetchall()
            found.append(time.perf_counter() - began)
    return found
