"""The settings file: what is unknown or out of range is refused by name, secrets lie elsewhere."""

from pathlib import Path

import pytest

from kalenderkoppling.calendars.graph.settings import Microsoft365
from kalenderkoppling.calendars.kind import calendar_kinds
from kalenderkoppling.composition.from_settings.calendar import calendar_sections, read_settings
from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.settings import CalendarSection, Company, Secret, Settings, settings_from
from kktest.checkout import ROOT

WHOLE = """
[server]
port = 9000
public_url = "https://kk.example.org"

[database]
url = "sqlite:///kk.db"

[company]
time_zone = "Europe/Helsinki"
show_subject = true
working_hours = { days = [0, 1, 2, 3, 4], start = "08:00", end = "17:00" }

[company.rules.busy]
reason = "business_trip"
diversion = "open"

[company.rules.out_of_office]
update = false

[microsoft365]
tenant_id = "t"
client_id = "c"
certificate = { file = "graph.pem" }

[people]
file = "staff.csv"
"""


def read(folder: Path, text: str | bytes) -> Settings:
    file = folder / "kk.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_settings(file)


def refused(folder: Path, text: str | bytes) -> str:
    with pytest.raises(InvalidValueError) as told:
        read(folder, text)
    return str(told.value)


def test_an_empty_file_pins_nothing_and_listens_on_this_machine_only(tmp_path: Path) -> None:
    found = read(tmp_path, "")
    assert (found.server.host, found.server.hooks_host, found.calendar) == ("127.0.0.1", "127.0.0.1", None)
    assert found.company == Company()
    assert not found.names_people_file


def test_what_is_set_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, WHOLE)
    assert (found.server.port, found.company.time_zone) == (9000, "Europe/Helsinki")
    assert found.company.rules.busy is not None
    assert (found.company.rules.busy.reason, found.company.rules.busy.diversion) == ("business_trip", "open")


def test_paths_are_relative_to_the_files_folder(tmp_path: Path) -> None:
    found = read(tmp_path, WHOLE)
    assert found.database.url == f"sqlite:///{tmp_path}/kk.db"
    assert (found.people.file, found.names_people_file) == (f"{tmp_path}/staff.csv", True)
    assert isinstance(found.calendar, Microsoft365)
    assert found.calendar.certificate == Secret(file=f"{tmp_path}/graph.pem")


@pytest.mark.parametrize("url", ["sqlite:////var/lib/kk.db", "postgresql://kk@/kk?host=/run/postgresql"])
def test_absolute_addresses_of_databases_stay(tmp_path: Path, url: str) -> None:
    assert read(tmp_path, f'database = {{ url = "{url}" }}').database.url == url


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("colour = 1", "colour"),
        ("[server]\nprot = 80", "prot"),
        ("names_people_file = true", "names_people_file"),
        ("[company.rules]\nabsent = {}", "absent"),
        ('[microsoft365]\ntenant_id = "t"\nclient_id = "c"\nsecret = "s3cret"', "secret"),
        ('[microsoft365]\ntenant_id = "t"\nclient_id = "c"\nsecret = { value = "s3cret" }', "value"),
        ("[microsoft365]\ntenant_id = 't'", "client_id"),
    ],
)
def test_a_key_that_is_unknown_missing_or_of_another_kind_is_named(tmp_path: Path, text: str, named: str) -> None:
    told = refused(tmp_path, text)
    assert named in told
    assert "s3cret" not in told


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[server]\nport = 70000", "port"),
        ("[server]\nport = '80'", "port"),
        ("[company]\nretention_days = 1", "retention_days"),
        ("[company]\nretention_days = 366", "retention_days"),
        ("[company]\nfreshness_hours = 3", "freshness_hours"),
        ("[company]\nring_seconds = 0", "ring_seconds"),
        ("[company]\nshow_subject = 'no'", "show_subject"),
        ("[company]\nworking_hours = { days = [7], start = '08:00', end = '17:00' }", "days"),
    ],
)
def test_a_value_outside_its_range_is_named(tmp_path: Path, text: str, named: str) -> None:
    assert named in refused(tmp_path, text)


@pytest.mark.parametrize("text", [b"\xff\xfe", b"[server", b"a = 1\na = 2", b"[server]\nport = 1e999"])
def test_F_33_what_is_not_toml_is_refused(tmp_path: Path, text: bytes) -> None:
    assert "kk.toml" in refused(tmp_path, text)


def test_two_calendar_systems_at_once_are_refused_by_their_names(tmp_path: Path) -> None:
    sections = {"one": CalendarSection, "two": CalendarSection}
    with pytest.raises(InvalidValueError, match="not one and two"):
        settings_from({"one": {}, "two": {}}, tmp_path, calendars=sections)


def test_the_name_of_the_field_for_calendars_is_no_section(tmp_path: Path) -> None:
    assert "calendar" in refused(tmp_path, "[calendar]")


def test_every_kind_of_calendar_has_a_section_a_guide_and_advice() -> None:
    for each in calendar_kinds():
        assert calendar_sections()[each.section] is each.settings
        assert each.settings is not CalendarSection
        assert (ROOT / each.guide).is_file()
        assert "When something is refused" in (ROOT / each.guide).read_text(encoding="utf-8")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match=r"nowhere\.toml cannot be read"):
        read_settings(tmp_path / "nowhere.toml")
    with pytest.raises(InvalidValueError, match="cannot be read"):
        read_settings(tmp_path)


# ── secrets ─────────────────────────────────────────────────────────────────────────────────────


def test_a_secret_is_read_from_its_file_without_the_line_end(tmp_path: Path) -> None:
    (tmp_path / "s").touch(mode=0o600)
    (tmp_path / "s").write_text("s3cret\n", encoding="utf-8")
    assert Secret(file=str(tmp_path / "s")).read() == "s3cret"


def test_a_secret_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KK_TEST_SECRET", " s3cret ")
    assert Secret(env="KK_TEST_SECRET").read() == "s3cret"


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620, 0o644, 0o660, 0o777])
def test_a_secret_that_others_may_read_or_write_is_refused_with_what_to_do(tmp_path: Path, mode: int) -> None:
    (tmp_path / "s").write_text("s3cret\n", encoding="utf-8")
    (tmp_path / "s").chmod(mode)
    with pytest.raises(InvalidValueError, match="chmod 600") as told:
        Secret(file=str(tmp_path / "s")).read()
    assert "s3cret" not in str(told.value)
    (tmp_path / "s").chmod(0o400)
    assert Secret(file=str(tmp_path / "s")).read() == "s3cret"


def test_a_settings_file_with_the_databases_password_is_a_secret_too(tmp_path: Path) -> None:
    file = tmp_path / "kk.toml"
    file.write_text('[database]\nurl = "postgresql://kk:hemligt@db/kk"\n', encoding="utf-8")
    file.chmod(0o644)
    with pytest.raises(InvalidValueError, match="chmod 600"):
        read_settings(file)
    file.chmod(0o600)
    assert "hemligt" in read_settings(file).database.url


def test_a_secret_that_is_not_there_empty_or_named_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text(" \n", encoding="utf-8")
    (tmp_path / "garbled").write_bytes(b"\xff")
    for secret in (
        Secret(),
        Secret(file="a", env="b"),
        Secret(file=str(tmp_path / "none")),
        Secret(file=str(tmp_path)),
        Secret(file=str(tmp_path / "empty")),
        Secret(file=str(tmp_path / "garbled")),
        Secret(env="KK_NOT_SET_ANYWHERE"),
    ):
        with pytest.raises(InvalidValueError):
            secret.read()
