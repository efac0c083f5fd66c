"""The runner itself: a wrong expectation differs, what is not known is refused by name, and the end says so."""

from pathlib import Path
from textwrap import dedent

import pytest

from kalenderkoppling.scenarios.__main__ import main
from kalenderkoppling.usecases.callees import load_callees

GIVEN = """
- id: probe
  given:
    now: "2027-02-01T07:00:00+01:00"
    users: {kim: {referral: true, rules: {busy: {reason: Möte, diversion: direct}}}}
    bookings: {b: {user: kim, start: "2027-02-01T09:00:00+01:00", end: "2027-02-01T10:00:00+01:00", subject: Kod-7}}
  steps:
"""
ENTRY = '{ref: b, from: "2027-02-01T09:00:00+01:00", to: "2027-02-01T10:00:00+01:00", kind: direct, reason: Möte}'


def played(folder: Path, steps: str, given: str = GIVEN) -> tuple[int, list[str]]:
    """Play one scenario with these steps; gives the exit code and what was printed."""
    file = folder / "probe.yaml"
    file.write_text(given + "".join(f"  {line}\n" for line in dedent(steps).strip().splitlines()), encoding="utf-8")
    lines: list[str] = []
    return main([str(file)], lines.append), lines


def seen(folder: Path, entries: str = f"[{ENTRY}]", now: str = "{}", more: str = "") -> tuple[int, list[str]]:
    """Play one step that expects this of kim."""
    expect = f"{{users: {{kim: {{entries: {entries}, now: {now}}}}}{more}}}"
    return played(folder, f'- {{at: "2027-02-01T09:30:00+01:00", expect: {expect}}}')


def test_what_is_as_expected_passes(tmp_path: Path) -> None:
    assert seen(tmp_path) == (0, ["1 passed, 0 failed"])


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        (ENTRY.replace("09:00:00", "09:00:01"), "kim.entries[b].from"),
        (ENTRY.replace("10:00:00", "10:00:01"), "kim.entries[b].to"),
        (ENTRY.replace("direct", "open"), "kim.entries[b].kind"),
        (ENTRY.replace("Möte", "Lunch"), "kim.entries[b].reason"),
        (ENTRY.replace("}", ", title: Kod-7}"), "kim.entries[b].title"),
        (ENTRY.replace("ref: b", "ref: c"), "kim.entries"),
        (f"{ENTRY}, {ENTRY}", "kim.entries"),
        ("", "kim.entries"),
    ],
)
def test_an_entry_that_differs_is_named_with_its_path(tmp_path: Path, wrong: str, path: str) -> None:
    code, lines = seen(tmp_path, entries=f"[{wrong}]")
    assert code == 1
    assert lines[0].startswith(f"probe: step 1 (2027-02-01T09:30:00+01:00): {path}: expected ")
    assert " got " in lines[0]
    assert lines[-1] == "0 passed, 1 failed"


@pytest.mark.parametrize(
    "wrong",
    [
        "colour: green",
        "call: ring",
        "reason: Lunch",
        "reason: null",
        'back: "2027-02-01T11:00:00+01:00"',
        "back: null",
        "form: date",
        "governing: x",
    ],
)
def test_a_present_that_differs_is_named_with_its_path(tmp_path: Path, wrong: str) -> None:
    code, lines = seen(tmp_path, now=f"{{{wrong}}}")
    assert code == 1
    assert f"kim.now.{wrong.partition(':')[0]}: expected" in lines[0]


def test_instants_are_compared_as_instants(tmp_path: Path) -> None:
    assert seen(tmp_path, now='{back: "2027-02-01T09:00:00Z"}')[0] == 0


def test_a_subject_that_is_shown_must_be_expected(tmp_path: Path) -> None:
    shown = GIVEN.replace("    users:", "    tenant: {show_subject: true}\n    users:")
    step = f'- {{at: "2027-02-01T08:00:00+01:00", expect: {{users: {{kim: {{entries: [{ENTRY}]}}}}}}}}'
    code, lines = played(tmp_path, step, shown)
    assert code == 1
    assert "kim.entries[b].title: expected nothing, got Kod-7" in lines[0]


def test_a_text_that_stands_somewhere_is_found(tmp_path: Path) -> None:
    shown = GIVEN.replace("    users:", "    tenant: {show_subject: true}\n    users:")
    code, lines = played(tmp_path, '- {at: "2027-02-01T08:00:00+01:00", expect: {absent_everywhere: [Kod-7]}}', shown)
    assert code == 1
    found = "\n".join(lines)
    for place in ("database file", "/people/kim for ~colleague", "/mine for kim"):
        assert place in found


def test_a_text_that_stands_nowhere_is_not(tmp_path: Path) -> None:
    assert seen(tmp_path, more=", absent_everywhere: [Kod-7]")[0] == 0


@pytest.mark.parametrize(
    ("step", "name"),
    [
        ("{op: booking.teleport, id: b}", "unknown operation 'booking.teleport'"),
        ("{op: booking.delete, id: b, gently: true}", "unknown key 'gently'"),
        ("{op: booking.delete, id: q}", "unknown id 'q'"),
        ("{op: booking.update, id: b, set: {colour: red}}", "unknown key 'colour'"),
        ("{op: call.start, user: nobody}", "unknown user 'nobody'"),
        ("{op: resync, mode: half}", "unknown value 'half'"),
        ("{op: fault, kind: F-99-flood}", "unknown fault 'F-99-flood'"),
        ("{op: fault, kind: F-05-throttled, for: long}", "a duration HH:MM is wanted"),
        ("{op: fault, kind: F-05-throttled}", "key 'for' is missing"),
        ("{op: fault, kind: F-17-webhook-forged, for: '00:10'}", "unknown key 'for'"),
        ("{op: admin.rules, set: {hybrid: null}}", "unknown show-as 'hybrid'"),
        ("{op: user.override, user: kim, target: b, set: {sync: perhaps}}", "unknown value 'perhaps'"),
        ("{op: edit, by: robot, target: b, set: {}}", "unknown value 'robot'"),
        ("{op: admin.set, set: {ring_seconds: 3}}", "unknown key 'ring_seconds'"),
    ],
)
def test_what_is_not_known_is_refused_by_name(tmp_path: Path, step: str, name: str) -> None:
    code, lines = played(tmp_path, f'- {{at: "2027-02-01T09:30:00+01:00", do: [{step}]}}')
    assert code == 1
    assert lines[0].startswith("probe: refused: steps[0].do[0]")
    assert name in lines[0]
    assert lines[1:] == ["0 passed, 0 failed, 1 refused"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (GIVEN.replace("referral: true", "referal: true"), "given.users.kim: unknown key 'referal'"),
        (GIVEN.replace("id: probe", "id: probe\n  level: deep"), "level: unknown value 'deep'"),
        (GIVEN.replace("id: probe", "id: probe\n  mood: good"), "unknown key 'mood'"),
        (GIVEN.replace("2027-02-01T09:00:00", "soon"), "given.bookings.b.start: a date or an instant is wanted"),
        (GIVEN.replace("id: probe", "id: probe\n  id: twice"), "duplicate key 'id'"),
    ],
)
def test_what_is_given_is_refused_by_name_too(tmp_path: Path, text: str, name: str) -> None:
    code, lines = played(tmp_path, '- {at: "2027-02-01T09:30:00+01:00"}', text)
    assert code == 1
    assert name in lines[0]
    assert lines[-1] == "0 passed, 0 failed, 1 refused"


def test_the_others_are_played_where_one_is_refused(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(GIVEN + '  - {at: "2027-02-01T09:30:00+01:00"}\n', encoding="utf-8")
    bad.write_text("{ not: yaml", encoding="utf-8")
    lines: list[str] = []
    assert main([str(bad), str(good), str(tmp_path / "missing.yaml")], lines.append) == 1
    assert [line.rpartition(": ")[0] for line in lines[:2]] != []
    assert lines[-1] == "1 passed, 0 failed, 2 refused"


def test_a_step_before_the_present_is_refused(tmp_path: Path) -> None:
    code, lines = played(tmp_path, '- {at: "2027-02-01T06:30:00+01:00"}')
    assert code == 1
    assert "is before" in lines[0]


def test_remarks_may_stand_anywhere_and_times_need_no_quotes(tmp_path: Path) -> None:
    step = """
    - at: 2027-02-01T09:30:00+01:00
      note: a remark
      do: [{op: edit, note: why, by: user, target: b, set: {end: 2027-02-01 09:45:00 +01:00, note: x}}]
      expect: {note: x, users: {kim: {note: x, now: {note: x, back: 2027-02-01T08:45:00Z}}}}
    """
    assert played(tmp_path, step) == (0, ["1 passed, 0 failed"])


def test_without_files_it_says_how_it_is_used() -> None:
    lines: list[str] = []
    assert main([], lines.append) == 2
    assert lines[0].startswith("usage:")


def test_memory_that_decides_otherwise_than_the_store_fails_loudly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_callees, "_that_count", lambda _: ())
    code, lines = seen(tmp_path, now="{call: announce}")
    assert code == 1
    assert "MemoryDiffersError" in "\n".join(lines)
