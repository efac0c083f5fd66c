"""What hashes people's ids in the list of erasures beside the database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

_TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "erasure_key",
        sa.Column("tenant_id", _TEXT, primary_key=True, nullable=False),
        sa.Column("key", _TEXT, nullable=False),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE erasure_key ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE erasure_key FORCE ROW LEVEL SECURITY")
        op.execute(
            "CREATE POLICY of_the_tenant ON erasure_key USING (tenant_id = current_setting('app.tenant', true))"
            " WITH CHECK (tenant_id = current_setting('app.tenant', true))"
        )
