"""The wheel carries everything that the program needs to run without a checkout."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from kktest.checkout import PACKAGE, ROOT, tracked_files

VENDOR = "kalenderkoppling/surfaces/web/static/vendor"


@pytest.fixture(scope="module")
def names_in_wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 our own words
    (wheel,) = Path(folder).glob("*.whl")
    return set(ZipFile(wheel).namelist())


@pytest.mark.slow
def test_the_wheel_holds_the_scripts_that_pages_load(names_in_wheel: set[str]) -> None:
    assert {f"{VENDOR}/htmx.min.js", f"{VENDOR}/hx-sse.js"} <= names_in_wheel


@pytest.mark.slow
def test_the_wheel_holds_every_source_file(names_in_wheel: set[str]) -> None:
    sources = {path.relative_to("src").as_posix() for path in tracked_files() if path.is_relative_to("src")}
    assert sources - names_in_wheel == set()


def test_the_scripts_in_a_checkout_lie_where_the_wheel_has_them() -> None:
    assert {path.name for path in (PACKAGE / "surfaces/web/static/vendor").iterdir()} == {"htmx.min.js", "hx-sse.js"}
