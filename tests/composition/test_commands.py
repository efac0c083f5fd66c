"""What the command line does with the store: people taken over, handed out and erased, the log verified."""

import io
import sqlite3
from pathlib import Path
from stat import S_IMODE

import msgspec
import pytest

from kalenderkoppling.cli import main
from kalenderkoppling.composition.commands import (
    ACTOR,
    erased_person,
    exported_person,
    opened_core,
    take_over_people,
    verify_audit,
)
from kalenderkoppling.composition.from_settings.store import audit_heads, opened_store
from kalenderkoppling.composition.sign_ins import link_sign_in, unlink_sign_in, waiting_sign_ins
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.composition.verify_audit import verify_audit_log
from kalenderkoppling.domain.errors import InvalidValueError, NotFoundError, RefusedError
from kalenderkoppling.ports.store.identities import Identity
from kalenderkoppling.settings import Audit, Settings, settings_from
from kalenderkoppling.store import open_store
from kalenderkoppling.usecases.sign_in.identities import Proven, person_who_is

HEADER = "id,name,mailbox,calendar_coupling\n"
ANNA = "anna,Anna Ek,anna@example.org,yes\n"
BERTIL = "bertil,Bertil Al,,no\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "people.csv").write_text(HEADER + ANNA + BERTIL, encoding="utf-8")
    return settings_from({}, tmp_path)


def write(settings: Settings, text: str) -> None:
    Path(settings.people.file).write_text(text, encoding="utf-8")


async def take_over(settings: Settings, *, dry_run: bool = False, allow_removals: bool = False) -> list[str]:
    done = await take_over_people(settings, dry_run=dry_run, allow_removals=allow_removals)
    return [each.id for each in done.added]


def people(settings: Settings) -> list[str]:
    store = open_store(settings.database.url)
    try:
        with store.read(TENANT) as tx:
            return list(tx.people.ids())
    finally:
        store.close()


async def test_people_are_taken_over_from_the_file(settings: Settings) -> None:
    assert await take_over(settings) == ["anna", "bertil"]
    assert people(settings) == ["anna", "bertil"]


async def test_a_dry_run_changes_nothing(settings: Settings) -> None:
    assert await take_over(settings, dry_run=True) == ["anna", "bertil"]
    assert people(settings) == []


async def test_a_file_that_lost_its_rows_takes_nobody_away_unless_allowed(settings: Settings) -> None:
    await take_over(settings)
    write(settings, HEADER)
    with pytest.raises(RefusedError, match="too_many_gone"):
        await take_over(settings)
    assert people(settings) == ["anna", "bertil"]
    await take_over(settings, allow_removals=True)
    assert people(settings) == []


def test_who_would_lose_what_is_told_with_the_way_out(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(settings.people.file).parent
    (folder / "kalenderkoppling.toml").write_text("", encoding="utf-8")
    command = ["import-people", "--settings", str(folder / "kalenderkoppling.toml")]
    write(settings, HEADER + "".join(f"p{number},P,p{number}@example.org,yes\n" for number in range(4)))
    assert main(command) == 0
    write(settings, HEADER + "".join(f"p{number},P,p{number}@example.org,no\n" for number in range(4)))
    capsys.readouterr()
    assert main(command) == 1
    told = capsys.readouterr().err
    assert "4 of 4" in told
    assert "--allow-removals" in told
    assert main([*command, "--dry-run"]) == 0
    assert "loses the calendar coupling: p3" in capsys.readouterr().out
    assert main([*command, "--allow-removals"]) == 0


def test_a_number_that_nobody_can_call_is_told_at_the_import(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(settings.people.file).parent
    (folder / "kalenderkoppling.toml").write_text("", encoding="utf-8")
    write(settings, "id,name,mobile\nanna,Anna Ek,070-1\n")
    assert main(["import-people", "--settings", str(folder / "kalenderkoppling.toml")]) == 0
    assert "line 2, mobile: nobody can call this number: it is too short" in capsys.readouterr().out
    assert people(settings) == ["anna"]


async def test_a_file_that_is_wrong_changes_nothing(settings: Settings) -> None:
    await take_over(settings)
    write(settings, HEADER + ANNA + ANNA)
    with pytest.raises(InvalidValueError):
        await take_over(settings)
    assert people(settings) == ["anna", "bertil"]


async def test_a_person_is_handed_out_and_erased(settings: Settings) -> None:
    await take_over(settings)
    assert "anna@example.org" in str(await exported_person(settings, "anna"))
    await erased_person(settings, "anna")
    assert people(settings) == ["bertil"]
    with pytest.raises(NotFoundError):
        await exported_person(settings, "anna")


async def test_S_12_the_log_is_verified_link_by_link(settings: Settings) -> None:
    await take_over(settings)
    await exported_person(settings, "anna")
    assert verify_audit(settings) == {"whole": 2}
    await erased_person(settings, "anna")
    assert verify_audit(settings) == {"whole": 2, "erased": 1}


async def test_S_12_a_log_that_somebody_changed_is_found_broken(settings: Settings) -> None:
    await take_over(settings)
    await exported_person(settings, "anna")
    database = sqlite3.connect(settings.database.url.removeprefix("sqlite:///"))
    database.execute("UPDATE audit_payload SET content = replace(content, ?, 'somebody else')", (ACTOR,))
    database.commit()
    database.close()
    assert verify_audit(settings)["broken"] > 0


# ── the log's end, and what was erased ──────────────────────────────────────────────────────────


def tampered(settings: Settings, *statements: str) -> None:
    database = sqlite3.connect(settings.database.url.removeprefix("sqlite:///"))
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()


async def test_S_12_a_log_whose_end_was_cut_with_its_head_row_is_found_by_the_file_beside(settings: Settings) -> None:
    await take_over(settings)
    await exported_person(settings, "anna")
    assert verify_audit_log(settings).problems == ()
    hash_of_first = "(SELECT hash FROM audit_link WHERE number = 1)"
    tampered(
        settings,
        "DELETE FROM audit_payload WHERE number = 2",
        "DELETE FROM audit_link WHERE number = 2",
        f"UPDATE head SET link_number = 1, link_hash = {hash_of_first}",  # noqa: S608 - our own words
    )
    report = verify_audit_log(settings)
    assert report.states == {"whole": 1}
    assert report.problems == ("the log ends before link 2, which was known outside of the database",)
    await exported_person(settings, "bertil")
    assert "link 2 is another" in verify_audit_log(settings).problems[0]


async def test_S_12_a_log_whose_end_was_cut_is_found_by_a_head_that_was_noted(settings: Settings) -> None:
    settings = without_heads(settings)
    await take_over(settings)
    await exported_person(settings, "anna")
    head = verify_audit_log(settings).head
    await exported_person(settings, "bertil")
    assert verify_audit_log(settings, head).problems == ()
    tampered(settings, "DELETE FROM audit_payload", "DELETE FROM audit_link", "DELETE FROM head")
    assert verify_audit_log(settings).problems == ()
    assert "ends before link 2" in verify_audit_log(settings, head).problems[0]
    with pytest.raises(InvalidValueError, match="is not a head of the audit log"):
        verify_audit_log(settings, "latest")


async def test_S_12_contents_that_were_deleted_without_an_erasure_are_found(settings: Settings) -> None:
    await take_over(settings)
    for person in ("anna", "bertil"):
        await exported_person(settings, person)
    await erased_person(settings, "anna")
    assert verify_audit_log(settings).problems == ()
    tampered(settings, "DELETE FROM audit_payload WHERE number = 3")
    assert verify_audit_log(settings).problems == (
        "the contents of link 3 are gone, and no erasure of them is in the log",
    )


def test_S_12_the_command_tells_the_head_and_fails_where_it_is_not_the_expected_one(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(settings.people.file).parent
    (folder / "kalenderkoppling.toml").write_text("", encoding="utf-8")
    given = ["--settings", str(folder / "kalenderkoppling.toml")]
    assert main(["import-people", *given]) == 0
    capsys.readouterr()
    assert main(["audit", *given]) == 0
    head = capsys.readouterr().out.splitlines()[-1].removeprefix("head ")
    assert main(["audit", "verify", "--expect", head, *given]) == 0
    assert main(["audit", "verify", "--expect", f"2:{'0' * 64}", *given]) == 1
    assert "ends before link 2" in capsys.readouterr().err


def test_heads_are_for_their_owner_alone_and_need_a_place_that_can_be_written(settings: Settings) -> None:
    opened_store(settings).close()
    heads = audit_heads(settings)
    assert heads is not None
    assert S_IMODE(heads.file.stat().st_mode) == 0o600
    nowhere = msgspec.structs.replace(settings, audit=Audit(heads_file="/proc/nowhere/heads"))
    with pytest.raises(InvalidValueError, match="heads cannot be written"):
        opened_store(nowhere)


def without_heads(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, audit=Audit(write_heads=False))


def administrator(settings: Settings, monkeypatch: pytest.MonkeyPatch, *arguments: str, password: str = "") -> int:
    file = Path(settings.people.file).with_name("kk.toml")
    file.write_text("", encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    return main(["administrator", *arguments, "--settings", str(file)])


def test_a_local_administrator_is_made_listed_changed_and_removed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good, better = "correct horse battery", "another horse battery"
    assert administrator(settings, monkeypatch, "make", "karin", password=good) == 0
    assert administrator(settings, monkeypatch, "password", "karin", password=better) == 0
    capsys.readouterr()
    assert administrator(settings, monkeypatch, "list") == 0
    assert capsys.readouterr().out.startswith("karin: made 20")
    assert administrator(settings, monkeypatch, "remove", "karin") == 0
    capsys.readouterr()
    assert administrator(settings, monkeypatch, "list") == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("arguments", "password", "told"),
    [
        (("make", "karin"), "short", "the password is too short: at least 14 characters"),
        (("make", "Karin Lund"), "correct horse battery", "a name is 2 to 63"),
        (("password", "nobody"), "correct horse battery", "there is no local administrator 'nobody'"),
        (("remove", "nobody"), "", "there is no local administrator 'nobody'"),
    ],
)
def test_what_cannot_be_done_with_local_administrators_is_told(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    arguments: tuple[str, ...],
    password: str,
    told: str,
) -> None:
    assert administrator(settings, monkeypatch, *arguments, password=password) == 1
    assert told in capsys.readouterr().err


def test_a_password_is_never_an_argument(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit):
        administrator(settings, monkeypatch, "make", "karin", "correct horse battery")


async def test_a_sign_in_that_waits_is_listed_linked_and_unlinked(settings: Settings) -> None:
    identity = Identity(issuer="https://idp.example", subject="sub")
    await take_over(settings)
    async with opened_core(settings) as core:
        assert await person_who_is(core, TENANT, Proven(identity=identity, shown_name="Anna")) is None
    [waiting] = await waiting_sign_ins(settings)
    assert (waiting.identity, waiting.shown_name) == (identity, "Anna")
    await link_sign_in(settings, identity, "anna")
    assert await waiting_sign_ins(settings) == []
    await unlink_sign_in(settings, identity)
    with pytest.raises(InvalidValueError, match="nobody is linked"):
        await unlink_sign_in(settings, identity)
    with pytest.raises(InvalidValueError, match="there is no person 'nobody'"):
        await link_sign_in(settings, identity, "nobody")


def test_the_command_line_lists_and_links_sign_ins(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    file = Path(settings.people.file).with_name("kk.toml")
    file.write_text("", encoding="utf-8")
    assert main(["sign-ins", "list", "--settings", str(file)]) == 0
    assert capsys.readouterr().out == ""
    assert main(["sign-ins", "link", "i", "s", "nobody", "--settings", str(file)]) == 1
    assert main(["sign-ins", "unlink", "i", "s", "--settings", str(file)]) == 1
