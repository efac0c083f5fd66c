"""Runs the pretend Microsoft 365 alone: `python -m kalenderkoppling.sandbox --port 0 --people 200`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from datetime import UTC, datetime

from kalenderkoppling.sandbox.company import pretend_company
from kalenderkoppling.sandbox.server import PretendGraph
from kalenderkoppling.sandbox.world import World


async def run(port: int, people: int, seed: int) -> None:
    """Serve until stopped; prints first where it listens and how to sign in."""
    world = World(lambda: datetime.now(UTC))
    pretend_company(world, people, seed)
    async with PretendGraph(world, port=port) as graph:
        sys.stdout.write(
            f"graph       {graph.base_url}\n"
            f"authority   {graph.authority_url}\n"
            f"token       {graph.token_url}\n"
            f"trust       {graph.ca_file}\n"
            f"client id   {graph.application.client_id}\n"
            f"secret      {graph.application.secret}\n"
            f"mailboxes   {len(world.mailboxes)}\n"
        )
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m kalenderkoppling.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes any free one")
    parser.add_argument("--people", type=int, default=200, help="how many people the pretend company has")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another company")
    chosen = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run(chosen.port, chosen.people, chosen.seed))


if __name__ == "__main__":
    main()
