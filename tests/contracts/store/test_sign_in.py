"""What every store promises of local administrators, failed attempts to sign in, and a person's sessions."""

from dataclasses import replace
from datetime import timedelta

from kalenderkoppling.ports.store.access import Session
from kalenderkoppling.ports.store.identities import Identity, SignInRequest, WaitingSignIn
from kalenderkoppling.ports.store.sign_in import Failures, LocalAdministrator
from kalenderkoppling.store import SqlStore
from kktest.keeping import ACME, ANNA, BERTIL, person
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


HERS = Identity(issuer="https://idp.example", subject="sub")
THEIRS = Identity(issuer="https://other.example", subject="sub")


def test_an_identity_is_linked_to_one_person_and_unlinked(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        assert tx.identities.person_of(HERS) is None
        tx.identities.link(HERS, ANNA, NOON)
        tx.identities.link(THEIRS, BERTIL, NOON)
        assert (tx.identities.person_of(HERS), tx.identities.person_of(THEIRS)) == (ANNA, BERTIL)
        tx.identities.link(HERS, BERTIL, NOON)
        assert tx.identities.of(ANNA) == []
        assert tx.identities.of(BERTIL) == [HERS, THEIRS]
        tx.identities.unlink(HERS)
        tx.identities.unlink(HERS)
        assert tx.identities.of(BERTIL) == [THEIRS]


def test_a_person_who_is_removed_leaves_no_identity(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        tx.people.put([person()])
        tx.identities.link(HERS, ANNA, NOON)
        tx.people.remove(ANNA)
        assert tx.identities.person_of(HERS) is None


def test_a_sign_in_waits_until_it_is_linked_dropped_or_too_old(store: SqlStore) -> None:
    def waiting(subject: str, minutes: int) -> WaitingSignIn:
        identity = Identity(issuer="i", subject=subject)
        return WaitingSignIn(identity=identity, shown_name=subject.title(), at=NOON + timedelta(minutes=minutes))

    with store.write(ACME) as tx:
        for subject, minutes in (("a", 0), ("b", 1), ("a", 2), ("c", 3)):
            tx.identities.wait(waiting(subject, minutes), most=3)
        assert tx.identities.waiting() == [waiting("c", 3), waiting("a", 2), waiting("b", 1)]
        tx.identities.wait(waiting("d", 4), most=3)
        assert [each.identity.subject for each in tx.identities.waiting()] == ["d", "c", "a"]
        tx.identities.link(Identity(issuer="i", subject="c"), ANNA, NOON)
        tx.identities.drop_waiting_before(NOON + timedelta(minutes=4))
        assert [each.identity.subject for each in tx.identities.waiting()] == ["d"]


def test_a_sign_in_under_way_is_taken_once(store: SqlStore) -> None:
    def request(key: str, minutes: int = 0) -> SignInRequest:
        at = NOON + timedelta(minutes=minutes)
        return SignInRequest(
            state_key=key, provider="p", browser_key="b", nonce="n", verifier="v", next_path="/x", at=at
        )

    with store.write(ACME) as tx:
        tx.sign_in_requests.put(request("a"))
        tx.sign_in_requests.put(request("later", 5))
        assert tx.sign_in_requests.take("a") == request("a")
        assert tx.sign_in_requests.take("a") is None
        tx.sign_in_requests.put(request("a"))
        tx.sign_in_requests.drop_before(NOON + timedelta(minutes=1))
        assert tx.sign_in_requests.take("a") is None
        assert tx.sign_in_requests.take("later") == request("later", 5)


def test_no_tenant_sees_anothers_identities_or_sign_ins_under_way(store: SqlStore) -> None:
    store.add_tenant(OTHER)
    with store.write(ACME) as tx:
        tx.people.put([replace(person(), entra_oid="oid")])
        tx.identities.link(HERS, ANNA, NOON)
        tx.identities.wait(WaitingSignIn(identity=THEIRS, shown_name="", at=NOON), most=3)
        tx.sign_in_requests.put(
            SignInRequest(state_key="a", provider="", browser_key="", nonce="", verifier="", next_path="", at=NOON)
        )
    with store.write(OTHER) as tx:
        assert tx.identities.person_of(HERS) is None
        assert tx.identities.waiting() == []
        assert tx.people.with_entra_oid("oid") == []
        assert tx.sign_in_requests.take("a") is None
        tx.identities.unlink(HERS)
        tx.identities.drop_waiting_before(NOON + timedelta(days=1))
        tx.sign_in_requests.drop_before(NOON + timedelta(days=1))
    with store.write(ACME) as tx:
        assert tx.identities.person_of(HERS) == ANNA
        assert len(tx.identities.waiting()) == 1
        assert tx.sign_in_requests.take("a") is not None


def test_people_are_found_by_the_object_id_of_entra_and_nobody_by_an_empty_one(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        tx.people.put([replace(person(), entra_oid="oid"), replace(person("bertil"), entra_oid="")])
        assert tx.people.with_entra_oid("oid") == [replace(person(), entra_oid="oid")]
        assert tx.people.with_entra_oid("") == []
