"""The verification of the audit log as the command line tells it (S-12)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from kalenderkoppling.composition.clock import SystemClock
from kalenderkoppling.composition.from_settings.store import opened_store
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.ports.store.audit import End
from kalenderkoppling.settings import Settings
from kalenderkoppling.usecases.audit_log.verify_log import LogProblem, RestoredLog, verified

_HEAD = re.compile(r"([0-9]+):([0-9a-f]{64})")

_PROBLEMS = {
    LogProblem.BROKEN: "link {number} is broken",
    LogProblem.CONTENTS_GONE: "the contents of link {number} are gone, and no erasure of them is in the log",
    LogProblem.CUT: "the log ends before link {number}, which was known outside of the database",
    LogProblem.ANOTHER: "link {number} is another than the one that was known outside of the database",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """What a verification found.

    Args:
        states: How many links are whole, erased and broken.
        head: The last link as `number:hash`, to be kept elsewhere and given to `--expect`; empty for an empty log.
        problems: What is wrong, in words; empty where the log is as it should be.
        restores: In words, the restores after which the log lacks entries that were once in it.
    """

    states: Mapping[str, int]
    head: str
    problems: Sequence[str]
    restores: Sequence[str] = ()


def verify_audit_log(settings: Settings, expect: str = "") -> AuditReport:
    """Verify the log of the tenant.

    Args:
        settings: Which database, and which file of heads.
        expect: A head that was noted earlier, `number:hash`; empty where none was.

    Raises:
        InvalidValueError: `expect` is no head, or the file of heads cannot be read.
    """
    noted = [_head_in(expect)] if expect else []
    with closing(opened_store(settings)) as store, store.read(TENANT) as tx:
        found = verified(tx, SystemClock().now(), noted)
    return AuditReport(
        states={str(state): count for state, count in found.states.items()},
        head=f"{found.head.number}:{found.head.hash}" if found.head else "",
        problems=tuple(_PROBLEMS[each.problem].format(number=each.number) for each in found.problems),
        restores=tuple(_told(each) for each in found.restores),
    )


def _head_in(text: str) -> End:
    found = _HEAD.fullmatch(text.strip())
    if found is None:
        raise InvalidValueError(f"{text!r} is not a head of the audit log: it looks like 12:<64 hexadecimal digits>")
    return End(number=int(found[1]), hash=found[2])


def _told(restore: RestoredLog) -> str:
    told = f"restored on {restore.at:%Y-%m-%d %H:%M} UTC, from a backup that ended with link {restore.after}"
    if restore.lost_to == restore.after:
        return told
    return f"{told}: later entries, up to {restore.lost_to}, are not in it"
