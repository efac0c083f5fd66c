"""What a wake-up, a mailbox and a subscription begin with."""

from dataclasses import fields, replace

from kalenderkoppling.domain.mailbox import MailboxRef, MailboxState, Subscription
from kalenderkoppling.domain.person import PersonId, TenantId
from kktest.make import NOON

KIM = PersonId("kim")


def test_two_wake_ups_for_one_mailbox_are_the_same_wake_up() -> None:
    wake_ups = {MailboxRef(tenant=TenantId("t"), person=KIM), MailboxRef(tenant=TenantId("t"), person=KIM)}
    assert len(wake_ups) == 1


def test_wake_ups_of_two_tenants_are_never_the_same() -> None:
    assert MailboxRef(tenant=TenantId("t"), person=KIM) != MailboxRef(tenant=TenantId("u"), person=KIM)


def test_a_wake_up_carries_no_state() -> None:
    assert [field.name for field in fields(MailboxRef)] == ["tenant", "person"]


def test_C_27_a_new_mailbox_has_had_no_good_look_and_no_trouble() -> None:
    state = MailboxState(person=KIM, due=NOON)
    assert (state.last_good_look, state.problem, state.blocked, state.paused_until) == (None, None, None, None)
    assert (state.failures, state.unreadable) == (0, False)


def test_F_31_what_is_kept_is_confirmed_by_the_first_good_look() -> None:
    state = MailboxState(person=KIM, due=NOON)
    assert not state.is_confirmed
    assert replace(state, last_good_look=NOON).is_confirmed


def test_a_subscription_that_is_being_created_has_no_id() -> None:
    new = Subscription(person=KIM, mailbox="kim", route="r", client_state="s", renew_at=NOON, created_at=NOON)
    assert (new.id, new.expires_at) == ("", None)
