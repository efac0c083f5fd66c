"""Set a service for a whole department or group: ordered at once, carried out a chunk of people at a time.

Each chunk is a transaction of its own that also writes how far the order is, so that a process that stops in the middle
leaves nothing half done for anybody, and the next one goes on where it stopped.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

import structlog

from kalenderkoppling.domain.errors import ConflictError, FieldProblem, RefusedError, StoreUnavailableError
from kalenderkoppling.domain.person import GroupId, PersonId, TenantId
from kalenderkoppling.domain.service import OrderId, Scope, Service, ServiceOrder, ServiceSetting
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.usecases.core import Core, Unit, look_up, perform
from kalenderkoppling.usecases.pause import pause
from kalenderkoppling.usecases.people.set_service import put_services

CHUNK = 20
"""For how many people one transaction sets a service: it keeps other writers waiting for well under 200 ms."""

_IDLE_SECONDS = 1.0
_BETWEEN_SECONDS = 0.005
"""Between two chunks, so that others who wait for the database have their turn."""

_log = structlog.get_logger("services")


async def order_service(
    core: Core, tenant: TenantId, actor: str, *, service: Service, setting: ServiceSetting, scope: Scope, of: str
) -> OrderId:
    """Order a service for everybody of a department or group; the first chunk has it when this returns.

    Raises:
        RefusedError: nobody is in it.
    """
    total = await look_up(core, tenant, lambda tx: _size(tx, scope, of))
    if not total:
        raise RefusedError(FieldProblem(field="of", problem="nobody_there"))
    id_ = OrderId(core.new_id())

    def work(unit: Unit) -> None:
        order = ServiceOrder(
            id=id_,
            service=service,
            setting=setting,
            scope=scope,
            of=of,
            actor=actor,
            placed_at=unit.now,
            total=total,
        )
        unit.tx.services.add_order(order)
        after = {"service": str(service), "setting": str(setting), str(scope): of, "people": total}
        unit.tx.audit.append(Entry(at=unit.now, act=Act.SET_SERVICE, actor=actor, after=after))

    await perform(core, tenant, work)
    await carry_out(core, tenant)
    return id_


async def carry_out(core: Core, tenant: TenantId) -> bool:
    """Carry out one chunk of the oldest order that is not finished; tell whether there was one.

    What was deleted is purged from the files once, after the last chunk.
    """

    def work(unit: Unit) -> bool:
        order = next((each for each in unit.tx.services.orders() if each.finished_at is None), None)
        if order is None:
            return False
        people = unit.tx.people.members(order.scope, order.of, after=order.after, limit=CHUNK)
        unit.tx.mailboxes.lock(each.id for each in people)
        put_services(unit, order.actor, people, {order.service: order.setting})
        is_last = len(people) < CHUNK
        done = order.done + len(people)
        after = (
            replace(order, done=done, after=PersonId(""), finished_at=unit.now)
            if is_last
            else replace(order, done=done, after=people[-1].id)
        )
        if not unit.tx.services.advance(order, after):
            raise ConflictError  # Another process was faster: its chunk stands, ours is rolled back.
        unit.scrub = is_last and order.service is Service.CALENDAR_COUPLING and order.setting is not ServiceSetting.ON
        return True

    try:
        return await perform(core, tenant, work)
    except ConflictError:
        return True


async def run_service_orders(core: Core, tenant: TenantId, stopping: asyncio.Event) -> None:
    """Carry out orders, also those that an earlier process left unfinished, until `stopping` is set."""
    while not stopping.is_set():
        try:
            is_busy = await carry_out(core, tenant)
        except StoreUnavailableError:
            _log.warning("service_order_waits")
            is_busy = False
        await pause(stopping, _BETWEEN_SECONDS if is_busy else _IDLE_SECONDS)


def _size(tx: Transaction, scope: Scope, of: str) -> int:
    return tx.people.departments().get(of, 0) if scope is Scope.DEPARTMENT else tx.people.groups().get(GroupId(of), 0)
