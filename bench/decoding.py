"""Measure 1: from the bytes of a page to bookings, against a straight-line script and against peers."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from bench import pages
from bench.figures import Goal, Section, Taken, rates, ratio, shown
from bench.peers import heavy_peers, light_peers
from bench.sizes import Sizes
from bench.straight import raw_decode, tuples, typed
from kalenderkoppling.calendars.graph.translate import Look
from kalenderkoppling.calendars.graph.wire import read_page
from kalenderkoppling.domain.booking import View
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.calendar import Fields

_ZONE = ZoneInfo("Europe/Stockholm")
_WINDOW = Interval(start=pages.NOW - timedelta(days=1), end=pages.NOW + timedelta(days=61))
_GZIP = 31
_WATCHED_ROWS = 5
_OURS, _LIMIT = "Kalenderkoppling", "straight-line script (the limit)"

ROWS_WANTED = 200_000
WHOLE_ROWS_WANTED = 150_000
GUNZIP_WANTED = 90_000
_SAME_TYPES = "the same script, making the product's types"
SHARE_WANTED = 1.0
"""Of the straight-line script that makes the same types and trusts the page."""
PAGE_MEGABYTES = 3.0
_MEGA = 1_000_000


def view_of(body: bytes, *, subject: bool = False) -> View:
    """Decode as the product does: wire, sensitivity, translation, view."""
    look = Look(_WINDOW, _ZONE, Fields(subject=subject))
    look.take(read_page(body, full=subject).value)
    return look.view()


def measure(sizes: Sizes) -> Section:
    """Measure both kinds of rows, and gunzip."""
    section = Section(
        title="Decode and normalise a page",
        text=(
            f"A page of {sizes.page_rows:,} bookings, from bytes to `View` through the product's own wire and "
            "translation, judged for doubled keys and bad text on the way. All contestants make the same conversions: "
            "key, series key, UTC instants or dates, show-as, sensitivity, cancelled and declined (whole rows: the "
            "subject too). Bookings per second of CPU on one core; contestants take turns in one process, whose "
            "modules the garbage collector is spared, as in the product. The limit trusts every page; msgraph-sdk is "
            "given a shorter one. *Raw decode* makes nothing of what it has read."
        ),
        header=("rows", "contestant", "bookings/s", "share of the limit", "peak memory per page"),
    )
    section.after = (
        "The script is the limit of plain tuples that trust the page. What the product does beyond it: it counts the "
        "sensitivities on the page, so that a key that stands twice cannot make a private booking normal; it judges "
        "zone label, window and years of every row; and it makes immutable typed bookings, for which the script needs "
        "the third line. Of whole rows, which are never asked for, most bytes are bodies: counting and judging "
        "them as UTF-8 takes longer than to decode the rest."
    )
    for whole in (False, True):
        _measure(section, sizes, whole=whole)
    _measure_gunzip(section, sizes)
    return section


def _measure(section: Section, sizes: Sizes, *, whole: bool) -> None:
    body = pages.page(sizes.page_rows, seed=1, whole=whole)
    short = pages.page(sizes.peer_rows, seed=1, whole=whole)
    kind = f"{'whole' if whole else '`$select`'}, {len(body) / sizes.page_rows / 1_000:.1f} kB"
    heavy = heavy_peers() if sizes.with_heavy_peers else {}
    work: dict[str, tuple[Callable[[bytes], object], bytes]] = {
        _OURS: (lambda each: view_of(each, subject=whole), body),
        _LIMIT: (tuples, body),
        _SAME_TYPES: (typed, body),
        "raw msgspec decode": (raw_decode, body),
        **{name: (peer, body) for name, peer in light_peers().items()},
        **{name: (peer, short) for name, peer in heavy.items()},
    }
    sizes_of = {name: sizes.peer_rows if of is short else sizes.page_rows for name, (_, of) in work.items()}
    found = rates(
        {name: _counting(convert, of, sizes_of[name]) for name, (convert, of) in work.items()},
        sizes.rounds,
        sizes.seconds,
    )
    peaks = {name: _peak(convert, of) for name, (convert, of) in work.items() if of is body}
    # Traced, this one takes minutes for a page: measure a few rows and multiply.
    shortest = pages.page(_WATCHED_ROWS, seed=1, whole=whole)
    peaks |= {name: _peak(peer, shortest) * sizes.page_rows / _WATCHED_ROWS for name, peer in heavy.items()}
    for name, taken in found.items():
        share = shown(ratio(taken, found[_LIMIT]).median)
        section.rows.append((kind, name, str(taken), share, f"{peaks[name] / _MEGA:.1f} MB"))
    _judge(section, found, peaks[_OURS], whole=whole)


def _judge(section: Section, found: dict[str, Taken], peak: float, *, whole: bool) -> None:
    ours, share = found[_OURS].median, ratio(found[_OURS], found[_SAME_TYPES]).median
    wanted = WHOLE_ROWS_WANTED if whole else ROWS_WANTED
    kind = "whole rows" if whole else "`$select` rows"
    section.goals.append(
        Goal(what=f"decode {kind}", wanted=f">= {shown(wanted)}/s", reached=f"{shown(ours)}/s", met=ours >= wanted)
    )
    if not whole:
        section.goals += [
            Goal(
                what="decode, share of the script that makes the same types",
                wanted=f">= {SHARE_WANTED}",
                reached=shown(share),
                met=share >= SHARE_WANTED,
            ),
            Goal(
                what="memory per page",
                wanted=f"<= {PAGE_MEGABYTES} MB",
                reached=f"{peak / _MEGA:.1f} MB",
                met=peak <= PAGE_MEGABYTES * _MEGA,
            ),
        ]


def _measure_gunzip(section: Section, sizes: Sizes) -> None:
    packed = gzip.compress(pages.page(sizes.page_rows, seed=1), compresslevel=6)
    work: dict[str, Callable[[bytes], object]] = {
        _OURS: lambda each: view_of(zlib.decompress(each, _GZIP)),
        _LIMIT: lambda each: tuples(zlib.decompress(each, _GZIP)),
        "gunzip alone": lambda each: zlib.decompress(each, _GZIP),
    }
    found = rates(
        {name: _counting(convert, packed, sizes.page_rows) for name, convert in work.items()},
        sizes.rounds,
        sizes.seconds,
    )
    for name, taken in found.items():
        share = shown(ratio(taken, found[_LIMIT]).median)
        section.rows.append(("`$select`, gunzip first", name, str(taken), share, ""))
    ours = found[_OURS].median
    section.goals.append(
        Goal(
            what="decode `$select` rows with gunzip",
            wanted=f">= {shown(GUNZIP_WANTED)}/s",
            reached=f"{shown(ours)}/s",
            met=ours >= GUNZIP_WANTED,
        )
    )


def _counting(convert: Callable[[bytes], object], body: bytes, rows: int) -> Callable[[], int]:
    def once() -> int:
        convert(body)
        return rows

    return once


def _peak(convert: Callable[[bytes], object], body: bytes) -> float:
    """Return the peak of allocated bytes beyond the page's own."""
    tracemalloc.start()
    try:
        kept = convert(body)
        _, peak = tracemalloc.get_traced_memory()
        del kept
        return peak
    finally:
        tracemalloc.stop()
