"""Why an absence is there: the rules' steps in plain words, for the person, attendants and administrators."""

from datetime import timedelta

from kalenderkoppling.domain.absence import Diversion, ReasonKey
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.errors import ReadProblem
from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import OwnRule, OwnRules
from kktest.absence_pages import FORM, Reader
from kktest.make import between, layer, rule
from kktest.web import ANNA, NOW, Company

ONE_TO_TWO = between("2026-11-25 13:00", "2026-11-25 14:00")


def test_the_standard_template_is_named(company: Company, anna: Reader) -> None:
    id_ = company.booked(ANNA, ONE_TO_TWO)
    company.looked(ANNA, NOW - timedelta(minutes=5))
    page = anna.get(f"/absences/{id_}/why").text
    for told in (
        "Visas i Outlook som: Upptagen.",
        "Bokningen är inte privat.",
        "Standardmallen ger: Möte, Ingen vidarekoppling.",
        "Blir: Möte, Frånvaro",
        "Kalendern lästes för 5 minuter sedan",
    ):
        assert told in page


def test_the_administrators_rule_is_named_with_its_scope(company: Company, anna: Reader) -> None:
    rules = {ShowAs.BUSY: rule(diversion=Diversion.DIRECT)}
    company.write(lambda tx: tx.rules.put_layer(ScopedLayer(layer=layer(rules))))
    page = anna.get(f"/absences/{company.booked(ANNA, ONE_TO_TWO)}/why").text
    assert "Administratörens regel (för företaget) ger: Möte, Hänvisning." in page


def test_the_own_rule_is_named(company: Company, anna: Reader) -> None:
    own = OwnRules(by_show_as={ShowAs.BUSY: OwnRule(rule=rule(ReasonKey("course")))})
    company.write(lambda tx: tx.rules.put_own(ANNA, own))
    page = anna.get(f"/absences/{company.booked(ANNA, ONE_TO_TWO)}/why").text
    assert "Din egen regel ger: Utbildning, Ingen vidarekoppling." in page


def test_what_people_laid_over_it_is_told(company: Company, anna: Reader) -> None:
    id_ = company.booked(ANNA, ONE_TO_TWO)
    anna.post(f"/absences/{id_}/edit", **{**FORM, "reason": "meeting", "end_time": "15:00", "note": "hemligt"})
    page = anna.get(f"/absences/{id_}/why").text
    assert "Ändrad av en människa: Till 15:00, Anteckning." in page


def test_one_set_by_hand_says_so(company: Company, anna: Reader) -> None:
    page = anna.get(f"/absences/{company.absent(ANNA, ONE_TO_TWO)}/why").text
    assert "Satt för hand, inte från kalendern." in page


def test_why_tells_that_stale_knowledge_governs_no_calls_as_page_and_card_do(company: Company, anna: Reader) -> None:
    id_ = company.booked(ANNA, ONE_TO_TWO)
    company.looked(ANNA, NOW - timedelta(hours=30))
    for path in (f"/absences/{id_}/why", "/mine", "/people/anna"):
        page = anna.get(path).text
        assert "Kalendern lästes för 1 dag sedan" in page, path
        assert "Uppgifterna kan vara gamla och styr inga samtal." in page, path


def test_why_tells_that_the_calendar_cannot_be_read_as_page_and_card_do(company: Company, anna: Reader) -> None:
    id_ = company.booked(ANNA, ONE_TO_TWO)
    company.looked(ANNA, NOW - timedelta(minutes=5), problem=ReadProblem.UNREACHABLE)
    for path in (f"/absences/{id_}/why", "/mine", "/people/anna"):
        told = "Kalendern läses inte just nu: Kalendern går inte att nå."
        assert told in anna.get(path).text, path


def test_R19_a_colleague_is_not_told(company: Company, anna: Reader) -> None:
    assert anna.get(f"/absences/{company.booked('bo', ONE_TO_TWO)}/why").status_code == 404  # type: ignore[arg-type] # an id


def test_an_attendant_is_told_and_may_not_see_who_is_sick(company: Company, attendant: Reader) -> None:
    own = OwnRules(by_show_as={ShowAs.BUSY: OwnRule(rule=rule(ReasonKey("sick")))})
    company.write(lambda tx: tx.rules.put_own(ANNA, own))
    page = attendant.get(f"/absences/{company.booked(ANNA, ONE_TO_TWO)}/why").text
    assert "Din egen regel ger: Frånvarande, Ingen vidarekoppling." in page
    assert "Sjuk" not in page


def test_S_12_an_administrator_is_told_and_the_asking_is_in_the_log(company: Company, administrator: Reader) -> None:
    id_ = company.booked(ANNA, ONE_TO_TWO)
    assert "Standardmallen ger" in administrator.get(f"/absences/{id_}/why").text
    assert [each.act for each in administrator.audit(ANNA)] == [Act.READ_ABSENCES]


def test_a_script_gets_only_the_answer(company: Company, anna: Reader) -> None:
    id_ = company.booked(ANNA, ONE_TO_TWO)
    answer = anna.piece(f"/absences/{id_}/why")
    assert answer.text.startswith('<div class="why-told">')
