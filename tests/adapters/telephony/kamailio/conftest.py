"""What is told to the edge is told on virtual time, with real sockets."""

import asyncio
from collections.abc import Callable, Mapping

import pytest

from kktest.virtual_time import VirtualLoop


@pytest.hookimpl(tryfirst=True)
def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run every test here on a loop of its own whose time is told."""
    return {"virtual": VirtualLoop}
