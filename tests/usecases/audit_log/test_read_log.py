"""The audit log as an administrator reads it: whom it shows, and what its reading leaves (S-12)."""

import pytest

from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.person import PersonId, Role
from kalenderkoppling.ports.store.audit import Act, Entry, LinkState
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.audit_log.read_log import ROWS, LogFilter, LogPage, export_log, read_log
from kalenderkoppling.usecases.audit_log.verify_log import LogProblem, verify_log
from kktest.house import House
from kktest.keeping import ACME, ANNA, BERTIL, entry

CHIEF = Actor(tenant=ACME, person=PersonId("carolina"), roles=frozenset({Role.ADMINISTRATOR}))
ATTENDANT = Actor(tenant=ACME, person=PersonId("carolina"), roles=frozenset({Role.ATTENDANT}))


def append(house: House, *entries: Entry) -> None:
    with house.store.write(ACME) as tx:
        for each in entries:
            tx.audit.append(each)


def read_by(house: House) -> list[str | None]:
    """Whose absences somebody has read, by the log."""
    return [each.person for each in house.entries() if each.act is Act.READ_ABSENCES]


def persons(page: LogPage) -> list[str | None]:
    return [each.entry.person if each.entry else None for each in page.rows]


async def test_nobody_but_an_administrator_reads_exports_or_verifies_the_log(house: House) -> None:
    for attempt in (
        read_log(house.core, ATTENDANT, LogFilter()),
        export_log(house.core, ATTENDANT, LogFilter()),
        verify_log(house.core, ATTENDANT),
    ):
        with pytest.raises(NotFoundError):
            await attempt


async def test_a_person_is_found_by_id_and_by_words_of_the_name(house: House) -> None:
    append(house, entry(of=ANNA), entry(of=BERTIL))
    for written in ("bertil", "Bertil Ek", " berti "):
        page = await read_log(house.core, CHIEF, LogFilter(person=written))
        assert persons(page)[-1:] == ["bertil"], written
        assert set(persons(page)) == {"bertil"}
        assert page.names["bertil"] == "Bertil Ek"


async def test_somebody_who_is_gone_is_found_by_id(house: House) -> None:
    append(house, entry(of=PersonId("gone"), actor="command line"))
    page = await read_log(house.core, CHIEF, LogFilter(person="gone"))
    assert persons(page) == ["gone"]
    assert (await read_log(house.core, CHIEF, LogFilter(actor="command line"))).names == {}


async def test_S_12_whoever_is_shown_what_was_changed_in_absences_is_in_the_log_once_for_each_person(
    house: House,
) -> None:
    append(house, entry(of=ANNA), entry(of=ANNA), entry(of=BERTIL))
    page = await read_log(house.core, CHIEF, LogFilter(person="anna"))
    assert page.names_details
    assert read_by(house) == ["anna"]
    await export_log(house.core, CHIEF, LogFilter())
    assert sorted(map(str, read_by(house))) == ["anna", "anna", "bertil"]


async def test_S_12_the_log_of_everybody_does_not_show_what_was_changed_and_leaves_nothing(house: House) -> None:
    append(house, entry(of=ANNA))
    page = await read_log(house.core, CHIEF, LogFilter())
    assert not page.names_details
    assert read_by(house) == []


async def test_S_12_a_log_without_absences_leaves_nothing(house: House) -> None:
    append(house, Entry(at=house.clock.now(), act=Act.SET_SERVICE, actor="admin", person=ANNA))
    await read_log(house.core, CHIEF, LogFilter(person="anna"))
    assert read_by(house) == []


async def test_who_has_read_whose_absences_is_a_question_to_the_log(house: House) -> None:
    append(house, entry(of=ANNA))
    await read_log(house.core, CHIEF, LogFilter(person="anna"))
    page = await read_log(house.core, CHIEF, LogFilter(person="anna", act=Act.READ_ABSENCES))
    [row] = page.rows
    assert row.entry is not None
    assert (row.entry.actor, row.entry.person) == ("carolina", "anna")


async def test_pages_follow_each_other_without_a_gap_while_the_log_grows(house: House) -> None:
    append(house, *(entry(str(number), of=None) for number in range(ROWS * 2 + 3)))
    seen: list[int] = []
    before: int | None = None
    for _ in range(3):
        page = await read_log(house.core, CHIEF, LogFilter(), before=before)
        seen += [each.number for each in page.rows]
        before = page.before
        append(house, entry("later", of=None))
    assert before is None
    assert seen == list(range(ROWS * 2 + 3, 0, -1))


async def test_S_12_a_verification_tells_of_a_link_that_somebody_changed(house: House) -> None:
    append(house, entry("one"), entry("two"))
    found = await verify_log(house.core, CHIEF)
    assert (found.states, found.problems, found.restores) == ({LinkState.WHOLE: 2}, [], [])
    with house.store.write(ACME) as tx:
        tx.audit._connection.exec_driver_sql("UPDATE audit_payload SET salt = 'x' WHERE number = 1")  # type: ignore[attr-defined] # behind the store's back
    found = await verify_log(house.core, CHIEF)
    assert [(each.problem, each.number) for each in found.problems] == [(LogProblem.BROKEN, 1)]
