"""The page "Logg" over HTTP: searched, exported, verified; a person's data handed out and erased."""

import csv
import json
from datetime import timedelta
from html import unescape
from io import StringIO

import pytest
from litestar import Litestar

from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.surfaces.administration.surface import administration_surface
from kktest.absence_pages import Reader
from kktest.web import ANNA, BO, TENANT, Company, make_app

LOG = "/administration/log"


@pytest.fixture
def app(company: Company) -> Litestar:
    return make_app(company, surfaces=[administration_surface()])


def tell(company: Company, act: Act, *, of: PersonId | None = ANNA, actor: str = BO, **after: object) -> None:
    entry = Entry(at=company.clock.now(), act=act, actor=actor, person=of, about="opaque", after=after)
    company.write(lambda tx: tx.audit.append(entry))


def acts(company: Company) -> list[str]:
    with company.store.read(TENANT) as tx:
        return [str(link.entry.act) if link.entry else "erased" for link in tx.audit.links()]


def test_only_administrators_reach_the_log_and_what_it_does(anna: Reader) -> None:
    assert anna.get(LOG).status_code in {403, 404}
    assert anna.get(f"{LOG}/person?id={BO}").status_code in {403, 404}
    for path in ("export", "verify", "person/export", "person/erase"):
        assert anna.post(f"{LOG}/{path}", id=BO, name="Bo").status_code in {403, 404}, path


def test_the_log_says_who_did_what_for_whom_newest_first(company: Company, administrator: Reader) -> None:
    tell(company, Act.EDIT_ABSENCE, end="12")
    tell(company, Act.SET_SERVICE, of=BO, actor="command line", referral=True)
    page = unescape(administrator.get(LOG).text)
    assert page.index("Ändrade tjänster") < page.index(">Ändrade frånvaro\n")
    assert "command line" in page
    assert "referral" in page
    assert "opaque" not in page


def test_S_12_what_was_changed_in_absences_is_shown_where_a_person_is_asked_for_and_that_is_recorded(
    company: Company, administrator: Reader
) -> None:
    tell(company, Act.EDIT_ABSENCE, reason="canary-lunch")
    assert "canary-lunch" not in administrator.get(LOG).text
    assert acts(company) == ["edit_absence"]
    assert "canary-lunch" in administrator.get(f"{LOG}?person={ANNA}").text
    assert acts(company) == ["edit_absence", "read_absences"]
    assert "Läste frånvaro" in administrator.get(f"{LOG}?person={ANNA}&act=read_absences").text


def test_a_search_that_means_nothing_says_so_at_its_field(company: Company, administrator: Reader) -> None:
    tell(company, Act.EDIT_ABSENCE)
    for query, field in (
        ("since=2026-02-30", "since"),
        ("until=x", "until"),
        ("act=x", "act"),
        ("until=9999-12-31", "until"),
    ):
        answer = administrator.get(f"{LOG}?{query}")
        assert answer.status_code == 422, query
        assert f'id="{field}-wrong"' in answer.text, query
    assert administrator.get(f"{LOG}?before=x&person=%00%0d").status_code == 200


def test_the_last_day_of_a_search_is_included(company: Company, administrator: Reader) -> None:
    tell(company, Act.SET_RULES)
    today = company.clock.now().date()
    assert "entry-1" in administrator.get(f"{LOG}?since={today}&until={today}").text
    assert "entry-1" not in administrator.get(f"{LOG}?since={today + timedelta(days=1)}").text
    assert "entry-1" not in administrator.get(f"{LOG}?until={today - timedelta(days=1)}").text


def test_older_entries_are_a_link_away(company: Company, administrator: Reader) -> None:
    for _ in range(60):
        tell(company, Act.SET_RULES, of=None)
    first = administrator.get(f"{LOG}?act=set_rules").text
    assert "entry-60" in first
    assert "entry-10" not in first
    assert "act=set_rules&amp;before=11" in first
    second = administrator.get(f"{LOG}?act=set_rules&before=11").text
    assert "entry-10" in second
    assert "Visa äldre" in first
    assert "Visa äldre" not in second


def test_F_33_an_export_is_safe_in_a_spreadsheet_and_whole_as_json(company: Company, administrator: Reader) -> None:
    tell(company, Act.SET_SERVICE, actor="=HYPERLINK(1)", of=PersonId("@gone"), note='a,b\n"c"')
    answer = administrator.post(f"{LOG}/export", format="csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="log.csv"'
    [row] = csv.DictReader(StringIO(answer.text))
    assert (row["actor"], row["person"], row["act"]) == ("'=HYPERLINK(1)", "'@gone", "set_service")
    answer = administrator.post(f"{LOG}/export", format="jsonl", act="set_service")
    [line] = answer.text.splitlines()
    assert json.loads(line)["actor"] == "=HYPERLINK(1)"
    assert json.loads(line)["after"] == {"note": 'a,b\n"c"'}


def test_S_12_an_export_with_absences_is_recorded_for_each_person(company: Company, administrator: Reader) -> None:
    tell(company, Act.EDIT_ABSENCE)
    tell(company, Act.EDIT_ABSENCE, of=BO)
    administrator.post(f"{LOG}/export", format="csv")
    assert acts(company) == ["edit_absence", "edit_absence", "read_absences", "read_absences"]


def test_S_12_a_verification_says_in_words_what_it_found(company: Company, administrator: Reader) -> None:
    tell(company, Act.SET_RULES)
    assert "Loggen är hel." in administrator.post(f"{LOG}/verify").text
    company.write(lambda tx: tx.audit._connection.exec_driver_sql("UPDATE audit_payload SET salt = 'x'"))  # type: ignore[attr-defined] # behind the store's back
    page = administrator.post(f"{LOG}/verify").text
    assert "Loggen är inte hel." in page
    assert "Händelse 1 har ändrats" in page


def test_a_person_is_handed_out_as_a_file_and_the_log_tells_of_it(company: Company, administrator: Reader) -> None:
    assert "Uppgifter om" in administrator.get(f"{LOG}/person?id={ANNA}").text
    answer = administrator.post(f"{LOG}/person/export", id=ANNA)
    assert answer.headers["content-disposition"] == 'attachment; filename="person.json"'
    assert json.loads(answer.text)["person"]["id"] == ANNA
    assert acts(company) == ["export_person"]


def test_a_person_is_erased_only_where_the_name_is_typed(company: Company, administrator: Reader) -> None:
    with company.store.read(TENANT) as tx:
        who = tx.people.get(ANNA)
    assert who is not None
    refused = administrator.post(f"{LOG}/person/erase", id=ANNA, name="Somebody Else")
    assert refused.status_code == 422
    assert "Inget är raderat" in refused.text
    page = administrator.followed(administrator.post(f"{LOG}/person/erase", id=ANNA, name=f" {who.name.lower()} "))
    assert "Personen är raderad." in page
    with company.store.read(TENANT) as tx:
        assert tx.people.get(ANNA) is None
    assert acts(company)[-1] == "erase_person"


def test_somebody_who_is_not_there_is_not_found(administrator: Reader) -> None:
    assert administrator.get(f"{LOG}/person?id=nobody").status_code == 404
    for path in ("export", "erase"):
        assert administrator.post(f"{LOG}/person/{path}", id="nobody", name="x").status_code == 404
