"""Rules, own rules, reasons and choices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select

from kalenderkoppling.domain.absence import Diversion, ReasonKey
from kalenderkoppling.domain.booking import BookingKey, Choice, ChoiceKind
from kalenderkoppling.domain.kept import Choices
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.store.rules import TenantReason
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import Layer, LayerKind, OwnRules
from kalenderkoppling.rules.pins import Pin
from kalenderkoppling.rules.rollout import Rollout
from kalenderkoppling.store.instants import from_micros, to_micros
from kalenderkoppling.store.revisions import Revisions
from kalenderkoppling.store.scoped import TENANT, Scoped, chunks
from kalenderkoppling.store.tables import choice as choice_rows
from kalenderkoppling.store.tables import layer as layer_rows
from kalenderkoppling.store.tables import own_rules
from kalenderkoppling.store.tables import pin as pin_rows
from kalenderkoppling.store.tables import reason as reason_rows
from kalenderkoppling.store.tables import rollout as rollout_rows

_encode = msgspec.json.Encoder().encode
# Each request reads all layers of its tenant, which seldom change.
_layer_of = lru_cache(maxsize=1_024)(msgspec.json.Decoder(Layer).decode)
_own_of = msgspec.json.Decoder(OwnRules).decode
_reason_of = msgspec.json.Decoder(TenantReason).decode

_LAYERS = (
    select(layer_rows.c.scope_id, layer_rows.c.rank, layer_rows.c.content)
    .where(layer_rows.c.tenant_id == TENANT)
    .order_by(layer_rows.c.kind, layer_rows.c.rank, layer_rows.c.scope_id)
)
_REMOVE_LAYER = delete(layer_rows).where(
    layer_rows.c.tenant_id == TENANT,
    layer_rows.c.kind == bindparam("of_kind"),
    layer_rows.c.scope_id == bindparam("scope"),
)
_PINS = select(pin_rows.c.name).where(pin_rows.c.tenant_id == TENANT)
_UNPIN = delete(pin_rows).where(pin_rows.c.tenant_id == TENANT)
_ROLLOUT = select(*tuple(rollout_rows.c)[1:]).where(rollout_rows.c.tenant_id == TENANT)
_END_ROLLOUT = delete(rollout_rows).where(rollout_rows.c.tenant_id == TENANT)
_people: Any = bindparam("people", expanding=True)
_OWN = select(own_rules.c.person_id, own_rules.c.content).where(
    own_rules.c.tenant_id == TENANT, own_rules.c.person_id.in_(_people)
)
_REASONS = select(reason_rows.c.content).where(reason_rows.c.tenant_id == TENANT).order_by(reason_rows.c.reason_key)
_CHOICES = select(*tuple(choice_rows.c)[1:]).where(
    choice_rows.c.tenant_id == TENANT, choice_rows.c.person_id.in_(_people)
)
_UNCHOOSE = delete(choice_rows).where(
    choice_rows.c.tenant_id == TENANT,
    choice_rows.c.person_id == bindparam("person"),
    choice_rows.c.booking_key.in_(bindparam("keys", expanding=True)),
)


class SqlRuling(Scoped):
    """The administrator's layers, persons' own rules and the tenant's reasons."""

    def __init__(self, connection: Connection, tenant: str, revisions: Revisions) -> None:
        super().__init__(connection, tenant)
        self._revisions = revisions

    def layers(self) -> Sequence[ScopedLayer]:
        rows = self._rows(_LAYERS)
        return [ScopedLayer(scope_id=scope, rank=rank, layer=_layer_of(content)) for scope, rank, content in rows]

    def put_layer(self, layer: ScopedLayer) -> None:
        self._change(layer.layer.kind, layer.scope_id)
        row = {
            "kind": layer.layer.kind,
            "scope_id": layer.scope_id,
            "rank": layer.rank,
            "content": _encode(layer.layer).decode(),
        }
        self._upsert(layer_rows, [row])

    def remove_layer(self, kind: LayerKind, scope_id: str) -> None:
        self._change(kind, scope_id)
        self._run(_REMOVE_LAYER, of_kind=kind, scope=scope_id)

    def pins(self) -> frozenset[Pin]:
        names = {name for (name,) in self._rows(_PINS)}
        return frozenset(each for each in Pin if each in names)

    def put_pins(self, pins: Iterable[Pin]) -> None:
        self._run(_UNPIN)
        rows = [{"tenant_id": self._tenant, "name": str(each)} for each in sorted(set(pins))]
        if rows:
            self._connection.execute(insert(pin_rows), rows)

    def rollout(self) -> Rollout | None:
        for after, done, total, since in self._rows(_ROLLOUT):
            return Rollout(after=PersonId(after), done=done, total=total, since=from_micros(since))
        return None

    def put_rollout(self, rollout: Rollout | None) -> None:
        if rollout is None:
            self._run(_END_ROLLOUT)
            return
        row = {
            "after_person": rollout.after,
            "done": rollout.done,
            "total": rollout.total,
            "since": to_micros(rollout.since),
        }
        self._upsert(rollout_rows, [row])

    def own(self, people: Iterable[PersonId]) -> Mapping[PersonId, OwnRules]:
        return {PersonId(person): _own_of(content) for person, content in self._rows_of(_OWN, people)}

    def put_own(self, person: PersonId, own: OwnRules) -> None:
        self._revisions.change([person])
        self._upsert(own_rules, [{"person_id": person, "content": _encode(own).decode()}])

    def reasons(self) -> Sequence[TenantReason]:
        return [_reason_of(content) for content in self._run(_REASONS).scalars()]

    def put_reason(self, reason: TenantReason) -> None:
        self._upsert(reason_rows, [{"reason_key": reason.key, "content": _encode(reason).decode()}])

    def _change(self, kind: LayerKind, scope_id: str) -> None:
        if kind is LayerKind.PERSON:
            self._revisions.change([PersonId(scope_id)])
        else:
            self._revisions.change_all()


class SqlChoosing(Scoped):
    """Choices on bookings and series."""

    def __init__(self, connection: Connection, tenant: str, revisions: Revisions) -> None:
        super().__init__(connection, tenant)
        self._revisions = revisions

    def of(self, people: Iterable[PersonId]) -> Mapping[PersonId, Choices]:
        found: dict[PersonId, dict[BookingKey, Choice]] = defaultdict(dict)
        for person, key, kind, at, reason, diversion in self._rows_of(_CHOICES, people):
            found[person][key] = Choice(
                kind=ChoiceKind(kind),
                at=from_micros(at),
                reason=None if reason is None else ReasonKey(reason),
                diversion=None if diversion is None else Diversion(diversion),
            )
        return {person: Choices(by_key=by_key) for person, by_key in found.items()}

    def put(self, person: PersonId, choices: Mapping[BookingKey, Choice]) -> None:
        rows = [
            {
                "person_id": person,
                "booking_key": key,
                "kind": choice.kind,
                "at": to_micros(choice.at),
                "reason": choice.reason,
                "diversion": choice.diversion,
            }
            for key, choice in choices.items()
        ]
        self._revisions.change([person])
        self._upsert(choice_rows, rows)

    def remove(self, person: PersonId, keys: Iterable[BookingKey]) -> None:
        self._revisions.change([person])
        for piece in chunks(keys):
            self._run(_UNCHOOSE, person=person, keys=piece)
