"""Measure 10: announcements to hundreds of callers at once, and how evenly their packets come in."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bench.company import LookMeter
from bench.figures import Goal, Section, Taken, milliseconds, shown
from bench.machine import processor_seconds
from bench.sizes import Sizes
from kalenderkoppling.ports.media import Clip
from kalenderkoppling.sound import tone
from kalenderkoppling.telephony.media.process import MediaOptions, MediaProcess
from kktest.ports import LOOPBACK, spare_ports
from kktest.rtp import Gaps, gaps_of_many

WANTED_P99_MILLISECONDS = 40.0
"""A packet that is a whole packet time late: the smallest jitter buffer of telephones."""

_RATE = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Played:
    """The arrival times of one round, and the share of a core that the child took."""

    gaps: Gaps
    share: float


async def measure(sizes: Sizes) -> Section:
    """Play the same sound to everybody at once, round by round."""
    first = spare_ports(2 * sizes.streams + 2)
    options = MediaOptions(host=LOOPBACK, ports=(first, first + 2 * sizes.streams + 1))
    clip = Clip(name="announcement", sound=tone(440, timedelta(seconds=sizes.stream_seconds), _RATE, 0.5))
    rounds = []
    async with MediaProcess(options, LookMeter()) as player:
        for _ in range(sizes.rounds):
            began, worked = time.perf_counter(), processor_seconds(player.process_id)
            gaps = await gaps_of_many(player, sizes.streams, clip)
            share = (processor_seconds(player.process_id) - worked) / (time.perf_counter() - began)
            rounds.append(_Played(gaps=gaps, share=share))
    return _section(sizes, rounds)


def _section(sizes: Sizes, rounds: Sequence[_Played]) -> Section:
    p99 = Taken(tuple(each.gaps.p99 for each in rounds)).median
    lost, packets = (sum(getattr(each.gaps, name) for each in rounds) for name in ("lost", "packets"))
    share = Taken(tuple(100 * each.share for each in rounds))
    return Section(
        title="Many callers at once",
        text=(
            f"{sizes.streams} callers hear {shown(sizes.stream_seconds)} s at the same time, {len(rounds)} rounds of "
            "them; the child process of the voice process plays to sockets of this process, and the kernel tells when "
            "each packet came in. Packets should follow one another in 20 ms. Sending and receiving share the cores, "
            "so that what is measured is at most that uneven."
        ),
        header=("round", "packets", "lost", "gap p50", "p99", "p99.9", "worst"),
        rows=[_row(number, each.gaps) for number, each in enumerate(rounds, start=1)],
        after=f"The child took {share} % of a core, opening and closing included.",
        goals=[
            Goal(
                what=f"{sizes.streams} callers at once, p99 of the time between packets",
                wanted=f"< {shown(WANTED_P99_MILLISECONDS)} ms",
                reached=f"{shown(p99)} ms (worst {milliseconds(max(each.gaps.worst for each in rounds) / 1_000)})",
                met=p99 < WANTED_P99_MILLISECONDS,
            ),
            Goal(
                what=f"{sizes.streams} callers at once, packets lost",
                wanted="0",
                reached=f"{lost:,} of {packets + lost:,}",
                met=not lost,
            ),
        ],
    )


def _row(number: int, gaps: Gaps) -> Sequence[str]:
    times = (milliseconds(each / 1_000) for each in (gaps.median, gaps.p99, gaps.p999, gaps.worst))
    return (str(number), f"{gaps.packets:,}", f"{gaps.lost:,}", *times)
