"""What holds for a company unless it is set otherwise."""

from datetime import timedelta

import pytest

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.domain.person import Entitlements
from kalenderkoppling.domain.tenant import TenantSettings


def test_what_ended_is_kept_seven_days_unless_set_otherwise() -> None:
    assert TenantSettings().retention == timedelta(days=7)


def test_C_27_data_may_be_a_day_old_unless_set_otherwise() -> None:
    assert TenantSettings().freshness_limit == timedelta(hours=24)


def test_a_retention_of_two_days_is_allowed() -> None:
    assert TenantSettings(retention=timedelta(days=2)).retention == timedelta(days=2)


def test_a_retention_shorter_than_what_is_looked_at_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="at least two days"):
        TenantSettings(retention=timedelta(days=2) - timedelta(seconds=1))


def test_R7_nobody_has_a_service_that_was_not_given() -> None:
    assert (Entitlements().calendar_coupling, Entitlements().referral) == (False, False)


def test_items_are_not_read_for_choices_where_there_never_was_an_addin() -> None:
    assert TenantSettings().reads_item_choices is False


def test_sick_is_not_shown_to_attendants_unless_allowed() -> None:
    assert TenantSettings().sick_to_attendants is False
