"""A company in a file, its application, and a browser's place to visit it from."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from kktest.absence_pages import Reader, reading
from kktest.web import ADAM, ANNA, BO, KARIN, Company, make_app, open_company, visiting

Visitor = TestClient[Litestar]


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    company = open_company(tmp_path)
    yield company
    company.store.close()


@pytest.fixture
def visitor(company: Company) -> Iterator[Visitor]:
    with visiting(make_app(company)) as client:
        yield client


@pytest.fixture
def client(app: Litestar) -> Iterator[Visitor]:
    """A browser's place in front of the `app` that a folder of tests makes."""
    with visiting(app) as client:
        yield client


@pytest.fixture
def anna(company: Company, client: Visitor) -> Reader:
    return reading(company, client, ANNA)


@pytest.fixture
def bo(company: Company, client: Visitor) -> Reader:
    return reading(company, client, BO)


@pytest.fixture
def attendant(company: Company, client: Visitor) -> Reader:
    return reading(company, client, KARIN)


@pytest.fixture
def administrator(company: Company, client: Visitor) -> Reader:
    return reading(company, client, ADAM)
