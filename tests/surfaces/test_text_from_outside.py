"""No name, subject, note, department or number from outside reorders what stands around it, on any page."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.domain.absence import MEETING, Diversion
from kalenderkoppling.domain.call import CallResult
from kalenderkoppling.domain.person import Role
from kalenderkoppling.surfaces.calls.surface import calls_surface
from kalenderkoppling.surfaces.mine.surface import mine_surface
from kalenderkoppling.surfaces.recordings.surface import recordings_surface
from kalenderkoppling.surfaces.web.options import WebOptions
from kalenderkoppling.surfaces.web.outside import bdi, isolated
from kalenderkoppling.words import Language
from kalenderkoppling.words.reasons import TenantReason, default_reasons
from kktest.absence_pages import FORM, reading
from kktest.bidi import RLO, has_own_end, is_isolated, loose_text
from kktest.call_pages import call, called, wish, wished
from kktest.make import between, days
from kktest.web import ANNA, BO, KARIN, PEOPLE, TENANT, Company, make_app, visiting

FIELDS = (
    "name", "title", "department", "place", "responsibilities", "extension", "mobile",
    "subject", "note", "reason", "number", "company",
)  # fmt: skip
TODAY = between("2026-11-25 10:00", "2026-11-25 11:00")


def turned(field: str) -> str:
    """Return text that turns around what follows, and would end an isolate around it."""
    return f"{RLO}{field}-x\u2069{RLO}"


@pytest.fixture
def app(company: Company) -> Litestar:
    options = WebOptions(tenant=TENANT, company=turned("company"), has_telephone_system=True, takes_calls=True)
    return make_app(company, options=options, surfaces=[mine_surface(), calls_surface(), recordings_surface()])


@pytest.fixture
def hostile(company: Company) -> Company:
    """Everybody bears turned texts, and so do bookings, notes, reasons and callers."""
    told = {name: turned(name) for name in ("name", "title", "department", "place", "responsibilities")}
    roles = frozenset(Role) - {Role.OPERATOR}
    people = [replace(each, **told, extension=turned("extension"), mobile=turned("mobile")) for each in PEOPLE]  # type: ignore[arg-type] # names of fields
    people = [replace(each, roles=roles if each.id == KARIN else each.roles) for each in people]
    label = {Language("sv"): turned("reason")}
    spoken = {Language("sv"): turned("spoken")}
    reason = TenantReason(key=MEETING, kind=default_reasons()[MEETING], labels=label, spoken=spoken)
    company.write(lambda tx: tx.people.put(people))
    company.write(lambda tx: tx.rules.put_reason(reason))
    company.show_subjects()
    for person in (ANNA, BO):
        company.looked(person)
        company.booked(person, between("2026-11-26 10:00", "2026-11-26 12:00"), subject=turned("subject"))
        company.booked(person, days("2026-11-27", "2026-11-28"), subject=turned("subject"))
        company.absent(person, TODAY, note=turned("note"), diversion=Diversion.OPEN)
        company.absent(person, between("2026-11-26 13:00", "2026-11-26 14:00"), note=turned("note"))
    called(company, call(number=turned("number"), result=CallResult.MISSED), call("by", by=BO))
    wished(company, wish(number=turned("number")), wish("by", to=BO, by=ANNA))
    company.write(lambda tx: tx.favourites.add(ANNA, BO))
    return company


def test_text_from_outside_is_isolated_on_every_page(hostile: Company, client: TestClient[Litestar]) -> None:
    pages = {"/sign-in": client.get("/sign-in").text, "/sign-in?q": client.get(f"/sign-in?q={RLO}x").text}
    kept = hostile.booked(ANNA, between("2026-11-30 10:00", "2026-11-30 12:00"), subject=turned("subject"))
    by_hand = hostile.absent(ANNA, between("2026-12-01 10:00", "2026-12-01 12:00"), note=turned("note"))
    absences = [f"/absences/{id_}{more}" for id_ in (kept, by_hand) for more in ("", "/why")]
    cards = ["/people/anna", "/people/bo", "/absences/new", "/absences/new?person=bo"]
    lists = ["/", f"/?q={RLO}nobody", "/?q=name", "/favourites", "/mine", "/calls", "/recordings", "/nowhere"]
    for person in (ANNA, KARIN):
        reader = reading(hostile, client, person)
        for path in (*lists, *cards, *absences):
            pages[f"{person} {path}"] = reader.get(path).text
        form = {**FORM, "reason": "meeting", "note": turned("note"), "version": reader.version(by_hand)}
        answer = reader.post(f"/absences/{by_hand}/edit", **form)
        pages[f"{person} refused"] = answer.text
        pages[f"{person} said"] = reader.followed(
            reader.post("/absences/new", person=BO if person == KARIN else ANNA, **{**form, "note": ""})
        )
    loose = {path: found for path, html in pages.items() if (found := loose_text(html))}
    assert loose == {}
    for each in FIELDS:
        assert any(f"{RLO}{each}-x" in html for html in pages.values()), f"no page shows {each}"


def test_in_the_demo_the_card_isolates_too(hostile: Company) -> None:
    options = WebOptions(tenant=TENANT, company=turned("company"))
    with visiting(make_app(hostile, options=options)) as client:
        assert loose_text(reading(hostile, client, KARIN).get("/people/anna").text) == []


def test_the_reader_of_pages_finds_loose_text() -> None:
    assert loose_text(f"<p>{RLO}x</p>") != []
    assert loose_text(f"<p><bdi>{RLO}x, {RLO}y</bdi></p>") != []
    assert loose_text(f'<p title="{RLO}x"></p>') != []
    assert loose_text(f"<p><bdi>{RLO}x\u2069</bdi></p>") != []
    assert loose_text(f"<p><bdi>{RLO}x</bdi> \u2068{RLO}y\u2069</p>") == []


def test_plain_latin_text_is_left_as_it_is() -> None:
    for each in ("Åsa Öberg", "070-174 06 05", "åter 13:00–14:00", ""):
        assert isolated(each) == each
    assert bdi("Åsa <b>") == "<bdi>Åsa &lt;b&gt;</bdi>"
    assert bdi("") == ""


@given(st.text(st.sampled_from("aא1 \u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")))
def test_whatever_stands_in_a_text_never_leaves_its_isolate(text: str) -> None:
    told = isolated(text)
    assert is_isolated(told.replace("\u2066", "\u2068").replace("\u2067", "\u2068"))
    inner = str(bdi(text)).removeprefix("<bdi>").removesuffix("</bdi>")
    assert has_own_end(inner.replace("\u2066", "\u2068").replace("\u2067", "\u2068"))
