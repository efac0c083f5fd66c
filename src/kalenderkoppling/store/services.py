"""Services that were set by hand, and orders of services."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.domain.service import OrderId, Scope, Service, ServiceOrder, ServiceSetting
from kalenderkoppling.store.instants import from_micros, from_micros_or_none, to_micros, to_micros_or_none
from kalenderkoppling.store.scoped import TENANT, Scoped, chunks
from kalenderkoppling.store.tables import service_order as order_rows
from kalenderkoppling.store.tables import service_pin as pin_rows

_people: Any = bindparam("people", expanding=True)
_PINS = select(pin_rows.c.person_id, pin_rows.c.service, pin_rows.c.source_says).where(
    pin_rows.c.tenant_id == TENANT, pin_rows.c.person_id.in_(_people)
)
_UNPIN = delete(pin_rows).where(pin_rows.c.tenant_id == TENANT, pin_rows.c.person_id.in_(_people))
_ORDERS = (
    select(*tuple(order_rows.c)[1:])
    .where(order_rows.c.tenant_id == TENANT)
    .order_by(order_rows.c.placed_at, order_rows.c.order_id)
)
_FORGET = delete(order_rows).where(
    order_rows.c.tenant_id == TENANT, order_rows.c.order_id.in_(bindparam("orders", expanding=True))
)
_ADVANCE = (
    update(order_rows)
    .where(
        order_rows.c.tenant_id == TENANT,
        order_rows.c.order_id == bindparam("order"),
        order_rows.c.after_person == bindparam("was_after"),
        order_rows.c.finished_at.is_(None),
    )
    .values(after_person=bindparam("now_after"), done=bindparam("now_done"), finished_at=bindparam("now_finished"))
)


class SqlServices(Scoped):
    """Pins and orders of one tenant."""

    def pins(self, people: Iterable[PersonId]) -> Mapping[PersonId, Mapping[Service, bool]]:
        found: dict[PersonId, dict[Service, bool]] = defaultdict(dict)
        for person, service, source_says in self._rows_of(_PINS, people):
            found[person][Service(service)] = bool(source_says)
        return dict(found)

    def put_pins(self, pins: Mapping[PersonId, Mapping[Service, bool]]) -> None:
        for people in chunks(sorted(pins)):
            self._run(_UNPIN, people=people)
            rows = [
                {"tenant_id": self._tenant, "person_id": person, "service": str(service), "source_says": says}
                for person in people
                for service, says in sorted(pins[person].items())
            ]
            if rows:
                self._connection.execute(insert(pin_rows), rows)

    def orders(self) -> Sequence[ServiceOrder]:
        return [_order(row) for row in self._rows(_ORDERS)]

    def add_order(self, order: ServiceOrder) -> None:
        finished = [each.id for each in self.orders() if each.finished_at is not None]
        if finished[:-1]:
            self._run(_FORGET, orders=finished[:-1])
        self._upsert(order_rows, [_row(order)])

    def advance(self, before: ServiceOrder, after: ServiceOrder) -> bool:
        done = self._run(
            _ADVANCE,
            order=before.id,
            was_after=before.after,
            now_after=after.after,
            now_done=after.done,
            now_finished=to_micros_or_none(after.finished_at),
        )
        return bool(done.rowcount == 1)


def _row(order: ServiceOrder) -> dict[str, object]:
    return {
        "order_id": order.id,
        "service": str(order.service),
        "setting": str(order.setting),
        "scope": str(order.scope),
        "scope_id": order.of,
        "actor": order.actor,
        "placed_at": to_micros(order.placed_at),
        "total": order.total,
        "done": order.done,
        "after_person": order.after,
        "finished_at": to_micros_or_none(order.finished_at),
    }


def _order(row: Any) -> ServiceOrder:  # noqa: ANN401 - rows of the driver, without the tenant
    id_, service, setting, scope, of, actor, placed_at, total, done, after, finished_at = row
    return ServiceOrder(
        id=OrderId(id_),
        service=Service(service),
        setting=ServiceSetting(setting),
        scope=Scope(scope),
        of=of,
        actor=actor,
        placed_at=from_micros(placed_at),
        total=total,
        done=done,
        after=PersonId(after),
        finished_at=from_micros_or_none(finished_at),
    )
