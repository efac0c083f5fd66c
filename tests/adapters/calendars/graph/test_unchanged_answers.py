"""An answer that is, byte for byte, the one read before is recognised, and nothing else is."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from kalenderkoppling.calendars.graph.open import open_graph
from kalenderkoppling.domain.booking import Validator, View
from kalenderkoppling.ports.calendar import Fields
from kalenderkoppling.sandbox.view import PageManners
from kktest.graph import ALL_FIELDS, NOW, STOCKHOLM, WINDOW, Tenant, tenant


@pytest.fixture
async def kim() -> AsyncIterator[Tenant]:
    async with tenant() as found:
        found.book("a")
        found.book("b", NOW + timedelta(hours=2))
        yield found


async def again(kim: Tenant, view: View, fields: Fields = ALL_FIELDS) -> View | None:
    assert view.validator is not None
    return await kim.ours.calendar.view_if_changed(kim.user_id, WINDOW, STOCKHOLM, fields, view.validator)


async def test_the_same_answer_is_recognised_with_one_request(kim: Tenant) -> None:
    view = await kim.view()
    asked = len(kim.graph.journal.views())
    assert await again(kim, view) is None
    assert len(kim.graph.journal.views()) == asked + 1


async def test_a_changed_answer_bears_the_validator_of_what_it_is_now(kim: Tenant) -> None:
    before = await kim.view()
    kim.book("c", NOW + timedelta(hours=4))
    after = await again(kim, before)
    assert after is not None
    assert after.validator not in (None, before.validator)
    assert await again(kim, after) is None


async def test_an_answer_of_several_pages_is_never_recognised(kim: Tenant) -> None:
    view = await kim.view()
    kim.graph.manners = PageManners(page_size=1)
    paged = await again(kim, view)
    assert paged is not None
    assert (paged, paged.validator) == (view, None)


async def test_a_validator_dies_with_its_process(kim: Tenant) -> None:
    view = await kim.view()
    following = await open_graph(kim.connection, kim.clock, jitter=lambda: 0.0)
    try:
        validator = view.validator or Validator(b"none")
        assert (
            await following.calendar.view_if_changed(kim.user_id, WINDOW, STOCKHOLM, ALL_FIELDS, validator) is not None
        )
    finally:
        await following.close()


async def test_the_same_bytes_for_another_mailbox_are_not_recognised(kim: Tenant) -> None:
    view = await kim.view()
    assert view.validator is not None
    by_address = await kim.ours.calendar.view_if_changed(
        "kim@exempel.example", WINDOW, STOCKHOLM, ALL_FIELDS, view.validator
    )
    assert by_address == view
