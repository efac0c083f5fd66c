"""Backups and restores, as from the command line, on both databases: S-12, F-20, F-31."""

import asyncio
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from signal import SIGKILL
from stat import S_IMODE
from typing import Any

import msgspec
import pytest

from kalenderkoppling.cli import main
from kalenderkoppling.composition.backup import back_up, restore
from kalenderkoppling.composition.clock import SystemClock
from kalenderkoppling.composition.commands import erased_person
from kalenderkoppling.composition.core import make_core
from kalenderkoppling.composition.from_settings.bus import make_bus
from kalenderkoppling.composition.from_settings.store import audit_heads, erasure_list, opened_store
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.composition.verify_audit import AuditReport, verify_audit_log
from kalenderkoppling.domain.errors import InvalidValueError, RefusedRestoreError, StoreUnavailableError
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.access import Session
from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.settings import Settings, settings_from
from kalenderkoppling.store import SqlStore
from kalenderkoppling.usecases.people.erase_person import erase_person
from kalenderkoppling.usecases.situation import situation
from kktest.checkout import ROOT
from kktest.databases import NewDatabase
from kktest.house import employee
from kktest.keeping import ANNA, BERTIL, by_hand, entry, placed, subscription
from kktest.make import booking, kept
from kktest.postgres import PostgresServer, program

FAR = timedelta(days=300)


@pytest.fixture
def settings(new_database: NewDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("PATH", f"{program('pg_dump').parent}{os.pathsep}{os.environ['PATH']}")
    return settings_from({"database": {"url": new_database()}}, tmp_path)


@contextmanager
def writing(settings: Settings) -> Iterator[Transaction]:
    with closing(opened_store(settings)) as store:
        store.add_tenant(TENANT)
        with store.write(TENANT) as tx:
            yield tx


@contextmanager
def reading(settings: Settings) -> Iterator[Transaction]:
    with closing(opened_store(settings)) as store, store.read(TENANT) as tx:
        yield tx


def fill(settings: Settings) -> None:
    """Two people; Anna has a booking whose mailbox was read, and an absence set by hand; both are in the log."""
    now = datetime.now(UTC)
    soon = Interval(start=now + timedelta(hours=1), end=now + timedelta(hours=2))
    with writing(settings) as tx:
        tx.people.put([employee("anna"), employee("bertil")])
        tx.mailboxes.add(ANNA, now)
        claim = tx.mailboxes.claim(ANNA, now, timedelta(minutes=1))
        assert claim is not None
        tx.mailboxes.finish(claim, replace(claim.state, last_good_look=now, due=now + timedelta(minutes=15)))
        row = kept(booking("dentist", soon, subject="canary-subject"))
        tx.absences.add(ANNA, [replace(placed(row), interval=soon)])
        tx.absences.put_by_hand(ANNA, replace(by_hand(), interval=soon))
        tx.sessions.put(Session(key="s", person=ANNA, csrf_token="c", created_at=now, seen_at=now, language=""))
        tx.subscriptions.put(subscription(renew_at=now + timedelta(days=3)))
        tx.audit.append(entry("dentist", of=ANNA, at=now))
        tx.audit.append(entry("other", of=BERTIL, actor="bertil", at=now))


def shown(settings: Settings, person: PersonId = ANNA) -> list[str]:
    """Where the absences that anybody is shown come from."""
    now = datetime.now(UTC)
    with reading(settings) as tx:
        found = situation(tx, person, now, Interval(start=now - FAR, end=now + FAR))
    return sorted(str(each.origin) for each in found.absences) if found else []


def acts(settings: Settings) -> list[str]:
    with reading(settings) as tx:
        return [str(link.entry.act) if link.entry else str(link.state) for link in tx.audit.links()]


def people(settings: Settings) -> list[str]:
    with reading(settings) as tx:
        return list(tx.people.ids())


def log(settings: Settings, about: str) -> None:
    with writing(settings) as tx:
        tx.audit.append(entry(about, of=BERTIL, actor="bertil", at=datetime.now(UTC)))


def verified(settings: Settings) -> AuditReport:
    return verify_audit_log(settings)


def test_a_backup_is_one_file_for_its_owner_alone_and_nothing_lies_beside_it(
    settings: Settings, tmp_path: Path
) -> None:
    fill(settings)
    (tmp_path / "there").mkdir()
    back_up(settings, tmp_path / "there" / "kk.backup")
    assert [each.name for each in (tmp_path / "there").iterdir()] == ["kk.backup"]
    assert S_IMODE((tmp_path / "there" / "kk.backup").stat().st_mode) == 0o600
    assert acts(settings)[-1] == "back_up"


def test_F_31_a_restored_backup_has_what_was_backed_up_and_nothing_that_came_after(
    settings: Settings, tmp_path: Path
) -> None:
    fill(settings)
    back_up(settings, tmp_path / "kk.backup")
    with writing(settings) as tx:
        tx.people.put([employee("carolina")])
    restore(settings, tmp_path / "kk.backup", replace=True)
    assert people(settings) == ["anna", "bertil"]
    assert acts(settings) == ["edit_absence", "edit_absence", "back_up", "restore"]


def test_F_31_nothing_from_calendars_is_shown_until_the_mailbox_has_been_read_again(
    settings: Settings, tmp_path: Path
) -> None:
    fill(settings)
    assert shown(settings) == ["busy", "by_hand"]
    back_up(settings, tmp_path / "kk.backup")
    restore(settings, tmp_path / "kk.backup", replace=True)
    assert shown(settings) == ["by_hand"]
    with reading(settings) as tx:
        [row] = tx.absences.kept(ANNA)
        state = tx.mailboxes.state([ANNA])[ANNA]
        [renewed] = tx.subscriptions.renewable(datetime.now(UTC))
    assert row.booking.subject is None
    assert state.last_good_look is None
    assert state.due <= datetime.now(UTC)
    assert renewed.person == ANNA


def test_F_31_a_person_erased_after_the_backup_is_erased_again(settings: Settings, tmp_path: Path) -> None:
    fill(settings)
    back_up(settings, tmp_path / "kk.backup")
    erase(settings, "bertil")
    done = restore(settings, tmp_path / "kk.backup", replace=True)
    assert done.again.people == 1
    assert people(settings) == ["anna"]
    assert acts(settings) == ["edit_absence", "erased", "back_up", "restore", "erase_person", "erase_entries"]
    report = verified(settings)
    assert report.problems == ()
    assert len(report.restores) == 1


def test_F_31_a_person_who_came_back_after_an_erasure_that_the_backup_knows_stays(
    settings: Settings, tmp_path: Path
) -> None:
    fill(settings)
    erase(settings, "bertil")
    with writing(settings) as tx:
        tx.people.put([employee("bertil")])
    back_up(settings, tmp_path / "kk.backup")
    done = restore(settings, tmp_path / "kk.backup", replace=True)
    assert done.again.people == 0
    assert people(settings) == ["anna", "bertil"]


def test_F_31_what_the_log_told_of_a_booking_that_turned_private_is_erased_again(
    settings: Settings, tmp_path: Path
) -> None:
    fill(settings)
    back_up(settings, tmp_path / "kk.backup")
    with writing(settings) as tx:
        assert tx.audit.forget(["dentist"]) == 1
    done = restore(settings, tmp_path / "kk.backup", replace=True)
    assert done.again.entries == 1
    assert acts(settings) == ["erased", "edit_absence", "back_up", "restore", "erase_entries"]
    assert verified(settings).problems == ()


def test_F_31_erasures_are_repeated_at_each_restore_of_an_old_backup(settings: Settings, tmp_path: Path) -> None:
    fill(settings)
    back_up(settings, tmp_path / "kk.backup")
    erase(settings, "bertil")
    for _ in range(2):
        assert restore(settings, tmp_path / "kk.backup", replace=True).again.people == 1
        assert people(settings) == ["anna"]
    assert verified(settings).problems == ()


def test_F_31_the_list_of_erasures_names_nobody_and_is_for_its_owner_alone(settings: Settings) -> None:
    fill(settings)
    erase(settings, "bertil")
    with writing(settings) as tx:
        tx.audit.forget(["dentist"])
    listed = erasure_list(settings)
    assert listed is not None
    assert S_IMODE(listed.file.stat().st_mode) == 0o600
    written = listed.file.read_text()
    assert len(written.splitlines()) == 3
    for name in ("bertil", "dentist", "anna"):
        assert name not in written.lower()


def test_F_31_an_erasure_that_cannot_be_listed_is_not_done(settings: Settings) -> None:
    fill(settings)
    listed = erasure_list(settings)
    assert listed is not None
    with closing(opened_store(settings)) as store:
        listed.file.unlink()
        listed.file.mkdir()
        core = make_core(store, SystemClock(), make_bus())
        with pytest.raises(StoreUnavailableError, match="nothing was erased"):
            asyncio.run(erase_person(core, TENANT, "command line", BERTIL))
        with store.read(TENANT) as tx:
            assert list(tx.people.ids()) == ["anna", "bertil"]


def test_F_31_a_list_of_another_database_is_refused_where_it_cannot_be_followed(
    settings: Settings, new_database: NewDatabase, tmp_path: Path
) -> None:
    other = settings_from({"database": {"url": new_database()}}, tmp_path / "other")
    (tmp_path / "other").mkdir()
    other = msgspec.structs.replace(
        other, audit=msgspec.structs.replace(other.audit, erasures_file=str(tmp_path / "other" / "list"))
    )
    for each in (settings, other):
        fill(each)
    back_up(settings, tmp_path / "kk.backup")
    erase(other, "bertil")
    wrong = msgspec.structs.replace(settings, audit=other.audit)
    with pytest.raises(InvalidValueError, match="another key"):
        restore(wrong, tmp_path / "kk.backup", replace=True)
    assert shown(settings) == ["busy", "by_hand"]


def test_F_31_nobody_is_signed_in_after_a_restore(settings: Settings, tmp_path: Path) -> None:
    fill(settings)
    back_up(settings, tmp_path / "kk.backup")
    restore(settings, tmp_path / "kk.backup", replace=True)
    with reading(settings) as tx:
        assert tx.sessions.get("s") is None


def test_F_31_what_is_too_old_goes_at_the_restore(settings: Settings, tmp_path: Path) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=8)
    fill(settings)
    with writing(settings) as tx:
        tx.absences.put_by_hand(
            BERTIL, replace(by_hand(id_="old"), interval=Interval(start=long_ago, end=long_ago + timedelta(hours=1)))
        )
    back_up(settings, tmp_path / "kk.backup")
    restore(settings, tmp_path / "kk.backup", replace=True)
    assert shown(settings, BERTIL) == []


# ── what is refused ─────────────────────────────────────────────────────────────────────────────


def test_a_database_that_is_not_empty_is_replaced_only_when_told_so(settings: Settings, tmp_path: Path) -> None:
    fill(settings)
    back_up(settings, tmp_path / "kk.backup")
    log(settings, "later")
    with pytest.raises(InvalidValueError, match="--replace"):
        restore(settings, tmp_path / "kk.backup", replace=False)
    assert len(acts(settings)) == 4


def test_an_empty_database_needs_no_permission_and_brings_the_files_beside_it_back(
    settings: Settings, new_database: NewDatabase, tmp_path: Path
) -> None:
    fill(settings)
    erase(settings, "bertil")
    back_up(settings, tmp_path / "kk.backup")
    (tmp_path / "new").mkdir()
    new = settings_from({"database": {"url": new_database()}}, tmp_path / "new")
    new = msgspec.structs.replace(
        new,
        audit=msgspec.structs.replace(
            new.audit, heads_file=str(tmp_path / "new" / "heads"), erasures_file=str(tmp_path / "new" / "list")
        ),
    )
    restore(new, tmp_path / "kk.backup", replace=False)
    assert people(new) == ["anna"]
    assert verified(new).problems == ()
    heads, listed = audit_heads(new), erasure_list(new)
    assert heads is not None
    assert listed is not None
    assert {each.number for each in heads.of(TENANT)} >= {2, 3, 4}
    assert len(list(listed.people(TENANT))) == 1


def test_a_restore_is_refused_while_the_program_has_the_database_open(settings: Settings, tmp_path: Path) -> None:
    fill(settings)
    back_up(settings, tmp_path / "kk.backup")
    with another_process(settings), pytest.raises(RefusedRestoreError):
        restore(settings, tmp_path / "kk.backup", replace=True)
    assert shown(settings) == ["busy", "by_hand"]


@pytest.mark.parametrize("damage", ["cut", "flipped", "no archive", "other member", "missing"])
def test_a_damaged_backup_is_refused_and_the_database_stays(settings: Settings, tmp_path: Path, damage: str) -> None:
    fill(settings)
    backup = tmp_path / "kk.backup"
    back_up(settings, backup)
    whole = backup.read_bytes()
    with tarfile.open(backup) as archive:
        middle = archive.getmember("database").offset_data + archive.getmember("database").size // 2
    backup.write_bytes(
        {
            "cut": whole[:middle],
            "flipped": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
            "no archive": b"SQLite format 3\x00" * 100,
            "other member": rewritten(whole, {"database": b"x" * 4096}),
            "missing": rewritten(whole, {"database": None}),
        }[damage]
    )
    with pytest.raises(InvalidValueError, match="damaged"):
        restore(settings, backup, replace=True)
    assert shown(settings) == ["busy", "by_hand"]
    assert leftovers(settings) == []


def test_a_damaged_database_in_a_backup_that_seems_whole_is_refused(settings: Settings, tmp_path: Path) -> None:
    fill(settings)
    backup = tmp_path / "kk.backup"
    back_up(settings, backup)
    with tarfile.open(backup) as archive:
        content = archive.extractfile("database")
        assert content is not None
        database = content.read()
    broken = database[: len(database) // 2]
    backup.write_bytes(rewritten(backup.read_bytes(), {"database": broken}, adapt=True))
    with pytest.raises((InvalidValueError, StoreUnavailableError)):
        restore(settings, backup, replace=True)
    assert shown(settings) == ["busy", "by_hand"]


@pytest.mark.parametrize("newer", [{"format": 2}, {"revision": "9999"}])
def test_a_backup_of_a_newer_version_is_refused(settings: Settings, tmp_path: Path, newer: dict[str, Any]) -> None:
    fill(settings)
    backup = tmp_path / "kk.backup"
    back_up(settings, backup)
    backup.write_bytes(rewritten(backup.read_bytes(), {}, **newer))
    with pytest.raises(InvalidValueError, match="newer version"):
        restore(settings, backup, replace=True)
    assert shown(settings) == ["busy", "by_hand"]


def test_a_backup_of_another_kind_of_database_is_refused(settings: Settings, tmp_path: Path) -> None:
    fill(settings)
    backup = tmp_path / "kk.backup"
    back_up(settings, backup)
    other = "postgresql" if settings.database.url.startswith("sqlite") else "sqlite"
    backup.write_bytes(rewritten(backup.read_bytes(), {}, database=other))
    with pytest.raises(InvalidValueError, match="is a backup of"):
        restore(settings, backup, replace=True)


@pytest.mark.postgres
def test_a_missing_pg_dump_is_told_with_its_package(
    postgres_server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_from({"database": {"url": postgres_server.address(postgres_server.new_database())}}, tmp_path)
    fill(settings)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreUnavailableError, match="postgresql-client"):
        back_up(settings, tmp_path / "kk.backup")
    assert not (tmp_path / "kk.backup").exists()


# ── the log after a restore ─────────────────────────────────────────────────────────────────────


def test_S_12_a_restored_log_is_told_as_restored_and_not_as_cut(settings: Settings, tmp_path: Path) -> None:
    fill(settings)
    back_up(settings, tmp_path / "kk.backup")
    for about in ("one", "two"):
        log(settings, about)
    restore(settings, tmp_path / "kk.backup", replace=True)
    report = verified(settings)
    assert report.problems == ()
    [told] = report.restores
    assert told.startswith(f"restored on {datetime.now(UTC):%Y-%m-%d}")
    assert told.endswith("that ended with link 3: later entries, up to 5, are not in it")


def test_S_12_what_is_cut_after_a_restore_is_still_found(settings: Settings, tmp_path: Path) -> None:
    fill(settings)
    back_up(settings, tmp_path / "kk.backup")
    log(settings, "lost with the restore")
    restore(settings, tmp_path / "kk.backup", replace=True)
    log(settings, "after the restore")
    cut(settings, 4)
    assert any("ends before link 5" in each for each in verified(settings).problems)
    cut(settings, 3)
    report = verified(settings)
    assert report.restores == ()
    assert any("link 4" in each for each in report.problems)


def test_S_12_an_entry_of_a_restore_that_somebody_writes_excuses_nothing(settings: Settings) -> None:
    fill(settings)
    for about in ("one", "two"):
        log(settings, about)
    cut(settings, 2)
    with writing(settings) as tx:
        tx.audit.append(Entry(at=datetime.now(UTC), act=Act.RESTORE, actor="command line"))
    report = verified(settings)
    assert report.restores == ()
    assert any("link 3 is another" in each for each in report.problems)
    assert any("link 4" in each for each in report.problems)


def test_S_12_the_note_of_an_interrupted_restore_excuses_nothing(settings: Settings, tmp_path: Path) -> None:
    fill(settings)
    back_up(settings, tmp_path / "kk.backup")
    log(settings, "one")
    copied = Path(str(tmp_path / "kk.backup"))
    heads = audit_heads(settings)
    assert heads is not None
    before = heads.file.read_text()
    restore(settings, copied, replace=True)
    note = next(line for line in heads.file.read_text().splitlines() if line.startswith("restored"))
    # As if the kill had come right after the note: the database is the former one, and goes on.
    heads.file.write_text(f"{before}{note}\n")
    cut(settings, 3)
    log(settings, "two")
    report = verified(settings)
    assert report.restores == ()
    assert any("link 4" in each for each in report.problems)


# ── kills and writers beside ────────────────────────────────────────────────────────────────────

KILLED = """
import os, sys
from pathlib import Path
from signal import SIGKILL
import kalenderkoppling.composition.backup as backup
from kalenderkoppling.settings import settings_from
from kalenderkoppling.store.audit_heads import AuditHeads
from kalenderkoppling.store.backup import archive, finish, postgresql, sqlite

url, folder, what, step = sys.argv[1], Path(sys.argv[2]), sys.argv[3], sys.argv[4]

def kill(*_, **__):
    os.kill(os.getpid(), SIGKILL)

def after(function):
    def then(*given, **named):
        function(*given, **named)
        kill()
    return then

match step:
    case "copied": backup._copy_out = after(backup._copy_out)
    case "written": archive.sync_folder = Path.replace = kill
    case "unpacked": backup.unpack = after(backup.unpack)
    case "brought up": finish.Restoring.finish = after(finish.Restoring.finish)
    case "noted": finish.Restoring.note_outside = after(finish.Restoring.note_outside)
settings = settings_from({"database": {"url": url}}, folder)
if what == "backup":
    backup.back_up(settings, folder / "kk.backup")
else:
    backup.restore(settings, folder / "kk.backup", replace=True)
"""


def killed(settings: Settings, folder: Path, what: str, step: str) -> int:
    path = os.pathsep.join((str(ROOT / "tests"), str(ROOT / "src")))
    command = [sys.executable, "-c", KILLED, settings.database.url, str(folder), what, step]
    return subprocess.run(  # noqa: S603 - the program above
        command, check=False, env={**os.environ, "PYTHONPATH": path}, timeout=60
    ).returncode


@pytest.mark.parametrize("step", ["copied", "written"])
def test_F_20_a_backup_that_is_killed_leaves_the_former_one_whole(
    settings: Settings, tmp_path: Path, step: str
) -> None:
    fill(settings)
    back_up(settings, tmp_path / "kk.backup")
    former = (tmp_path / "kk.backup").read_bytes()
    assert killed(settings, tmp_path, "backup", step) == -SIGKILL
    assert (tmp_path / "kk.backup").read_bytes() == former
    back_up(settings, tmp_path / "kk.backup")
    assert [each.name for each in tmp_path.iterdir() if "part" in each.name] == []
    restore(settings, tmp_path / "kk.backup", replace=True)


@pytest.mark.parametrize("step", ["unpacked", "brought up", "noted"])
def test_F_20_F_31_a_restore_that_is_killed_leaves_the_former_database_whole(
    settings: Settings, tmp_path: Path, step: str
) -> None:
    fill(settings)
    back_up(settings, tmp_path / "kk.backup")
    log(settings, "after the backup")
    assert killed(settings, tmp_path, "restore", step) == -SIGKILL
    assert shown(settings) == ["busy", "by_hand"]
    assert acts(settings) == ["edit_absence", "edit_absence", "back_up", "edit_absence"]
    report = verified(settings)
    assert (report.problems, report.restores) == ((), ())
    restore(settings, tmp_path / "kk.backup", replace=True)
    assert shown(settings) == ["by_hand"]
    assert leftovers(settings) == []


def test_a_backup_is_one_state_while_others_write(settings: Settings, tmp_path: Path) -> None:
    fill(settings)
    with closing(opened_store(settings)) as store:
        with another_process(settings):
            back_up(settings, tmp_path / "kk.backup")
        written = people_in(store)
    assert len(written) > 2
    restore(settings, tmp_path / "kk.backup", replace=True)
    with reading(settings) as tx:
        links = tx.audit.links()
        found = [each for each in tx.people.ids() if each.startswith("p")]
    # Each of the other process's transactions has a person and an entry.
    assert {str(link.state) for link in links} == {"whole"}
    assert len(found) == sum(1 for link in links if link.entry and link.entry.about.startswith("p"))


def test_the_command_line_backs_up_restores_and_tells_of_it(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(settings)
    file = tmp_path / "kalenderkoppling.toml"
    file.write_text(f'[database]\nurl = "{settings.database.url}"\n', encoding="utf-8")
    given = ["--settings", str(file)]
    assert main(["backup", str(tmp_path / "kk.backup"), *given]) == 0
    assert "It holds personal data" in capsys.readouterr().out
    assert main(["restore", str(tmp_path / "kk.backup"), *given]) == 1
    assert "--replace" in capsys.readouterr().err
    assert main(["restore", "--replace", str(tmp_path / "kk.backup"), *given]) == 0
    assert "sign in again" in capsys.readouterr().out
    assert main(["audit", *given]) == 0
    assert "note: restored on" in capsys.readouterr().out


# ── hands ───────────────────────────────────────────────────────────────────────────────────────

WRITER = """
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from kalenderkoppling.composition.from_settings.store import opened_store
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.settings import settings_from
from kktest.house import employee
from kktest.keeping import entry

with closing(opened_store(settings_from({"database": {"url": sys.argv[1]}}, Path(sys.argv[2])))) as store:
    number = 0
    while True:
        number += 1
        with store.write(TENANT) as tx:
            tx.people.put([employee(f"p{number}")])
            tx.audit.append(entry(f"p{number}", at=datetime.now(UTC)))
        print(number, flush=True)
"""


@contextmanager
def another_process(settings: Settings) -> Iterator[None]:
    """Let another process write without a pause, from before the block until after it."""
    path = os.pathsep.join((str(ROOT / "tests"), str(ROOT / "src")))
    folder = erasure_list(settings)
    assert folder is not None
    command = [sys.executable, "-c", WRITER, settings.database.url, str(folder.file.parent)]
    with subprocess.Popen(  # noqa: S603 - the program above
        command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        try:
            yield
        finally:
            process.kill()


def erase(settings: Settings, person: str) -> None:
    asyncio.run(erased_person(settings, person))


def people_in(store: SqlStore) -> list[str]:
    with store.read(TENANT) as tx:
        return list(tx.people.ids())


def cut(settings: Settings, last: int) -> None:
    """Remove what the log says after a link, as somebody who can write to the database and to nothing else."""
    of_last = f"(SELECT hash FROM audit_link WHERE number = {last})"  # noqa: S608 - our own words
    statements = [
        f"DELETE FROM audit_payload WHERE number > {last}",  # noqa: S608 - our own words
        f"DELETE FROM audit_link WHERE number > {last}",  # noqa: S608 - our own words
        f"UPDATE head SET link_number = {last}, link_hash = {of_last}",  # noqa: S608 - our own words
    ]
    if settings.database.url.startswith("sqlite"):
        with closing(sqlite3.connect(settings.database.url.removeprefix("sqlite:///"))) as database:
            for each in statements:
                database.execute(each)
            database.commit()
        return
    with closing(opened_store(settings)) as store, store.write(TENANT) as tx:
        for each in statements:
            tx.audit._connection.exec_driver_sql(each)  # type: ignore[attr-defined] # behind the store's back


def leftovers(settings: Settings) -> list[str]:
    listed = erasure_list(settings)
    assert listed is not None
    return [each.name for each in listed.file.parent.iterdir() if "restoring" in each.name]


def rewritten(archive: bytes, members: dict[str, bytes | None], *, adapt: bool = False, **manifest: str | int) -> bytes:
    """Return an archive with other members and another manifest; `adapt` makes the hashes fit."""
    out = BytesIO()
    with tarfile.open(fileobj=BytesIO(archive)) as old, tarfile.open(fileobj=out, mode="w") as new:
        contents = dict(_contents(old))
        told = {**json.loads(contents.pop("manifest.json")), **manifest}
        kept = {name: content for name in contents if (content := members.get(name, contents[name])) is not None}
        if adapt:
            told["members"] = {
                name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
                for name, content in kept.items()
            }
        for name, content in {"manifest.json": json.dumps(told).encode(), **kept}.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            new.addfile(info, BytesIO(content))
    return out.getvalue()


def _contents(archive: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    for each in archive.getmembers():
        file = archive.extractfile(each)
        assert file is not None
        yield each.name, file.read()
