"""Linking a sign-in that nobody is known for to a person, and undoing it."""

import pytest

from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.store.access import Session
from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.ports.store.identities import Identity
from kalenderkoppling.usecases.people.erase_person import erase_person, export_person
from kalenderkoppling.usecases.sign_in.identities import (
    WAITS_FOR,
    Proven,
    link_sign_in,
    person_who_is,
    unlink_sign_in,
    waiting_sign_ins,
)
from kktest.house import House
from kktest.keeping import ACME, ANNA

BERTIL = PersonId("bertil")
IDENTITY = Identity(issuer="https://idp.example", subject="sub")
PROVEN = Proven(identity=IDENTITY, shown_name="Anna")
SHELL = "command line"


async def who(house: House, proven: Proven = PROVEN) -> PersonId | None:
    found = await person_who_is(house.core, ACME, proven)
    return found.id if found else None


def sign_in(house: House, person: PersonId) -> None:
    now = house.core.clock.now()
    with house.store.write(ACME) as tx:
        tx.sessions.put(Session(key="key", person=person, csrf_token="t", created_at=now, seen_at=now))


def is_signed_in(house: House) -> bool:
    with house.store.read(ACME) as tx:
        return tx.sessions.get("key") is not None


async def test_who_is_unknown_waits_and_is_somebody_once_linked(house: House) -> None:
    assert await who(house) is None
    [waiting] = await waiting_sign_ins(house.core, ACME)
    assert (waiting.identity, waiting.shown_name) == (IDENTITY, "Anna")
    await link_sign_in(house.core, ACME, SHELL, IDENTITY, ANNA)
    assert await who(house) == ANNA
    assert await waiting_sign_ins(house.core, ACME) == []


async def test_the_same_subject_of_another_issuer_is_somebody_else(house: House) -> None:
    await link_sign_in(house.core, ACME, SHELL, IDENTITY, ANNA)
    assert await who(house, Proven(identity=Identity(issuer="https://evil.example", subject="sub"))) is None


async def test_a_new_link_ends_the_sessions_of_whoever_it_was(house: House) -> None:
    await link_sign_in(house.core, ACME, SHELL, IDENTITY, ANNA)
    sign_in(house, ANNA)
    await link_sign_in(house.core, ACME, SHELL, IDENTITY, ANNA)
    assert is_signed_in(house)
    await link_sign_in(house.core, ACME, SHELL, IDENTITY, BERTIL)
    assert (await who(house), is_signed_in(house)) == (BERTIL, False)


async def test_undoing_a_link_ends_the_sessions(house: House) -> None:
    await link_sign_in(house.core, ACME, SHELL, IDENTITY, ANNA)
    sign_in(house, ANNA)
    await unlink_sign_in(house.core, ACME, SHELL, IDENTITY)
    assert (await who(house), is_signed_in(house)) == (None, False)


async def test_nobody_is_linked_who_does_not_exist(house: House) -> None:
    with pytest.raises(NotFoundError):
        await link_sign_in(house.core, ACME, SHELL, IDENTITY, PersonId("nobody"))
    with pytest.raises(NotFoundError):
        await unlink_sign_in(house.core, ACME, SHELL, IDENTITY)


async def test_S_12_links_are_in_the_audit_log_and_in_the_export(house: House) -> None:
    await link_sign_in(house.core, ACME, SHELL, IDENTITY, ANNA)
    exported = await export_person(house.core, ACME, SHELL, ANNA)
    assert exported["sign_ins"] == [{"issuer": IDENTITY.issuer, "subject": IDENTITY.subject}]
    await unlink_sign_in(house.core, ACME, SHELL, IDENTITY)
    acts = [(each.act, each.person) for each in house.entries() if each.act is not Act.EXPORT_PERSON]
    assert acts == [(Act.LINK_SIGN_IN, ANNA), (Act.UNLINK_SIGN_IN, ANNA)]


async def test_who_is_erased_is_linked_no_more(house: House) -> None:
    await link_sign_in(house.core, ACME, SHELL, IDENTITY, ANNA)
    await erase_person(house.core, ACME, SHELL, ANNA)
    assert await who(house) is None


async def test_nobody_waits_for_ever(house: House) -> None:
    await who(house)
    house.clock.instant += WAITS_FOR
    house.clock.instant += WAITS_FOR
    await who(house, Proven(identity=Identity(issuer="i", subject="other")))
    assert [each.identity.subject for each in await waiting_sign_ins(house.core, ACME)] == ["other"]
