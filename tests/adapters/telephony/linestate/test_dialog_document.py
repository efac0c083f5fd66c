"""Dialog documents as notifiers write them, damaged ones, hostile ones, and what they mean for a line."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.domain.person import LineState
from kalenderkoppling.telephony.linestate.dialog_document import (
    LARGEST_BYTES,
    MOST_DIALOGS,
    Dialog,
    DialogDocument,
    Dialogs,
    DialogState,
    read_dialog_document,
)
from kktest.dialog_exchange import dialog_info

ASTERISK = b"""<?xml version="1.0" encoding="UTF-8"?>
<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="9" state="full" entity="sip:103@192.0.2.10:5060">
 <dialog id="103">
  <state>confirmed</state>
 </dialog>
</dialog-info>
"""
RFC_SAMPLE = b"""<?xml version="1.0"?>
<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="1" state="partial" entity="sip:alice@example.com">
  <dialog id="as7d900as8" call-id="a84b4c76e66710" local-tag="1928301774" direction="initiator">
    <state event="rejected" code="486">terminated</state>
    <remote><identity display="Bob">sip:bob@example.org</identity></remote>
  </dialog>
</dialog-info>
"""
KAMAILIO = b"""<?xml version="1.0"?>
<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="         5" state="full" entity="sip:a@example.org">
<dialog id="x" direction="recipient"><state>early</state></dialog></dialog-info>"""
BILLION_LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="1" state="full">
<dialog id="&c;"><state>confirmed</state></dialog></dialog-info>"""
OUTSIDE = b"""<?xml version="1.0"?>
<!DOCTYPE d [<!ENTITY out SYSTEM "file:///etc/passwd">]>
<dialog-info version="1" state="full"><dialog id="&out;"><state>confirmed</state></dialog></dialog-info>"""
OUTSIDE_TYPE = b"""<!DOCTYPE d SYSTEM "http://192.0.2.1/evil.dtd"><dialog-info version="1" state="full"/>"""

UNKNOWN, FREE, RINGING, IN_CALL = LineState.UNKNOWN, LineState.FREE, LineState.RINGING, LineState.IN_CALL


def line_of(*dialogs: tuple[str, str, str], version: int = 1) -> LineState:
    """The line of a phone with dialogs (id, state, direction)."""
    after = Dialogs().after(read_dialog_document(dialog_info(dialogs, version=version)))
    assert after is not None
    return after.line


def dialogs(version: int, *going_on: tuple[str, str]) -> Dialogs:
    found = Dialogs().after(read_dialog_document(dialog_info([(*each, "") for each in going_on], version=version)))
    assert found is not None
    return found


def after(before: Dialogs, version: int, *changed: tuple[str, str], is_full: bool = False) -> Dialogs | None:
    rows = [(*each, "") for each in changed]
    return before.after(read_dialog_document(dialog_info(rows, version=version, is_full=is_full)))


def test_a_document_of_asterisk_is_read() -> None:
    expected = DialogDocument(version=9, is_full=True, dialogs=(Dialog(id="103", state=DialogState.CONFIRMED),))
    assert read_dialog_document(ASTERISK) == expected


def test_the_sample_of_the_standard_is_read() -> None:
    ended = Dialog(id="as7d900as8", state=DialogState.TERMINATED, is_made_here=True)
    assert read_dialog_document(RFC_SAMPLE) == DialogDocument(version=1, is_full=False, dialogs=(ended,))


def test_a_version_filled_up_with_blanks_or_noughts_as_kamailio_writes_it_is_read() -> None:
    assert read_dialog_document(KAMAILIO).version == 5
    assert read_dialog_document(KAMAILIO.replace(b"         5", b"00000000005")).version == 5


def test_a_document_without_namespace_is_read() -> None:
    body = ASTERISK.replace(b' xmlns="urn:ietf:params:xml:ns:dialog-info"', b"")
    assert read_dialog_document(body) == read_dialog_document(ASTERISK)


@pytest.mark.parametrize(
    ("state", "direction", "expected"),
    [
        ("confirmed", "", IN_CALL),
        ("confirmed", "recipient", IN_CALL),
        ("confirmed", "initiator", IN_CALL),
        ("trying", "recipient", RINGING),
        ("proceeding", "recipient", RINGING),
        ("early", "recipient", RINGING),
        ("early", "", RINGING),
        ("trying", "initiator", IN_CALL),
        ("proceeding", "initiator", IN_CALL),
        ("early", "initiator", IN_CALL),
        ("terminated", "recipient", FREE),
        ("terminated", "initiator", FREE),
        (" Confirmed\n", "", IN_CALL),
    ],
)
def test_what_one_dialog_means_for_the_line(state: str, direction: str, expected: LineState) -> None:
    assert line_of(("a", state, direction)) is expected


def test_no_dialog_at_all_is_a_free_line() -> None:
    assert line_of() is FREE


@given(st.lists(st.tuples(st.sampled_from(list(DialogState)), st.booleans()), max_size=6))
def test_any_call_that_is_talked_or_made_counts_before_one_that_rings_and_that_before_none(
    phones: list[tuple[DialogState, bool]],
) -> None:
    rows = [(str(n), state, "initiator" if made else "recipient") for n, (state, made) in enumerate(phones)]
    living = [(state, made) for state, made in phones if state is not DialogState.TERMINATED]
    talked = any(state is DialogState.CONFIRMED or made for state, made in living)
    assert line_of(*rows) is (IN_CALL if talked else RINGING if living else FREE)


def test_of_a_forked_call_that_is_there_twice_the_branch_that_goes_on_counts() -> None:
    for order in ((0, 1), (1, 0)):
        twice = [("call", "terminated", ""), ("call", "confirmed", "")]
        assert line_of(*(twice[each] for each in order)) is IN_CALL


def test_a_partial_document_changes_what_it_names_and_nothing_else() -> None:
    before = dialogs(4, ("a", "confirmed"), ("b", "early"))
    following = after(before, 5, ("a", "terminated"))
    assert following is not None
    assert following.line is RINGING
    assert list(following.going_on) == ["b"]


def test_partial_documents_add_dialogs() -> None:
    following = after(dialogs(0), 1, ("a", "early"))
    assert following is not None
    later = after(following, 2, ("a", "confirmed"))
    assert later is not None
    assert (following.line, later.line) == (RINGING, IN_CALL)


def test_a_full_document_forgets_what_it_does_not_name() -> None:
    following = after(dialogs(4, ("a", "confirmed")), 5, is_full=True)
    assert following is not None
    assert following.line is FREE


@pytest.mark.parametrize("version", [0, 3, 4, 6, 400])
def test_a_partial_document_that_is_not_the_next_has_to_be_asked_on(version: int) -> None:
    assert after(dialogs(4, ("a", "early")), version, ("a", "confirmed")) is None


def test_a_partial_document_before_any_full_one_has_to_be_asked_on() -> None:
    assert after(Dialogs(), 0, ("a", "early")) is None
    assert after(Dialogs(), 1, ("a", "early")) is None


@pytest.mark.parametrize("version", [0, 3, 4, 9])
def test_a_full_document_holds_whatever_its_version(version: int) -> None:
    following = after(dialogs(4, ("a", "confirmed")), version, is_full=True)
    assert following is not None
    assert (following.line, following.version) == (FREE, version)


def test_dialogs_beyond_all_reason_are_asked_on_and_not_gathered() -> None:
    many = dialogs(1, *((str(n), "early") for n in range(MOST_DIALOGS)))
    assert after(many, 2, ("one more", "early")) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"<dialog-info",
        b"<dialog-info/>",
        b'<dialog-info state="full"/>',
        b'<dialog-info version="1"/>',
        b'<dialog-info version="-1" state="full"/>',
        b'<dialog-info version="1.5" state="full"/>',
        b'<dialog-info version="999999999999999999999" state="full"/>',
        b'<dialog-info version="1" state="half"/>',
        '<dialog-info version="\u0661" state="full"/>'.encode(),
        b'<presence version="1" state="full"/>',
        b'<dialog-info version="1" state="full"><dialog><state>early</state></dialog></dialog-info>',
        b'<dialog-info version="1" state="full"><dialog id=""><state>early</state></dialog></dialog-info>',
        b'<dialog-info version="1" state="full"><dialog id="a"/></dialog-info>',
        b'<dialog-info version="1" state="full"><dialog id="a"><state/></dialog></dialog-info>',
        b'<dialog-info version="1" state="full"><dialog id="a"><state>dreaming</state></dialog></dialog-info>',
        b'<?xml version="1.0" encoding="no-such"?><dialog-info version="1" state="full"/>',
        b'<?xml version="1.0" encoding="utf-7"?><dialog-info version="1" state="full"/>',
        b'\xff\xfe<dialog-info version="1" state="full"/>',
    ],
    ids=lambda body: ascii(body[:60]),
)
def test_F_09_what_is_no_dialog_document_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidValueError):
        read_dialog_document(body)


@pytest.mark.parametrize("body", [BILLION_LAUGHS, OUTSIDE, OUTSIDE_TYPE, b"<!DOCTYPE d [<!ELEMENT d ANY>]>" + ASTERISK])
def test_F_33_hostile_xml_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidValueError):
        read_dialog_document(body)


def test_F_33_a_document_larger_than_any_phone_needs_is_refused() -> None:
    padded = ASTERISK + b" " * (LARGEST_BYTES - len(ASTERISK))
    assert read_dialog_document(padded).version == 9
    with pytest.raises(InvalidValueError):
        read_dialog_document(padded + b" ")
    with pytest.raises(InvalidValueError):
        read_dialog_document(dialog_info([(str(n), "early", "") for n in range(MOST_DIALOGS + 1)], version=1))


def test_F_33_deep_xml_is_read_or_refused() -> None:
    deep = b"<a>" * 5_000 + b"</a>" * 5_000
    body = b'<dialog-info version="1" state="full">' + deep + b"</dialog-info>"
    assert read_dialog_document(body).dialogs == ()


def test_nothing_of_a_document_is_in_the_error() -> None:
    for body in (
        b"<secret>",
        b"<secret/>",
        ASTERISK.replace(b"confirmed", b"secret"),
        b'<!DOCTYPE secret SYSTEM "s"><a/>',
    ):
        with pytest.raises(InvalidValueError) as caught:
            read_dialog_document(body)
        assert "secret" not in str(caught.value)
        assert caught.value.__cause__ is None


@given(st.binary(max_size=300))
def test_F_09_any_bytes_are_read_or_refused(body: bytes) -> None:
    read_or_refused(body)


@given(st.data())
def test_F_09_a_damaged_document_is_read_or_refused(data: st.DataObject) -> None:
    sample = bytearray(data.draw(st.sampled_from([ASTERISK, RFC_SAMPLE, KAMAILIO, BILLION_LAUGHS])))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(sample)))
        sample[start : start + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=10))
    read_or_refused(bytes(sample))


def read_or_refused(body: bytes) -> None:
    try:
        document = read_dialog_document(body)
    except InvalidValueError:
        return
    assert document.version >= 0
    assert Dialogs().after(document) is not None or not document.is_full


CHANGES = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(list(DialogState))), max_size=3)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 6), CHANGES), max_size=8))
def test_what_is_gathered_is_always_what_a_full_document_of_the_same_dialogs_says(
    history: Sequence[tuple[bool, int, Sequence[tuple[str, DialogState]]]],
) -> None:
    state = Dialogs()
    for is_full, version, changed in history:
        told = tuple(Dialog(id=name, state=each) for name, each in changed)
        following = state.after(DialogDocument(version=version, is_full=is_full, dialogs=told))
        if following is None:
            assert not is_full
            continue
        state = following
        assert all(each.state is not DialogState.TERMINATED for each in state.going_on.values())
        again = Dialogs().after(DialogDocument(version=0, is_full=True, dialogs=tuple(state.going_on.values())))
        assert again is not None
        assert again.line is state.line


UNREADABLE = [
    '<dialog id="b"/>',
    '<dialog id="b"><state/></dialog>',
    '<dialog id="b"><state>dreaming</state></dialog>',
    '<dialog id="b"><state>early</state><state>confirmed</state></dialog>',
    "<dialog><state>early</state></dialog>",
]


@pytest.mark.parametrize("unreadable", UNREADABLE)
@pytest.mark.parametrize("first", [True, False])
def test_a_dialog_without_a_state_does_not_refuse_the_others(unreadable: str, first: bool) -> None:
    others = '<dialog id="a"><state>confirmed</state></dialog>'
    told = unreadable + others if first else others + unreadable
    document = read_dialog_document(f'<dialog-info version="1" state="full">{told}</dialog-info>'.encode())
    assert document.dialogs == (Dialog(id="a", state=DialogState.CONFIRMED),)
    after = Dialogs().after(document)
    assert after is not None
    assert after.line is LineState.IN_CALL


@pytest.mark.parametrize("unreadable", UNREADABLE)
def test_a_document_of_nothing_but_unreadable_dialogs_says_nothing(unreadable: str) -> None:
    with pytest.raises(InvalidValueError):
        read_dialog_document(f'<dialog-info version="1" state="full">{unreadable * 2}</dialog-info>'.encode())
