"""Verify the audit log: its chain, what was erased, and its end against what lies outside the database (S-12).

A restored backup lacks the links that were written after it. That they were known is excused by the heads file alone,
where `restore` noted it, and only where the log has both the link that the backup ended with and the entry of the
restore: their hashes stand in the note. Such links are not a problem, but are told of by every verification.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from kalenderkoppling.composition.clock import SystemClock
from kalenderkoppling.composition.from_settings.store import audit_heads, opened_store
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.ports.store.audit import Link, LinkState
from kalenderkoppling.settings import Settings
from kalenderkoppling.store.audit_heads import NotedRestore
from kalenderkoppling.store.audit_history import history_of
from kalenderkoppling.store.head import ChainEnd
from kalenderkoppling.usecases.mailboxes.worker import AUDIT_KEPT

_HEAD = re.compile(r"([0-9]+):([0-9a-f]{64})")


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
    heads = audit_heads(settings)
    with closing(opened_store(settings)) as store, store.read(TENANT) as tx:
        links = tx.audit.links()
    hashes = {each.number: each.hash for each in links}
    history = history_of(heads.epochs(TENANT) if heads is not None else (), hashes)
    noted = [each for each in noted if each not in history.lost]
    return AuditReport(
        states=Counter(str(link.state) for link in links),
        head=f"{links[-1].number}:{links[-1].hash}" if links else "",
        problems=tuple(_problems(links, [*noted, *history.known], SystemClock().now())),
        restores=tuple(_told(each, history.lost) for each in history.restores),
    )


def _head_in(text: str) -> ChainEnd:
    found = _HEAD.fullmatch(text.strip())
    if found is None:
        raise InvalidValueError(f"{text!r} is not a head of the audit log: it looks like 12:<64 hexadecimal digits>")
    return ChainEnd(number=int(found[1]), hash=found[2])


def _problems(links: Sequence[Link], known: Iterable[ChainEnd], now: datetime) -> list[str]:
    told = [f"link {each.number} is broken" for each in links if each.state is LinkState.BROKEN]
    told += [
        f"the contents of link {each.number} are gone, and no erasure of them is in the log"
        for each in links
        if each.state is LinkState.ERASED and not each.is_erasure_told and each.at >= now - AUDIT_KEPT
    ]
    hashes = {each.number: each.hash for each in links}
    for head in sorted(set(known), key=lambda each: each.number):
        if head.number not in hashes:
            told.append(f"the log ends before link {head.number}, which was known outside of the database")
        elif hashes[head.number] != head.hash:
            told.append(f"link {head.number} is another than the one that was known outside of the database")
    return told


def _told(restore: NotedRestore, lost: AbstractSet[ChainEnd]) -> str:
    at, after = f"{restore.at:%Y-%m-%d %H:%M} UTC", restore.after.number
    last = max((each.number for each in lost), default=after)
    if last <= after:
        return f"restored on {at}, from a backup that ended with link {after}"
    return f"restored on {at}, from a backup that ended with link {after}: later entries, up to {last}, are not in it"
