"""The checkout seen as files: what git knows of it, and its modules as syntax trees."""

import ast
import gc
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "kalenderkoppling"
TESTS = ROOT / "tests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One Python file of ours, read once."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        """Its syntax tree, made when it is first looked at."""
        return _parsed(self.path)


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that git knows or would take, relative to the checkout."""
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 our own words
    return tuple(Path(name) for name in sorted(listed.split("\0")) if name and (ROOT / name).is_file())


@cache
def modules(under: str = "") -> tuple[Module, ...]:
    """The Python files below a folder, in order of their paths."""
    found = (path for path in tracked_files() if path.suffix == ".py" and path.as_posix().startswith(under))
    return tuple(Module(path=path.as_posix(), text=(ROOT / path).read_text(encoding="utf-8")) for path in found)


@cache
def _parsed(path: str) -> ast.Module:
    # The collector would walk through all the trees so far again and again, and find nothing.
    gc.disable()
    try:
        return ast.parse((ROOT / path).read_text(encoding="utf-8"))
    finally:
        gc.enable()
