"""A rule of a big company: in force within ten seconds, purge included (F-29, L-6); timed by `make soak`."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kalenderkoppling.domain.booking import BookingKey, ShowAs
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.usecases.rules.carry_out import carry_out
from kalenderkoppling.usecases.rules.set_rules import set_layer
from kktest.house import House, employee, open_house
from kktest.keeping import ACME, placed
from kktest.make import NOON, between, booking, choice, kept, layer
from kktest.timed import timed_only, took_at_most

WITH_CHOICES = 500
LIMIT_SECONDS = 10.0
"""Of one core; what other programs take meanwhile is not counted."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=[2_000, pytest.param(50_000, marks=timed_only)])
def company(
    request: pytest.FixtureRequest, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    with open_house(sqlite_template, tmp_path_factory.mktemp("company")) as house:
        fill(house, request.param)
        yield house


def fill(house: House, count: int) -> None:
    """Give everybody one busy booking with a subject; some people made a choice."""
    people = [employee(f"p{number:05}") for number in range(count)]
    with house.store.write(ACME) as tx:
        tx.people.put(people)
    with house.store.write(ACME) as tx:
        for number, person in enumerate(people):
            row = kept(booking(f"b{number}", between("13:00", "14:00"), subject=f"Canary-{number}"), id_=f"a{number}")
            tx.absences.add(person.id, [placed(row)])
            tx.mailboxes.add(person.id, NOON + timedelta(minutes=15))
            if number < WITH_CHOICES:
                tx.choices.put(person.id, {BookingKey("another"): choice()})


async def seconds(house: House, **rules: object) -> float:
    began = time.process_time()
    await set_layer(house.core, ACME, "admin", ScopedLayer(layer=layer(**rules)))  # type: ignore[arg-type] # as in layer
    await carry_out(house.core, ACME)
    return time.process_time() - began


async def test_F_29_L_6_a_rule_change_for_everybody_is_in_force_at_once_and_what_it_hides_is_purged(
    company: House, record_property: Callable[[str, object], None]
) -> None:
    person = PersonId("p01999")
    showing = await seconds(company, show_subject=True)
    assert company.the_kept(person).booking.subject
    hiding = await seconds(company, show_subject=False)
    assert company.the_kept(person).booking.subject is None
    assert b"Canary-" not in company.bytes()
    narrowing = await seconds(company, rules={ShowAs.BUSY: None})
    assert company.kept(person) == []

    for name, measured in (("showing", showing), ("hiding", hiding), ("narrowing", narrowing)):
        record_property(f"{name}_seconds", round(measured, 2))
    took_at_most(max(showing, hiding, narrowing), LIMIT_SECONDS)
