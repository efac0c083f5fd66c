"""The page "Personer" over HTTP: the list, services for a department or group, one person."""

import re
from collections.abc import Sequence
from dataclasses import replace
from html import unescape

import pytest
from litestar import Litestar

from kalenderkoppling.domain.errors import BlockedReason, ReadProblem
from kalenderkoppling.domain.person import Entitlements, GroupId, Person, PersonId
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.surfaces.administration.surface import administration_surface
from kalenderkoppling.usecases.people.mailbox_condition import MailboxCondition
from kalenderkoppling.usecases.people.order_service import CHUNK
from kalenderkoppling.words import languages, text
from kktest.absence_pages import Reader
from kktest.web import ADAM, ANNA, BO, OTHER_TENANT, TENANT, Company, make_app, someone

PEOPLE = "/administration/people"
SERVICES = "/administration/services"
OF_ANNA = f"{PEOPLE}/anna"
SOURCE = {"seen_calendar_coupling": "source", "seen_referral": "source"}


@pytest.fixture
def app(company: Company) -> Litestar:
    return make_app(company, surfaces=[administration_surface()])


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def put(company: Company, *people: Person) -> None:
    company.write(lambda tx: tx.people.put(people))


def given(company: Company, person: PersonId = ANNA) -> Entitlements:
    with company.store.read(TENANT) as tx:
        who = tx.people.get(person)
    assert who is not None
    return who.entitlements


def names(html: str) -> Sequence[str]:
    return re.findall(r'/administration/people/([^"/]+)"', html)


@pytest.mark.parametrize("path", [PEOPLE, OF_ANNA, SERVICES])
def test_only_administrators_have_these_pages(anna: Reader, administrator: Reader, path: str) -> None:
    assert anna.get(path).status_code == 403
    assert administrator.get(path).status_code in {200, 303}


def test_nobody_but_an_administrator_sets_a_service(company: Company, anna: Reader) -> None:
    assert anna.post(f"{OF_ANNA}/services", calendar_coupling="off", **SOURCE).status_code == 403
    sent = {"of": "department:Bygglov", "service": "referral", "setting": "off"}
    assert anna.post(SERVICES, **sent).status_code == 403
    assert given(company) == Entitlements(calendar_coupling=True, referral=True)


def test_S_7_people_of_another_tenant_are_not_there(company: Company, administrator: Reader) -> None:
    put_there = replace(someone(PersonId("olle"), "Olle Annan"), department="Annan", groups=(GroupId("annan"),))
    company.write(lambda tx: tx.people.put([put_there]), OTHER_TENANT)
    shown = administrator.get(PEOPLE).text
    assert "olle" not in shown.lower()
    assert "annan" not in shown.lower()
    assert administrator.get(f"{PEOPLE}/olle").status_code == 404
    assert administrator.post(f"{PEOPLE}/olle/services", calendar_coupling="off", **SOURCE).status_code == 404


def test_the_list_is_in_the_directorys_order_with_services_and_mailbox_in_words(
    company: Company, administrator: Reader
) -> None:
    put(company, someone(ANNA, "Anna Berg", mailbox="anna@example.org"))
    company.looked(ANNA, problem=ReadProblem.SIGN_IN_REFUSED)
    shown = administrator.get(PEOPLE).text
    assert names(shown) == ["adam", "anna", "bo", "karin", "asa"]
    assert "kunde inte läsas: programmet får inte logga in" in words(shown)


def test_filters_are_in_the_address_and_stay_chosen(administrator: Reader) -> None:
    shown = administrator.get(f"{PEOPLE}?department=Ekonomi&service=referral&q=bo").text
    assert names(shown) == ["bo"]
    assert re.findall(r'value="([^"]*)" selected', shown) == ["Ekonomi", "referral"]
    assert "Ingen passar in på det." in words(administrator.get(f"{PEOPLE}?q=finnsinte").text)


@pytest.mark.parametrize("after", ["-1", "x", "²", "9" * 50, "1.5", ""])
def test_a_place_that_is_none_is_the_beginning(administrator: Reader, after: str) -> None:
    assert len(names(administrator.get(f"{PEOPLE}?after={after}").text)) == 5


def test_more_than_a_page_is_reached_by_a_link(company: Company, administrator: Reader) -> None:
    put(company, *(someone(PersonId(f"q{number:03}"), f"Quist {number:03}") for number in range(60)))
    first = administrator.get(f"{PEOPLE}?q=quist").text
    found = re.search(r'href="([^"]+)" rel="next"', first)
    assert found
    second = administrator.get(unescape(found[1])).text
    assert sorted([*names(first), *names(second)]) == [f"q{number:03}" for number in range(60)]
    assert 'rel="next"' not in second


@pytest.mark.parametrize("odd", ["Plan & <b>bygg</b>", 'a"b', "Äldre:omsorg"])
def test_a_department_gets_a_service_whatever_it_is_called(company: Company, administrator: Reader, odd: str) -> None:
    put(company, replace(someone(ANNA, "Anna Berg"), department=odd))
    values = [
        unescape(each) for each in re.findall(r'<option value="(department:[^"]*)"', administrator.get(PEOPLE).text)
    ]
    assert f"department:{odd}" in values
    answer = administrator.post(SERVICES, of=f"department:{odd}", service="referral", setting="off")
    assert administrator.followed(answer)
    assert (given(company).referral, given(company, BO).referral) == (False, True)


def test_progress_is_shown_and_asked_for_until_it_is_finished(company: Company, administrator: Reader) -> None:
    put(
        company,
        *(someone(PersonId(f"q{number:03}"), f"Quist {number:03}", department="Stor") for number in range(CHUNK + 5)),
    )
    page = administrator.followed(administrator.post(SERVICES, of="department:Stor", service="referral", setting="off"))
    assert f"Hänvisning av för avdelningen Stor : {CHUNK} av {CHUNK + 5}" in words(page).replace("\u2068", "").replace(
        "\u2069", ""
    )
    piece = administrator.piece(SERVICES).text
    assert 'hx-trigger="every 1s"' in piece
    assert f'<progress aria-labelledby="order-1" value="{CHUNK}" max="{CHUNK + 5}">' in piece
    administrator.post(SERVICES, of="department:Plan", service="referral", setting="off")
    piece = administrator.piece(SERVICES).text
    assert "Klart" in piece


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({}, "Måste fyllas i."),
        ({"of": "department:Finns inte", "service": "referral", "setting": "on"}, "Ingen finns där längre."),
        ({"of": "person:anna", "service": "referral", "setting": "on"}, "Måste fyllas i."),
        ({"of": "department:Bygglov", "service": "coffee", "setting": "on"}, "Måste fyllas i."),
        ({"of": "department:Bygglov", "service": "referral", "setting": "maybe"}, "Måste fyllas i."),
    ],
)
def test_what_cannot_be_ordered_is_told_at_the_field(
    company: Company, administrator: Reader, sent: dict[str, str], problem: str
) -> None:
    answer = administrator.post(SERVICES, **sent)
    assert (answer.status_code, 'aria-describedby="of-wrong"' in answer.text) == (422, True)
    assert problem in words(answer.text)
    assert given(company).referral


def test_what_is_set_by_hand_is_shown_beside_what_the_file_says_and_there_is_a_way_back(
    company: Company, administrator: Reader
) -> None:
    saved = administrator.post(f"{OF_ANNA}/services", calendar_coupling="off", referral="source", **SOURCE)
    page = administrator.followed(saved)
    assert "av (inställt här; personfilen säger på)" in words(page).replace("\u2068", "").replace("\u2069", "")
    assert given(company) == Entitlements(referral=True)
    back = {"calendar_coupling": "source", "seen_calendar_coupling": "off", "seen_referral": "source"}
    assert "inställt här" not in administrator.followed(administrator.post(f"{OF_ANNA}/services", **back))
    assert given(company).calendar_coupling


def test_the_second_of_two_administrators_is_told_and_sees_how_it_is_now(
    company: Company, administrator: Reader
) -> None:
    administrator.post(f"{OF_ANNA}/services", calendar_coupling="off", **SOURCE)
    answer = administrator.post(f"{OF_ANNA}/services", calendar_coupling="on", **SOURCE)
    assert answer.status_code == 409
    assert 'name="seen_calendar_coupling" value="off"' in answer.text
    assert not given(company).calendar_coupling


def test_a_persons_page_has_what_is_in_force_and_nothing_of_the_calendar(
    company: Company, administrator: Reader
) -> None:
    put(company, someone(ANNA, "Anna <Berg>", mailbox="anna@example.org", phone_uri="sip:anna@pbx", groups=("g",)))
    company.looked(ANNA)
    shown = administrator.get(OF_ANNA).text
    for each in ("anna@example.org", "sip:anna@pbx", "Medarbetare", "läses som den ska", "Standardmallen", "Upptagen"):
        assert each in words(shown), each
    assert "<Berg>" not in shown
    with company.store.read(TENANT) as tx:
        assert tx.audit.links() == []


def test_of_a_mailbox_in_trouble_the_page_says_what_to_do(company: Company, administrator: Reader) -> None:
    put(company, someone(ANNA, "Anna Berg", mailbox="anna@example.org"))

    def block(tx: Transaction) -> None:
        tx.mailboxes.add(ANNA, company.clock.now())
        claim = tx.mailboxes.claim(ANNA, company.clock.now(), company.clock.now() - company.clock.now())
        assert claim is not None
        tx.mailboxes.finish(claim, replace(claim.state, blocked=BlockedReason.FORBIDDEN, failures=3))

    company.write(block)
    shown = words(administrator.get(OF_ANNA).text)
    assert "får inte läsas" in shown
    assert "Lägg till personen i gruppen" in shown
    assert "3" in shown


def test_an_id_with_a_slash_or_a_blank_has_a_page_too(company: Company, administrator: Reader) -> None:
    put(company, someone(PersonId("a b?c"), "Quist Ett", department="Quist"))
    [path] = names(administrator.get(f"{PEOPLE}?q=quist").text)
    assert "Quist Ett" in administrator.get(f"{PEOPLE}/{path}").text
    saved = administrator.post(f"{PEOPLE}/{path}/services", referral="off", **SOURCE)
    assert "Quist Ett" in administrator.followed(saved)


@pytest.mark.parametrize("language", languages())
def test_every_condition_is_told_in_every_language_and_trouble_says_what_to_do(language: str) -> None:
    found = next(each for each in languages() if each == language)
    for condition in MailboxCondition:
        assert text(f"mailbox.{condition}", found)
        if condition.is_trouble:
            assert text(f"mailbox.{condition}.do", found)


def test_the_administrator_too_has_a_page(administrator: Reader) -> None:
    assert "Administratör" in administrator.get(f"{PEOPLE}/{ADAM}").text
