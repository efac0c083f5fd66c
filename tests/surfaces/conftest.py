"""A company in a file, its application, and a browser's place to visit it from."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from kktest.web import Company, make_app, open_company, visiting

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
