"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

_TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
_WHOLE = sa.BigInteger()


def upgrade() -> None:
    _create_what_holds_for_a_tenant()
    _create_people_and_rules()
    _create_mailboxes()
    _create_absences()
    _create_feed_and_log()
    _create_access()
    if op.get_bind().dialect.name == "postgresql":
        _separate_tenants()
    else:
        _create_full_text_index()


def _create(name: str, *columns: sa.Column[str] | sa.Column[int] | sa.Column[bool]) -> None:
    op.create_table(name, *columns, sqlite_with_rowid=False)


def _key(name: str, kind: sa.types.TypeEngine[Any] = _TEXT) -> sa.Column[Any]:
    return sa.Column(name, kind, primary_key=True, nullable=False, autoincrement=False)


def _text(name: str, *, optional: bool = False) -> sa.Column[str]:
    return sa.Column(name, _TEXT, nullable=optional)


def _whole(name: str, *, optional: bool = False) -> sa.Column[int]:
    return sa.Column(name, _WHOLE, nullable=optional)


def _small(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _create_what_holds_for_a_tenant() -> None:
    _create("tenant", _key("tenant_id"))
    _create("setting", _key("tenant_id"), _text("content"))
    _create("pause", _key("tenant_id"), _whole("until"))
    _create("head", _key("tenant_id"), _whole("change_number"), _whole("link_number"), _text("link_hash"))


def _create_people_and_rules() -> None:
    _create(
        "person",
        _key("tenant_id"),
        _key("person_id"),
        _text("name"),
        _text("mailbox"),
        _text("title"),
        _text("department"),
        _text("place"),
        _text("responsibilities"),
        _text("extension"),
        _text("mobile"),
        _text("phone_uri"),
        _text("zone", optional=True),
        _text("group_ids"),
        _flag("calendar_coupling"),
        _flag("referral"),
        _text("roles"),
        _text("sort_key"),
    )
    op.create_index("person_in_order", "person", ["tenant_id", "sort_key", "person_id"])
    _create("person_word", _key("tenant_id"), _key("person_id"), _key("word"), _flag("in_name"))
    op.create_index("person_word_by_word", "person_word", ["tenant_id", "in_name", "word", "person_id"])
    _create("layer", _key("tenant_id"), _key("kind"), _key("scope_id"), _small("rank"), _text("content"))
    _create("own_rules", _key("tenant_id"), _key("person_id"), _text("content"))
    _create("reason", _key("tenant_id"), _key("reason_key"), _text("content"))
    _create(
        "choice",
        _key("tenant_id"),
        _key("person_id"),
        _key("booking_key"),
        _text("kind"),
        _whole("at"),
        _text("reason", optional=True),
        _text("diversion", optional=True),
    )


def _create_mailboxes() -> None:
    _create(
        "mailbox",
        _key("tenant_id"),
        _key("person_id"),
        _whole("due"),
        _whole("due_before_claim"),
        _whole("lease_until"),
        _whole("generation"),
        _whole("last_good_look", optional=True),
        _text("problem", optional=True),
        _text("blocked", optional=True),
        _small("failures"),
        _whole("paused_until", optional=True),
        _flag("unreadable"),
    )
    op.create_index("mailbox_by_due", "mailbox", ["tenant_id", "due", "person_id"])
    _create(
        "subscription",
        _key("tenant_id"),
        _key("person_id"),
        _text("mailbox"),
        _text("route"),
        _text("client_state"),
        _text("id"),
        _whole("expires_at", optional=True),
        _whole("renew_at"),
        _whole("created_at"),
    )
    op.create_index("subscription_by_renewal", "subscription", ["tenant_id", "renew_at"])
    op.create_index("subscription_by_route", "subscription", ["tenant_id", "route"], unique=True)


def _create_absences() -> None:
    _create(
        "kept",
        _key("tenant_id"),
        _key("person_id"),
        _key("absence_id"),
        _whole("version"),
        _whole("starts_at"),
        _whole("ends_at"),
        _text("booking_key"),
        _text("series_key", optional=True),
        _whole("begins", optional=True),
        _whole("finishes", optional=True),
        _text("first_day", optional=True),
        _text("after_day", optional=True),
        _text("show_as", optional=True),
        _text("standing"),
        _text("subject", optional=True),
        _text("edit", optional=True),
        _flag("removed"),
        _whole("week"),
        _whole("late_end", optional=True),
    )
    op.create_index("kept_by_id", "kept", ["tenant_id", "absence_id"], unique=True)
    ends_late = sa.text("late_end IS NOT NULL")
    op.create_index(
        "kept_by_late_end", "kept", ["tenant_id", "late_end"], sqlite_where=ends_late, postgresql_where=ends_late
    )
    op.create_index("kept_by_week", "kept", ["tenant_id", "week", "person_id", "starts_at", "ends_at", "removed"])
    _create(
        "by_hand",
        _key("tenant_id"),
        _key("person_id"),
        _key("absence_id"),
        _whole("version"),
        _whole("starts_at"),
        _whole("ends_at"),
        _text("reason"),
        _text("diversion"),
        _text("tie"),
        _text("note"),
    )
    op.create_index("by_hand_by_end", "by_hand", ["tenant_id", "ends_at"])
    op.create_index("by_hand_by_id", "by_hand", ["tenant_id", "absence_id"], unique=True)
    op.create_index("by_hand_by_start", "by_hand", ["tenant_id", "starts_at"])


def _create_feed_and_log() -> None:
    _create("change", _key("tenant_id"), _key("number", _WHOLE), _text("person_id"), _whole("at"))
    op.create_index("change_by_time", "change", ["tenant_id", "at"])
    _create("line_state", _key("tenant_id"), _key("person_id"), _text("state"), _whole("valid_until"))
    _create("audit_link", _key("tenant_id"), _key("number", _WHOLE), _whole("at"), _text("payload_hash"), _text("hash"))
    _create(
        "audit_payload",
        _key("tenant_id"),
        _key("number", _WHOLE),
        _whole("at"),
        _text("salt"),
        _text("about"),
        _text("person_id", optional=True),
        _text("actor"),
        _text("content"),
    )
    op.create_index("audit_payload_by_about", "audit_payload", ["tenant_id", "about"])
    op.create_index("audit_payload_by_actor", "audit_payload", ["tenant_id", "actor"])
    op.create_index("audit_payload_by_person", "audit_payload", ["tenant_id", "person_id"])
    op.create_index("audit_payload_by_time", "audit_payload", ["tenant_id", "at"])


def _create_access() -> None:
    _create(
        "session",
        _key("tenant_id"),
        _key("session_key"),
        _text("person_id"),
        _text("csrf_token"),
        _whole("created_at"),
        _whole("seen_at"),
        _text("language"),
    )
    op.create_index("session_by_person", "session", ["tenant_id", "person_id"])
    _create("favourite", _key("tenant_id"), _key("person_id"), _key("favourite_id"), _whole("number"))


# All but the list of tenants: it is what shows which there are.
_OF_ONE_TENANT = (
    "setting",
    "pause",
    "head",
    "person",
    "person_word",
    "layer",
    "own_rules",
    "reason",
    "choice",
    "mailbox",
    "subscription",
    "kept",
    "by_hand",
    "change",
    "line_state",
    "audit_link",
    "audit_payload",
    "session",
    "favourite",
)


def _separate_tenants() -> None:
    """Let every role but a superuser see the rows of the tenant that the transaction named, the owner included."""
    for table in _OF_ONE_TENANT:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY of_the_tenant ON {table} USING (tenant_id = current_setting('app.tenant', true))"
            " WITH CHECK (tenant_id = current_setting('app.tenant', true))"
        )


def _create_full_text_index() -> None:
    """Make SQLite's index of people: row numbers in name order per tenant, words folded before they come here."""
    op.execute("CREATE TABLE search_slot (slot INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL UNIQUE)")
    op.execute(
        "CREATE TABLE search_place (place INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL, person_id TEXT NOT NULL,"
        " UNIQUE (tenant_id, person_id))"
    )
    op.execute(
        "CREATE VIRTUAL TABLE person_text USING fts5"
        " (name, other, digits, tokenize = 'ascii', prefix = '1 2 3 4 5', detail = column)"
    )
