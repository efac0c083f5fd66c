"""Health and figures."""

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.domain.errors import StoreUnavailableError
from kalenderkoppling.ports.meter import Count
from kalenderkoppling.store import SqlStore
from kalenderkoppling.surfaces.operations.meter import MOST_REASONS, PrometheusMeter
from kalenderkoppling.surfaces.operations.surface import operations_surface
from kalenderkoppling.surfaces.web.app import machine_app
from kalenderkoppling.surfaces.web.options import WebOptions
from kktest.web import ANNA, TENANT, Company, visiting

Visitor = TestClient[Litestar]


def test_a_process_that_answers_is_live(visitor: Visitor) -> None:
    assert (visitor.get("/health/live").status_code, visitor.get("/health/live").text) == (200, "live\n")


def test_a_process_whose_store_answers_is_ready(visitor: Visitor) -> None:
    assert visitor.get("/health/ready").status_code == 200


def test_a_process_without_its_store_is_live_and_not_ready(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise StoreUnavailableError

    monkeypatch.setattr(SqlStore, "read", fails)
    assert visitor.get("/health/ready").status_code == 503
    assert visitor.get("/health/live").status_code == 200


def test_health_is_told_to_balancers_that_ask_by_address(visitor: Visitor) -> None:
    assert visitor.get("/health/ready", headers={"Host": "10.0.0.7:8080"}).status_code == 200


def test_figures_are_given_and_bear_no_names(company: Company) -> None:
    meter = PrometheusMeter()
    meter.count(Count.LOOKS)
    app = machine_app(company.core, WebOptions(tenant=TENANT), surfaces=[operations_surface(meter)])
    with visiting(app) as visitor:
        answer = visitor.get("/metrics")
        by_address = visitor.get("/metrics", headers={"Host": "10.0.0.7:9464"})
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert 'kk_looks_total{reason=""} 1.0' in answer.text
    assert ANNA not in answer.text
    assert by_address.text == answer.text


def test_every_figure_has_the_prefix_and_a_sentence() -> None:
    text = PrometheusMeter().text().decode()
    assert re.findall(r"^# HELP kk_(\w+)_total \w", text, re.MULTILINE) == [str(each) for each in Count]


def test_reasons_are_bounded() -> None:
    meter = PrometheusMeter()
    for number in range(500):
        meter.count(Count.LOOKS_FAILED, f"reason-{number}")
    lines = [line for line in meter.text().decode().splitlines() if line.startswith("kk_looks_failed_total{")]
    assert len(lines) == MOST_REASONS + 1
    assert f'kk_looks_failed_total{{reason="other"}} {500 - MOST_REASONS}.0' in lines


def test_two_meters_live_in_one_process() -> None:
    one, other = PrometheusMeter(), PrometheusMeter()
    one.count(Count.LOOKS)
    assert "kk_looks_total" in other.text().decode()
    assert 'kk_looks_total{reason=""}' not in other.text().decode()
