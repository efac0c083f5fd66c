"""A company whose announcements are hummed, and its people in front of it."""

from datetime import timedelta

import pytest
from litestar import Litestar

from kalenderkoppling.surfaces.listen.booth import Booth
from kalenderkoppling.surfaces.listen.surface import listen_surface
from kalenderkoppling.surfaces.mine.surface import mine_surface
from kalenderkoppling.usecases.announcements.prompts import Prompts
from kktest.prompts import MemoryShelf
from kktest.speech import FakeSpeech
from kktest.web import Company, make_app


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
