"""A company whose pages of absences are read by an employee, an attendant and an administrator."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.surfaces.mine.surface import mine_surface
from kktest.absence_pages import Reader, reading
from kktest.web import ADAM, ANNA, KARIN, Company, make_app, open_company, visiting


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    company = open_company(tmp_path)
    yield company
    company.store.close()


@pytest.fixture
def app(company: Company) -> Litestar:
    return make_app(company, surfaces=[mine_surface()])


@pytest.fixture
def client(app: Litestar) -> Iterator[TestClient[Litestar]]:
    with visiting(app) as client:
        yield client


@pytest.fixture
def anna(company: Company, client: TestClient[Litestar]) -> Reader:
    return reading(company, client, ANNA)


@pytest.fixture
def attendant(company: Company, client: TestClient[Litestar]) -> Reader:
    return reading(company, client, KARIN)


@pytest.fixture
def administrator(company: Company, client: TestClient[Litestar]) -> Reader:
    return reading(company, client, ADAM)
