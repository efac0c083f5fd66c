"""What is special to prompts on disk: damaged files, full disks, and whose they are."""

import errno
import hashlib
import os
import resource
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kalenderkoppling.speech import PromptFolder
from kktest.prompts import key_of, prompt


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "prompts"


def the_file(folder: Path) -> Path:
    [file] = folder.iterdir()
    return file


def test_prompts_outlive_the_process(folder: Path) -> None:
    PromptFolder(folder).put(prompt())
    assert PromptFolder(folder).get(prompt().key) == prompt()


def test_folder_and_files_are_for_the_owner_alone_whatever_the_umask(folder: Path) -> None:
    before = os.umask(0)
    try:
        PromptFolder(folder).put(prompt())
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(the_file(folder).stat().st_mode) == 0o600


def test_a_folder_that_was_open_to_others_is_closed_to_them(folder: Path) -> None:
    folder.mkdir(mode=0o755, parents=True)
    PromptFolder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_name_of_a_file_is_its_key_and_tells_nothing(folder: Path) -> None:
    PromptFolder(folder).put(prompt())
    assert the_file(folder).name == f"{prompt().key}.prompt"


DAMAGES: list[Callable[[bytes], bytes]] = [
    lambda _: b"",
    lambda read: read[:31],
    lambda read: read[:32],
    lambda read: read[:-1],
    lambda read: read[: len(read) // 2],
    lambda read: read + b"\0",
    lambda read: bytes([read[0] ^ 1]) + read[1:],
    lambda read: read[:-1] + bytes([read[-1] ^ 1]),
    lambda read: read[:1_000] + bytes([read[1_000] ^ 0x80]) + read[1_001:],
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_or_half_file_is_no_prompt_and_is_removed(folder: Path, damage: Callable[[bytes], bytes]) -> None:
    shelf = PromptFolder(folder)
    shelf.put(prompt())
    the_file(folder).write_bytes(damage(the_file(folder).read_bytes()))
    assert shelf.get(prompt().key) is None
    assert list(folder.iterdir()) == []


@given(st.binary(max_size=300), st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_F_33_a_file_of_any_kind_is_no_prompt(tmp_path: Path, written: bytes, hashed: bool) -> None:
    shelf = PromptFolder(tmp_path)
    body = hashlib.sha256(written).digest() + written if hashed else written
    (tmp_path / f"{key_of('anna')}.prompt").write_bytes(body)
    assert shelf.get(key_of("anna")) is None
    assert list(tmp_path.iterdir()) == []


def test_a_prompt_under_another_name_is_not_taken_for_it(folder: Path) -> None:
    shelf = PromptFolder(folder)
    shelf.put(prompt("anna"))
    the_file(folder).rename(folder / f"{key_of('bertil')}.prompt")
    assert shelf.get(key_of("bertil")) is None
    assert list(shelf.keys()) == []


def test_files_of_others_are_left_alone_and_not_told_of(folder: Path) -> None:
    shelf = PromptFolder(folder)
    others = [folder / "README", folder / "anna.prompt", folder / key_of("anna"), folder / f"{key_of('anna')}.wav"]
    for other in others:
        other.write_text("hej")
    assert list(shelf.keys()) == []
    PromptFolder(folder).drop([key_of("anna")])
    assert sorted(folder.iterdir()) == sorted(others)


def test_what_a_killed_process_left_unfinished_is_removed_at_the_start(folder: Path) -> None:
    PromptFolder(folder)
    (folder / "tmpabc.unfinished").write_bytes(b"half")
    assert list(PromptFolder(folder).keys()) == []
    assert list(folder.iterdir()) == []


@contextmanager
def files_of_at_most(most_bytes: int) -> Iterator[None]:
    """Let every write beyond a size fail, as on a full disk (the system's EFBIG in place of ENOSPC)."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_F_21_a_full_disk_keeps_nothing_and_says_nothing(folder: Path) -> None:
    shelf = PromptFolder(folder)
    with files_of_at_most(1_000):
        shelf.put(prompt())
    assert list(folder.iterdir()) == []
    shelf.put(prompt())
    assert shelf.get(prompt().key) == prompt()


def test_F_21_a_full_disk_keeps_what_was_there(folder: Path) -> None:
    shelf = PromptFolder(folder)
    shelf.put(prompt())
    with files_of_at_most(1_000):
        shelf.put(prompt())
    assert shelf.get(prompt().key) == prompt()
    assert len(list(folder.iterdir())) == 1


def test_a_folder_that_cannot_be_made_keeps_nothing_and_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    shelf = PromptFolder(tmp_path / "file" / "prompts")
    shelf.put(prompt())
    assert shelf.get(prompt().key) is None
    assert list(shelf.keys()) == []
    shelf.drop([prompt().key])


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_F_21_a_rename_that_fails_leaves_no_unfinished_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    shelf = PromptFolder(folder)

    def fail(*_: object) -> None:
        raise OSError(number, "the disk")

    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", fail)
        shelf.put(prompt())
    assert list(folder.iterdir()) == []


def test_a_folder_that_was_taken_away_comes_back_with_the_next_start(folder: Path) -> None:
    shelf = PromptFolder(folder)
    folder.rmdir()
    shelf.put(prompt())
    assert shelf.get(prompt().key) is None
    PromptFolder(folder).put(prompt())
    assert shelf.get(prompt().key) == prompt()


def test_the_secret_behind_addresses_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    made = PromptFolder(tmp_path / "prompts").address_key()
    assert len(made) == 32
    assert PromptFolder(tmp_path / "prompts").address_key() == made
    assert PromptFolder(tmp_path / "others").address_key() != made
    assert (tmp_path / "prompts" / "address.key").stat().st_mode & 0o077 == 0
    assert PromptFolder(tmp_path / "prompts").keys() == []


def test_a_secret_that_was_cut_short_is_made_anew(tmp_path: Path) -> None:
    folder = PromptFolder(tmp_path)
    folder.address_key()
    (tmp_path / "address.key").write_bytes(b"short")
    assert len(folder.address_key()) == 32


def test_without_a_folder_the_secret_is_of_this_process(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert len(PromptFolder(tmp_path / "file" / "prompts").address_key()) == 32
