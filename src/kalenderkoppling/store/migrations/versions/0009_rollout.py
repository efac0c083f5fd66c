"""How far the effects of a rule change for many people have got."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

_TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "rollout",
        sa.Column("tenant_id", _TEXT, primary_key=True, nullable=False),
        sa.Column("after_person", _TEXT, nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE rollout ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE rollout FORCE ROW LEVEL SECURITY")
        op.execute(
            "CREATE POLICY of_the_tenant ON rollout USING (tenant_id = current_setting('app.tenant', true))"
            " WITH CHECK (tenant_id = current_setting('app.tenant', true))"
        )
