"""Sets up the company of a scenario: its settings, reasons, rules, people and their own rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b

from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.absence import ReasonKey, ReasonKind
from kalenderkoppling.domain.person import Entitlements, Person, PersonId, Role
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import Layer, LayerKind, OwnRules
from kalenderkoppling.scenarios.given import Given, Reset, UserForm
from kalenderkoppling.scenarios.outlook import address_of
from kalenderkoppling.scenarios.people import ADMINISTRATOR, ATTENDANT, COLLEAGUE, People, hours_of
from kalenderkoppling.scenarios.stage import Stage
from kalenderkoppling.usecases.core import Unit, perform
from kalenderkoppling.usecases.people.import_people import import_people
from kalenderkoppling.usecases.rules.set_rules import set_layer, set_settings
from kalenderkoppling.words import Language, TenantReason
from kalenderkoppling.words.reasons import reason_by_label

_SWEDISH = Language("sv")
_FIRST_EXTENSION = 10_001

WATCHERS = (
    Person(id=ATTENDANT.person, name="Telefonist", roles=frozenset({Role.ATTENDANT})),
    Person(id=COLLEAGUE.person, name="Kollega", roles=frozenset({Role.EMPLOYEE})),
)
"""The viewers of a scenario's people; their own calendars are not read."""


def reasons_of(labels: Iterable[str]) -> dict[str, ReasonKey]:
    """Return the key of each label: the standard list's, else one of the company's own."""
    return {label: reason_by_label(label, _SWEDISH) or _own_key(label) for label in labels}


def _own_key(label: str) -> ReasonKey:
    digest = blake2b(label.casefold().encode(), digest_size=6).hexdigest()
    return ReasonKey(f"own_{digest}")


async def found_company(stage: Stage, given: Given, reasons: Mapping[str, ReasonKey]) -> None:
    """Set up everything that is given, except the bookings."""
    core, tenant = stage.system.core, given.tenant
    settings = TenantSettings(zone=tenant.zone, reads_item_choices=tenant.plugin_allowed)
    await set_settings(core, TENANT, ADMINISTRATOR, settings)
    await perform(core, TENANT, lambda unit: _add_reasons(unit, reasons))
    people = People(stage.system, reasons, {})
    layer = Layer(
        kind=LayerKind.TENANT,
        rules=people.laid_over({}, tenant.rules),
        show_subject=tenant.show_subject,
        addin_allowed=tenant.plugin_allowed,
        working_hours=hours_of(tenant.working_hours),
    )
    await set_layer(core, TENANT, ADMINISTRATOR, ScopedLayer(layer=layer))
    await perform(core, TENANT, lambda unit: _set_own(unit, given.users.values(), people))
    everybody = [_person(each, f"{number}") for number, each in enumerate(given.users.values(), _FIRST_EXTENSION)]
    await import_people(core, TENANT, ADMINISTRATOR, [*everybody, *WATCHERS])


def _add_reasons(unit: Unit, reasons: Mapping[str, ReasonKey]) -> None:
    for label, key in reasons.items():
        if key == _own_key(label):
            unit.tx.rules.put_reason(TenantReason(key=key, kind=ReasonKind.CLOCK, labels={_SWEDISH: label}))


def _set_own(unit: Unit, users: Iterable[UserForm], people: People) -> None:
    """Set own rules unchecked, diversions included: the person may have had the service before (C-05)."""
    for user in users:
        if user.rules is not Reset.DEFAULT or not user.update:
            own = OwnRules(update=user.update, by_show_as=people.own_rules({}, user.rules))
            unit.tx.rules.put_own(PersonId(user.name), own)


def _person(user: UserForm, extension: str) -> Person:
    return Person(
        id=PersonId(user.name),
        name=user.name,
        mailbox=address_of(user.name),
        extension=extension,
        zone=user.zone,
        entitlements=Entitlements(calendar_coupling=user.service, referral=user.referral),
        roles=frozenset({Role.EMPLOYEE}),
    )
