"""A company whose phrases are recorded, by an employee, a colleague, an attendant and an administrator."""

from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.surfaces.mine.surface import mine_surface
from kalenderkoppling.surfaces.recordings.surface import recordings_surface
from kktest.absence_pages import Reader, reading
from kktest.web import ADAM, ANNA, BO, KARIN, Company, make_app, visiting


@pytest.fixture
def app(company: Company) -> Litestar:
    return make_app(company, surfaces=[mine_surface(), recordings_surface()])


@pytest.fixture
def client(app: Litestar) -> Iterator[TestClient[Litestar]]:
    with visiting(app) as client:
        yield client


@pytest.fixture
def anna(company: Company, client: TestClient[Litestar]) -> Reader:
    return reading(company, client, ANNA)


@pytest.fixture
def bo(company: Company, client: TestClient[Litestar]) -> Reader:
    return reading(company, client, BO)


@pytest.fixture
def attendant(company: Company, client: TestClient[Litestar]) -> Reader:
    return reading(company, client, KARIN)


@pytest.fixture
def administrator(company: Company, client: TestClient[Litestar]) -> Reader:
    return reading(company, client, ADAM)
