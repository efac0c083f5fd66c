"""The environment of the run: cores, memory, versions, date."""

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
    "sippy",
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


def resident_megabytes(process_id: int | None = None, *, highest: bool = False) -> float:
    """Return the resident memory of a process, else of this one, now or at its peak.

    `getrusage` would count the parent's before a spawn.
    """
    name = "VmHWM" if highest else "VmRSS"
    lines = Path(f"/proc/{process_id or 'self'}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1_024


def processor_seconds(process_id: int | None) -> float:
    """Return the CPU seconds of a process, else of this one, so far (proc(5), fields 14 and 15)."""
    fields = Path(f"/proc/{process_id or 'self'}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def _model() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown kind")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
