"""Every code that is cited leads somewhere: defined once in docs/, written one way, and borne by a test."""

import ast
import re
from collections import Counter

import pytest

from kktest.checkout import ROOT, modules, tracked_files

PAGES = {
    "C": "semantics.md",
    "R": "requirements.md",
    "S": "reliability.md",
    "L": "reliability.md",
    "F": "reliability.md",
}
# One spelling per code: two digits for C and F, as few as needed for S and L, no hyphen for R.
SPELLING = re.compile(r"(?:[CF]-\d\d|[SL]-[1-9]\d?|R[1-9]\d?)")

DEFINED = re.compile(
    r'<a id="(?P<anchor>[a-z0-9-]+)"></a>\*\*(?P<code>[^*]+)\*\*'
    r"(?:\s+\*\((?P<state>not built yet|does not apply): [^)]+\)\*)?"
)
# Whatever looks like a code, however it is spelled. The tail of an address or of a longer word is none.
CITED = re.compile(r"(?<![\w./#&-])(?:[CFSL][-_ ]?\d{1,2}|R-?\d{1,2})(?![\w]|[.]\d)")
SECTION = re.compile(r"\bsemantics,? (?P<sections>\d(?:(?:, | and | to )\d)*)\b")
IN_A_NAME = re.compile(r"(?<=_)(?:(?P<letter>[CFSL])_(?P<number>\d{1,2})|R_?(?P<requirement>\d{1,2}))(?=_)")
LOOKED_AT = ("src/", "tests/", "bench/", "tools/", "docs/", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile")
# Written on purpose: the fault that the scenario runner's test has refused.
UNKNOWN_ON_PURPOSE = frozenset({"F-99"})
TEXTS = frozenset({".py", ".md", ".yaml", ".toml", ".js", ".css", ".html", ".cfg", ""})


def defined() -> dict[str, str | None]:
    """Return every code that a page of docs/ defines, and why no test bears it, if so."""
    found: dict[str, str | None] = {}
    for page in sorted(set(PAGES.values())):
        for each in DEFINED.finditer((ROOT / "docs" / page).read_text(encoding="utf-8")):
            found[each["code"]] = each["state"]
    return found


def borne() -> frozenset[str]:
    """Return the codes that a test bears in its name or its docstring."""
    found: set[str] = set()
    for module in modules("tests/"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                found |= {written(each) for each in IN_A_NAME.finditer(node.name)}
                found |= set(SPELLING.findall(ast.get_docstring(node) or ""))
    return frozenset(found)


def written(in_a_name: re.Match[str]) -> str:
    """Return the code that a test's name bears, in its one spelling."""
    if in_a_name["requirement"]:
        return f"R{in_a_name['requirement']}"
    return f"{in_a_name['letter']}-{in_a_name['number']}"


def cited() -> list[tuple[str, str]]:
    """Return where each code is cited: (path:line, code as it is written)."""
    return [
        (f"{path.as_posix()}:{number}", code)
        for path in tracked_files()
        if path.as_posix().startswith(LOOKED_AT) and path.suffix in TEXTS
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), start=1)
        for code in CITED.findall(line)
    ]


DEFINITIONS = defined()
BORNE = borne()


def test_every_code_is_defined_once_on_the_page_of_its_letter() -> None:
    found = [
        (each["code"], page.name, each["anchor"])
        for page in sorted((ROOT / "docs").rglob("*.md"))
        for each in DEFINED.finditer(page.read_text(encoding="utf-8"))
    ]
    twice = [code for code, times in Counter(code for code, _, _ in found).items() if times > 1]
    misplaced = [code for code, page, _ in found if PAGES.get(code[0]) != page]
    unreachable = [code for code, _, anchor in found if anchor != code.lower()]
    misspelled = [code for code, _, _ in found if not SPELLING.fullmatch(code)]
    assert (twice, misplaced, unreachable, misspelled) == ([], [], [], [])


@pytest.mark.parametrize(
    ("letter", "first", "last"), [("C", 0, 27), ("S", 1, 15), ("L", 1, 6), ("F", 1, 34), ("R", 1, 26)]
)
def test_the_codes_of_a_letter_have_no_gap(letter: str, first: int, last: int) -> None:
    numbers = sorted(int(code.lstrip("CFSLR-")) for code in DEFINITIONS if code.startswith(letter))
    assert numbers[:1] == [first]
    assert numbers == list(range(first, max(numbers) + 1))
    assert last in numbers, f"{letter}: a code is never given up; a new one takes the next number"


def test_every_code_that_is_cited_is_defined_and_written_one_way() -> None:
    assert [f"{where}: {code}" for where, code in cited() if code not in DEFINITIONS.keys() | UNKNOWN_ON_PURPOSE] == []


def test_every_code_in_a_tests_name_is_defined_and_written_one_way() -> None:
    assert BORNE - DEFINITIONS.keys() - UNKNOWN_ON_PURPOSE == set()


def test_every_section_of_the_semantics_that_is_cited_exists() -> None:
    page = (ROOT / "docs" / "semantics.md").read_text(encoding="utf-8")
    known = set(re.findall(r"^## (\d)\. ", page, re.MULTILINE))
    named = {
        number
        for module in modules()
        for each in SECTION.finditer(module.text)
        for number in re.findall(r"\d", each["sections"])
    }
    assert len(named) > 5
    assert named - known == set()


@pytest.mark.parametrize("code", [code for code, state in DEFINITIONS.items() if state is None])
def test_a_test_bears_the_code(code: str) -> None:
    assert code in BORNE, f"no test is named test_{code.replace('-', '_')}_…, or names {code} in its docstring"


@pytest.mark.parametrize("code", [code for code, state in DEFINITIONS.items() if state is not None])
def test_no_test_bears_a_code_that_is_said_not_to_be_built(code: str) -> None:
    assert code not in BORNE, f"a test bears {code}: take '{DEFINITIONS[code]}' away in docs/{PAGES[code[0]]}"
