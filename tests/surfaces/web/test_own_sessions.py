"""The page of one's own sessions."""

from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.surfaces.web.browser_name import browser_name
from kktest.web import ANNA, BO, NOW, SAME_ORIGIN, Company, SetClock, sign_in, somebody_else, token_of

Visitor = TestClient[Litestar]
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36", "Chrome, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8.1 <script>", ""),
        ("", ""),
    ],
)
def test_a_browser_is_told_in_words(user_agent: str, name: str) -> None:
    assert browser_name(user_agent) == name


def signed_in_twice(company: Company, visitor: Visitor) -> tuple[str, str]:
    """Sign Anna in with another browser first, then here; returns the other's cookie and the token here."""
    with somebody_else(visitor) as other:
        other.headers["User-Agent"] = FIREFOX
        sign_in(other, ANNA)
        cookie = other.cookies["session"]
    visitor.headers["User-Agent"] = "unknown"
    assert isinstance(company.clock, SetClock)
    company.clock.at = NOW + timedelta(minutes=5)
    return cookie, sign_in(visitor, ANNA)


def holds(visitor: Visitor, cookie: str) -> bool:
    with somebody_else(visitor) as other:
        other.cookies["session"] = cookie
        return other.get("/").status_code == 200


def test_own_sessions_are_listed_this_one_marked_and_no_one_elses(company: Company, visitor: Visitor) -> None:
    with somebody_else(visitor) as other:
        sign_in(other, BO)
    signed_in_twice(company, visitor)
    page = visitor.get("/sessions").text
    assert page.count('<li class="session">') == 2
    first, second = page.split('<li class="session">')[1:]
    assert ("Den här" in first, "Okänd webbläsare" in first) == (True, True)
    assert ("Den här" in second, "Firefox, Windows" in second, "10:30" in second) == (False, True, True)


def test_one_other_session_is_ended(company: Company, visitor: Visitor) -> None:
    cookie, token = signed_in_twice(company, visitor)
    id_ = visitor.get("/sessions").text.split('name="session" value="')[1].split('"')[0]
    form = {"csrf_token": token, "session": id_}
    assert visitor.post("/sessions/end", data=form, headers=SAME_ORIGIN).headers["location"] == "/sessions"
    assert not holds(visitor, cookie)
    assert "Utloggad där." in visitor.get("/sessions").text


def test_all_others_are_ended_and_this_one_stays(company: Company, visitor: Visitor) -> None:
    cookie, token = signed_in_twice(company, visitor)
    visitor.post("/sessions/end-others", data={"csrf_token": token}, headers=SAME_ORIGIN)
    assert not holds(visitor, cookie)
    assert visitor.get("/sessions").text.count('<li class="session">') == 1


def test_nobody_ends_another_persons_session(company: Company, visitor: Visitor) -> None:
    cookie, _ = signed_in_twice(company, visitor)
    id_ = visitor.get("/sessions").text.split('name="session" value="')[1].split('"')[0]
    with somebody_else(visitor) as bo:
        token = sign_in(bo, BO)
        bo.post("/sessions/end", data={"csrf_token": token, "session": id_}, headers=SAME_ORIGIN)
    assert holds(visitor, cookie)


def test_the_page_bears_no_key_and_no_secret(company: Company, visitor: Visitor) -> None:
    cookie, _ = signed_in_twice(company, visitor)
    page = visitor.get("/sessions").text
    assert cookie not in page
    assert visitor.cookies["session"] not in page
    assert token_of(page)
