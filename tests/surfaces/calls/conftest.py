"""A company whose calls are read by an employee, a colleague and an attendant."""

import pytest
from litestar import Litestar

from kalenderkoppling.surfaces.calls.surface import calls_surface
from kktest.web import Company, make_app


@pytest.fixture
def app(company: Company) -> Litestar:
    return make_app(company, surfaces=[calls_surface()])
