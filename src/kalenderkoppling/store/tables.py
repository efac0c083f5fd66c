"""The tables, the tenant first in every key; instants are microseconds since 1970 in UTC, dates ISO text."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, Table, Text, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

metadata = MetaData()


def _text() -> TypeEngine[str]:
    """Text that compares by code point on both databases, so that order and prefix ranges are the same."""
    return Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def _key(name: str) -> Column[str]:
    return Column(name, _text(), primary_key=True, nullable=False)


def _words(name: str, *, optional: bool = False) -> Column[str]:
    return Column(name, _text(), nullable=optional)


def _instant(name: str, *, optional: bool = False) -> Column[int]:
    return Column(name, BigInteger(), nullable=optional)


def _whole(name: str, *, is_key: bool = False) -> Column[int]:
    return Column(name, BigInteger(), primary_key=is_key, nullable=False, autoincrement=False)


def _count(name: str) -> Column[int]:
    """A count that begins at zero, also in rows that were there before it."""
    return Column(name, BigInteger(), nullable=False, autoincrement=False, server_default=text("0"))


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean(), nullable=False)


def _table(name: str, *columns: Column[str] | Column[int] | Column[bool] | Column[bytes] | Index) -> Table:
    # Rows lie in the order of their key: what belongs to one person is read in one stretch.
    return Table(name, metadata, *columns, sqlite_with_rowid=False)


# Which tenants there are: the one table without row level security, so that it can be listed.
tenant = _table("tenant", _key("tenant_id"))

setting = _table("setting", _key("tenant_id"), _words("content"))

pause = _table("pause", _key("tenant_id"), _instant("until"))

# The last numbers of a tenant's feed and audit chain; the row is the lock that puts writers in order.
head = _table(
    "head",
    _key("tenant_id"),
    _whole("change_number"),
    _whole("link_number"),
    _words("link_hash"),
    _count("rules_revision"),
)

# What hashes people's ids in the list of erasures beside the database: the list alone names nobody.
erasure_key = _table("erasure_key", _key("tenant_id"), _words("key"))

person = _table(
    "person",
    _key("tenant_id"),
    _key("person_id"),
    _words("name"),
    _words("mailbox"),
    _words("title"),
    _words("department"),
    _words("place"),
    _words("responsibilities"),
    _words("extension"),
    _words("mobile"),
    _words("phone_uri"),
    _words("zone", optional=True),
    _words("group_ids"),
    _flag("calendar_coupling"),
    _flag("referral"),
    _words("roles"),
    _words("sort_key"),
    _words("entra_oid", optional=True),
    Index("person_in_order", "tenant_id", "sort_key", "person_id"),
    Index("person_by_entra_oid", "tenant_id", "entra_oid"),
)

# Which of a person's services an administrator set by hand, and what the directory's source last said of each.
service_pin = _table("service_pin", _key("tenant_id"), _key("person_id"), _key("service"), _flag("source_says"))

# A service for everybody of a department or group: carried out a chunk at a time, up to `after_person`.
service_order = _table(
    "service_order",
    _key("tenant_id"),
    _key("order_id"),
    _words("service"),
    _words("setting"),
    _words("scope"),
    _words("scope_id"),
    _words("actor"),
    _instant("placed_at"),
    _whole("total"),
    _whole("done"),
    _words("after_person"),
    _instant("finished_at", optional=True),
)

layer = _table(
    "layer",
    _key("tenant_id"),
    _key("kind"),
    _key("scope_id"),
    Column("rank", Integer(), nullable=False),
    _words("content"),
)

# Which of the company's settings the settings file named at the last start: pages and use cases leave them alone.
pin = _table("pin", _key("tenant_id"), _key("name"))

# How far the effects of a rule change for many people have got; no row where none is being carried out.
rollout = _table(
    "rollout", _key("tenant_id"), _words("after_person"), _whole("done"), _whole("total"), _instant("since")
)

own_rules = _table("own_rules", _key("tenant_id"), _key("person_id"), _words("content"))

reason = _table("reason", _key("tenant_id"), _key("reason_key"), _words("content"))

choice = _table(
    "choice",
    _key("tenant_id"),
    _key("person_id"),
    _key("booking_key"),
    _words("kind"),
    _instant("at"),
    _words("reason", optional=True),
    _words("diversion", optional=True),
)

mailbox = _table(
    "mailbox",
    _key("tenant_id"),
    _key("person_id"),
    _instant("due"),
    _instant("due_before_claim"),
    _instant("lease_until"),
    _whole("generation"),
    _instant("last_good_look", optional=True),
    _words("problem", optional=True),
    _words("blocked", optional=True),
    Column("failures", Integer(), nullable=False),
    _instant("paused_until", optional=True),
    _flag("unreadable"),
    _words("left_out", optional=True),
    _count("revision"),
    Index("mailbox_by_due", "tenant_id", "due", "person_id"),
)

subscription = _table(
    "subscription",
    _key("tenant_id"),
    _key("person_id"),
    _words("mailbox"),
    _words("route"),
    _words("client_state"),
    _words("id"),
    _instant("expires_at", optional=True),
    _instant("renew_at"),
    _instant("created_at"),
    Index("subscription_by_route", "tenant_id", "route", unique=True),
    Index("subscription_by_renewal", "tenant_id", "renew_at"),
)

_ENDS_LATE = text("late_end IS NOT NULL")

# What is kept of bookings. `starts_at` and `ends_at` are when the absence is, edits and zone counted in;
# what the booking itself says lies in `begins`/`finishes` (instants) or `first_day`/`after_day` (whole days).
# An index in the order of instants would be hit at a random page for every booking of a mailbox. So they lie by
# `week` (of the start, counted from 1970) and person: ten pages for sixty bookings, and one week to look through
# for a boundary. `late_end` is the end of what does not end in the week in which it starts.
kept = _table(
    "kept",
    _key("tenant_id"),
    _key("person_id"),
    _key("absence_id"),
    _whole("version"),
    _instant("starts_at"),
    _instant("ends_at"),
    _words("booking_key"),
    _words("series_key", optional=True),
    _instant("begins", optional=True),
    _instant("finishes", optional=True),
    _words("first_day", optional=True),
    _words("after_day", optional=True),
    _words("show_as", optional=True),
    _words("standing"),
    _words("subject", optional=True),
    _words("edit", optional=True),
    _flag("removed"),
    _whole("week"),
    _instant("late_end", optional=True),
    Index("kept_by_id", "tenant_id", "absence_id", unique=True),
    Index("kept_by_week", "tenant_id", "week", "person_id", "starts_at", "ends_at", "removed"),
    Index("kept_by_late_end", "tenant_id", "late_end", sqlite_where=_ENDS_LATE, postgresql_where=_ENDS_LATE),
)

by_hand = _table(
    "by_hand",
    _key("tenant_id"),
    _key("person_id"),
    _key("absence_id"),
    _whole("version"),
    _instant("starts_at"),
    _instant("ends_at"),
    _words("reason"),
    _words("diversion"),
    _words("tie"),
    _words("note"),
    Index("by_hand_by_id", "tenant_id", "absence_id", unique=True),
    Index("by_hand_by_start", "tenant_id", "starts_at"),
    Index("by_hand_by_end", "tenant_id", "ends_at"),
)

change = _table(
    "change",
    _key("tenant_id"),
    _whole("number", is_key=True),
    _words("person_id"),
    _instant("at"),
    Index("change_by_time", "tenant_id", "at"),
)

_BY_A_COLLEAGUE = text("colleague_id IS NOT NULL")
_NAMES_A_CALLER = text("number <> '' OR colleague_id IS NOT NULL")

# The caller is in no index but the colleague's: a number is in one place, and is erased there.
call = _table(
    "call",
    _key("tenant_id"),
    _key("call_id"),
    _words("person_id"),
    _words("colleague_id", optional=True),
    _words("number"),
    _instant("at"),
    _whole("length"),
    _words("result"),
    Index("call_by_person", "tenant_id", "person_id", "at", "call_id"),
    Index(
        "call_by_colleague",
        "tenant_id",
        "colleague_id",
        "at",
        "call_id",
        sqlite_where=_BY_A_COLLEAGUE,
        postgresql_where=_BY_A_COLLEAGUE,
    ),
    Index("call_by_time", "tenant_id", "at"),
    Index("call_with_caller", "tenant_id", "at", sqlite_where=_NAMES_A_CALLER, postgresql_where=_NAMES_A_CALLER),
)

call_back = _table(
    "call_back",
    _key("tenant_id"),
    _key("person_id"),
    _key("number"),
    _words("call_id"),
    _words("colleague_id", optional=True),
    _instant("at"),
    Index("call_back_by_id", "tenant_id", "call_id", unique=True),
    Index("call_back_by_time", "tenant_id", "at"),
)

# The sound is the last column: a list of recordings does not read it.
recording = _table(
    "recording",
    _key("tenant_id"),
    _key("kind"),
    _key("phrase_key"),
    _key("language"),
    _words("sha256"),
    _instant("at"),
    Column("audio", LargeBinary(), nullable=False),
)

line_state = _table("line_state", _key("tenant_id"), _key("person_id"), _words("state"), _instant("valid_until"))

audit_link = _table(
    "audit_link",
    _key("tenant_id"),
    _whole("number", is_key=True),
    _instant("at"),
    _words("payload_hash"),
    _words("hash"),
)

audit_payload = _table(
    "audit_payload",
    _key("tenant_id"),
    _whole("number", is_key=True),
    _instant("at"),
    _words("salt"),
    _words("about"),
    _words("person_id", optional=True),
    _words("actor"),
    _words("content"),
    Index("audit_payload_by_about", "tenant_id", "about"),
    Index("audit_payload_by_person", "tenant_id", "person_id"),
    Index("audit_payload_by_actor", "tenant_id", "actor"),
    Index("audit_payload_by_time", "tenant_id", "at"),
)

session = _table(
    "session",
    _key("tenant_id"),
    _key("session_key"),
    _words("person_id"),
    _words("csrf_token"),
    _instant("created_at"),
    _instant("seen_at"),
    _words("language"),
    _words("browser"),
    Index("session_by_person", "tenant_id", "person_id"),
)

local_administrator = _table(
    "local_administrator",
    _key("tenant_id"),
    _key("name"),
    _words("password_hash"),
    _instant("created_at"),
    _instant("password_set_at"),
)

# How a person is called by an identity provider; `waiting_sign_in` are those whom nobody has linked yet.
identity = _table(
    "identity",
    _key("tenant_id"),
    _key("issuer"),
    _key("subject"),
    _words("person_id"),
    _instant("linked_at"),
    Index("identity_of_person", "tenant_id", "person_id"),
)

waiting_sign_in = _table(
    "waiting_sign_in", _key("tenant_id"), _key("issuer"), _key("subject"), _words("shown_name"), _instant("at")
)

sign_in_request = _table(
    "sign_in_request",
    _key("tenant_id"),
    _key("state_key"),
    _words("provider"),
    _words("browser_key"),
    _words("nonce"),
    _words("verifier"),
    _words("next_path"),
    _instant("at"),
)

sign_in_failure = _table(
    "sign_in_failure", _key("tenant_id"), _key("failure_key"), _whole("count"), _instant("last_at")
)

favourite = _table("favourite", _key("tenant_id"), _key("person_id"), _key("favourite_id"), _whole("number"))

# PostgreSQL's way to find people; SQLite has a full text index instead (search_fts).
person_word = _table(
    "person_word",
    _key("tenant_id"),
    _key("person_id"),
    _key("word"),
    _flag("in_name"),
    Index("person_word_by_word", "tenant_id", "in_name", "word", "person_id"),
)
