"""One line of a person from several sources and numbers: what counts, until when, and who has to be written."""

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.person import LineState, PersonId, TenantId
from kalenderkoppling.ports.lines import Line, LineReport, NumberLine, PersonLine
from kalenderkoppling.ports.store.changes import LineRow
from kalenderkoppling.usecases.callees.turns import CalleeKey
from kalenderkoppling.usecases.calls.lines import people_lines
from kalenderkoppling.usecases.calls.lines.people_lines import PeopleLines
from kktest.keeping import ACME, ANNA, BERTIL, OTHER
from kktest.make import NOON

UNKNOWN, FREE, RINGING, IN_CALL = LineState.UNKNOWN, LineState.FREE, LineState.RINGING, LineState.IN_CALL
EXCHANGE, OWN = 0, 1
DESK, MOBILE, SHARED = "10231", "0701740605", "10200"
WHOSE: dict[str, Sequence[PersonId]] = {DESK: [ANNA], MOBILE: [ANNA], SHARED: [ANNA, BERTIL]}
ANNA_S, BERTIL_S = (ACME, ANNA), (ACME, BERTIL)
OWN_LINE = PersonLine(tenant=ACME, person=ANNA)


def line(number: str = DESK, tenant: TenantId = ACME) -> NumberLine:
    return NumberLine(tenant=tenant, number=number)


def told(of: Line, state: LineState, minutes: float = 10) -> LineReport:
    if state is UNKNOWN:
        return LineReport.unknown(of, NOON)
    return LineReport(line=of, state=state, valid_until=NOON + timedelta(minutes=minutes))


def people_lines_of(whose: dict[str, Sequence[PersonId]] | None = None) -> PeopleLines:
    known = WHOSE if whose is None else whose
    return PeopleLines(lambda tenant, number: known.get(number, ()) if tenant == ACME else ())


def row(state: LineState, minutes: float = 10) -> LineRow:
    return LineRow(state=state, valid_until=NOON + timedelta(minutes=minutes))


def changed(lines: PeopleLines, minutes: float = 0) -> list[CalleeKey]:
    return lines.take_changed(NOON + timedelta(minutes=minutes), 100)


def test_a_number_s_report_is_its_person_s() -> None:
    lines = people_lines_of()
    lines.take(EXCHANGE, told(line(), IN_CALL))
    assert changed(lines) == [ANNA_S]
    assert lines.row(ANNA_S, NOON) == row(IN_CALL)
    assert changed(lines) == []


def test_a_shared_number_is_all_its_people_s_and_a_strange_one_nobody_s() -> None:
    lines = people_lines_of()
    lines.take(EXCHANGE, told(line(SHARED), RINGING))
    lines.take(EXCHANGE, told(line("999"), IN_CALL))
    lines.take(EXCHANGE, told(line(tenant=OTHER), IN_CALL))
    assert sorted(changed(lines)) == [ANNA_S, BERTIL_S]
    assert lines.row(BERTIL_S, NOON) == row(RINGING)


def test_of_several_lines_one_in_a_call_counts_before_one_that_rings_and_that_before_a_free_one() -> None:
    lines = people_lines_of()
    lines.take(EXCHANGE, told(line(DESK), FREE, 30))
    lines.take(EXCHANGE, told(line(MOBILE), RINGING, 20))
    assert lines.row(ANNA_S, NOON) == row(RINGING, 20)
    lines.take(OWN, told(OWN_LINE, IN_CALL, 2))
    assert lines.row(ANNA_S, NOON) == row(IN_CALL, 2)


def test_of_two_lines_of_equal_state_the_one_that_is_believed_longer_counts() -> None:
    lines = people_lines_of()
    lines.take(EXCHANGE, told(line(DESK), IN_CALL, 10))
    lines.take(OWN, told(OWN_LINE, IN_CALL, 2))
    assert lines.row(ANNA_S, NOON) == row(IN_CALL, 10)


def test_after_our_own_call_the_exchange_s_word_counts_again() -> None:
    lines = people_lines_of()
    lines.take(EXCHANGE, told(line(), FREE))
    lines.take(OWN, told(OWN_LINE, IN_CALL, 2))
    lines.take(OWN, told(OWN_LINE, UNKNOWN))
    assert lines.row(ANNA_S, NOON) == row(FREE)


def test_after_our_own_call_the_line_is_unknown_where_nobody_else_tells_of_it() -> None:
    lines = people_lines_of()
    lines.take(OWN, told(OWN_LINE, IN_CALL, 2))
    changed(lines)
    lines.take(OWN, told(OWN_LINE, UNKNOWN))
    assert changed(lines) == [ANNA_S]
    assert lines.row(ANNA_S, NOON) == row(UNKNOWN, 0)


def test_one_source_does_not_take_another_s_word_back() -> None:
    lines = people_lines_of()
    lines.take(0, told(line(), IN_CALL))
    lines.take(1, told(line(), UNKNOWN))
    assert lines.row(ANNA_S, NOON) == row(IN_CALL)


def test_when_a_state_has_been_believed_long_enough_the_person_has_to_be_written() -> None:
    lines = people_lines_of()
    lines.take(EXCHANGE, told(line(), FREE, 30))
    lines.take(OWN, told(OWN_LINE, IN_CALL, 2))
    assert changed(lines) == [ANNA_S]
    lines.row(ANNA_S, NOON)
    assert lines.next_end() == NOON + timedelta(minutes=2)
    assert changed(lines, 1.9) == []
    assert changed(lines, 2) == [ANNA_S]
    assert lines.row(ANNA_S, NOON + timedelta(minutes=2)) == row(FREE, 30)
    assert changed(lines, 30) == [ANNA_S]
    assert lines.row(ANNA_S, NOON + timedelta(minutes=30)).state is UNKNOWN
    assert lines.next_end() is None


def test_an_unknown_line_that_nothing_was_known_of_is_written_too() -> None:
    lines = people_lines_of()
    lines.take(EXCHANGE, told(line(), UNKNOWN))
    assert changed(lines) == [ANNA_S]
    assert lines.row(ANNA_S, NOON) == row(UNKNOWN, 0)


def test_a_number_that_becomes_another_s_is_that_one_s_from_the_next_report_on() -> None:
    whose: dict[str, Sequence[PersonId]] = {DESK: [ANNA]}
    lines = people_lines_of(whose)
    lines.take(EXCHANGE, told(line(), IN_CALL))
    changed(lines)
    whose[DESK] = [BERTIL]
    lines.take(EXCHANGE, told(line(), IN_CALL))
    assert sorted(changed(lines)) == [ANNA_S, BERTIL_S]
    assert [lines.row(each, NOON).state for each in (ANNA_S, BERTIL_S)] == [UNKNOWN, IN_CALL]


def test_a_number_that_becomes_another_s_is_that_one_s_when_the_directory_has_changed() -> None:
    whose: dict[str, Sequence[PersonId]] = {DESK: [ANNA], MOBILE: [ANNA]}
    lines = people_lines_of(whose)
    lines.take(EXCHANGE, told(line(DESK), IN_CALL))
    lines.take(EXCHANGE, told(line(MOBILE), FREE))
    changed(lines)
    lines.place_again()
    assert changed(lines) == []
    whose[DESK] = [BERTIL]
    lines.place_again()
    assert sorted(changed(lines)) == [ANNA_S, BERTIL_S]
    assert [lines.row(each, NOON).state for each in (ANNA_S, BERTIL_S)] == [FREE, IN_CALL]
    del whose[DESK]
    lines.place_again()
    whose[DESK] = [ANNA]
    lines.place_again()
    assert lines.row(ANNA_S, NOON).state is IN_CALL


def test_what_a_source_told_is_forgotten_when_it_is_lost() -> None:
    lines = people_lines_of()
    lines.take(EXCHANGE, told(line(SHARED), IN_CALL))
    lines.take(OWN, told(OWN_LINE, RINGING, 2))
    changed(lines)
    lines.lose(EXCHANGE)
    assert sorted(changed(lines)) == [ANNA_S, BERTIL_S]
    assert [lines.row(each, NOON).state for each in (ANNA_S, BERTIL_S)] == [RINGING, UNKNOWN]
    assert len(lines) == 1


def test_S_14_lines_beyond_the_most_are_not_followed_and_those_that_are_stay() -> None:
    lines = PeopleLines(lambda _, number: [PersonId(number)])
    most = people_lines.MOST_LINES
    for number in range(most):
        lines._reports[EXCHANGE, line(str(number))] = told(line(str(number)), FREE)
    lines.take(EXCHANGE, told(line("one more"), IN_CALL))
    lines.take(EXCHANGE, told(line("0"), IN_CALL))
    assert len(lines) == most
    assert changed(lines) == [(ACME, PersonId("0"))]


def test_at_most_so_many_are_taken_at_once_and_what_failed_comes_again() -> None:
    lines = PeopleLines(lambda _, number: [PersonId(number)])
    for number in range(5):
        lines.take(EXCHANGE, told(line(str(number)), FREE))
    first = lines.take_changed(NOON, 3)
    assert len(first) == 3
    lines.put_back(first)
    assert len(lines.take_changed(NOON, 100)) == 5


@given(
    st.lists(
        st.tuples(st.sampled_from([0, 1]), st.sampled_from([DESK, MOBILE, SHARED]), st.sampled_from(list(LineState))),
        max_size=20,
    )
)
def test_whatever_is_told_in_whatever_order_the_last_of_each_counts_and_nothing_piles_up(
    history: list[tuple[int, str, LineState]],
) -> None:
    lines = people_lines_of()
    last: dict[tuple[int, str], LineState] = {}
    for source, number, state in history:
        lines.take(source, told(line(number), state))
        last[source, number] = state
    for callee, numbers in ((ANNA_S, (DESK, MOBILE, SHARED)), (BERTIL_S, (SHARED,))):
        states = {state for (_, number), state in last.items() if number in numbers}
        expected = next((each for each in (IN_CALL, RINGING, FREE) if each in states), UNKNOWN)
        assert lines.row(callee, NOON).state is expected
    for source, number in last:
        lines.take(source, told(line(number), UNKNOWN))
    assert (lines._reports, lines._people, lines._lines) == ({}, {}, {})
