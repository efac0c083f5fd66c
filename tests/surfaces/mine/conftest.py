"""A company whose own pages are read by an employee, an attendant and an administrator."""

import pytest
from litestar import Litestar

from kalenderkoppling.surfaces.mine.surface import mine_surface
from kktest.web import Company, make_app


@pytest.fixture
def app(company: Company) -> Litestar:
    return make_app(company, surfaces=[mine_surface()])
