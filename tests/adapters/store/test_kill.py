"""F-20: a process that is killed at any moment leaves all of a transaction, or nothing."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from signal import SIGKILL

import pytest

from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.store import SqlStore
from kktest.checkout import ROOT
from kktest.databases import opened
from kktest.keeping import ACME, ANNA
from kktest.make import NOON

# What one run writes belongs together: rows, generation, feed and log. It tells where it is, and goes on when told.
WRITER = """
import sys
from dataclasses import replace
from datetime import timedelta
from kktest.databases import opened
from kktest.keeping import ACME, ANNA, entry, placed_at
from kktest.make import NOON

def point(name):
    print(name, flush=True)
    if sys.argv[2] == name:
        sys.stdin.readline()

with opened(sys.argv[1]) as store:
    number = 0
    while True:
        number += 1
        with store.write(ACME) as tx:
            tx.mailboxes.add(ANNA, NOON)
            claim = tx.mailboxes.claim(ANNA, NOON + number * timedelta(minutes=5), timedelta(minutes=1))
            point("claimed")
        point("claim committed")
        with store.write(ACME) as tx:
            assert tx.mailboxes.finish(claim, replace(claim.state, failures=number))
            point("finished")
            tx.absences.add(ANNA, [placed_at(f"{number}-{row}", NOON) for row in range(40)])
            point("rows written")
            tx.changes.add([ANNA], NOON)
            tx.audit.append(entry(str(number)))
            tx.audit.links()
            point("log written")
        point("committed")
        store.scrub() if number % 5 == 0 else None
"""


@pytest.fixture
def address(sqlite_template: Path, tmp_path: Path) -> str:
    (tmp_path / "kk.db").write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{tmp_path / 'kk.db'}"


def start(address: str, point: str) -> subprocess.Popen[str]:
    path = os.pathsep.join((str(ROOT / "tests"), str(ROOT / "src")))
    return subprocess.Popen(  # noqa: S603 - the program above
        [sys.executable, "-c", WRITER, address, point],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )


def lines(writer: subprocess.Popen[str]) -> Iterator[str]:
    assert writer.stdout is not None
    return (line.strip() for line in writer.stdout)


def end(writer: subprocess.Popen[str]) -> None:
    writer.send_signal(SIGKILL)
    writer.wait(20)
    for pipe in (writer.stdin, writer.stdout):
        assert pipe is not None
        pipe.close()


def runs_that_are_there(store: SqlStore) -> int:
    """Return how many runs were written; all their parts must agree."""
    with store.read(ACME) as tx:
        rows = tx.absences.kept(ANNA)
        states = tx.mailboxes.state([ANNA])
        links = tx.audit.links()
        changes = tx.changes.since(0, 10_000)
    runs = states[ANNA].failures if states else 0
    assert sorted(row.id for row in rows) == sorted(f"id-{n + 1}-{row}" for n in range(runs) for row in range(40))
    assert [link.state for link in links] == ["whole"] * runs
    assert [change.person for change in changes] == [PersonId("anna")] * runs
    return runs


@pytest.mark.parametrize(
    ("point", "runs"),
    [
        ("claimed", 0),
        ("claim committed", 0),
        ("finished", 0),
        ("rows written", 0),
        ("log written", 0),
        ("committed", 1),
    ],
)
def test_F_20_a_process_killed_at_a_step_leaves_all_or_nothing(address: str, point: str, runs: int) -> None:
    writer = start(address, point)
    try:
        assert point in lines(writer)
    finally:
        end(writer)

    with opened(address) as store:
        assert runs_that_are_there(store) == runs


def test_F_20_after_a_kill_the_mailbox_is_looked_at_again_when_the_lease_has_ended(address: str) -> None:
    writer = start(address, "rows written")
    try:
        assert "rows written" in lines(writer)
    finally:
        end(writer)

    with opened(address) as store, store.write(ACME) as tx:
        lease_end = NOON + timedelta(minutes=6)
        assert tx.mailboxes.due(lease_end - timedelta(seconds=1), timedelta(minutes=20), 5) == []
        assert tx.mailboxes.due(lease_end, timedelta(minutes=20), 5) == [ANNA]
        assert tx.mailboxes.claim(ANNA, lease_end, timedelta(minutes=1)) is not None


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_F_20_a_process_killed_at_any_moment_leaves_whole_runs(address: str, seed: int) -> None:
    writer = start(address, "nowhere")
    told = 0
    try:
        for number, line in enumerate(lines(writer)):
            told += line == "committed"
            if number > Random(seed).randrange(20, 200):
                break
    finally:
        end(writer)

    with opened(address) as store:
        assert runs_that_are_there(store) >= told
