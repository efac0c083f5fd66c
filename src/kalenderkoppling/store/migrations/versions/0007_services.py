"""Services that an administrator set by hand, and orders of services for many people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

_TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "service_pin",
        sa.Column("tenant_id", _TEXT, primary_key=True, nullable=False),
        sa.Column("person_id", _TEXT, primary_key=True, nullable=False),
        sa.Column("service", _TEXT, primary_key=True, nullable=False),
        sa.Column("source_says", sa.Boolean(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "service_order",
        sa.Column("tenant_id", _TEXT, primary_key=True, nullable=False),
        sa.Column("order_id", _TEXT, primary_key=True, nullable=False),
        sa.Column("service", _TEXT, nullable=False),
        sa.Column("setting", _TEXT, nullable=False),
        sa.Column("scope", _TEXT, nullable=False),
        sa.Column("scope_id", _TEXT, nullable=False),
        sa.Column("actor", _TEXT, nullable=False),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("after_person", _TEXT, nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in ("service_pin", "service_order"):
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(
                f"CREATE POLICY of_the_tenant ON {table} USING (tenant_id = current_setting('app.tenant', true))"
                " WITH CHECK (tenant_id = current_setting('app.tenant', true))"
            )
