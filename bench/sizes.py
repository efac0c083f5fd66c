"""Sizes of measures: in full, or just enough to test that the bench runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Sizes of all measures; `rounds` is how often each figure is taken.

    `pipeline` holds pairs of bookings per mailbox and mailboxes; `seconds` is the least time of one round of decoding.
    `calls` and `sent_on` hold pairs of calls per second and calls; the first tells also what memory grows by.
    `with_heavy_peers` is for what takes seconds to import alone.
    """

    rounds: int = 5
    seconds: float = 0.15
    page_rows: int = 1_000
    peer_rows: int = 50
    with_heavy_peers: bool = True
    pipeline: tuple[tuple[int, int], ...] = ((20, 1_000), (200, 250), (1_000, 60))
    sweep_mailboxes: int = 10_000
    sweep_rows: int = 15
    sweeps: int = 3
    notices: int = 220
    company: int = 200
    people: int = 50_000
    kept_per_person: int = 10
    searches: int = 2_000
    growth: tuple[int, ...] = (1_000, 10_000, 100_000)
    growth_looks: int = 3_000
    growth_searches: int = 300
    seen_per_person: int = 40
    stored_share: int = 20
    claims: int = 2_000
    starting: int = 143_000
    decisions: int = 20_000
    first_calls: int = 1_000
    calls: tuple[tuple[int, int], ...] = ((100, 2_000), (250, 20_000), (400, 4_000))
    sent_on: tuple[tuple[int, int], ...] = ((100, 1_000), (250, 2_500), (400, 4_000))
    streams: int = 300
    stream_seconds: float = 5.0
    renderings: int = 250


FULL = Sizes()
QUICK = Sizes(
    rounds=2,
    seconds=0.01,
    page_rows=100,
    peer_rows=5,
    with_heavy_peers=False,
    pipeline=((20, 12), (200, 3)),
    sweep_mailboxes=40,
    sweep_rows=5,
    notices=6,
    company=40,
    people=300,
    kept_per_person=4,
    searches=60,
    growth=(20, 40),
    growth_looks=20,
    growth_searches=20,
    seen_per_person=10,
    stored_share=5,
    claims=50,
    starting=500,
    decisions=200,
    first_calls=200,
    calls=((100, 100), (250, 500), (400, 200)),
    sent_on=((100, 50), (250, 125)),
    streams=10,
    stream_seconds=0.3,
    renderings=12,
)
