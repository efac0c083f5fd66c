"""The hooks: what a calendar system sends is taken quickly, and nobody learns anything from the answers."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.domain.errors import StoreUnavailableError
from kalenderkoppling.domain.mailbox import MailboxRef, Subscription
from kalenderkoppling.ports.calendar import NoticeKind
from kalenderkoppling.ports.meter import Count
from kalenderkoppling.store import SqlStore
from kalenderkoppling.surfaces.hooks.routes import Hooks
from kalenderkoppling.surfaces.hooks.surface import hooks_app, hooks_surface
from kalenderkoppling.surfaces.operations.meter import PrometheusMeter
from kalenderkoppling.surfaces.web.options import WebOptions
from kktest.notices import FakeNotices, notice_body
from kktest.web import BO, NOW, OTHER_TENANT, TENANT, Company, make_app, visiting

Visitor = TestClient[Litestar]
ROUTE = "r" * 43
PATH = f"/hooks/calendar/{TENANT}/{ROUTE}"
TOMORROW = NOW + timedelta(days=1)
STANDING = Subscription(
    person=BO,
    mailbox="bo@example.com",
    route=ROUTE,
    client_state="the-secret",
    id="sub-1",
    expires_at=TOMORROW,
    renew_at=TOMORROW,
    created_at=NOW,
)
BEING_MADE = replace(STANDING, id="")


def notice(*, subscription: str = "sub-1", state: str = "the-secret") -> bytes:
    return notice_body((subscription, state, NoticeKind.CHANGED))


@pytest.fixture
def meter() -> PrometheusMeter:
    return PrometheusMeter()


@pytest.fixture
def hooks(company: Company, meter: PrometheusMeter) -> Hooks:
    return Hooks(notices=FakeNotices(clock=company.clock), meter=meter, tenants=frozenset({TENANT}))


@pytest.fixture
def caller(company: Company, hooks: Hooks) -> Iterator[Visitor]:
    with visiting(make_app(company, surfaces=[hooks_surface(hooks)])) as client:
        yield client


@pytest.fixture(autouse=True)
def _looked_at(company: Company) -> None:
    company.looked(BO)


def subscribed(company: Company, subscription: Subscription = STANDING) -> None:
    company.write(lambda tx: tx.subscriptions.put(subscription))


def due(company: Company) -> datetime:
    with company.store.read(TENANT) as tx:
        return tx.mailboxes.state([BO])[BO].due


def state(company: Company) -> object:
    with company.store.read(TENANT) as tx:
        return tx.mailboxes.state([BO]), tx.subscriptions.by_route(ROUTE), tx.changes.latest()


def test_a_genuine_notice_is_taken_and_the_mailbox_is_due_in_the_store(company: Company, caller: Visitor) -> None:
    subscribed(company)
    assert due(company) > NOW
    answer = caller.post(PATH, content=notice())
    assert (answer.status_code, answer.content) == (202, b"")
    assert due(company) == NOW
    assert company.bus.pending == (MailboxRef(tenant=TENANT, person=BO),)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (PATH, notice(state="guessed")),
        (PATH, notice(state="")),
        (PATH, notice(subscription="another")),
        (f"/hooks/calendar/{TENANT}/guessed", notice()),
        (f"/hooks/calendar/{OTHER_TENANT}/{ROUTE}", notice()),
        (f"/hooks/calendar/nobody/{ROUTE}", notice()),
        (f"/hooks/calendar/{TENANT}/{'x' * 5_000}", notice()),
        (f"/hooks/calendar/{TENANT}/%00", notice()),
    ],
)
def test_F_17_a_forged_notice_is_answered_as_a_good_one_and_changes_nothing(
    company: Company, caller: Visitor, path: str, body: bytes
) -> None:
    subscribed(company)
    before = state(company)
    answer = caller.post(path, content=body)
    assert (answer.status_code, answer.content) == (202, b"")
    assert state(company) == before
    assert company.bus.pending == ()


def test_F_17_forged_and_good_notices_get_the_same_headers(company: Company, caller: Visitor) -> None:
    subscribed(company)
    good, forged = (caller.post(PATH, content=each) for each in (notice(), notice(state="x")))
    assert sorted(good.headers.items()) == sorted(forged.headers.items())


def test_F_17_a_notice_replayed_a_many_times_is_one_look(company: Company, caller: Visitor) -> None:
    subscribed(company)
    for _ in range(50):
        assert caller.post(PATH, content=notice()).status_code == 202
    assert company.bus.pending == (MailboxRef(tenant=TENANT, person=BO),)


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[1]", b"\xff\xfe", b"[{}]"])
def test_F_17_a_malformed_body_is_taken_without_a_word(company: Company, caller: Visitor, body: bytes) -> None:
    subscribed(company)
    before = state(company)
    assert caller.post(PATH, content=body).status_code == 202
    assert state(company) == before


def test_a_body_above_a_megabyte_is_refused_unread(company: Company, caller: Visitor) -> None:
    subscribed(company)
    assert caller.post(PATH, content=b"x" * 1_000_001).status_code == 413
    assert due(company) > NOW


def test_a_body_of_a_megabyte_is_read(company: Company, caller: Visitor) -> None:
    subscribed(company)
    assert caller.post(PATH, content=notice() + b" " * (1_000_000 - len(notice()))).status_code == 202
    assert due(company) == NOW


def test_a_validation_is_answered_while_we_ask_for_the_subscription(company: Company, caller: Visitor) -> None:
    subscribed(company, BEING_MADE)
    answer = caller.post(PATH, params={"validationToken": "a b+ö&<x>"})
    assert answer.status_code == 200
    assert answer.text == "a b+ö&<x>"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("token", ["x" * 2_049, "ö" * 1_025])
def test_F_18_a_long_validation_is_not_sent_back(company: Company, caller: Visitor, token: str) -> None:
    subscribed(company, BEING_MADE)
    answer = caller.post(PATH, params={"validationToken": token})
    assert (answer.status_code, answer.content) == (202, b"")


def test_F_18_a_validation_at_a_standing_subscription_is_not_answered(company: Company, caller: Visitor) -> None:
    subscribed(company)
    assert caller.post(PATH, params={"validationToken": "x"}).content == b""


def test_F_18_a_validation_that_comes_too_late_is_not_answered(company: Company, caller: Visitor) -> None:
    subscribed(company, replace(BEING_MADE, created_at=NOW - timedelta(minutes=6)))
    assert caller.post(PATH, params={"validationToken": "x"}).content == b""


@pytest.mark.parametrize("path", [f"/hooks/calendar/{TENANT}/guessed", f"/hooks/calendar/nobody/{ROUTE}"])
def test_F_18_a_flood_of_validations_elsewhere_gets_nothing_back(company: Company, caller: Visitor, path: str) -> None:
    subscribed(company, BEING_MADE)
    for _ in range(20):
        assert caller.post(path, params={"validationToken": "x"}).content == b""


def test_only_a_failing_store_asks_to_send_again(
    company: Company, caller: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise StoreUnavailableError

    subscribed(company)
    monkeypatch.setattr(SqlStore, "write", fails)
    answer = caller.post(PATH, content=notice())
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_was_refused_is_counted_by_its_kind(company: Company, caller: Visitor, meter: PrometheusMeter) -> None:
    subscribed(company)
    caller.post(PATH, content=notice())
    caller.post(PATH, content=b"{")
    caller.post(PATH, content=notice(state="x"))
    figures = meter.text().decode()
    assert f'kk_{Count.NOTICES}_total{{reason=""}} 1.0' in figures
    assert f'kk_{Count.NOTICES_REFUSED}_total{{reason="malformed"}} 1.0' in figures
    assert f'kk_{Count.NOTICES_REFUSED}_total{{reason="secret"}} 1.0' in figures


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_the_hooks_take_a_post_alone(caller: Visitor, method: str) -> None:
    assert caller.request(method, PATH).status_code == 405


def test_the_hooks_have_an_application_of_their_own_with_nothing_else(company: Company, hooks: Hooks) -> None:
    subscribed(company)
    with visiting(hooks_app(company.core, WebOptions(tenant=TENANT), hooks)) as caller:
        assert caller.post(PATH, content=notice()).status_code == 202
        assert caller.get("/").status_code == 404
        assert caller.get("/sign-in").status_code == 404
