"""A company whose announcements are hummed, and its people in front of it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.surfaces.listen.booth import Booth
from kalenderkoppling.surfaces.listen.surface import listen_surface
from kalenderkoppling.surfaces.mine.surface import mine_surface
from kalenderkoppling.usecases.announcements.prompts import Prompts
from kktest.absence_pages import Reader, reading
from kktest.prompts import MemoryShelf
from kktest.speech import FakeSpeech
from kktest.web import ADAM, ANNA, BO, KARIN, Company, make_app, visiting


@pytest.fixture
def speech() -> FakeSpeech:
    return FakeSpeech()


@pytest.fixture
def shelf() -> MemoryShelf:
    return MemoryShelf()


@pytest.fixture
def booth(speech: FakeSpeech, shelf: MemoryShelf) -> Booth:
    return Booth(Prompts(speech, shelf), patience=timedelta(milliseconds=300))


@pytest.fixture
def app(company: Company, booth: Booth) -> Litestar:
    return make_app(company, surfaces=[mine_surface(), listen_surface(booth)])


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
