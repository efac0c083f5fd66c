"""Where the servers of others lie that calls are tested with: below .check as the set-up unpacks them, or installed."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from kktest.checkout import ROOT

_UNPACKED = ROOT / ".check" / "debian"
_SYSTEM_FOLDERS = "/usr/local/sbin:/usr/sbin:/sbin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Daemon:
    """A program, and the folders of libraries that it is started with; none where the system knows them."""

    program: str
    libraries: tuple[Path, ...] = ()

    @property
    def environment(self) -> dict[str, str]:
        """What its environment must hold for it to find its libraries."""
        return {"LD_LIBRARY_PATH": ":".join(map(str, self.libraries))} if self.libraries else {}


def daemon(name: str) -> Daemon:
    """Find a program.

    Raises:
        LookupError: It is not there; the sentence says how it is brought.
    """
    for folder in ("sbin", "bin"):
        unpacked = _UNPACKED / "usr" / folder / name
        if unpacked.exists():
            libraries = (*_UNPACKED.glob("usr/lib/*-linux-gnu"), *_UNPACKED.glob("lib/*-linux-gnu"))
            return Daemon(program=str(unpacked), libraries=libraries)
    installed = shutil.which(name) or shutil.which(name, path=_SYSTEM_FOLDERS)
    if installed is None:
        raise LookupError(f"{name} is missing: `python3 tools/set_up.py alerts telephony` lays it below .check")
    return Daemon(program=installed)
