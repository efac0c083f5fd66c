"""Local administrators: how they are made and removed, and what an attempt to sign in is told."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kalenderkoppling.domain.errors import NotFoundError, RefusedError
from kalenderkoppling.domain.person import Role, local_administrator_id
from kalenderkoppling.ports.store.access import Session
from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.usecases.people.import_people import import_people
from kalenderkoppling.usecases.sign_in.local_administrators import (
    Checked,
    check_administrator,
    local_administrators,
    make_administrator,
    remove_administrator,
    set_password,
)
from kalenderkoppling.usecases.sign_in.passwords import PasswordCheck, must_be_good
from kalenderkoppling.usecases.sign_in.throttle import FORGET_AFTER, counted_for
from kktest.house import House, employee
from kktest.keeping import ACME, ANNA

GOOD = "correct horse battery"
SHELL = "command line"


class Watched(PasswordCheck):
    """Tells which hashes were compared with; comparing costs nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.compared: list[str | None] = []

    async def is_right(self, password: str, password_hash: str | None) -> bool:
        self.compared.append(password_hash)
        await asyncio.sleep(0)
        return password_hash is not None and password == GOOD


@pytest.fixture
def passwords() -> Watched:
    return Watched()


async def attempt(
    house: House, passwords: PasswordCheck, password: str = GOOD, *, name: str = "karin", address: str = "192.0.2.1"
) -> Checked:
    return await check_administrator(house.core, ACME, passwords, name=name, password=password, address=address)


async def make(house: House, name: str = "karin") -> None:
    await make_administrator(house.core, ACME, SHELL, name, GOOD)


def begin_session(house: House, person: str, key: str = "key") -> None:
    now = house.core.clock.now()
    with house.store.write(ACME) as tx:
        tx.sessions.put(Session(key=key, person=type(ANNA)(person), csrf_token="t", created_at=now, seen_at=now))


def session_keys(house: House) -> Sequence[str]:
    with house.store.read(ACME) as tx:
        return [key for key in ("key", "other") if tx.sessions.get(key)]


async def test_the_right_password_signs_in_whatever_case_the_name_is_in(house: House) -> None:
    await make(house)
    assert (await attempt(house, PasswordCheck(), name=" Karin ")).name == "karin"
    assert (await attempt(house, PasswordCheck(), "correct horse batterz")).name is None


async def test_a_password_is_the_same_however_its_letters_are_composed(house: House) -> None:
    await make_administrator(house.core, ACME, SHELL, "karin", "små röda ärtor åt alla")
    assert (await attempt(house, PasswordCheck(), "små röda ärtor åt alla")).name == "karin"


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("thirteen char", "too_short"),
        ("a" * 13 + "b", "too_simple"),
        ("abcde" * 3, "too_simple"),
        ("x" * 150 + "1234567" * 10, "too_long"),
        ("My name is Karin.", "contains_name"),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused(password: str, problem: str) -> None:
    with pytest.raises(RefusedError) as refused:
        must_be_good(password, "karin")
    assert [each.problem for each in refused.value.problems] == [problem]


@pytest.mark.parametrize("name", ["", "k", "Karin", "1karin", "karin lund", "karin\n", "å" * 3, "a" * 64, "a/b"])
async def test_a_name_that_is_none_is_refused(house: House, name: str) -> None:
    with pytest.raises(RefusedError, match="not_a_name"):
        await make_administrator(house.core, ACME, SHELL, name, GOOD)


async def test_nobody_is_made_twice(house: House) -> None:
    await make(house)
    with pytest.raises(RefusedError, match="taken"):
        await make(house)


async def test_a_new_password_and_removal_end_the_sessions_of_that_administrator_alone(house: House) -> None:
    await make(house)
    for end in (
        partial(set_password, house.core, ACME, SHELL, "karin", "another horse battery"),
        partial(remove_administrator, house.core, ACME, SHELL, "karin"),
    ):
        begin_session(house, local_administrator_id("karin"))
        begin_session(house, ANNA, "other")
        await end()
        assert session_keys(house) == ["other"]
    assert await local_administrators(house.core, ACME) == []


async def test_somebody_who_does_not_exist_cannot_be_changed_or_removed(house: House) -> None:
    with pytest.raises(NotFoundError):
        await set_password(house.core, ACME, SHELL, "karin", GOOD)
    with pytest.raises(NotFoundError):
        await remove_administrator(house.core, ACME, SHELL, "karin")


async def test_S_12_what_is_done_with_administrators_and_each_attempt_is_in_the_audit_log(
    house: House, passwords: Watched
) -> None:
    await make(house)
    await attempt(house, passwords)
    await attempt(house, passwords, "wrong")
    await attempt(house, passwords, name="nobody")
    await remove_administrator(house.core, ACME, SHELL, "karin")
    told = [(each.act, each.actor, each.after["administrator"]) for each in house.entries()]
    assert told == [
        (Act.MAKE_ADMINISTRATOR, SHELL, "karin"),
        (Act.ADMINISTRATOR_SIGN_IN, "administrator:karin", "karin"),
        (Act.REFUSED_SIGN_IN, "sign-in form", "karin"),
        (Act.REFUSED_SIGN_IN, "sign-in form", "unknown"),
        (Act.REMOVE_ADMINISTRATOR, SHELL, "karin"),
    ]


async def test_an_unknown_name_costs_and_is_told_the_same_as_a_wrong_password(house: House, passwords: Watched) -> None:
    await make(house)
    known = [await attempt(house, passwords, "wrong", name="karin", address="a") for _ in range(8)]
    unknown = [await attempt(house, passwords, "wrong", name="nobody", address="b") for _ in range(8)]
    assert known == unknown
    assert len(passwords.compared) == 2 * 5
    assert [each is None for each in passwords.compared] == [False] * 5 + [True] * 5


async def test_without_a_hash_a_password_is_compared_all_the_same_and_is_wrong() -> None:
    assert not await PasswordCheck().is_right("the password of an administrator who does not exist", None)


async def test_failures_make_the_next_attempt_wait_longer_and_longer_and_the_right_password_too(
    house: House, passwords: Watched
) -> None:
    await make(house)
    waits = []
    for _ in range(12):
        checked = await attempt(house, passwords, "wrong")
        waits.append(checked.wait.total_seconds())
        if checked.wait:
            assert (await attempt(house, passwords)).name is None
        house.clock.instant += checked.wait
    assert waits[:4] == [0] * 4
    assert waits[4:] == [1, 2, 4, 8, 16, 32, 60, 60]


async def test_after_the_wait_the_right_password_signs_in_and_the_failures_are_forgotten(
    house: House, passwords: Watched
) -> None:
    await make(house)
    checked = [await attempt(house, passwords, "wrong") for _ in range(5)][-1]
    house.clock.instant += checked.wait
    assert (await attempt(house, passwords)).name == "karin"
    assert (await attempt(house, passwords, "wrong")).wait == timedelta(0)


async def test_many_attempts_at_once_get_no_more_tries_than_one_after_the_other(
    house: House, passwords: Watched
) -> None:
    await make(house)
    await asyncio.gather(*(attempt(house, passwords, f"wrong {number}") for number in range(20)))
    assert len(passwords.compared) == 5


async def test_an_address_that_tries_many_names_waits_too(house: House, passwords: Watched) -> None:
    checked = [await attempt(house, passwords, "wrong", name=f"name{number}") for number in range(21)]
    assert [each.wait.total_seconds() for each in checked[18:]] == [0, 1, 1]
    assert (await attempt(house, passwords, "wrong", name="else", address="192.0.2.2")).wait == timedelta(0)


async def test_one_customers_ipv6_addresses_count_as_one(house: House, passwords: Watched) -> None:
    network = "2001:db8:0:1::"
    made = [await attempt(house, passwords, name=f"name{each}", address=f"{network}{each:x}") for each in range(20)]
    assert made[-1].wait > timedelta(0)
    assert (await attempt(house, passwords, name="x", address="2001:db8:0:2::1")).wait == timedelta(0)


async def test_failures_are_forgotten_after_a_day(house: House, passwords: Watched) -> None:
    for _ in range(5):
        await attempt(house, passwords, "wrong")
    house.clock.instant += FORGET_AFTER + timedelta(seconds=1)
    assert (await attempt(house, passwords, "wrong")).wait == timedelta(0)


async def test_a_password_that_is_changed_while_it_is_checked_signs_nobody_in(house: House) -> None:
    await make(house)

    class Slow(Watched):
        async def is_right(self, password: str, password_hash: str | None) -> bool:
            await remove_administrator(house.core, ACME, SHELL, "karin")
            return await super().is_right(password, password_hash)

    assert (await attempt(house, Slow())).name is None


@given(failures=st.integers(0, 10_000))
@settings(max_examples=50)
def test_the_wait_never_shrinks_with_more_failures_and_has_an_end(failures: int) -> None:
    for each in counted_for("karin", "192.0.2.1"):
        assert timedelta(0) <= each.wait_after(failures) <= each.wait_after(failures + 1) <= each.longest


async def test_nobody_in_the_directory_can_have_the_id_of_a_local_administrator(house: House) -> None:
    with pytest.raises(RefusedError, match="reserved_id"):
        await import_people(house.core, ACME, "people file", [employee("administrator:karin")], may_empty=True)


async def test_who_loses_every_role_or_is_removed_is_signed_out(house: House) -> None:
    with_role = [replace(employee("anna"), roles=frozenset({Role.EMPLOYEE})), employee("bertil")]
    await import_people(house.core, ACME, "people file", with_role, may_empty=True)
    begin_session(house, ANNA)
    await import_people(house.core, ACME, "people file", [employee("anna"), employee("bertil")])
    assert session_keys(house) == []
    begin_session(house, ANNA)
    await import_people(house.core, ACME, "people file", [employee("bertil")], may_empty=True)
    assert session_keys(house) == []
