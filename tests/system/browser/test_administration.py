"""The administrator's pages in a browser, light and dark, on a phone and a desk."""

import pytest
from litestar import Litestar
from playwright.sync_api import Browser

from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import LayerKind
from kalenderkoppling.rules.pins import Pin
from kalenderkoppling.surfaces.administration.surface import administration_surface
from kktest.browsing import DESK, PHONE, browsing, enter, overflows, violations
from kktest.keeping import entry
from kktest.make import LUNCH, layer, rule
from kktest.web import ADAM, Company, make_app

pytestmark = pytest.mark.browser

PAGES = {
    "company": "/administration/rules",
    "groups": "/administration/rules?kind=group",
    "people": "/administration/rules?kind=person&q=berg",
    "person": "/administration/rules?kind=person&whom=anna",
    "log": "/administration/log",
    "log of a person": "/administration/log?person=anna",
    "refused search": "/administration/log?since=never",
    "data of a person": "/administration/log/person?id=anna",
}


@pytest.fixture
def app(company: Company) -> Litestar:
    def work(tx: Transaction) -> None:
        tx.rules.put_layer(ScopedLayer(layer=layer({ShowAs.BUSY: rule(LUNCH)})))
        tx.rules.put_layer(ScopedLayer(scope_id="ledning", layer=layer({ShowAs.FREE: None}, kind=LayerKind.GROUP)))
        tx.rules.put_layer(ScopedLayer(scope_id="plan", rank=1, layer=layer(kind=LayerKind.GROUP, show_subject=True)))
        tx.audit.append(entry())
        tx.audit.append(entry(of=None, actor="command line"))
        tx.rules.put_pins([Pin.RULE_BUSY, Pin.WORKING_HOURS, Pin.COUNTRY])

    company.write(work)
    return make_app(company, surfaces=[administration_surface()])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(
    browser: Browser, address: str, size: tuple[int, int], scheme: str
) -> None:
    with browsing(browser, address, size=size, scheme=scheme) as (page, _):
        enter(page, ADAM, "/")
        for name, path in PAGES.items():
            page.goto(path)
            assert (name, violations(page), overflows(page)) == (name, [], False)
