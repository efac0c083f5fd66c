"""Which heads of an audit chain must be in it, and which were lost by a restore that is noted outside the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from kalenderkoppling.store.audit_heads import Epoch, NotedRestore
from kalenderkoppling.store.head import ChainEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The heads that the chain must have, those that restores took, and the restores, the first first."""

    known: AbstractSet[ChainEnd]
    lost: AbstractSet[ChainEnd]
    restores: Sequence[NotedRestore]


def history_of(epochs: Sequence[Epoch], hashes: Mapping[int, str]) -> History:
    """Tell which heads a chain must have, by the notes of restores; `hashes` are those of its links, by number.

    Decisive is the last note that the chain bears out: right after the link that the note names comes the entry that it
    names. The hash of that link stands outside the database and covers all links before it. So these are what the
    backup had, and a head from before the note that is not among them was lost by the restore. Heads after the note
    must all be there.

    A note that the chain does not bear out excuses nothing: the restore was interrupted, or somebody has removed what
    it wrote.
    """
    borne_out = [_is_borne_out(each.restore, hashes) for each in epochs]
    last = max((at for at, is_so in enumerate(borne_out) if is_so), default=0)
    before = {head for each in epochs[:last] for head in each.heads}
    lost = {head for head in before if hashes.get(head.number) != head.hash}
    since = {head for each in epochs[last:] for head in each.heads}
    restores = [each.restore for each, is_so in zip(epochs, borne_out, strict=True) if is_so and each.restore]
    return History(known=(before - lost) | since, lost=lost, restores=restores)


def _is_borne_out(restore: NotedRestore | None, hashes: Mapping[int, str]) -> bool:
    if restore is None:
        return False
    after, by = restore.after, restore.by
    has_backup = hashes.get(after.number) == after.hash if after.number else not after.hash
    return has_backup and by.number == after.number + 1 and hashes.get(by.number) == by.hash
