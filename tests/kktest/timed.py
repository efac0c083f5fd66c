"""How long callers wait, judged where that can be judged: in `make soak`, on a machine that does nothing else.

The other runs see the same calls go through; there a time proves nothing but how busy the machine is. That something
was not early is judged everywhere, since no machine is so busy that a timer goes off before its time.
"""

import os

import pytest

IS_TIMED = os.environ.get("KK_TIMED") == "1"
"""`make soak` sets it."""

timed_only = pytest.mark.soak
"""A test that proves nothing but a time."""


def took_at_most(elapsed_seconds: float, seconds: float) -> None:
    """See that something took no longer."""
    if IS_TIMED:
        assert elapsed_seconds <= seconds


def took_about(elapsed_seconds: float, seconds: float, *, give: float) -> None:
    """See that something took so long, and at most `give` seconds less or more."""
    assert elapsed_seconds >= seconds - give
    took_at_most(elapsed_seconds, seconds + give)
