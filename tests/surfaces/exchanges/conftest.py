"""An exchange that asks about the calls of a company."""

from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from kktest.exchange import Exchange, asking
from kktest.web import Company


@pytest.fixture
def exchange(company: Company) -> Exchange:
    return Exchange(company=company)


@pytest.fixture
def visitor(exchange: Exchange) -> Iterator[TestClient[Litestar]]:
    with asking(exchange) as client:
        yield client
