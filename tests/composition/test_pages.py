"""The pages as the server puts them together, and what they are told of a telephone system by the settings."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from litestar import Litestar

from kalenderkoppling.composition.clock import SystemClock
from kalenderkoppling.composition.from_settings.bus import make_bus
from kalenderkoppling.composition.from_settings.sign_in import make_sign_in
from kalenderkoppling.composition.server.pages import connected, metrics_server, page_app
from kalenderkoppling.composition.server.parts import open_server
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.settings import Database, Secret, Server, Settings
from kalenderkoppling.settings.telephony import AsteriskRest, DialogEvents, Exchange, Telephony
from kalenderkoppling.sound import read_wav
from kalenderkoppling.surfaces.operations.meter import PrometheusMeter
from kalenderkoppling.surfaces.web.options import WebOptions
from kktest.web import ANNA, PEOPLE, SAME_ORIGIN, sign_in, visiting

OPTIONS = WebOptions(tenant=TENANT)
EXCHANGES = (Exchange(name="pbx", addresses=("192.0.2.1",), proxy="192.0.2.1"),)
ASTERISK = AsteriskRest(url="http://127.0.0.1:8088", user="kk", password=Secret(file="password"))


@pytest.mark.parametrize(
    ("telephony", "tells_lines", "takes_calls"),
    [
        (None, False, False),
        (Telephony(), False, False),
        (Telephony(exchanges=EXCHANGES), False, True),
        (Telephony(exchanges=EXCHANGES, dialog_events=DialogEvents(exchange="pbx")), True, True),
        (Telephony(exchanges=EXCHANGES, asterisk=ASTERISK), True, True),
    ],
)
def test_the_pages_know_who_calls_and_who_tells_of_lines(
    telephony: Telephony | None, tells_lines: bool, takes_calls: bool
) -> None:
    told = connected(OPTIONS, telephony)
    assert (told.has_telephone_system, told.takes_calls) == (tells_lines, takes_calls)


def test_what_is_known_otherwise_stays() -> None:
    known = replace(OPTIONS, has_telephone_system=True, takes_calls=True)
    assert connected(known, Telephony()) == known
    assert connected(known, None) == known


@pytest.mark.parametrize("telephony", [None, Telephony(exchanges=EXCHANGES)])
async def test_every_tab_of_the_server_is_there_and_callers_are_heard_without_any_telephone_system(
    tmp_path: Path, telephony: Telephony | None
) -> None:
    settings, meter = Settings(database=Database(url=f"sqlite:///{tmp_path / 'kk.db'}")), PrometheusMeter()
    clock, bus = SystemClock(), make_bus()
    async with open_server(settings, PEOPLE, meter, clock=clock, bus=bus, calendar=None, address_of=None) as parts:
        app = page_app(parts, meter, OPTIONS, sign_in=make_sign_in(), with_hooks=False, telephony=telephony)
        with visiting(app) as client:
            token = sign_in(client, ANNA)
            statuses = [client.get(path).status_code for path in ("/", "/favourites", "/calls", "/mine", "/recordings")]
            assert statuses == [200] * 5
            assert client.get("/metrics").status_code == 404
            pressed = {"csrf_token": token, "key": "tomorrow", "diversion": "direct"}
            assert client.post("/mine/quick", data=pressed, headers=SAME_ORIGIN).status_code == 303
            page = client.get("/mine").text
            [heard] = [each.split('"')[0] for each in page.split('href="')[1:] if "/announcement?" in each]
            assert read_wav(client.get(heard).content).length > timedelta(seconds=2)
            assert ("Inget telefonsystem är anslutet än." in page) is (telephony is None)


async def test_figures_have_a_port_of_their_own(tmp_path: Path) -> None:
    settings, meter = Settings(database=Database(url=f"sqlite:///{tmp_path / 'kk.db'}")), PrometheusMeter()
    async with open_server(
        settings, PEOPLE, meter, clock=SystemClock(), bus=make_bus(), calendar=None, address_of=None
    ) as parts:
        figures = metrics_server(parts, meter, OPTIONS, Server(metrics_port=0))
        assert isinstance(figures.config.app, Litestar)
        with visiting(figures.config.app) as client:
            assert client.get("/metrics").text.startswith("# HELP kk_")
            assert client.get("/health/live").status_code == 200
            assert client.get("/").status_code == 404
