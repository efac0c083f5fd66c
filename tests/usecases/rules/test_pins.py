"""What the settings file names holds and is locked; everything else is the pages' and survives every start."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.errors import FieldProblem, RefusedError
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import Layer, LayerKind
from kalenderkoppling.rules.pins import FIRST_VALUES, CompanyValues, Pin, Pinned, rule_pin
from kalenderkoppling.usecases.rules.set_rules import company_values, set_layer, set_settings
from kalenderkoppling.usecases.rules.take_over_pins import take_over_pins
from kktest.house import House, open_house
from kktest.keeping import ACME
from kktest.make import LUNCH, OFFICE_HOURS, TRAVEL, layer, rule

FILE = "settings file"
NOTHING = Pinned(names=frozenset(), values=CompanyValues(settings=TenantSettings(), layer=layer()))


def pinning(*names: Pin, settings: TenantSettings | None = None, **of_layer: object) -> Pinned:
    values = CompanyValues(
        settings=settings or TenantSettings(),
        layer=replace(layer(), **of_layer),  # type: ignore[arg-type] # its own fields
    )
    return Pinned(names=frozenset(names), values=values)


async def start(house: House, pinned: Pinned = NOTHING) -> None:
    await take_over_pins(house.core, ACME, FILE, pinned)


def now(house: House) -> CompanyValues:
    with house.store.read(ACME) as tx:
        return company_values(tx)


async def edit(house: House, **changes: object) -> None:
    await set_settings(house.core, ACME, "admin", replace(now(house).settings, **changes))  # type: ignore[arg-type] # its own fields


async def edit_layer(house: House, **changes: object) -> None:
    changed = replace(now(house).layer, **changes)  # type: ignore[arg-type] # its own fields
    await set_layer(house.core, ACME, "admin", ScopedLayer(layer=changed))


async def test_a_new_company_begins_with_the_standard_values(house: House) -> None:
    await start(house)
    assert now(house) == FIRST_VALUES


async def test_what_the_pages_set_survives_a_start(house: House) -> None:
    await start(house)
    await edit(house, retention=timedelta(days=30))
    await edit_layer(house, rules={ShowAs.BUSY: rule(TRAVEL, Diversion.OPEN)}, working_hours=OFFICE_HOURS)
    before = now(house)
    await start(house)
    assert now(house) == before


async def test_what_the_file_names_holds_at_every_start(house: House) -> None:
    await start(house)
    await edit_layer(house, ring=timedelta(seconds=40))
    await start(house, pinning(Pin.RING_SECONDS, ring=timedelta(seconds=20)))
    assert now(house).layer.ring == timedelta(seconds=20)


async def test_a_key_that_left_the_file_keeps_its_value_and_is_unlocked(house: House) -> None:
    oslo = TenantSettings(zone=ZoneInfo("Europe/Oslo"))
    await start(house, pinning(Pin.TIME_ZONE, settings=oslo))
    await start(house)
    assert now(house).settings.zone == ZoneInfo("Europe/Oslo")
    await edit(house, zone=ZoneInfo("Europe/Helsinki"))
    assert now(house).settings.zone == ZoneInfo("Europe/Helsinki")


async def test_a_company_from_before_pins_keeps_its_values(house: House) -> None:
    await set_settings(house.core, ACME, FILE, TenantSettings(language="nb", speaks=("nb", "sv")))
    await set_layer(house.core, ACME, FILE, ScopedLayer(layer=layer({ShowAs.FREE: rule(LUNCH)}, show_subject=True)))
    before = now(house)
    await start(house, pinning(Pin.COUNTRY, settings=TenantSettings(country="NO")))
    assert now(house) == replace(before, settings=replace(before.settings, country="NO"))


async def test_rules_are_pinned_by_show_as(house: House) -> None:
    await start(house, pinning(Pin.RULE_BUSY, rules={ShowAs.BUSY: rule(TRAVEL)}))
    await edit_layer(house, rules={ShowAs.BUSY: rule(TRAVEL), ShowAs.FREE: rule(LUNCH)})
    with pytest.raises(RefusedError) as refused:
        await edit_layer(house, rules={ShowAs.BUSY: rule(LUNCH), ShowAs.FREE: rule(LUNCH)})
    assert refused.value.problems == (FieldProblem(field="rules.busy", problem="pinned"),)
    assert now(house).layer.rules == {ShowAs.BUSY: rule(TRAVEL), ShowAs.FREE: rule(LUNCH)}


async def test_a_rule_that_is_pinned_to_no_update_is_not_one_that_is_not_set(house: House) -> None:
    await start(house, pinning(Pin.RULE_BUSY, rules={ShowAs.BUSY: None}))
    with pytest.raises(RefusedError):
        await edit_layer(house, rules={})


async def test_every_pinned_setting_is_refused_at_its_field_whoever_asks(house: House) -> None:
    await start(house, pinning(Pin.RETENTION_DAYS, Pin.COUNTRY))
    with pytest.raises(RefusedError) as refused:
        await edit(house, retention=timedelta(days=30), country="NO", sick_to_attendants=True)
    assert [each.field for each in refused.value.problems] == ["country", "retention_days"]
    assert now(house).settings == FIRST_VALUES.settings


async def test_groups_and_people_are_nobodys_pins(house: House) -> None:
    await start(house, pinning(Pin.RULE_BUSY, rules={ShowAs.BUSY: rule(TRAVEL)}))
    of_group = layer({ShowAs.BUSY: rule(LUNCH)}, kind=LayerKind.GROUP)
    await set_layer(house.core, ACME, "admin", ScopedLayer(scope_id="ledning", layer=of_group))


async def test_another_language_is_heard_in_place_of_the_companys(house: House) -> None:
    await start(house)
    await start(house, pinning(Pin.LANGUAGE, settings=TenantSettings(language="nb")))
    assert now(house).settings.speaks == ("nb", "en")


async def test_C_15_items_are_read_for_a_company_that_ever_had_the_addin(house: House) -> None:
    await start(house, pinning(Pin.ADDIN, addin_allowed=False))
    assert now(house).settings.reads_item_choices
    await edit(house, reads_item_choices=False)
    await start(house, pinning(Pin.ADDIN, addin_allowed=True))
    assert now(house).settings.reads_item_choices


async def test_S_12_the_log_tells_what_the_file_changed_and_pinned(house: House) -> None:
    await start(house)
    await start(house, pinning(Pin.COUNTRY, settings=TenantSettings(country="NO")))
    pinned, changed = house.entries()[-2:]
    assert (pinned.act, pinned.actor, pinned.after) == (Act.SET_SETTINGS, FILE, {"pinned": "country"})
    assert (changed.before, changed.after) == ({"country": "SE"}, {"country": "NO"})


async def test_a_start_that_changes_nothing_writes_nothing(house: House) -> None:
    pinned = pinning(Pin.COUNTRY, settings=TenantSettings(country="NO"))
    await start(house, pinned)
    entries, told = len(house.entries()), house.latest_change()
    await start(house, pinned)
    assert (len(house.entries()), house.latest_change()) == (entries, told)


# ── for any two files and any edits between them ────────────────────────────────────────────────

_SETTINGS = st.builds(
    TenantSettings,
    zone=st.sampled_from(["Europe/Oslo", "Europe/Helsinki"]).map(ZoneInfo),
    language=st.sampled_from(["sv", "nb"]),
    country=st.sampled_from(["SE", "NO", "DK"]),
    retention=st.integers(2, 9).map(lambda each: timedelta(days=each)),
    sick_to_attendants=st.booleans(),
    reads_item_choices=st.just(True),
    speaks=st.sampled_from([("en",), ("da",), ("en", "da"), ()]),
)
_RULES = st.dictionaries(st.sampled_from(ShowAs), st.sampled_from([None, rule(TRAVEL), rule(LUNCH, Diversion.OPEN)]))
_LAYERS = st.builds(
    Layer,
    kind=st.just(LayerKind.TENANT),
    rules=_RULES,
    show_subject=st.none() | st.booleans(),
    addin_allowed=st.booleans(),
    ring=st.none() | st.integers(1, 9).map(lambda each: timedelta(seconds=each)),
    working_hours=st.none() | st.just(OFFICE_HOURS),
)
_VALUES = st.builds(CompanyValues, settings=_SETTINGS, layer=_LAYERS)
_FILES = st.builds(Pinned, names=st.frozensets(st.sampled_from(Pin)), values=_VALUES)


@dataclass(frozen=True)
class Model:
    """What has to hold: each setting's value, as the last file that names it or else the last edit left it."""

    values: Mapping[Pin, object]

    def after_file(self, file: Pinned) -> "Model":
        return Model({each: _said(file, each) if each in file.names else self.values[each] for each in Pin})


def _said(file: Pinned, name: Pin) -> object:
    return file.values.settings.speaks if name is Pin.SPEAKS else file.values.value(name)


def _values(of: CompanyValues) -> dict[Pin, object]:
    return {each: of.value(each) for each in Pin}


@given(first=_FILES, edited=_VALUES, names=st.frozensets(st.sampled_from(Pin)), last=_FILES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_setting_is_as_the_last_file_says_or_else_as_it_was_last_edited(
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    *,
    first: Pinned,
    edited: CompanyValues,
    names: frozenset[Pin],
    last: Pinned,
) -> None:
    with open_house(sqlite_template, tmp_path_factory.mktemp("pins")) as house:
        await start(house, first)
        model = Model(_values(FIRST_VALUES)).after_file(first)
        assert _values(now(house)) == model.values

        for name in sorted(names):
            wanted = now(house).laid_over([name], edited)
            is_refused = name in first.names and wanted.value(name) != model.values[name]
            try:
                await set_settings(house.core, ACME, "admin", wanted.settings)
                await set_layer(house.core, ACME, "admin", ScopedLayer(layer=wanted.layer))
            except RefusedError:
                assert is_refused
                continue
            assert not is_refused
            model = Model({**model.values, name: wanted.value(name)})

        await start(house, last)
        assert _values(now(house)) == model.after_file(last).values


def test_every_rule_has_a_pin() -> None:
    assert {rule_pin(each) for each in ShowAs} <= set(Pin)
