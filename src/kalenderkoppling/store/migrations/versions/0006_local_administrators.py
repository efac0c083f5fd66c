"""Local administrators, failed attempts to sign in, and what a session knows of its browser and provider.

Sessions are made anew: whoever is signed in at the upgrade signs in again.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

_TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    op.drop_table("session")
    _create(
        "session",
        *(_key("tenant_id"), _key("session_key"), _text("person_id"), _text("csrf_token")),
        *(_whole("created_at"), _whole("seen_at"), _text("language"), _text("browser")),
    )
    op.create_index("session_by_person", "session", ["tenant_id", "person_id"])
    _create(
        "local_administrator",
        *(_key("tenant_id"), _key("name"), _text("password_hash"), _whole("created_at"), _whole("password_set_at")),
    )
    _create("sign_in_failure", _key("tenant_id"), _key("failure_key"), _whole("count"), _whole("last_at"))
    if op.get_bind().dialect.name == "postgresql":
        for table in ("session", "local_administrator", "sign_in_failure"):
            _separate_tenants(table)


def _create(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(name, *columns, sqlite_with_rowid=False)


def _key(name: str) -> sa.Column[Any]:
    return sa.Column(name, _TEXT, primary_key=True, nullable=False)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, _TEXT, nullable=False)


def _whole(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _separate_tenants(table: str) -> None:
    is_ours = "tenant_id = current_setting('app.tenant', true)"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY of_the_tenant ON {table} USING ({is_ours}) WITH CHECK ({is_ours})")
