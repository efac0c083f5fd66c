"""The people file: what spreadsheets write is read, what is wrong is refused by file, line and column."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.domain.person import Entitlements, GroupId, Person, PersonId, Role
from kalenderkoppling.people.csv_file import COLUMNS, CsvPeople


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
        "employee attendant"
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
