"""When mailboxes are looked at again, and how long a claim holds."""

from __future__ import annotations

from datetime import datetime, timedelta

SWEEP = timedelta(minutes=15)
"""Every mailbox is looked at within this time, whatever notices say: this is the promise."""

SWEEP_SPREAD = 0.2
"""Which part of the sweep's interval is left to chance, so that mailboxes do not come in a herd."""

SHORTEST_SWEEP = SWEEP * (1 - SWEEP_SPREAD)
"""No sweep follows a good look sooner; what is due earlier was woken."""

YOUNG = timedelta(hours=1)
"""What is known of a mailbox is young again after a look that comes later than this: that is told as a change."""

LEASE = timedelta(seconds=60)
"""How long a run may hold a mailbox."""

LONGEST_LOOK = timedelta(seconds=50)
"""How long a look may read, a second reading by the brake included: what ends after the lease could not be written."""

HORIZON = SWEEP + timedelta(minutes=5)
"""No due time lies farther ahead; one that does was set under a wrong clock (F-12)."""

_FIRST_RETRY = timedelta(seconds=15)
_MOST_DOUBLINGS = 6


def next_sweep(now: datetime, chance: float) -> datetime:
    """Return when to look again after a good look; `chance` is in [0, 1)."""
    return now + SWEEP * (1 - SWEEP_SPREAD * chance)


def next_retry(now: datetime, failures: int, chance: float) -> datetime:
    """Return when to look again after `failures` failed looks in a row: 15 s, doubling, at most a sweep."""
    doublings = min(max(failures - 1, 0), _MOST_DOUBLINGS)
    wait = _FIRST_RETRY * (1 << doublings)
    return now + min(wait, SWEEP) * (1 - SWEEP_SPREAD * chance)
