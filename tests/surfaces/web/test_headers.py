"""The headers that every answer bears."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.surfaces.web.options import WebOptions
from kktest.web import ANNA, SAME_ORIGIN, TENANT, Company, make_app, sign_in, visiting

Visitor = TestClient[Litestar]

POLICY = {"default-src 'self'", "script-src 'self'", "style-src 'self'", "object-src 'none'", "base-uri 'none'"}
POLICY |= {"form-action 'self'", "frame-ancestors 'none'", "img-src 'self'", "connect-src 'self'"}


def paths(app: Litestar) -> list[str]:
    return [route.path_format.replace("{", "").replace("}", "") for route in app.routes]


@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", "DELETE"])
def test_every_route_and_every_error_bears_the_headers(company: Company, method: str, *, signed_in: bool) -> None:
    app = make_app(company)
    with visiting(app) as visitor:
        if signed_in:
            sign_in(visitor, ANNA)
        for path in [*paths(app), "/nowhere", "/static/x/nothing.css", "/people/nobody"]:
            if path == "/sign-out":
                continue
            headers = visitor.request(method, path, headers=SAME_ORIGIN).headers
            assert set(headers["content-security-policy"].split("; ")) == POLICY, path
            assert headers["x-content-type-options"] == "nosniff", path
            assert headers["referrer-policy"] == "same-origin", path
            assert headers["cross-origin-opener-policy"] == "same-origin", path
            assert headers["permissions-policy"].startswith("camera=()"), path


def test_nothing_about_people_is_kept_by_caches(visitor: Visitor) -> None:
    sign_in(visitor, ANNA)
    for path in ("/", "/favourites", "/people/bo", "/people/nobody"):
        assert visitor.get(path).headers["cache-control"] == "no-store"


def test_files_are_kept_for_ever_under_their_edition(visitor: Visitor) -> None:
    page = visitor.get("/sign-in").text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = visitor.get(address)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"] == "text/css; charset=utf-8"


def test_a_file_under_an_old_edition_is_not_kept(visitor: Visitor) -> None:
    assert visitor.get("/static/old/web/base.css").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", ["../app.py", "..%2fapp.py", "web/../../app.py", "web/nothing.css", ""])
def test_only_files_that_were_read_at_the_start_are_served(visitor: Visitor, name: str) -> None:
    assert visitor.get(f"/static/x/{name}").status_code == 404


def test_the_cookie_of_plain_http_is_out_of_reach_for_scripts(visitor: Visitor) -> None:
    cookie = visitor.post("/sign-in", data={"person": ANNA}, headers=SAME_ORIGIN).headers["set-cookie"]
    assert cookie.startswith("session=")
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= {each.strip() for each in cookie.split(";")}
    assert "Secure" not in cookie


def test_the_cookie_of_https_is_bound_to_the_host(company: Company) -> None:
    app = make_app(company, options=WebOptions(tenant=TENANT, https=True))
    with visiting(app) as visitor:
        answer = visitor.post("/sign-in", data={"person": ANNA}, headers=SAME_ORIGIN)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"HttpOnly", "Path=/", "Secure"} <= {each.strip() for each in cookie.split(";")}
    assert "Domain" not in cookie
    assert answer.headers["strict-transport-security"].startswith("max-age=")


def test_no_page_has_a_script_or_style_in_it(visitor: Visitor) -> None:
    sign_in(visitor, ANNA)
    for path in ("/", "/people/anna", "/favourites", "/sign-in", "/nowhere"):
        page = visitor.get(path).text
        assert "<style" not in page
        assert " style=" not in page
        assert " onclick=" not in page
        assert "hx-on" not in page
        assert all('src="' in each.split(">")[0] for each in page.split("<script")[1:])


def test_no_page_asks_for_anything_from_elsewhere(visitor: Visitor) -> None:
    sign_in(visitor, ANNA)
    for path in ("/", "/people/anna", "/sign-in"):
        page = visitor.get(path).text
        assert 'src="http' not in page
        assert 'href="http' not in page
