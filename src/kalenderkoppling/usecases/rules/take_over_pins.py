"""At a start: what the settings file names of the company holds and is locked, all else stays as it was last set."""

from __future__ import annotations

from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import LayerKind
from kalenderkoppling.rules.pins import FIRST_VALUES, Pinned
from kalenderkoppling.usecases.core import Core, Unit, perform
from kalenderkoppling.usecases.rules.set_rules import company_values, put_layer, put_settings


async def take_over_pins(core: Core, tenant: TenantId, actor: str, pinned: Pinned) -> None:
    """Set what the settings file names, and remember which settings it names.

    A setting that it named before and names no more keeps its value, and the pages may change it again. A company
    without rules is new and begins with `FIRST_VALUES`.
    """

    def work(unit: Unit) -> None:
        _remember(unit, actor, pinned)
        is_new = not _has_rules(unit.tx)
        before = FIRST_VALUES if is_new else company_values(unit.tx)
        after = before.laid_over(pinned.names, pinned.values)
        put_settings(unit, actor, after.settings)
        if is_new or after.layer != before.layer:
            put_layer(unit, actor, ScopedLayer(layer=after.layer))

    await perform(core, tenant, work)


def _has_rules(tx: Transaction) -> bool:
    return any(each.layer.kind is LayerKind.TENANT for each in tx.rules.layers())


def _remember(unit: Unit, actor: str, pinned: Pinned) -> None:
    before = unit.tx.rules.pins()
    if before == pinned.names:
        return
    unit.tx.rules.put_pins(pinned.names)
    unit.tx.audit.append(
        Entry(
            at=unit.now,
            act=Act.SET_SETTINGS,
            actor=actor,
            before={"pinned": " ".join(sorted(before))},
            after={"pinned": " ".join(sorted(pinned.names))},
        )
    )
