"""Who wants to be called back: the own list, the attendants' list of all, and what has been dealt with."""

from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.domain.call import CallBackRequest, CallId
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.words import languages
from kktest.absence_pages import Reader, reading
from kktest.call_pages import row_texts, wish, wished
from kktest.make import between
from kktest.web import ANNA, BO, KARIN, NOW, OTHER_TENANT, SAME_ORIGIN, TENANT, Company


def rows(html: str) -> list[str]:
    return row_texts(html, "wish")


def left(company: Company) -> list[str]:
    with company.store.read(TENANT) as tx:
        return [each.id for each in tx.call_backs.all(limit=100)]


def test_who_wants_to_be_called_back_stands_with_number_and_since_when(company: Company, anna: Reader) -> None:
    wished(company, wish("late", number="08-123 45", ago=timedelta(minutes=2)))
    wished(company, wish("early"))
    page = anna.get("/calls").text
    assert rows(page) == [
        "070-174 06 05 Väntar sedan 10:12 Uppringd",
        "08-123 45 Väntar sedan 10:28 Uppringd",
    ]
    assert 'href="tel:0701740605"' in page
    assert '<span class="count">2</span>' in page


def test_a_colleague_who_waits_stands_with_name_and_status(company: Company, anna: Reader) -> None:
    company.absent(BO, between("2026-11-25 10:00", "2026-11-25 11:00"))
    wished(company, wish(by=BO))
    assert rows(anna.get("/calls").text) == [
        "Bo Åberg, Frånvarande Möte, åter 11:00 070-174 06 05 Väntar sedan 10:12 Uppringd"
    ]


def test_nobody_waits_is_told(anna: Reader) -> None:
    page = anna.get("/calls").text
    assert "Ingen väntar på att bli uppringd." in page
    assert 'class="count"' not in page


def test_an_attendant_sees_everybodys_with_for_whom_and_how_that_person_is_now(
    company: Company, attendant: Reader
) -> None:
    company.in_call(ANNA)
    wished(company, wish("annas"))
    wished(company, wish("mine", to=KARIN, number="10877", ago=timedelta(minutes=1)))
    page = attendant.get("/calls").text
    assert rows(page) == [
        "070-174 06 05 vill bli uppringd av Anna Berg, I samtal Väntar sedan 10:12 Uppringd",
        "10877 vill bli uppringd av dig Väntar sedan 10:29 Uppringd",
    ]
    assert "Alla som vill bli uppringda" in page
    assert 'data-person="anna"' in page


def test_an_attendants_list_is_looked_at_by_the_clock_and_nobody_elses(anna: Reader, attendant: Reader) -> None:
    assert "every 30s" in attendant.get("/calls").text
    assert "every" not in anna.get("/calls").text.split('id="waiting"')[1].split(">")[0]


def test_numbers_are_for_the_person_and_attendants_only(company: Company, bo: Reader) -> None:
    wished(company, wish())
    page = bo.get("/calls").text
    assert rows(page) == []
    assert "070-174 06 05" not in page


def test_S_7_wishes_of_another_tenant_are_nowhere_and_cannot_be_dealt_with(company: Company, attendant: Reader) -> None:
    request = CallBackRequest(id=CallId("theirs"), person=PersonId("olle"), number="1", at=NOW)
    company.write(lambda tx: tx.call_backs.add(request), OTHER_TENANT)
    assert rows(attendant.get("/calls").text) == []
    assert attendant.post("/call-backs/theirs/done").status_code == 404
    with company.store.read(OTHER_TENANT) as tx:
        assert tx.call_backs.get(CallId("theirs")) == request


@pytest.mark.parametrize("who", ["anna", "attendant"])
def test_who_was_called_back_is_off_the_list_and_it_is_said(
    company: Company, anna: Reader, attendant: Reader, who: str
) -> None:
    wished(company, wish())
    reader = {"anna": anna, "attendant": attendant}[who]
    page = reader.followed(reader.post("/call-backs/wish/done"))
    assert "Markerad som uppringd." in page
    assert rows(page) == []
    [entry] = anna.audit()
    assert (entry.act, entry.actor, entry.person) == (Act.CALL_BACK_DONE, reader.person, ANNA)


def test_a_script_gets_the_list_as_it_is_then_and_the_message(company: Company, anna: Reader) -> None:
    wished(company, wish("one"))
    wished(company, wish("two", number="2"))
    answer = anna.press("/call-backs/one/done")
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<section id="waiting"')
    assert rows(answer.text) == ["2 Väntar sedan 10:12 Uppringd"]
    assert 'hx-swap-oob="innerHTML"' in answer.text


def test_what_is_dealt_with_already_is_told_and_is_the_same_as_what_never_was_or_is_anothers(
    company: Company, bo: Reader
) -> None:
    wished(company, wish())
    answers = [bo.post(f"/call-backs/{id_}/done") for id_ in ("wish", "never-was")]
    assert [each.status_code for each in answers] == [404, 404]
    assert answers[0].text.replace("wish/done", "") == answers[1].text.replace("never-was/done", "")
    assert "Det är redan avklarat." in answers[0].text
    assert left(company) == ["wish"]
    piece = bo.press("/call-backs/wish/done")
    assert piece.status_code == 404
    assert piece.text.lstrip().startswith('<section id="waiting"')


def test_without_the_token_nothing_happens(company: Company, anna: Reader) -> None:
    wished(company, wish())
    assert anna.ask("POST", "/call-backs/wish/done", {}, **SAME_ORIGIN).status_code == 403
    assert anna.ask("POST", "/call-backs/wish/done", {"csrf_token": anna.token}).status_code == 403
    assert anna.get("/call-backs/wish/done").status_code == 405
    assert left(company) == ["wish"]


def test_F_33_a_hostile_number_is_only_text(company: Company, attendant: Reader) -> None:
    wished(company, wish(number='"><script>alert(1)</script><img src=x onerror=alert(2)>'))
    page = attendant.get("/calls").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("person", [ANNA, KARIN])
def test_the_list_exists_in_every_language(
    company: Company, client: TestClient[Litestar], language: str, person: PersonId
) -> None:
    wished(company, wish("a", by=BO))
    wished(company, wish("b", to=KARIN, number="2"))
    reader = reading(company, client, person, language)
    assert len(rows(reader.get("/calls").text)) == (2 if person == KARIN else 1)
    reader.press("/call-backs/a/done")
    reader.press("/call-backs/a/done")


def test_a_piece_of_the_list_alone_is_for_scripts_and_the_whole_page_for_others(company: Company, anna: Reader) -> None:
    wished(company, wish())
    assert anna.piece("/calls/waiting").text.lstrip().startswith('<section id="waiting"')
    assert "<html" in anna.get("/calls/waiting").text
