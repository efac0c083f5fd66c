"""The people file of a running server: taken over when it changes, and never half."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kalenderkoppling.composition.server import people_file
from kalenderkoppling.composition.server.people_file import PeopleFile
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.errors import StoreUnavailableError
from kalenderkoppling.domain.person import Person, TenantId
from kalenderkoppling.people.csv_file import CsvPeople
from kalenderkoppling.usecases.core import Core
from kalenderkoppling.usecases.people.import_people import Difference, import_people
from kktest.house import House, open_house
from kktest.waiting import until

HEADER = "id;name\n"
BO = "bo;Bo Berg\n"
CIA = "cia;Cia Ek\n"


@pytest.fixture
def house(sqlite_template: Path, tmp_path: Path) -> Iterator[House]:
    with open_house(sqlite_template, tmp_path, ()) as opened:
        yield opened


@pytest.fixture
def people(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PeopleFile:
    monkeypatch.setattr(people_file, "CHECK_SECONDS", 0.01)
    monkeypatch.setattr(people_file, "SETTLE_SECONDS", 0.01)
    house.store.add_tenant(TENANT)
    file = tmp_path / "people.csv"
    file.write_text(HEADER + BO, encoding="utf-8")
    return PeopleFile(core=house.core, source=CsvPeople(file=file))


def ids(house: House) -> list[str]:
    with house.store.read(TENANT) as tx:
        return list(tx.people.ids())


@asynccontextmanager
async def followed(people: PeopleFile) -> AsyncIterator[None]:
    stop = asyncio.Event()
    following = asyncio.create_task(people.follow(stop))
    try:
        yield
    finally:
        stop.set()
        await following


async def until_known(house: House, *wanted: str) -> None:
    await until(lambda: ids(house) == list(wanted))


async def test_a_refused_file_is_told_and_leaves_the_directory_until_it_is_right(
    house: House, people: PeopleFile
) -> None:
    assert await people.take_over() is None
    people.source.file.write_text(HEADER + BO + '"' + CIA, encoding="utf-8")
    assert "line 3" in (await people.take_over() or "")
    async with followed(people):
        people.source.file.write_text(HEADER + BO + CIA, encoding="utf-8")
        await until_known(house, "bo", "cia")


async def test_a_file_that_is_still_being_written_is_left_for_the_next_look(
    house: House, people: PeopleFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await people.take_over() is None
    versions = iter([(1, 1, 1), (2, 2, 2)])
    seen: list[object] = []

    def version(_file: Path) -> tuple[int, int, int]:
        seen.append(ids(house))
        return next(versions, (3, 3, 3))

    monkeypatch.setattr(people_file, "_version", version)
    people.source.file.write_text(HEADER + BO + CIA, encoding="utf-8")
    async with followed(people):
        await until_known(house, "bo", "cia")
    assert seen[:4] == [["bo"]] * 4


async def test_what_the_store_could_not_take_is_tried_again(
    house: House, people: PeopleFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await people.take_over() is None
    failures = iter([StoreUnavailableError("busy")])

    async def failing(core: Core, tenant: TenantId, actor: str, people: Iterable[Person]) -> Difference:
        for failure in failures:
            raise failure
        return await import_people(core, tenant, actor, people)

    monkeypatch.setattr(people_file, "import_people", failing)
    people.source.file.write_text(HEADER + BO + CIA, encoding="utf-8")
    async with followed(people):
        await until_known(house, "bo", "cia")


async def test_without_a_people_file_the_directory_is_left_as_it_is(house: House, people: PeopleFile) -> None:
    await people.take_over()
    people.source.file.unlink()
    people.is_optional = True
    assert await people.take_over() is None
    assert ids(house) == ["bo"]


async def test_a_people_file_that_is_named_has_to_exist(house: House, people: PeopleFile) -> None:
    await people.take_over()
    people.source.file.unlink()
    assert await people.take_over() is not None
    assert ids(house) == ["bo"]


async def test_a_people_file_that_appears_is_taken_over(house: House, people: PeopleFile) -> None:
    people.source.file.unlink()
    people.is_optional = True
    await people.take_over()
    async with followed(people):
        people.source.file.write_text(HEADER + CIA, encoding="utf-8")
        await until_known(house, "cia")
