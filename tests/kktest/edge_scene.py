"""A Kamailio between callers, phones and endpoints, all of them real: who takes part is told, nobody is silent."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kktest.kamailio import Kamailio, kamailio
from kktest.ports import LOOPBACK
from kktest.sipp import Sipp, silent_phone, sipp
from kktest.sipp_scenarios import Scenario

NUMBER = "1234"


@dataclass(slots=True, kw_only=True)
class EdgeScene:
    """The edge, and those behind it; asking for somebody silent is a mistake of the test."""

    folder: Path
    edge: Kamailio
    _phone: Sipp | None
    _endpoint: Sipp | None
    _second: Sipp | None

    @property
    def address(self) -> str:
        """Where callers call, `host:port`."""
        return f"{LOOPBACK}:{self.edge.sip_port}"

    @property
    def phone(self) -> Sipp:
        """The phone behind the edge."""
        return _there(self._phone)

    @property
    def endpoint(self) -> Sipp:
        """The endpoint that announces."""
        return _there(self._endpoint)

    @property
    def second_endpoint(self) -> Sipp:
        """The endpoint that announces where the first does not."""
        return _there(self._second)

    def call(self, scenario: Scenario, number: str = NUMBER, *, host: str = LOOPBACK, transport: str = "u1") -> Sipp:
        """Place a call, see that it goes by its scenario, and return it when it is over."""
        with sipp(scenario, self.folder, to=self.address, number=number, host=host, transport=transport) as placed:
            outcome = placed.wait()
        assert outcome.succeeded, f"{outcome.errors}\n{placed.received}\n{self.edge.log[-2_000:]}"
        return placed


@contextmanager
def edge_scene(
    folder: Path,
    *,
    phone: Scenario | str | None = None,
    endpoint: Scenario | str | None = None,
    second_endpoint: Scenario | None = None,
    has_second: bool = False,
    calls: int = 1,
    peers: str = "127.0.0.1/32",
    rtpengine: str = "",
) -> Iterator[EdgeScene]:
    """Put an edge between those who take part.

    Args:
        folder: Where files lie.
        phone: What the phone does with calls, or where it is, `host:port`; None is there and silent.
        endpoint: What the endpoint does with them, or where it is; None is there and silent.
        second_endpoint: What a second endpoint does, where `has_second`.
        has_second: True lets the edge know of a second endpoint, which may be silent.
        calls: How many calls phone and endpoints take.
        peers: Networks that may call.
        rtpengine: Where an rtpengine is told what to do.
    """
    with ExitStack() as stack:

        def takes_part(scenario: Scenario | str | None) -> tuple[Sipp | None, str]:
            if scenario is None:
                return None, stack.enter_context(silent_phone())
            if isinstance(scenario, str):
                return None, scenario
            run = stack.enter_context(sipp(scenario, folder, calls=calls))
            return run, run.address

        (one, phones), (two, announces) = takes_part(phone), takes_part(endpoint)
        three, also_announces = takes_part(second_endpoint) if has_second or second_endpoint else (None, "")
        edge = stack.enter_context(
            kamailio(
                phones=phones,
                endpoint=announces,
                second_endpoint=also_announces,
                peers=peers,
                rtpengine=rtpengine,
            )
        )
        yield EdgeScene(folder=folder, edge=edge, _phone=one, _endpoint=two, _second=three)


def _there(run: Sipp | None) -> Sipp:
    assert run is not None, "nobody takes part there"
    return run
