"""Links between identity providers' names and people, sign-ins that wait for one, and sign-ins under way."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

_TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("person", sa.Column("entra_oid", _TEXT, nullable=True))
    op.create_index("person_by_entra_oid", "person", ["tenant_id", "entra_oid"])
    _create(
        "identity", *(_key("tenant_id"), _key("issuer"), _key("subject"), _text("person_id"), _instant("linked_at"))
    )
    op.create_index("identity_of_person", "identity", ["tenant_id", "person_id"])
    _create(
        "waiting_sign_in", *(_key("tenant_id"), _key("issuer"), _key("subject"), _text("shown_name"), _instant("at"))
    )
    _create(
        "sign_in_request",
        *(_key("tenant_id"), _key("state_key"), _text("provider"), _text("browser_key"), _text("nonce")),
        *(_text("verifier"), _text("next_path"), _instant("at")),
    )


def _create(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(name, *columns, sqlite_with_rowid=False)
    if op.get_bind().dialect.name == "postgresql":
        is_ours = "tenant_id = current_setting('app.tenant', true)"
        op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY of_the_tenant ON {name} USING ({is_ours}) WITH CHECK ({is_ours})")


def _key(name: str) -> sa.Column[Any]:
    return sa.Column(name, _TEXT, primary_key=True, nullable=False)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, _TEXT, nullable=False)


def _instant(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=False)
