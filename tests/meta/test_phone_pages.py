"""The pages on telephone systems: what they have an operator write fits what the program reads and says."""

import re
import tomllib
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from kalenderkoppling.composition.from_settings.exchanges import sip_options
from kalenderkoppling.ports.phone import Called
from kalenderkoppling.settings import settings_from
from kalenderkoppling.settings.telephony import Telephony
from kalenderkoppling.usecases.call_flow.sending_on import is_sent_back, number_of
from kktest.checkout import ROOT

FOLDER = ROOT / "docs" / "phones"
PAGES = sorted(FOLDER.glob("*.md"))

BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]+)\)")


def blocks(page: Path, kind: str) -> list[str]:
    return [text for _, language, text in BLOCK.findall(page.read_text()) if language == kind]


def tables_of(page: Path) -> str:
    """Return the settings of a page in one: an exchange that is named later goes with those before it."""
    return "\n".join(blocks(page, "toml"))


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "toml")], ids=lambda page: page.stem)
def test_the_settings_on_a_page_are_read(page: Path, tmp_path: Path) -> None:
    for block in blocks(page, "toml"):
        settings_from(tomllib.loads(block), tmp_path, page.name)


@pytest.mark.parametrize("page", ["asterisk", "freeswitch", "3cx", "any-exchange"])
def test_the_exchanges_on_a_page_are_known_to_the_endpoint(page: str, tmp_path: Path) -> None:
    for name in set(re.findall(r'file = "([^"]+)"', tables_of(FOLDER / f"{page}.md"))):
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_text("a-key-that-is-long-enough")
    telephony = settings_from(tomllib.loads(tables_of(FOLDER / f"{page}.md")), tmp_path).telephony
    assert isinstance(telephony, Telephony)
    known = {each.name for each in sip_options(telephony).exchanges}
    assert known
    assert telephony.dialog_events is None or telephony.dialog_events.exchange in known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_xml_on_a_page_is_well_formed(page: Path) -> None:
    for block in blocks(page, "xml"):
        ET.fromstring(f"<page>{block}</page>")  # noqa: S314 our own words


def test_the_word_that_asks_for_the_announcement_alone_is_the_one_that_is_understood() -> None:
    named = {word for page in PAGES for word in re.findall(r"\b(announce\w*-)[1<$]", page.read_text())}
    assert len(named) == 1
    (word,) = named
    assert number_of(f"{word}10231") == "10231"
    assert is_sent_back(Called(wanted=f"{word}10231"))


def test_every_page_is_named_by_the_first_one() -> None:
    named = set(LINK.findall((FOLDER / "README.md").read_text()))
    assert {page.name for page in PAGES} - named == {"README.md"}
