"""`kalenderkoppling record-phrase`: a reason or a name is recorded and removed from the shell."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from kalenderkoppling.cli import main
from kalenderkoppling.composition.from_settings.calendar import read_settings
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.recording import PhraseId, PhraseKind
from kalenderkoppling.ports.store.audit import Entry
from kalenderkoppling.sound import silence, tone, wav
from kalenderkoppling.store import open_store

SECOND = timedelta(seconds=1)
LUNCH = PhraseId(kind=PhraseKind.REASON, key="lunch", language="sv")
ANNA = PhraseId(kind=PhraseKind.NAME, key="anna")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with settings, a person and two sounds."""
    (tmp_path / "kalenderkoppling.toml").write_text("", encoding="utf-8")
    (tmp_path / "people.csv").write_text("id,name\nanna,Anna Ek\n", encoding="utf-8")
    (tmp_path / "hi.wav").write_bytes(wav(tone(440, SECOND, 16_000, 0.3)))
    (tmp_path / "quiet.wav").write_bytes(wav(silence(SECOND, 16_000)))
    assert main(["import-people", "--settings", str(tmp_path / "kalenderkoppling.toml")]) == 0
    return tmp_path


def run(folder: Path, *arguments: str) -> int:
    return main(["record-phrase", "--settings", str(folder / "kalenderkoppling.toml"), *arguments])


def kept(folder: Path) -> tuple[Mapping[PhraseId, str], list[Entry]]:
    store = open_store(read_settings(folder / "kalenderkoppling.toml").database.url)
    try:
        with store.read(TENANT) as tx:
            return tx.recordings.hashes(), [link.entry for link in tx.audit.links() if link.entry]
    finally:
        store.close()


def test_a_reason_is_recorded_and_removed(folder: Path) -> None:
    assert run(folder, "--reason", "lunch", "--language", "sv", str(folder / "hi.wav")) == 0
    assert list(kept(folder)[0]) == [LUNCH]
    assert run(folder, "--reason", "lunch", "--language", "sv", "--remove") == 0
    hashes, entries = kept(folder)
    assert (hashes, [each.actor for each in entries[-2:]]) == ({}, ["command line", "command line"])


def test_a_name_is_recorded_and_removed(folder: Path) -> None:
    assert run(folder, "--name", "anna", str(folder / "hi.wav")) == 0
    assert list(kept(folder)[0]) == [ANNA]
    assert run(folder, "--name", "anna", "--remove") == 0
    assert kept(folder)[0] == {}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--name", "anna", "quiet.wav"), "nothing is heard"),
        (("--name", "anna", "people.csv"), "no WAV file"),
        (("--name", "anna", "missing.wav"), "cannot be read"),
        (("--name", "nobody", "hi.wav"), "does not exist"),
        (("--name", "anna", "--remove"), "does not exist"),
        (("--reason", "sick", "--language", "sv", "hi.wav"), "never spoken"),
        (("--reason", "gardening", "--language", "sv", "hi.wav"), "no such reason"),
        (("--reason", "lunch", "hi.wav"), "no such language"),
    ],
)
def test_what_does_not_do_is_told_in_words(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], told: str
) -> None:
    given = [str(folder / each) if "." in each else each for each in arguments]
    assert run(folder, *given) == 1
    assert told in capsys.readouterr().err
    assert kept(folder)[0] == {}


@pytest.mark.parametrize(
    "arguments",
    [
        ("x.wav",),
        ("--name", "anna"),
        ("--name", "anna", "--reason", "lunch", "x.wav"),
        ("--name", "anna", "--remove", "x.wav"),
    ],
)
def test_a_wrong_call_is_told_before_anything_is_opened(folder: Path, arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit, match="2"):
        run(folder, *arguments)
