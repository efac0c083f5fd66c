"""What the figures were taken on: cores, memory, versions, date."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGES = (
    "msgspec", "aiohttp", "sqlalchemy", "litestar", "uvicorn", "pydantic", "orjson", "msgraph-sdk",
)  # fmt: skip


def described() -> Sequence[str]:
    """Return lines for the report."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1_073_741_824
    load = " / ".join(f"{each:.1f}" for each in os.getloadavg())
    versions = [f"{name} {found}" for name in _PACKAGES if (found := _version(name))]
    cores = len(os.sched_getaffinity(0))
    return (
        f"Taken {datetime.now(UTC):%Y-%m-%d} on {cores} cores of {_model()}, {memory:.0f} GB of memory",
        f"Load when the run ended: {load} (1 / 5 / 15 minutes, the run itself included)",
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {', '.join(versions)}",
    )


def resident_megabytes(*, highest: bool = False) -> float:
    """Return what this process holds in memory now, or held at most; `getrusage` counts the parent's before a spawn."""
    name = "VmHWM" if highest else "VmRSS"
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1_024


def _model() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown kind")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
