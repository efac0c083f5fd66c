"""The call history, wishes to be called back, and recorded phrases."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

_TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
_WHOLE = sa.BigInteger()


def upgrade() -> None:
    _create_calls()
    _create_call_backs()
    _create_recordings()
    if op.get_bind().dialect.name == "postgresql":
        _separate_tenants()


def _create(name: str, *columns: sa.Column[str] | sa.Column[int] | sa.Column[bytes]) -> None:
    op.create_table(name, *columns, sqlite_with_rowid=False)


def _key(name: str) -> sa.Column[Any]:
    return sa.Column(name, _TEXT, primary_key=True, nullable=False, autoincrement=False)


def _text(name: str, *, optional: bool = False) -> sa.Column[str]:
    return sa.Column(name, _TEXT, nullable=optional)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, _WHOLE, nullable=False)


def _create_calls() -> None:
    _create(
        "call",
        _key("tenant_id"),
        _key("call_id"),
        _text("person_id"),
        _text("colleague_id", optional=True),
        _text("number"),
        _whole("at"),
        _whole("length"),
        _text("result"),
    )
    by_a_colleague = sa.text("colleague_id IS NOT NULL")
    op.create_index(
        "call_by_colleague",
        "call",
        ["tenant_id", "colleague_id", "at", "call_id"],
        sqlite_where=by_a_colleague,
        postgresql_where=by_a_colleague,
    )
    op.create_index("call_by_person", "call", ["tenant_id", "person_id", "at", "call_id"])
    op.create_index("call_by_time", "call", ["tenant_id", "at"])
    names_a_caller = sa.text("number <> '' OR colleague_id IS NOT NULL")
    op.create_index(
        "call_with_caller",
        "call",
        ["tenant_id", "at"],
        sqlite_where=names_a_caller,
        postgresql_where=names_a_caller,
    )


def _create_call_backs() -> None:
    _create(
        "call_back",
        _key("tenant_id"),
        _key("person_id"),
        _key("number"),
        _text("call_id"),
        _text("colleague_id", optional=True),
        _whole("at"),
    )
    op.create_index("call_back_by_id", "call_back", ["tenant_id", "call_id"], unique=True)
    op.create_index("call_back_by_time", "call_back", ["tenant_id", "at"])


def _create_recordings() -> None:
    _create(
        "recording",
        _key("tenant_id"),
        _key("kind"),
        _key("phrase_key"),
        _key("language"),
        _text("sha256"),
        _whole("at"),
        sa.Column("audio", sa.LargeBinary(), nullable=False),
    )


_OF_ONE_TENANT = ("call", "call_back", "recording")


def _separate_tenants() -> None:
    """Let every role but a superuser see the rows of the tenant that the transaction named, the owner included."""
    for table in _OF_ONE_TENANT:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY of_the_tenant ON {table} USING (tenant_id = current_setting('app.tenant', true))"
            " WITH CHECK (tenant_id = current_setting('app.tenant', true))"
        )
