"""Requests that cannot be read to their end are their clients' errors, and fill no log."""

import logging
import socket
from urllib.parse import urlsplit

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from kktest.web import ANNA, SAME_ORIGIN, Company, make_app, serving, sign_in

Visitor = TestClient[Litestar]

DEPTH = 100_000


@pytest.mark.parametrize(
    "body",
    [b"[" * DEPTH, b'{"people":' * DEPTH, b'{"people":[],"card":' + b"[" * DEPTH, b'{"other":' + b'{"a":' * DEPTH],
    ids=["arrays", "objects", "in a field", "in an unknown field"],
)
def test_json_that_is_nested_too_deeply_is_a_bad_request(
    visitor: Visitor, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    token = sign_in(visitor, ANNA)
    headers = {**SAME_ORIGIN, "X-CSRF-Token": token, "Content-Type": "application/json"}
    answer = visitor.post("/live", content=body[: 64 * 1024], headers=headers)
    assert answer.status_code == 400
    assert answer.json()["key"] == "bad_request"
    assert caplog.records == []


@pytest.mark.parametrize("path", ["/sign-in", "/live"])
def test_a_body_that_is_cut_off_is_no_internal_error(
    company: Company, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n"
    )
    with (
        serving(make_app(company)) as url,
        caplog.at_level(logging.WARNING),
        socket.create_connection(("127.0.0.1", urlsplit(url).port or 0)) as client,
    ):
        client.sendall(head.encode() + b"person=an")
        client.shutdown(socket.SHUT_WR)
        client.recv(1)
    assert [each.message for each in caplog.records if each.levelno >= logging.ERROR] == []
