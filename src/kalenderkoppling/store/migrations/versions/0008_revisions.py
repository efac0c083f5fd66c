"""How often that on which looks rest was changed: of each mailbox, and of the tenant."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_ZERO = sa.text("0")


def upgrade() -> None:
    op.add_column("mailbox", sa.Column("revision", sa.BigInteger(), nullable=False, server_default=_ZERO))
    op.add_column("head", sa.Column("rules_revision", sa.BigInteger(), nullable=False, server_default=_ZERO))
