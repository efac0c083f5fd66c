"""The page "Regler" over HTTP: rules and settings by scope, what is inherited, what is pinned, and two at once."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import time, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from httpx import Response
from litestar import Litestar

from kalenderkoppling.domain.absence import MEETING, Diversion
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.person import GroupId, PersonId
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import Layer, LayerKind, WorkingHours
from kalenderkoppling.rules.pins import Pin
from kalenderkoppling.rules.rollout import Rollout
from kalenderkoppling.surfaces.administration.surface import administration_surface
from kktest.absence_pages import Reader
from kktest.make import LUNCH, TRAVEL, layer, rule
from kktest.web import ADAM, ANNA, BO, NOW, TENANT, Company, make_app

RULES = "/administration/rules"
SETTINGS = f"{RULES}/settings"
LEADERS, PLANNERS = GroupId("ledning"), GroupId("plan")
OF_COMPANY = {"kind": "tenant", "id": ""}
OF_LEADERS = {"kind": "group", "id": LEADERS}
OF_ANNA = {"kind": "person", "id": ANNA}


@pytest.fixture
def app(company: Company) -> Litestar:
    join(company, ANNA, [LEADERS, PLANNERS])
    join(company, BO, [PLANNERS])
    return make_app(company, surfaces=[administration_surface()])


def join(company: Company, who: PersonId, groups: Iterable[GroupId]) -> None:
    def work(tx: Transaction) -> None:
        person = tx.people.get(who)
        assert person is not None
        tx.people.put([replace(person, groups=tuple(groups))])

    company.write(work)


def put(company: Company, what: Layer, scope: str = "", rank: int = 0) -> None:
    company.write(lambda tx: tx.rules.put_layer(ScopedLayer(layer=what, scope_id=scope, rank=rank)))


def stored(company: Company, kind: LayerKind = LayerKind.TENANT, scope: str = "") -> Layer | None:
    with company.store.read(TENANT) as tx:
        return next((e.layer for e in tx.rules.layers() if (e.layer.kind, e.scope_id) == (kind, scope)), None)


def settings(company: Company) -> TenantSettings:
    with company.store.read(TENANT) as tx:
        return tx.people.settings()


def entries(company: Company, act: Act) -> list[Entry]:
    with company.store.read(TENANT) as tx:
        return [each.entry for each in tx.audit.links() if each.entry and each.entry.act is act]


def path_of(scope: dict[str, str]) -> str:
    return f"{RULES}?kind={scope['kind']}&whom={scope['id']}"


def fields_in(html: str) -> dict[str, str]:
    """Return what the page's forms would send unchanged, as a browser reads them; disabled fields are not sent."""
    found: dict[str, str] = {}
    for tag, attributes in re.findall(r"<(input)([^>]*)>", html):
        name = re.search(r'name="([^"]+)"', attributes)
        value = re.search(r'value="([^"]*)"', attributes)
        off = " disabled" in attributes or ('type="checkbox"' in attributes and " checked" not in attributes)
        if tag and name and not off:
            found[name[1]] = unescape(value[1]) if value else ""
    for attributes, options in re.findall(r"<select([^>]*)>(.*?)</select>", html, re.DOTALL):
        name = re.search(r'name="([^"]+)"', attributes)
        chosen = re.search(r'value="([^"]*)"[^>]* selected', options) or re.search(r'value="([^"]*)"', options)
        if name and chosen and " disabled" not in attributes:
            found[name[1]] = unescape(chosen[1])
    return found


def shown(reader: Reader, scope: dict[str, str]) -> dict[str, str]:
    """Open a scope's page and return the fields of its form."""
    answer = reader.get(path_of(scope))
    assert answer.status_code == 200, answer.text
    found = fields_in(answer.text)
    # The hours of a fieldset that is disabled are not sent either.
    return {**found, **scope}


def save(reader: Reader, fields: dict[str, str], path: str = RULES, **changed: str) -> Response:
    # Names with dots are written with two underscores.
    sent = {**fields, **{name.replace("__", "."): value for name, value in changed.items()}}
    return reader.post(path, **sent)


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


# ── the frame ───────────────────────────────────────────────────────────────────────────────────


def test_only_administrators_have_the_menus_item_and_the_pages(anna: Reader, administrator: Reader) -> None:
    assert 'href="/administration"' in administrator.get("/").text
    assert 'href="/administration"' not in anna.get("/").text
    assert anna.get(RULES).status_code == 403
    assert administrator.get("/administration").headers["location"] == "/administration/people"


# ── rules by scope ──────────────────────────────────────────────────────────────────────────────


def test_the_companys_rule_is_saved_and_in_force_and_in_the_log(company: Company, administrator: Reader) -> None:
    fields = shown(administrator, OF_COMPANY)
    answer = save(administrator, fields, busy__update="yes", busy__reason="business_trip", busy__diversion="open")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{RULES}?kind=tenant")
    assert stored(company) == layer({ShowAs.BUSY: rule(TRAVEL, Diversion.OPEN)})
    [entry] = entries(company, Act.SET_RULES)
    assert (entry.actor, entry.before.get("rules"), entry.after["rules"]) == (
        ADAM,
        None,
        {"busy": "business_trip/open"},
    )


def test_what_is_saved_unchanged_changes_nothing(company: Company, administrator: Reader) -> None:
    hours = WorkingHours(days=frozenset({0, 4}), start=time(8, 30), end=time(16))
    full = layer(
        {ShowAs.BUSY: rule(TRAVEL, Diversion.DIRECT), ShowAs.FREE: None},
        show_subject=True,
        addin_allowed=False,
        ring=timedelta(seconds=20),
        working_hours=hours,
    )
    for kind, scope in ((LayerKind.TENANT, OF_COMPANY), (LayerKind.GROUP, OF_LEADERS), (LayerKind.PERSON, OF_ANNA)):
        put(company, replace(full, kind=kind), scope["id"])
        assert save(administrator, shown(administrator, scope)).status_code == 303
        assert stored(company, kind, scope["id"]) == replace(full, kind=kind)
    assert entries(company, Act.SET_RULES) == []


def test_a_person_inherits_from_the_first_group_then_the_company_then_the_template(
    company: Company, administrator: Reader
) -> None:
    put(company, layer({ShowAs.BUSY: rule(LUNCH), ShowAs.FREE: rule(LUNCH)}, show_subject=True))
    put(company, layer({ShowAs.BUSY: rule(TRAVEL)}, kind=LayerKind.GROUP), PLANNERS, rank=0)
    put(company, layer({ShowAs.BUSY: rule(MEETING)}, kind=LayerKind.GROUP), LEADERS, rank=1)
    page = words(administrator.get(path_of(OF_ANNA)).text)
    assert "Som gruppen plan: Tjänsteresa · Ingen vidarekoppling" in page
    assert "Som företaget: Lunch · Ingen vidarekoppling" in page
    assert "Som standardmallen: Uppdatera inte" in page
    assert "Som företaget: Ja" in page


def test_everything_inherited_removes_the_layer_again(company: Company, administrator: Reader) -> None:
    put(company, layer({ShowAs.BUSY: rule(LUNCH)}, kind=LayerKind.GROUP), LEADERS)
    save(administrator, shown(administrator, OF_LEADERS), busy__update="inherit")
    assert stored(company, LayerKind.GROUP, LEADERS) is None


def test_a_persons_rules_are_named_in_the_log_where_they_can_be_erased(company: Company, administrator: Reader) -> None:
    save(administrator, shown(administrator, OF_ANNA), busy__update="no")
    [entry] = entries(company, Act.SET_RULES)
    assert (entry.person, ANNA in str(entry.after)) == (ANNA, False)


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"busy__update": "yes", "busy__reason": "nonsense"}, "busy-reason", "Orsaken finns inte."),
        ({"busy__update": "yes", "busy__reason": ""}, "busy-reason", "Måste fyllas i."),
        ({"busy__update": "yes", "busy__reason": "lunch", "busy__diversion": "x"}, "busy-diversion", "alternativen"),
        ({"ring_seconds": "0"}, "ring_seconds", "inom gränserna"),
        ({"ring_seconds": "²"}, "ring_seconds", "inom gränserna"),
        ({"ring_seconds": "9" * 5_000}, "ring_seconds", "inom gränserna"),
        ({"working_hours": "yes", "hours_start": "08:00", "hours_end": "17:00"}, "working_hours", "minst en arbetsdag"),
        (
            {"working_hours": "yes", "day__0": "on", "hours_start": "17:00", "hours_end": "08:00"},
            "hours_end",
            "efter starttiden",
        ),
        (
            {"working_hours": "yes", "day__0": "on", "hours_start": "x", "hours_end": "08:00"},
            "hours_start",
            "klockslag",
        ),
        ({"show_subject": "maybe"}, "show_subject", "kan inte användas"),
    ],
)
def test_what_means_nothing_is_told_at_its_field_and_nothing_is_saved(
    company: Company, administrator: Reader, changed: dict[str, str], field: str, sentence: str
) -> None:
    answer = save(administrator, shown(administrator, OF_COMPANY), free__update="no", **changed)
    told = re.search(rf'<p class="wrong" id="{field}-wrong">(.*?)</p>', answer.text, re.DOTALL)
    assert answer.status_code == 422
    assert told is not None
    assert sentence in words(told[1])
    assert stored(company) is None


@pytest.mark.parametrize("scope", [{"kind": "group", "id": "nobody"}, {"kind": "person", "id": "nobody"}])
def test_an_unknown_group_or_person_leads_to_those_that_there_are(administrator: Reader, scope: dict[str, str]) -> None:
    answer = administrator.get(path_of(scope))
    assert answer.status_code == 404
    assert "Det finns ingen sådan" in words(answer.text)
    assert save(administrator, {**scope, "version": "x"}).status_code == 404


def test_a_person_is_searched_for_and_picked(administrator: Reader) -> None:
    page = administrator.get(f"{RULES}?kind=person&q=berg").text
    assert f"{RULES}?kind=person&amp;whom=anna" in page
    assert "whom=bo" not in page
    assert "Ingen träff" in administrator.get(f"{RULES}?kind=person&q=zzz").text


# ── pins ────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_pinned_is_locked_and_the_rest_can_be_saved(company: Company, administrator: Reader) -> None:
    put(company, layer({ShowAs.BUSY: rule(LUNCH)}, ring=timedelta(seconds=9)))
    company.write(lambda tx: tx.rules.put_pins([Pin.RULE_BUSY, Pin.RING_SECONDS, Pin.COUNTRY]))
    page = administrator.get(RULES).text
    assert page.count("bestäms i inställningsfilen") == 3
    assert re.search(r'name="busy.update"[^>]* disabled', page)
    assert re.search(r'name="country"[^>]* disabled', page)

    fields = shown(administrator, OF_COMPANY)
    assert not {"busy.update", "ring_seconds", "country"} & fields.keys()
    assert save(administrator, fields, free__update="no").status_code == 303
    assert stored(company) == layer({ShowAs.BUSY: rule(LUNCH), ShowAs.FREE: None}, ring=timedelta(seconds=9))


def test_a_pinned_field_that_is_sent_all_the_same_does_not_count(company: Company, administrator: Reader) -> None:
    put(company, layer({ShowAs.BUSY: rule(LUNCH)}))
    company.write(lambda tx: tx.rules.put_pins([Pin.RULE_BUSY, Pin.TIME_ZONE]))
    save(administrator, shown(administrator, OF_COMPANY), busy__update="no")
    save(administrator, shown(administrator, OF_COMPANY), SETTINGS, time_zone="Europe/Oslo")
    assert stored(company) == layer({ShowAs.BUSY: rule(LUNCH)})
    assert settings(company).zone == ZoneInfo("Europe/Stockholm")


# ── the company's settings ──────────────────────────────────────────────────────────────────────


def test_the_companys_settings_are_saved_and_in_the_log(company: Company, administrator: Reader) -> None:
    changed = {
        "time_zone": "europe/oslo",
        "country": "no",
        "language": "nb",
        "speaks__en": "on",
        "retention_days": "30",
        "freshness_hours": "48",
        "sick_to_attendants": "on",
    }
    assert save(administrator, shown(administrator, OF_COMPANY), SETTINGS, **changed).status_code == 303
    assert settings(company) == TenantSettings(
        zone=ZoneInfo("Europe/Oslo"),
        country="NO",
        language="nb",
        speaks=("nb", "en"),
        retention=timedelta(days=30),
        freshness_limit=timedelta(hours=48),
        sick_to_attendants=True,
    )
    [entry] = entries(company, Act.SET_SETTINGS)
    assert (entry.actor, entry.before["country"], entry.after["country"]) == (ADAM, "SE", "NO")
    assert "calls_days" not in entry.after


def test_settings_saved_unchanged_keep_even_what_the_form_cannot_show(company: Company, administrator: Reader) -> None:
    odd = TenantSettings(retention=timedelta(days=3, hours=7), call_numbers_kept=timedelta(minutes=90))
    company.write(lambda tx: tx.people.put_settings(odd))
    assert save(administrator, shown(administrator, OF_COMPANY), SETTINGS).status_code == 303
    assert settings(company) == odd
    assert entries(company, Act.SET_SETTINGS) == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"time_zone": "Europe/Gothenburg"}, "time_zone"),
        ({"country": "XX"}, "country"),
        ({"country": ""}, "country"),
        ({"retention_days": "1"}, "retention_days"),
        ({"freshness_hours": "3"}, "freshness_hours"),
        ({"calls_days": ""}, "calls_days"),
        ({"language": "tlh"}, "language"),
    ],
)
def test_settings_that_mean_nothing_are_told_at_their_field(
    company: Company, administrator: Reader, changed: dict[str, str], field: str
) -> None:
    answer = save(administrator, shown(administrator, OF_COMPANY), SETTINGS, sick_to_attendants="on", **changed)
    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in answer.text
    assert settings(company) == TenantSettings()


# ── two administrators at once ──────────────────────────────────────────────────────────────────


def test_the_second_of_two_sees_the_firsts_change_beside_the_own_and_chooses(
    company: Company, administrator: Reader
) -> None:
    mine = shown(administrator, OF_COMPANY)
    theirs = shown(administrator, OF_COMPANY)
    save(administrator, theirs, busy__update="yes", busy__reason="lunch")
    first = stored(company)

    answer = save(administrator, mine, busy__update="no", free__update="no")
    page = words(answer.text)
    assert answer.status_code == 409
    assert stored(company) == first
    assert "Upptagen Lunch · Ingen vidarekoppling Uppdatera inte" in page
    again = fields_in(answer.text)
    assert (again["busy.update"], again["free.update"]) == ("no", "no")

    assert save(administrator, {**again, **OF_COMPANY}).status_code == 303
    assert stored(company) == layer({ShowAs.BUSY: None, ShowAs.FREE: None})


def test_settings_of_two_at_once_are_told_beside_each_other_too(company: Company, administrator: Reader) -> None:
    mine = shown(administrator, OF_COMPANY)
    save(administrator, shown(administrator, OF_COMPANY), SETTINGS, retention_days="30")
    answer = save(administrator, mine, SETTINGS, retention_days="60")
    assert answer.status_code == 409
    assert "Dagar som avslutad frånvaro sparas 30 60" in words(answer.text)
    assert settings(company).retention == timedelta(days=30)
    assert save(administrator, fields_in(answer.text), SETTINGS).status_code == 303
    assert settings(company).retention == timedelta(days=60)


# ── the order of groups ─────────────────────────────────────────────────────────────────────────


def order_of(company: Company) -> list[str]:
    with company.store.read(TENANT) as tx:
        found = [each for each in tx.rules.layers() if each.layer.kind is LayerKind.GROUP]
    return [each.scope_id for each in sorted(found, key=lambda each: each.rank)]


def test_groups_move_up_and_down_and_the_order_is_in_the_log(company: Company, administrator: Reader) -> None:
    for group in (LEADERS, PLANNERS):
        save(administrator, shown(administrator, {"kind": "group", "id": group}), busy__update="no")
    assert order_of(company) == [LEADERS, PLANNERS]
    page = administrator.get(f"{RULES}?kind=group").text
    assert "2 personer" in words(page)

    moved = {"order": "ledning plan", "group": PLANNERS, "to": "up"}
    assert administrator.post(f"{RULES}/order", **moved).status_code == 303
    assert order_of(company) == [PLANNERS, LEADERS]
    assert entries(company, Act.SET_RULES)[-1].after == {"scope": "group", "order": "plan ledning"}
    assert administrator.post(f"{RULES}/order", **moved).status_code == 409
    assert order_of(company) == [PLANNERS, LEADERS]


def test_a_move_beyond_the_end_changes_nothing(company: Company, administrator: Reader) -> None:
    put(company, layer({ShowAs.BUSY: None}, kind=LayerKind.GROUP), LEADERS)
    for to in ("up", "down"):
        assert administrator.post(f"{RULES}/order", order="ledning", group=LEADERS, to=to).status_code == 303
    assert entries(company, Act.SET_RULES) == []


# ── a change for many people ────────────────────────────────────────────────────────────────────


def test_the_page_tells_how_far_a_change_for_many_has_got_until_it_is_done(
    company: Company, anna: Reader, administrator: Reader
) -> None:
    progress = f"{RULES}/progress"
    company.write(lambda tx: tx.rules.put_rollout(Rollout(total=50_000, since=NOW, after=ANNA, done=12_000)))
    for page in (RULES, f"{RULES}?kind=group", f"{RULES}?kind=person"):
        assert "12000 av 50000 personer är klara" in words(administrator.get(page).text)
    assert 'hx-trigger="every 1s"' in administrator.piece(progress).text
    assert anna.piece(progress).status_code == 403

    company.write(lambda tx: tx.rules.put_rollout(None))
    done = administrator.piece(progress).text
    assert "Ändringen är genomförd för alla." in words(done)
    assert "hx-trigger" not in done
    assert "genomförd" not in administrator.get(RULES).text
