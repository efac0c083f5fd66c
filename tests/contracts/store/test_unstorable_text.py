"""What every store promises of text that no database holds alike: NUL and half a surrogate pair (F-33)."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from kalenderkoppling.absences.derive import effective_interval
from kalenderkoppling.domain.absence import Edit, ReasonKey, ReasonKind
from kalenderkoppling.domain.booking import BookingKey
from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.domain.person import GroupId, PersonId
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.absences import Placed
from kalenderkoppling.ports.store.rules import TenantReason
from kalenderkoppling.store import SqlStore
from kalenderkoppling.words import Language
from kktest.calls import call, call_back, recording
from kktest.keeping import ACME, ANNA, by_hand, entry, person, placed, subscription
from kktest.make import STOCKHOLM, booking, choice, kept

SWEDISH = Language("sv")
Write = Callable[[Transaction, str], None]


def kept_with(text: str) -> Placed:
    row = kept(booking(), Edit(note=text))
    return Placed(kept=row, interval=effective_interval(row, STOCKHOLM))


IN_COLUMNS: dict[str, Write] = {
    "the id of a person": lambda tx, text: tx.people.put([person(text)]),
    "the name of a person": lambda tx, text: tx.people.put([person(name=text)]),
    "the title of a person": lambda tx, text: tx.people.put([person(title=text)]),
    "a note": lambda tx, text: tx.absences.put_by_hand(ANNA, by_hand(note=text)),
    "a subject": lambda tx, text: tx.absences.add(ANNA, [placed(booking(subject=text))]),
    "a key": lambda tx, text: tx.absences.add(ANNA, [placed(booking(text))]),
    "a changed subject": lambda tx, text: tx.absences.change(ANNA, [placed(booking(subject=text))]),
    "the key of a choice": lambda tx, text: tx.choices.put(ANNA, {BookingKey(text): choice()}),
    "the reason of a choice": lambda tx, text: tx.choices.put(
        ANNA, {BookingKey("b"): replace(choice(), reason=ReasonKey(text))}
    ),
    "the number of a call": lambda tx, text: tx.calls.add([call(number=text)]),
    "the number of a call-back": lambda tx, text: tx.call_backs.add(call_back(number=text)),
    "the mailbox of a subscription": lambda tx, text: tx.subscriptions.put(replace(subscription(), mailbox=text)),
    "whom an entry is about": lambda tx, text: tx.audit.append(entry(text)),
    "who acted": lambda tx, text: tx.audit.append(entry(actor=text)),
    "the phrase of a recording": lambda tx, text: tx.recordings.put(replace(recording(), sha256=text)),
    "a favourite": lambda tx, text: tx.favourites.add(ANNA, PersonId(text)),
    "a mailbox": lambda tx, text: tx.mailboxes.add(PersonId(text), entry().at),
}

IN_DOCUMENTS: dict[str, Write] = {
    "the note of an edit": lambda tx, text: tx.absences.add(ANNA, [kept_with(text)]),
    "a group": lambda tx, text: tx.people.put([person(groups=(GroupId(text),))]),
    "a label of a reason": lambda tx, text: tx.rules.put_reason(reason(text)),
}
"""Texts inside JSON, which writes a NUL as an escape."""


def reason(label: str) -> TenantReason:
    return TenantReason(key=ReasonKey("own"), kind=ReasonKind.CLOCK, labels={SWEDISH: label}, spoken={})


def must_be_refused(store: SqlStore, write: Write, text: str) -> None:
    def write_both() -> None:
        with store.write(ACME) as tx:
            tx.people.put([person("before")])
            write(tx, text)

    with pytest.raises(InvalidValueError) as told:
        write_both()
    assert text not in str(told.value)
    with store.read(ACME) as tx:
        assert tx.people.ids() == []


@pytest.mark.parametrize("text", ["a\0b", "\0", "half \ud800", "\udfffhalf"], ids=ascii)
@pytest.mark.parametrize("where", IN_COLUMNS)
def test_F_33_text_with_nul_or_half_a_surrogate_pair_is_refused_with_its_transaction(
    store: SqlStore, where: str, text: str
) -> None:
    must_be_refused(store, IN_COLUMNS[where], text)


@pytest.mark.parametrize("where", IN_DOCUMENTS)
def test_F_33_half_a_surrogate_pair_inside_a_document_is_refused(store: SqlStore, where: str) -> None:
    must_be_refused(store, IN_DOCUMENTS[where], "half \ud800")


def test_F_33_a_nul_inside_a_document_comes_back_whole(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        for write in IN_DOCUMENTS.values():
            write(tx, "a\0b")
    with store.read(ACME) as tx:
        ours = tx.people.get(ANNA)
        assert ours is not None
        assert (ours.groups, tx.absences.kept(ANNA), tx.rules.reasons()) == (
            ("a\0b",),
            [kept_with("a\0b").kept],
            [reason("a\0b")],
        )


def test_F_33_many_rows_at_once_are_refused_for_one_of_them(store: SqlStore) -> None:
    rows = [placed(booking(f"b{number}", subject="\0" if number == 700 else "fine")) for number in range(1_000)]
    must_be_refused(store, lambda tx, _text: tx.absences.add(ANNA, rows), "\0")
