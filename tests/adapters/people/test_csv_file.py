"""The people file: what spreadsheets write is read, what is wrong is refused by file, line and column."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.domain.person import Entitlements, GroupId, Person, PersonId, Role
from kalenderkoppling.domain.text import is_invisible
from kalenderkoppling.people.csv_file import COLUMNS, CsvPeople
from kalenderkoppling.usecases.numbers.number_plan import NumberPlan


def read(folder: Path, text: str | bytes) -> list[Person]:
    file = folder / "people.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(CsvPeople(file=file).people())


def refused(folder: Path, text: str | bytes) -> str:
    with pytest.raises(InvalidValueError) as told:
        read(folder, text)
    return str(told.value)


def test_a_row_is_a_person(tmp_path: Path) -> None:
    row = (
        "anna;Anna Ek;anna@example.org;Chief;Sales;Umeå;prices;123;+46 70 1;sip:1@pbx;Europe/Oslo;a b;ja;nej;"
        "employee attendant;AAAA-1"
    )
    assert read(tmp_path, ";".join(COLUMNS) + "\n" + row) == [
        Person(
            id=PersonId("anna"),
            name="Anna Ek",
            mailbox="anna@example.org",
            title="Chief",
            department="Sales",
            place="Umeå",
            responsibilities="prices",
            extension="123",
            mobile="+46 70 1",
            phone_uri="sip:1@pbx",
            zone=ZoneInfo("Europe/Oslo"),
            groups=(GroupId("a"), GroupId("b")),
            entitlements=Entitlements(calendar_coupling=True, referral=False),
            roles=frozenset({Role.EMPLOYEE, Role.ATTENDANT}),
            entra_oid="aaaa-1",
        )
    ]


def test_id_and_name_are_enough_and_give_no_service_and_no_role(tmp_path: Path) -> None:
    assert read(tmp_path, "name,id\nAnna Ek,anna") == [Person(id=PersonId("anna"), name="Anna Ek")]


@pytest.mark.parametrize("text", ["id,name\r\nanna,Anna\r\n", "\ufeffid;name\nanna;Anna", 'id,name\n"anna","Anna"\n\n'])
def test_the_files_that_spreadsheets_write_are_read(tmp_path: Path, text: str) -> None:
    assert [(each.id, each.name) for each in read(tmp_path, text)] == [("anna", "Anna")]


def test_a_header_alone_is_nobody(tmp_path: Path) -> None:
    assert read(tmp_path, "id,name\n") == []


@pytest.mark.parametrize("word", ["yes", "Ja", "TRUE", "1", "x"])
def test_yes_is_yes_in_several_words(tmp_path: Path, word: str) -> None:
    [person] = read(tmp_path, f"id,name,referral\na,A,{word}")
    assert person.entitlements.referral


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "missing column 'id'"),
        ("id\na", "missing column 'name'"),
        ("id,name,salary\na,A,1", "unknown column 'salary'"),
        ("id,name,name\na,A,B", "column 'name' twice"),
        ("id,name\na,A,surplus", "line 2: more cells"),
        ("id,name\n,A", "line 2: id and name"),
        ("id,name\na,  ", "line 2: id and name"),
        ("id,name\na", "line 2: id and name"),
        ("id,name\na,A\nb,B\na,C", "line 4: the id 'a' is there twice"),
        ("id,name,time_zone\na,A,Europe/Gothenburg", "line 2: there is no time zone"),
        ("id,name,time_zone\na,A,../../etc/passwd", "line 2: there is no time zone"),
        ("id,name,time_zone\na,A,Europe", "line 2: there is no time zone"),
        ("id,name,referral\na,A,perhaps", "line 2: referral: 'perhaps'"),
        ("id,name,roles\na,A,owner", "line 2: unknown role"),
        ("id,name\na," + "x" * 501, "line 2: name is too long"),
        ("id,name\na,A\x00B", "people.csv"),
        ("id,name\na," + "x" * 200_000, "people.csv"),
        (b"id,name\na,\xff\xfe", "UTF-8"),
        ("id,name\na,A\n".encode("utf-16"), "people.csv"),
        (b"\x00" * 1_000, "people.csv"),
    ],
    ids=lambda value: str(value)[:40].encode("unicode_escape").decode() if isinstance(value, str | bytes) else None,
)
def test_F_33_a_file_that_is_wrong_is_refused_and_the_place_is_named(
    tmp_path: Path, text: str | bytes, named: str
) -> None:
    assert named in refused(tmp_path, text)


@pytest.mark.parametrize("name", ["=1+1", "<script>", "a\u202eb", "O'Hara; DROP TABLE", "Å Ä Ö 😀", "@SUM(A1)"])
def test_F_33_hostile_names_are_kept_as_text(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, f'id,name\na,"{name}"')[0].name == name


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for file in (tmp_path / "nowhere.csv", tmp_path):
        with pytest.raises(InvalidValueError, match="cannot be read"):
            CsvPeople(file=file).people()


def test_one_wrong_row_refuses_the_whole_file(tmp_path: Path) -> None:
    assert "line 3" in refused(tmp_path, "id,name,referral\na,A,yes\nb,B,perhaps\nc,C,no")


# ── damaged files ───────────────────────────────────────────────────────────────────────────────

STAFF = (
    "id;name;extension;calendar_coupling;referral\n"
    "1001;Ann Aberg;10231;ja;ja\n1002;Bo Berg;10232;ja;ja\n1003;Cia Ek;10233;ja;ja\n1004;Dan Falk;10234;ja;nej\n"
)


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (("Ann Aberg", '"Ann Aberg'), 2),
        (("Ann Aberg", 'Ann Aberg"'), 2),
        (("Cia Ek", 'Cia "Cissi" Ek'), 4),
        (("Cia Ek", '"Cia" Ek'), 4),
        (("Cia Ek", ' "Cia Ek"'), 4),
        (("Dan Falk;10234;ja;nej", '"Dan Falk;10234;ja;nej"'), 5),
        (("Bo Berg", '"Bo\nBerg"'), 3),
        (("Bo Berg", "Bo\nBerg"), 3),
        (("Bo Berg", '"Bo\r\nBerg"'), 3),
        (("Bo Berg", "Bo\u2028Berg"), 3),
        (("Bo Berg", "Bo\x85Berg"), 3),
        (("Bo Berg", "Bo\x1bBerg"), 3),
        (("Bo Berg", "Bo\ufffdBerg"), 3),
        (("1003;Cia Ek;10233;ja;ja", "1003;Cia Ek;10233;ja"), 4),
        (("1003;Cia Ek;10233;ja;ja", "1003;Cia Ek"), 4),
        (("1003;Cia Ek;10233;ja;ja", "1003;Cia;Ek;10233;ja;ja"), 4),
        (("10233", "#N/A"), 4),
        (("10233", "#NAMN?"), 4),
        (("Cia Ek", "#REF!"), 4),
        (("Cia Ek", "#VÄRDE!"), 4),
        (("10232", "4,67E+10"), 3),
        (("10232", "4.67017E+10"), 3),
        (("1002", "1,00231E+05"), 3),
        (("10232", "10232,0"), 3),
        (("1004;", "1001;"), 5),
        (("1004;", "1001\u200b;"), 5),
        (("1004;", "\u20601001 ;"), 5),
        (("1004;", "'1001;"), 5),
        (("1004;", '="1001";'), 5),
        (("Dan Falk", "\u200b\u200e"), 5),
    ],
    ids=lambda value: value[1].encode("unicode_escape").decode() if isinstance(value, tuple) else None,
)
def test_a_damaged_file_is_refused_with_its_line_and_nobody_is_gone(
    tmp_path: Path, damage: tuple[str, str], line: int
) -> None:
    assert f"line {line}" in refused(tmp_path, STAFF.replace(*damage, 1))


@pytest.mark.parametrize(
    "header", ["id;name;Name", "id;name; NAME ", "id;name;na\u200bme", "ID;id;name", "id;name;na me"]
)
def test_a_column_twice_however_it_is_written_is_refused(tmp_path: Path, header: str) -> None:
    assert "name" in refused(tmp_path, f"{header}\na;b;c\n")


def test_a_file_that_was_cut_within_a_row_is_refused(tmp_path: Path) -> None:
    for end in range(STAFF.index("1004") + 1, len(STAFF) - len("nej\n") - 1):
        assert "line 5" in refused(tmp_path, STAFF[:end])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, len(STAFF)))
def test_a_stray_quotation_mark_anywhere_never_makes_another_list_of_people(tmp_path: Path, place: int) -> None:
    whole = read(tmp_path, STAFF)
    try:
        found = read(tmp_path, STAFF[:place] + '"' + STAFF[place:])
    except InvalidValueError:
        return
    assert [each.id for each in found] == [each.id for each in whole]


# ── what spreadsheets write ─────────────────────────────────────────────────────────────────────

ANN = ("1001", "Ann Aberg", "10231")


@pytest.mark.parametrize(
    "text",
    [
        "id;name;extension\r\n1001;Ann Aberg;10231\r\n;;\r\n;;\r\n",
        "id;name;extension\n\n1001;Ann Aberg;10231\n\u200b;\u00a0; \n\n",
        'id;name;extension\n1001;Ann Aberg;10231\n"";"";""\n',
        "id;name;extension;;\r\n1001;Ann Aberg;10231;;\r\n",
        "id;name;extension\n1001;Ann Aberg;10231;;;\n",
        "id;name;;extension\n1001;Ann Aberg;;10231\n",
        "sep=;\r\nid;name;extension\r\n1001;Ann Aberg;10231\r\n",
        "\ufeffsep=,\nid,name,extension\n1001,Ann Aberg,10231\n",
        "sep=;;;\nid;name;extension\n1001;Ann Aberg;10231\n",
        '"sep=;"\nid;name;extension\n1001;Ann Aberg;10231\n',
        "SEP=\t\nid\tname\textension\n1001\tAnn Aberg\t10231\n",
        "id\tname\textension\n1001\tAnn Aberg\t10231\n",
        "id;name;extension\r1001;Ann Aberg;10231\r",
        "\ufeff\ufeffID; Name ;EXTENSION\n1001;Ann Aberg;10231\n",
        '"Id","Name","Ex\u00adtension"\n"1001","Ann Aberg","10231"\n',
        "id;name;extension\n\u200e1001;Ann Aberg\u200b;\u202a10231\u202c\n",
        "id;name;extension\n1001\u00a0;Ann Aberg\u00a0;\u00a010231\n",
        "id;name;extension\n'1001;Ann Aberg;'10231\n",
        'id;name;extension\n="1001";"Ann Aberg";"=""10231"""\n',
    ],
    ids=lambda text: text.encode("unicode_escape").decode()[:60],
)
def test_what_excel_and_entra_write_is_read(tmp_path: Path, text: str) -> None:
    assert [(each.id, each.name, each.extension) for each in read(tmp_path, text)] == [ANN]


def test_a_zero_at_the_beginning_stays(tmp_path: Path) -> None:
    [person] = read(tmp_path, 'id;name;extension;mobile\n="00231";A;="00231";\'070-174 06 05\n')
    assert (person.id, person.extension, person.mobile) == ("00231", "00231", "070-174 06 05")


def test_header_with_blanks_and_hyphens_names_the_column(tmp_path: Path) -> None:
    [person] = read(tmp_path, "Id;Name;Calendar Coupling;PHONE-URI\na;A;ja;sip:1@pbx\n")
    assert (person.entitlements.calendar_coupling, person.phone_uri) == (True, "sip:1@pbx")


@pytest.mark.parametrize(
    ("yes", "no"),
    [("TRUE", "FALSE"), ("True", "False"), ("SANT", "FALSKT"), ("SANN", "USANN"), ("SAND", "FALSK"), ("WAHR", "FALSCH"),
     ("TOSI", "EPÄTOSI"), ("WAAR", "ONWAAR"), ("VRAI", "FAUX"), ("VERDADERO", "FALSO"), ("VERO", "FALSO"),
     ("ja\u00a0", "\u200bnej"), ("'ja", "'nej"), ("J", "n"), ('="1"', '="0"')],
)  # fmt: skip
def test_spreadsheets_words_for_true_and_false_are_read(tmp_path: Path, yes: str, no: str) -> None:
    [person] = read(tmp_path, f"id;name;calendar_coupling;referral\na;A;{yes};{no}\n")
    assert person.entitlements == Entitlements(calendar_coupling=True, referral=False)


def test_cells_that_excel_leaves_out_of_a_whole_block_of_rows_are_empty(tmp_path: Path) -> None:
    full = "".join(f"{number};P{number};ja;employee\n" for number in range(15))
    short = "".join(f"{number};P{number};ja\n" for number in range(15, 31))
    people = read(tmp_path, f"id;name;referral;roles\n{full}{short}")
    assert [len(each.roles) for each in people] == [1] * 15 + [0] * 16
    damaged = f"id;name;referral;roles\n{full}{short}".replace("18;P18;ja", "18;P18;ja;employee", 1)
    assert "line 17" in refused(tmp_path, damaged)
    assert "line 17" in refused(tmp_path, f"id;name;referral;roles\n{full}{short}".rstrip("\n"))


@pytest.mark.parametrize(
    "name", ["W. Europe Standard Time", "w. europe standard time", "europe/berlin", "\u200eEurope/Berlin"]
)
def test_a_time_zone_is_read_in_the_words_of_windows_and_iana(tmp_path: Path, name: str) -> None:
    [person] = read(tmp_path, f"id;name;time_zone\na;A;{name}\n")
    assert person.zone == ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_another_encoding_is_refused_with_what_to_do(tmp_path: Path, encoding: str) -> None:
    told = refused(tmp_path, "id;name\n1;Bo\n2;Åsa\n".encode(encoding))
    assert "spara som CSV UTF-8" in told
    assert "UTF-8" in told
    assert encoding != "cp1252" or "line 3" in told


# ── invisible characters ────────────────────────────────────────────────────────────────────────

_INVISIBLE = st.sampled_from([chr(each) for each in range(0x110000) if is_invisible(chr(each))])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(_INVISIBLE, st.integers(0, 4))
def test_no_invisible_character_makes_two_people_of_one_id_or_hides_anything(
    tmp_path: Path, invisible: str, place: int
) -> None:
    hidden = "1001"[:place] + invisible + "1001"[place:]
    assert "is there twice" in refused(tmp_path, f"id;name\n1001;A\n{hidden};B\n")
    row = f"{hidden};Ann;{invisible}a@b.se;{invisible}231;0701740605{invisible};{invisible}ja;{invisible}employee"
    [person] = read(tmp_path, f"id;name;mailbox;extension;mobile;referral;roles\n{row}\n")
    assert (person.id, person.mailbox, person.extension, person.mobile) == ("1001", "a@b.se", "231", "0701740605")
    assert person.entitlements.referral
    assert person.roles == {Role.EMPLOYEE}


def test_what_joins_letters_or_sets_their_direction_stays_in_a_name(tmp_path: Path) -> None:
    for name in ("👩\u200d💻 Ada", "می\u200cخواهم", "a\u202eb", "❤\ufe0f"):
        assert read(tmp_path, f"id;name\n1;{name}\n")[0].name == name
    assert read(tmp_path, "id;name\n1;Bo\u200b Berg\u2060\n")[0].name == "Bo Berg"


def test_one_id_composed_and_decomposed_is_one_person(tmp_path: Path) -> None:
    assert "twice" in refused(tmp_path, "id;name\n\u00e5sa;A\na\u030asa;B\n")


# ── numbers that nobody can call ────────────────────────────────────────────────────────────────


def remarks(folder: Path, text: str) -> list[str]:
    file = folder / "people.csv"
    file.write_text(text, encoding="utf-8")
    return [
        str(each)
        for each in CsvPeople(file=file, plan=NumberPlan(country="SE", direct_dial=("+468508",))).read().remarks()
    ]


@pytest.mark.parametrize(
    ("column", "number", "why"),
    [
        ("mobile", "+46 999 123 456", "no number of its country"),
        ("mobile", "070-174 06", "too short"),
        ("mobile", "070-1", "too short"),
        ("mobile", "+46 70 1", "too short"),
        ("mobile", "070-174 06 05 06 07 08 09", "longer than an extension"),
        ("mobile", "+46 70 174 06 05 06 07 08", "too long"),
        ("mobile", "+999 70 174 06 05", "calling code"),
        ("mobile", "see the switchboard", "no number"),
        ("mobile", "0701740605; 0701740606", "more than one"),
        ("mobile", "070-174 06 05 ankn 231", "own range"),
        ("mobile", "nov-10", "no number"),
        ("extension", "1023110232", "longer than an extension"),
        ("extension", "10-nov", "no number"),
        ("extension", "anna", "no number"),
        ("phone_uri", "10231", "SIP address"),
    ],
)
def test_a_number_that_nobody_can_call_is_told_with_line_column_and_why(
    tmp_path: Path, column: str, number: str, why: str
) -> None:
    [told] = remarks(tmp_path, f'id;name;{column}\n1;A;\n2;B;"{number}"\n')
    assert told.startswith(f"line 3, {column}: ")
    assert why in told
    assert number not in told


def test_a_number_of_two_people_is_told_of_both(tmp_path: Path) -> None:
    told = remarks(tmp_path, "id;name;extension;mobile\n1;A;10231;\n2;B;;08-508 10 231\n")
    assert [each.partition(":")[0] for each in told] == ["line 2, extension", "line 3, mobile"]
    assert all("finds neither" in each for each in told)


def test_numbers_that_can_be_called_are_not_told(tmp_path: Path) -> None:
    numbers = (
        "10231;070-174 06 05;sip:1@pbx",
        "08-508 10 232;+46 70 174 06 06;",
        "x233;;tel:+46701740607",
        "234;10235;",
    )
    rows = "".join(f"{number};P;{each}\n" for number, each in enumerate(numbers))
    assert remarks(tmp_path, f"id;name;extension;mobile;phone_uri\n{rows}") == []
