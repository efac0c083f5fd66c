"""What every store promises of local administrators, failed attempts to sign in, and a person's sessions."""

from dataclasses import replace
from datetime import timedelta

from kalenderkoppling.ports.store.access import Session
from kalenderkoppling.ports.store.sign_in import Failures, LocalAdministrator
from kalenderkoppling.store import SqlStore
from kktest.keeping import ACME, ANNA, BERTIL
from kktest.make import NOON

OTHER = type(ACME)("other")
KARIN = LocalAdministrator(name="karin", password_hash="$argon2id$...", created_at=NOON, password_set_at=NOON)


def session(key: str, person: str = ANNA, minutes: int = 0) -> Session:
    return Session(
        key=key,
        person=type(ANNA)(person),
        csrf_token="t",
        created_at=NOON,
        seen_at=NOON + timedelta(minutes=minutes),
        language="sv",
        browser="Firefox, Windows",
    )


def test_a_local_administrator_is_kept_replaced_listed_and_removed(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        tx.administrators.put(KARIN)
        tx.administrators.put(replace(KARIN, name="adam"))
        tx.administrators.put(replace(KARIN, password_hash="new", password_set_at=NOON + timedelta(days=1)))
    with store.write(ACME) as tx:
        assert [each.name for each in tx.administrators.all()] == ["adam", "karin"]
        assert tx.administrators.get("karin") == replace(
            KARIN, password_hash="new", password_set_at=NOON + timedelta(days=1)
        )
        tx.administrators.remove("karin")
        tx.administrators.remove("karin")
        assert tx.administrators.get("karin") is None
        assert [each.name for each in tx.administrators.all()] == ["adam"]


def test_no_tenant_sees_anothers_administrators_failures_or_sessions(store: SqlStore) -> None:
    store.add_tenant(OTHER)
    with store.write(ACME) as tx:
        tx.administrators.put(KARIN)
        tx.sign_in_failures.put("key", Failures(count=3, last_at=NOON))
        tx.sessions.put(session("a"))
    with store.write(OTHER) as tx:
        assert tx.administrators.get("karin") is None
        assert tx.administrators.all() == []
        assert tx.sign_in_failures.of("key") is None
        assert tx.sessions.of(ANNA) == []
        tx.administrators.remove("karin")
        tx.sign_in_failures.forget("key")
        tx.sign_in_failures.drop_before(NOON + timedelta(days=9))
        tx.sessions.end_of(ANNA)
    with store.read(ACME) as tx:
        assert tx.administrators.get("karin") == KARIN
        assert tx.sign_in_failures.of("key") is not None
        assert tx.sessions.of(ANNA) == [session("a")]


def test_failures_are_kept_forgotten_and_dropped_when_old(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        assert tx.sign_in_failures.of("key") is None
        tx.sign_in_failures.put("key", Failures(count=1, last_at=NOON))
        tx.sign_in_failures.put("key", Failures(count=2, last_at=NOON))
        tx.sign_in_failures.put("later", Failures(count=1, last_at=NOON + timedelta(hours=1)))
        assert tx.sign_in_failures.of("key") == Failures(count=2, last_at=NOON)
        tx.sign_in_failures.drop_before(NOON + timedelta(minutes=1))
        assert tx.sign_in_failures.of("key") is None
        tx.sign_in_failures.forget("later")
        assert tx.sign_in_failures.of("later") is None


def test_a_persons_sessions_come_most_recently_used_first_and_end_together(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        for each in (session("old"), session("new", minutes=5), session("other", BERTIL)):
            tx.sessions.put(each)
        assert [each.key for each in tx.sessions.of(ANNA)] == ["new", "old"]
        tx.sessions.end_of(ANNA)
        assert tx.sessions.of(ANNA) == []
        assert tx.sessions.get("other") == session("other", BERTIL)
