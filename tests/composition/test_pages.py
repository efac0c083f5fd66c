"""What the pages are told of a telephone system by the settings."""

from dataclasses import replace

import pytest

from kalenderkoppling.composition.company import TENANT
from kalenderkoppling.composition.pages import connected
from kalenderkoppling.settings import Secret
from kalenderkoppling.settings.telephony import AsteriskRest, DialogEvents, Exchange, Telephony
from kalenderkoppling.surfaces.web.options import WebOptions

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
