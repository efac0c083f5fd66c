"""Which of the company's settings the settings file pins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

_TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "pin",
        sa.Column("tenant_id", _TEXT, primary_key=True, nullable=False),
        sa.Column("name", _TEXT, primary_key=True, nullable=False),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE pin ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE pin FORCE ROW LEVEL SECURITY")
        op.execute(
            "CREATE POLICY of_the_tenant ON pin USING (tenant_id = current_setting('app.tenant', true))"
            " WITH CHECK (tenant_id = current_setting('app.tenant', true))"
        )
