"""What the check of a connection finds, and what it advises."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from kalenderkoppling.calendars.graph.advice import ADVICE, Advice
from kalenderkoppling.calendars.graph.check import FindingKey, GraphCheck
from kalenderkoppling.calendars.graph.sign_in import SignIn
from kalenderkoppling.sandbox import Application, Blocked, FaultKind
from kalenderkoppling.sandbox.faults import Door
from kktest.graph import Tenant, tenant


@pytest.fixture
async def kim() -> AsyncIterator[Tenant]:
    application = Application()
    async with tenant(application=application) as found:
        application.mailboxes = {found.user_id}
        found.world.add_mailbox("ceo@exempel.example")
        yield found


async def test_a_connection_as_it_should_be_is_well(kim: Tenant) -> None:
    found = await kim.ours.check.run(kim.user_id, ["ceo@exempel.example"])
    assert [(each.key, each.is_well) for each in found] == [(key, True) for key in FindingKey]


async def test_a_mailbox_outside_the_service_that_answers_is_the_worst_finding(kim: Tenant) -> None:
    kim.graph.application.mailboxes = None
    found = await kim.ours.check.scope(["ceo@exempel.example", "nobody@exempel.example"])
    assert (found.is_well, found.advice) == (False, Advice.NARROW_SCOPE)
    assert found.detail == "1 of 2 answered, 1 could not be asked"


async def test_a_scope_that_could_not_be_asked_is_not_proven(kim: Tenant) -> None:
    kim.graph.faults.arm(FaultKind.UNAVAILABLE)
    found = await kim.ours.check.scope(["ceo@exempel.example"])
    assert (found.is_well, found.advice) == (False, Advice.NAME_OTHERS)


@pytest.mark.parametrize("outside", [[], ["nobody@exempel.example"]])
async def test_a_scope_needs_mailboxes_that_exist_to_be_proven(kim: Tenant, outside: list[str]) -> None:
    assert (await kim.ours.check.scope(outside)).is_well is False


@pytest.mark.parametrize(
    ("why", "advice"),
    [
        (Blocked.NO_SUCH_USER, Advice.CHECK_ADDRESS),
        (Blocked.ACCESS_DENIED, Advice.GRANT_SCOPE),
        (Blocked.NOT_ENABLED, Advice.CHECK_LICENCE),
    ],
)
async def test_a_mailbox_that_cannot_be_read_has_its_advice(kim: Tenant, why: Blocked, advice: Advice) -> None:
    kim.world.block(kim.user_id, why)
    found = await kim.ours.check.reading(kim.user_id)
    assert (found.is_well, found.advice) == (False, advice)


@pytest.mark.parametrize(
    ("kind", "advice"),
    [
        (FaultKind.RESET_BEFORE_ANSWER, Advice.CHECK_NETWORK),
        (FaultKind.HTML, Advice.CHECK_NETWORK),
        (FaultKind.UNAVAILABLE, Advice.TRY_LATER),
    ],
)
async def test_F_19_without_a_sign_in_nothing_else_is_tried(kim: Tenant, kind: FaultKind, advice: Advice) -> None:
    kim.graph.faults.arm(kind, door=Door.TOKEN, times=2)
    found = await kim.ours.check.run(kim.user_id, ["ceo@exempel.example"])
    assert [each.key for each in found] == [FindingKey.CREDENTIAL, FindingKey.SIGN_IN]
    assert found[1].advice is advice
    assert kim.graph.journal.views() == []


async def test_F_19_a_refused_credential_is_to_be_mended_in_the_registration(kim: Tenant) -> None:
    kim.graph.application.secret = "another"
    assert (await kim.ours.check.sign_in()).advice is Advice.CHECK_REGISTRATION


@pytest.mark.parametrize(("days", "is_well"), [(31, True), (29, False), (-1, False)])
async def test_F_19_a_certificate_that_ends_soon_is_told(
    kim: Tenant, monkeypatch: pytest.MonkeyPatch, days: int, *, is_well: bool
) -> None:
    ends = kim.clock.now() + timedelta(days=days, hours=1)
    monkeypatch.setattr(SignIn, "credential_expires_at", lambda _: ends)
    check = GraphCheck(kim.ours.sign_in, kim.ours.calendar, kim.clock)
    found = check.credential()
    assert found.is_well is is_well
    assert found.advice is (Advice.NOTHING if is_well else Advice.RENEW_CREDENTIAL)


def test_there_are_words_for_every_advice() -> None:
    assert set(ADVICE) == set(Advice)
    assert [each for each in ADVICE if not ADVICE[each]] == [Advice.NOTHING]
