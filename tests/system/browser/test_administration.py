"""The administrator's pages in a browser, light and dark, on a phone and a desk."""

import pytest
from litestar import Litestar
from playwright.sync_api import Browser

from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.errors import ReadProblem
from kalenderkoppling.domain.service import OrderId, Scope, Service, ServiceOrder, ServiceSetting
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import LayerKind
from kalenderkoppling.rules.pins import Pin
from kalenderkoppling.surfaces.administration.surface import administration_surface
from kalenderkoppling.surfaces.calls.surface import calls_surface
from kalenderkoppling.surfaces.mine.surface import mine_surface
from kalenderkoppling.surfaces.recordings.surface import recordings_surface
from kalenderkoppling.surfaces.web.options import WebOptions
from kktest.browsing import DESK, PHONE, browsing, enter, overflows, violations
from kktest.keeping import entry
from kktest.make import LUNCH, layer, rule
from kktest.web import ADAM, ANNA, BO, NOW, TENANT, Company, make_app, serving

pytestmark = pytest.mark.browser

PAGES = {
    "list": "/administration/people",
    "trouble": "/administration/people?trouble=yes",
    "one": "/administration/people/anna",
    "company": "/administration/rules",
    "groups": "/administration/rules?kind=group",
    "people": "/administration/rules?kind=person&q=berg",
    "person": "/administration/rules?kind=person&whom=anna",
    "log": "/administration/log",
    "log of a person": "/administration/log?person=anna",
    "data of a person": "/administration/log/person?id=anna",
}

UNDER_WAY = ServiceOrder(
    id=OrderId("under-way"),
    service=Service.REFERRAL,
    setting=ServiceSetting.ON,
    scope=Scope.DEPARTMENT,
    of="Bygglov",
    actor="admin",
    placed_at=NOW,
    total=3,
    done=1,
    after=ANNA,
)


@pytest.fixture
def app(company: Company) -> Litestar:
    def work(tx: Transaction) -> None:
        tx.rules.put_layer(ScopedLayer(layer=layer({ShowAs.BUSY: rule(LUNCH)})))
        tx.rules.put_layer(ScopedLayer(scope_id="ledning", layer=layer({ShowAs.FREE: None}, kind=LayerKind.GROUP)))
        tx.rules.put_layer(ScopedLayer(scope_id="plan", rank=1, layer=layer(kind=LayerKind.GROUP, show_subject=True)))
        tx.audit.append(entry())
        tx.audit.append(entry(of=None, actor="command line"))
        tx.rules.put_pins([Pin.RULE_BUSY, Pin.WORKING_HOURS, Pin.COUNTRY])

        tx.services.put_pins({ANNA: {Service.REFERRAL: False}})

    company.write(work)
    company.looked(BO, problem=ReadProblem.UNREACHABLE)
    return make_app(company, surfaces=[administration_surface()])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(
    browser: Browser, company: Company, address: str, size: tuple[int, int], scheme: str
) -> None:
    company.write(lambda tx: tx.services.add_order(UNDER_WAY))
    with browsing(browser, address, size=size, scheme=scheme) as (page, _):
        enter(page, ADAM, "/")
        for name, path in PAGES.items():
            page.goto(path)
            assert (name, violations(page), overflows(page)) == (name, [], False)


def test_a_department_gets_a_service_and_one_of_its_people_another_way(browser: Browser, address: str) -> None:
    with browsing(browser, address, size=DESK) as (page, _):
        enter(page, ADAM, "/administration/people")
        page.get_by_label("Avdelning eller grupp", exact=True).select_option("department:Ekonomi")
        page.get_by_label("Inställning", exact=True).select_option("off")
        page.get_by_role("button", name="Ställ in").click()
        page.get_by_text("Kalenderkoppling av för avdelningen").wait_for()
        page.get_by_text("1 av 1").wait_for()
        page.get_by_role("link", name="Bo Åberg").click()
        page.get_by_text("av (inställt här; personfilen säger på)").wait_for()
        page.get_by_label("Kalenderkoppling", exact=True).select_option("source")
        page.get_by_role("button", name="Spara").click()
        page.locator("#calendar_coupling-is").filter(has_text="Nu: på").wait_for()


@pytest.mark.parametrize("width", [320, 800, 1024, 1160, 1280])
def test_the_whole_menu_fits_beside_a_long_name_of_the_company(browser: Browser, company: Company, width: int) -> None:
    options = WebOptions(tenant=TENANT, company="Nordre Samhällsbyggnadsförvaltningen AB", takes_calls=True)
    surfaces = [administration_surface(), calls_surface(), mine_surface(), recordings_surface()]
    with (
        serving(make_app(company, options=options, surfaces=surfaces)) as address,
        browsing(browser, address, size=(width, 600)) as (page, _),
    ):
        enter(page, ADAM, "/administration/people")
        assert not overflows(page)
        assert page.locator(".brand").bounding_box()["height"] < 60  # type: ignore[index] # it is shown
