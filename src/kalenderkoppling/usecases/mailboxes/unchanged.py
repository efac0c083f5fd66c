"""Which answers of calendars were dealt with already: the same answer again needs no decoding and no plan.

A look at an unchanged calendar under unchanged conditions is a no-op, because a plan that was applied makes the next
one empty (`sync.plan`). So three things are held in memory after each complete look: the validator of the view, which
stands for the answer and for the mailbox, window, zone and fields that were asked for; a digest of everything of ours
that a plan rests on; and the generation of the claim. A later look is skipped only where all three still fit. The
digests are keyed with a random key of this process and never stored (S-1): the first look after a start is a full one.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from kalenderkoppling.domain.absence import AbsenceId
from kalenderkoppling.domain.booking import Validator, View
from kalenderkoppling.domain.kept import Choices
from kalenderkoppling.domain.mailbox import MailboxRef
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.ports.store.mailboxes import Claim
from kalenderkoppling.rules.model import Policy
from kalenderkoppling.sync.plan import Plan

MOST_REMEMBERED = 500_000
"""For how many mailboxes the last answer is remembered at most; each takes about half a kilobyte."""

_KEY_BYTES = 32
_DIGEST_BYTES = 16
_TERMS_HELD = 256


@dataclass(frozen=True, slots=True)
class Dealt:
    """An answer that was dealt with: what it is recognised by, and under which conditions it was.

    `basis` is the digest of what was ours when the look had been written, `at` when the look began (UTC).
    """

    validator: Validator
    basis: bytes
    generation: int
    at: datetime


class Basis:
    """Digests of what of ours a plan rests on: policy, settings, choices, and the versions of what is kept."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(_KEY_BYTES)
        self._terms: dict[tuple[int, int], tuple[Policy, TenantSettings, bytes]] = {}

    def of(
        self,
        policy: Policy,
        settings: TenantSettings,
        choices: Choices | None,
        versions: Sequence[tuple[AbsenceId, int]],
    ) -> bytes:
        """Return a digest that differs wherever any of it does."""
        digest = blake2b(self._terms_of(policy, settings), key=self._key, digest_size=_DIGEST_BYTES)
        digest.update(repr(sorted(choices.by_key.items()) if choices else ()).encode("utf-8", "backslashreplace"))
        digest.update(repr([*versions]).encode())
        return digest.digest()

    def _terms_of(self, policy: Policy, settings: TenantSettings) -> bytes:
        """Write policy and settings out, once for all who share the objects; they are held, so ids stay unique."""
        alike = id(policy), id(settings)
        held = self._terms.get(alike)
        if held is None:
            held = policy, settings, repr((policy, settings)).encode("utf-8", "backslashreplace")
            if len(self._terms) >= _TERMS_HELD:
                self._terms.clear()
            self._terms[alike] = held
        return held[2]


class Memory:
    """The last answer of each mailbox that was dealt with; the least recently looked at are forgotten first."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._dealt: dict[MailboxRef, Dealt] = {}

    def __len__(self) -> int:
        return len(self._dealt)

    def __contains__(self, ref: MailboxRef) -> bool:
        return ref in self._dealt

    def take(self, ref: MailboxRef, claim: Claim, began: datetime) -> Dealt | None:
        """Return what may be relied on in a run, and forget it: only the run's own outcome puts it back.

        Nothing where somebody else claimed the mailbox since (another process, a run before the restore of a backup),
        where time went backwards (F-12), or where the mailbox's state is not that of a good look.
        """
        dealt = self._dealt.pop(ref, None)
        if dealt is None or dealt.generation + 1 != claim.generation or began < dealt.at:
            return None
        state = claim.state
        spoilt = state.failures or state.problem or state.blocked or state.last_good_look != dealt.at
        return None if spoilt else dealt

    def put(self, ref: MailboxRef, dealt: Dealt | None) -> None:
        """Remember an answer that was dealt with, after the commit; None forgets."""
        self._dealt.pop(ref, None)
        if dealt is not None:
            self._dealt[ref] = dealt
            if len(self._dealt) > self._most:
                del self._dealt[next(iter(self._dealt))]


def depends_on_time(view: View, now: datetime) -> bool:
    """Tell whether the same view would be planned otherwise later: a choice on an item that lies in the future.

    It is capped at the time of receipt until its time has come, and then it counts as newer (`sync.item_choices`).
    """
    return any(each.item_choice is not None and each.item_choice.choice.at > now for each in view.bookings)


def versions_after(versions: Sequence[tuple[AbsenceId, int]], plan: Plan) -> Sequence[tuple[AbsenceId, int]]:
    """Return the versions of a person's rows after a plan was applied, in order of id.

    Computed and not read again: a change that somebody else commits meanwhile must not pass for one that was seen.
    """
    after = dict(versions)
    for id_ in (*plan.drop, *plan.forget):
        after.pop(id_, None)
    after |= {each.id: after[each.id] + 1 for each in plan.change if each.id in after}
    after |= {each.id: 1 for each in plan.add}
    return sorted(after.items())
