"""Sessions: how long they last, what keeps them alive, what the store knows of them."""

from datetime import timedelta
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.surfaces.web.sessions import MOST_OF_ONE_PERSON
from kktest.web import ANNA, BO, NOW, SAME_ORIGIN, TENANT, Company, SetClock, sign_in, somebody_else

Visitor = TestClient[Litestar]


def clock_of(company: Company) -> SetClock:
    assert isinstance(company.clock, SetClock)
    return company.clock


def is_signed_in(visitor: Visitor) -> bool:
    return visitor.get("/").status_code == 200


def test_a_session_ends_after_half_an_hour_without_use(company: Company, visitor: Visitor) -> None:
    sign_in(visitor, ANNA)
    clock_of(company).at = NOW + timedelta(minutes=30)
    assert not is_signed_in(visitor)


def test_use_keeps_a_session_alive(company: Company, visitor: Visitor) -> None:
    sign_in(visitor, ANNA)
    for minutes in (29, 58, 87):
        clock_of(company).at = NOW + timedelta(minutes=minutes)
        assert is_signed_in(visitor)


def test_a_session_ends_after_twelve_hours_however_much_it_is_used(company: Company, visitor: Visitor) -> None:
    sign_in(visitor, ANNA)
    for quarters in range(1, 12 * 4):
        clock_of(company).at = NOW + timedelta(minutes=15 * quarters)
        assert is_signed_in(visitor)
    clock_of(company).at = NOW + timedelta(hours=12)
    assert not is_signed_in(visitor)


def test_what_a_page_asks_of_itself_keeps_no_session_alive(company: Company, visitor: Visitor) -> None:
    sign_in(visitor, ANNA)
    for minutes in (10, 20, 29):
        clock_of(company).at = NOW + timedelta(minutes=minutes)
        assert visitor.get("/people/bo", headers={"X-Unattended": "1"}).status_code == 200
    clock_of(company).at = NOW + timedelta(minutes=31)
    assert not is_signed_in(visitor)


def test_hands_on_an_open_page_keep_it_alive(company: Company, visitor: Visitor) -> None:
    token = sign_in(visitor, ANNA)
    clock_of(company).at = NOW + timedelta(minutes=20)
    assert visitor.post("/session/seen", headers={**SAME_ORIGIN, "X-CSRF-Token": token}).status_code == 204
    clock_of(company).at = NOW + timedelta(minutes=45)
    assert is_signed_in(visitor)


def test_the_store_knows_a_hash_and_not_the_secret(company: Company, visitor: Visitor, tmp_path: Path) -> None:
    sign_in(visitor, ANNA)
    secret = visitor.cookies["session"]
    with company.store.read(TENANT) as tx:
        assert tx.sessions.get(secret) is None
    stored = b"".join(each.read_bytes() for each in tmp_path.glob("company.db*"))
    assert secret.encode() not in stored


def test_sign_out_ends_the_session_for_whoever_has_the_cookie(visitor: Visitor) -> None:
    token = sign_in(visitor, ANNA)
    secret = visitor.cookies["session"]
    answer = visitor.post("/sign-out", data={"csrf_token": token}, headers=SAME_ORIGIN)
    assert answer.headers["location"] == "/sign-in"
    with somebody_else(visitor) as thief:
        thief.cookies["session"] = secret
        assert not is_signed_in(thief)


def test_signing_in_again_ends_the_earlier_session(visitor: Visitor) -> None:
    sign_in(visitor, ANNA)
    earlier = visitor.cookies["session"]
    sign_in(visitor, BO)
    assert visitor.cookies["session"] != earlier
    visitor.cookies.clear()
    visitor.cookies["session"] = earlier
    assert not is_signed_in(visitor)


@pytest.mark.parametrize("secret", ["", "x", "a" * 5_000, "' OR 1=1 --", "%00"])
def test_a_made_up_cookie_is_nobody(visitor: Visitor, secret: str) -> None:
    visitor.cookies["session"] = secret
    assert not is_signed_in(visitor)


def test_who_was_signed_out_is_told_so_and_comes_back_to_the_same_page(company: Company, visitor: Visitor) -> None:
    sign_in(visitor, ANNA)
    clock_of(company).at = NOW + timedelta(hours=1)
    location = visitor.get("/people/bo?week=2026-W50").headers["location"]
    assert "Du har loggats ut" in visitor.get(location).text
    page = visitor.get(location).text
    assert 'name="next" value="/people/bo?week=2026-W50"' in page


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/x\\y", "/\n/e"]
)
def test_sign_in_sends_nobody_to_another_host(visitor: Visitor, wanted: str) -> None:
    answer = visitor.post("/sign-in", data={"person": ANNA, "next": wanted}, headers=SAME_ORIGIN)
    assert answer.headers["location"] == "/"


def test_old_sessions_are_tidied_away(company: Company, visitor: Visitor) -> None:
    sign_in(visitor, ANNA)
    clock_of(company).at = NOW + timedelta(hours=13)
    with somebody_else(visitor) as other:
        sign_in(other, BO)
    with company.store._engines.readers.connect() as connection:
        rows = connection.exec_driver_sql("SELECT count(*) FROM session").scalar()
    assert rows == 1


def test_a_person_has_a_bounded_number_of_sessions_and_the_one_unused_for_longest_ends(
    company: Company, visitor: Visitor
) -> None:
    sign_in(visitor, ANNA)
    with somebody_else(visitor):
        for _ in range(MOST_OF_ONE_PERSON):
            clock_of(company).at += timedelta(seconds=1)
            visitor.cookies.clear()
            sign_in(visitor, ANNA)
        assert is_signed_in(visitor)
    assert not is_signed_in(visitor)
