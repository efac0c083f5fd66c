"""Back up the database while the program runs, and restore a backup so that nothing is half done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from kalenderkoppling.composition.clock import SystemClock
from kalenderkoppling.composition.commands import ACTOR
from kalenderkoppling.composition.from_settings.store import audit_heads, erasure_list, opened_store
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.errors import InvalidValueError, StoreUnavailableError
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.settings import Settings
from kalenderkoppling.store.backup import postgresql, sqlite
from kalenderkoppling.store.backup.archive import (
    Manifest,
    Source,
    folder_for_ours,
    read_manifest,
    unpack,
    write_archive,
)
from kalenderkoppling.store.backup.finish import Restoring
from kalenderkoppling.store.schema import newest_revision
from kalenderkoppling.usecases.backups.after_restore import BroughtUp, after_restore
from kalenderkoppling.usecases.backups.make_restorable import make_restorable
from kalenderkoppling.usecases.core import Unit

_SQLITE = "sqlite:///"
_DATABASE = "database"
_HEADS = "audit-heads"
_ERASURES = "erasures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was restored, and what was erased again."""

    manifest: Manifest
    again: BroughtUp


def back_up(settings: Settings, target: Path) -> Manifest:
    """Write a backup of the company to a file of mode 0600; a former backup there is replaced once this one is whole.

    The program may run: it is not kept waiting. The copies of the audit log's heads and of the list of erasures are for
    a machine that is lost with all its files.

    Raises:
        InvalidValueError: the place cannot be written.
        StoreUnavailableError: the database cannot be read, has several companies, or the disk is full.
    """
    now = SystemClock().now()
    with closing(opened_store(settings)) as store:
        store.add_tenant(TENANT)
        if list(store.tenants()) != [TENANT]:
            raise StoreUnavailableError("a backup is of one company, and this database has several")
        with store.write(TENANT) as tx:
            make_restorable(Unit(tx=tx, now=now), ACTOR)
    try:
        with folder_for_ours(target.with_name(f"{target.name}.part")) as folder:
            copy = folder / _DATABASE
            _copy_out(settings.database.url, copy)
            source = Source(
                made_at=now,
                program=version("kalenderkoppling"),
                database=_kind(settings.database.url),
                revision=newest_revision(),
                tenant=TENANT,
                files={_DATABASE: copy, **_files_beside(settings)},
            )
            return write_archive(target, source, folder)
    except OSError as error:
        raise InvalidValueError(f"the backup cannot be written to {target}: {error.strerror}") from error


def restore(settings: Settings, archive: Path, *, replace: bool) -> Restored:
    """Put a backup in the place of the database, brought up to the present.

    Raises:
        InvalidValueError: it is damaged, of another kind of database, or of a newer version; the database is not
            empty and `replace` is not given; or the list of erasures belongs to another database.
        RefusedRestoreError: the program, or somebody else, is using the database.
        StoreUnavailableError: the database cannot be written, or a program that is needed is missing.
    """
    url = settings.database.url
    manifest = read_manifest(archive)
    _must_fit(manifest, url, archive)
    _must_be_free(url, replace=replace)
    found: list[BroughtUp] = []
    restoring = _restoring(settings, manifest, found)
    try:
        with folder_for_ours(_staging(settings)) as folder, _brought_back(settings, manifest, archive, folder):
            copy = folder / _DATABASE
            unpack(archive, _DATABASE, copy)
            if url.startswith(_SQLITE):
                sqlite.restore(copy, Path(url.removeprefix(_SQLITE)), restoring)
            else:
                postgresql.restore(copy, manifest.revision, url, restoring)
    except OSError as error:
        raise StoreUnavailableError(f"the database was not restored: {error.strerror}") from error
    return Restored(manifest=manifest, again=found[-1])


def _restoring(settings: Settings, manifest: Manifest, found: list[BroughtUp]) -> Restoring:
    now = SystemClock().now()

    def work(tx: Transaction) -> None:
        found.append(after_restore(Unit(tx=tx, now=now), ACTOR, manifest.made_at))

    return Restoring(tenant=TENANT, at=now, work=work, heads=audit_heads(settings), erasures=erasure_list(settings))


def _copy_out(url: str, to: Path) -> None:
    if url.startswith(_SQLITE):
        sqlite.copy_out(Path(url.removeprefix(_SQLITE)), to)
    else:
        postgresql.copy_out(url, TENANT, to)


def _must_fit(manifest: Manifest, url: str, archive: Path) -> None:
    if manifest.database != _kind(url):
        raise InvalidValueError(f"{archive} is a backup of {manifest.database}, and the settings name {_kind(url)}")
    if manifest.revision > newest_revision():
        raise InvalidValueError(f"{archive} was made by a newer version of the program: install that version")
    if manifest.tenant != TENANT:
        raise InvalidValueError(f"{archive} is a backup of another company")


def _must_be_free(url: str, *, replace: bool) -> None:
    if url.startswith(_SQLITE):
        file = Path(url.removeprefix(_SQLITE))
        sqlite.must_not_be_in_use(file)
        is_empty = sqlite.is_empty(file)
    else:
        postgresql.must_not_be_in_use(url)
        is_empty = postgresql.is_empty(url, TENANT)
    if not (is_empty or replace):
        raise InvalidValueError("the database is not empty: `--replace` puts the backup in its place")


def _files_beside(settings: Settings) -> Mapping[str, Path]:
    heads, erasures = audit_heads(settings), erasure_list(settings)
    files = {_HEADS: heads.file if heads else None, _ERASURES: erasures.file if erasures else None}
    return {name: file for name, file in files.items() if file is not None and file.exists()}


@contextmanager
def _brought_back(settings: Settings, manifest: Manifest, archive: Path, folder: Path) -> Iterator[None]:
    """Put back the files beside the database where this machine lacks them, and take them away if the restore fails.

    Heads that it has know more than the backup's; to its erasures those of the backup are added.
    """
    heads, erasures = audit_heads(settings), erasure_list(settings)
    brought = None
    if heads is not None and _HEADS in manifest.members and not heads.file.exists():
        unpack(archive, _HEADS, folder / _HEADS)
        brought = (folder / _HEADS).replace(heads.file)
    if erasures is not None and _ERASURES in manifest.members:
        unpack(archive, _ERASURES, folder / _ERASURES)
        erasures.add_from(folder / _ERASURES)
    try:
        yield
    except BaseException:
        if brought is not None:
            brought.unlink()
        raise


def _staging(settings: Settings) -> Path:
    """Return where a backup is unpacked: beside the database, or beside the list of erasures."""
    url, erasures = settings.database.url, erasure_list(settings)
    if url.startswith(_SQLITE) or erasures is None:
        return Path(f"{url.removeprefix(_SQLITE)}.restoring")
    return erasures.file.with_name("restoring")


def _kind(url: str) -> str:
    return "sqlite" if url.startswith(_SQLITE) else "postgresql"
