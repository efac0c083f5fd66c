"""The edge in memory keeps the promises of the port."""

from datetime import timedelta

import pytest

from kktest.edge import FakeEdge
from kktest.edge_contract import Bench, EdgeContract, Met


class FakeBench(Bench):
    def __init__(self) -> None:
        self.edge: FakeEdge = FakeEdge()

    async def met(self, number: str) -> Met:
        referral = self.edge.meets(number)
        if referral is None:
            return "phone"
        return "announcement" if referral.ring is None else referral.ring

    async def pass_time(self, time: timedelta) -> None:
        self.edge.clock.forward(time)

    async def pull_out(self) -> None:
        self.edge.is_down = True

    async def start_anew(self) -> None:
        self.edge.forget()


class TestFakeEdge(EdgeContract):
    @pytest.fixture
    def bench(self) -> Bench:
        return FakeBench()
