"""One installation with its voice process for the tests of a module; each test employs people of its own."""

from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path
from shutil import copyfile

import pytest
import pytest_asyncio

from kktest.ports import LOOPBACK, free_ports
from kktest.voice import Site, Voice, open_site


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    copyfile(sqlite_template, folder / "kk.db")
    async with open_site(folder, f"sqlite:///{folder / 'kk.db'}") as opened:
        yield opened


@pytest.fixture(scope="module")
def attendant_port() -> int:
    """The port of the attendant's telephone, which tests open where they need it."""
    return free_ports(1)[0]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def voice(site: Site, attendant_port: int) -> AsyncIterator[Voice]:
    async with site.voice(telephony=f'attendant = "sip:9@{LOOPBACK}:{attendant_port}"') as running:
        yield running


@pytest.fixture(scope="module")
def extensions() -> Iterator[str]:
    """Extensions that nobody has yet."""
    return (str(number) for number in count(2_001))


@pytest.fixture
def extension(extensions: Iterator[str]) -> str:
    return next(extensions)
