"""The house rules that no linter knows."""

import ast
import re
from pathlib import Path

import pytest

from kktest.checkout import PACKAGE, ROOT, TESTS, Module, modules

EMPTY_WORDS = re.compile(r"(^|_)(utils?|helpers?|managers?|data|info|misc|common)(_|$)")
EMPTY_CLASS_WORDS = re.compile(r"(Utils?|Helpers?|Managers?|Data|Info|Misc)$")

PURE = ("domain", "rules", "sync", "absences", "words", "sound")
CLOCKS = frozenset({"now", "utcnow", "today", "time", "monotonic"})

# What a folder of tests may mirror.
TEST_FOLDERS = frozenset(
    {
        "adapters",
        "composition",
        "conformance",
        "contracts",
        "kktest",
        "meta",
        "samples",
        "surfaces",
        "system",
        "unit",
        "usecases",
    }
)
ADAPTERS = ("calendars", "people", "store", "bus", "telephony", "speech", "notices", "sandbox")


def paths(found: list[Module]) -> list[str]:
    return [module.path for module in found]


def test_every_module_says_in_its_first_line_what_it_is_for() -> None:
    silent = [module for module in modules() if module.text.strip() and not says_what_it_is_for(module)]
    assert paths(silent) == []


def says_what_it_is_for(module: Module) -> bool:
    return bool(ast.get_docstring(module.tree)) and module.text.startswith(('"""', "#!"))


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = [module for module in modules() if EMPTY_WORDS.search(Path(module.path).stem)]
    assert paths(empty) == []


def test_no_class_has_a_name_that_says_nothing() -> None:
    empty = [
        f"{module.path}: {node.name}"
        for module in modules("src/")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and EMPTY_CLASS_WORDS.search(node.name)
    ]
    assert empty == []


@pytest.mark.parametrize("package", [*PURE, "usecases"])
def test_the_core_is_given_the_time_and_never_asks_for_it(package: str) -> None:
    asked = [
        f"{module.path}:{node.lineno}"
        for module in modules(f"src/kalenderkoppling/{package}/")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and asks_the_machine_for_the_time(node.func)
    ]
    assert asked == []


def asks_the_machine_for_the_time(called: ast.expr) -> bool:
    """`datetime.now(...)`, `time.monotonic()`: not `clock.now()`, which is the port."""
    return (
        isinstance(called, ast.Attribute)
        and called.attr in CLOCKS
        and isinstance(called.value, ast.Name)
        and called.value.id in {"datetime", "date", "time"}
    )


SILENCED = re.compile(r"#\s*(noqa|type:\s*ignore)\b(?P<rest>.*)")
REASON = re.compile(r"(:\s*[A-Z]+[0-9]+(\s*,\s*[A-Z]+[0-9]+)*|\[[a-z-]+(,\s*[a-z-]+)*\])\W+\w{2,}")


def test_every_silenced_finding_has_its_code_and_its_reason_beside_it() -> None:
    bare = [
        f"{module.path}:{number}"
        for module in modules()
        for number, line in enumerate(module.text.splitlines(), start=1)
        if (silenced := SILENCED.search(line)) and not REASON.match(silenced["rest"])
    ]
    assert bare == []


SKIPS = re.compile(r"\b(pytest\.(skip|xfail|importorskip)|mark\.(skip|skipif|xfail))\b")


def test_no_test_is_skipped_where_something_is_missing() -> None:
    """The set-up brings what tests need; where it did not, they fail and say what is missing."""
    skipping = [module for module in modules("tests/") if SKIPS.search(module.text)]
    assert paths(skipping) == []


def test_the_folders_of_tests_are_the_known_ones() -> None:
    folders = {Path(module.path).parts[1] for module in modules("tests/") if module.path.count("/") > 1}
    assert folders - TEST_FOLDERS == set()


def test_every_pure_package_has_its_unit_tests() -> None:
    without = [package for package in PURE if not list((TESTS / "unit" / package).glob("test_*.py"))]
    assert without == []


def test_unit_tests_mirror_the_sources() -> None:
    strangers = [folder.name for folder in folders_of(TESTS / "unit") if not exists_in_package(folder.name)]
    assert strangers == []


def test_adapter_tests_mirror_the_adapters() -> None:
    strangers = [folder.name for folder in folders_of(TESTS / "adapters") if folder.name not in ADAPTERS]
    assert strangers == []


def test_surface_tests_mirror_the_surfaces() -> None:
    surfaces = {folder.name for folder in folders_of(PACKAGE / "surfaces")}
    assert {folder.name for folder in folders_of(TESTS / "surfaces")} - surfaces == set()


def test_every_kind_of_calendar_has_its_page() -> None:
    kinds = [folder.name for folder in folders_of(PACKAGE / "calendars") if any(folder.glob("*.py"))]
    assert [kind for kind in kinds if not (ROOT / "docs" / "calendars" / f"{kind}.md").exists()] == []


def folders_of(folder: Path) -> list[Path]:
    found = sorted(folder.iterdir()) if folder.exists() else []
    return [path for path in found if path.is_dir() and not path.name.startswith(("_", "."))]


def exists_in_package(name: str) -> bool:
    return (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").exists()
