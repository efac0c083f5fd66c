"""The pages that say where things are name folders and files that exist, and links lead somewhere."""

import re

import pytest

from kktest.checkout import PACKAGE, ROOT, tracked_files

PLACES = ("CONTRIBUTING.md", "docs/architecture.md")
# Named before they are made: path -> why.
TO_BE_MADE = {"surfaces/api/": "the public API has its place, and is not built yet"}

PATH = re.compile(r"`([a-z_0-9]+(?:/[a-z_0-9]+)+(?:/|\.py))`")
TREE = re.compile(r"^  ([a-z_]+(?:/|\.py))(?= |$)", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
PAGES = sorted(path.as_posix() for path in tracked_files() if path.suffix == ".md")


def exists(path: str) -> bool:
    return (PACKAGE / path).exists() or (ROOT / path).exists()


@pytest.mark.parametrize("page", PLACES)
def test_every_path_on_a_page_that_says_where_things_are_exists(page: str) -> None:
    named = set(PATH.findall((ROOT / page).read_text(encoding="utf-8")))
    assert len(named) > 2
    assert sorted(path for path in named if not exists(path) and path not in TO_BE_MADE) == []


def test_what_is_to_be_made_is_not_made_yet() -> None:
    assert [path for path in TO_BE_MADE if exists(path)] == []


def test_the_tree_of_the_architecture_is_the_package() -> None:
    drawn = set(TREE.findall((ROOT / "docs/architecture.md").read_text(encoding="utf-8")))
    packages = {f"{path.parent.name}/" for path in PACKAGE.glob("*/__init__.py")}
    assert drawn == {*packages, "cli.py"}


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    folder = (ROOT / page).parent
    targets = LINK.findall((ROOT / page).read_text(encoding="utf-8"))
    assert [target for target in targets if not (folder / target).exists()] == []
