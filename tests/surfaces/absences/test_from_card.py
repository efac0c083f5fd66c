"""The contact card leads to the editor: for the person and attendants, and for nobody else."""

from kktest.absence_pages import FORM, Reader
from kktest.make import between
from kktest.web import BO, Company

TOMORROW = between("2026-11-26 13:00", "2026-11-26 14:00")


def test_R24_an_attendant_comes_from_the_card_to_the_editor_and_back(company: Company, attendant: Reader) -> None:
    id_ = company.booked(BO, TOMORROW)
    page = attendant.get("/people/bo").text
    assert f'href="/absences/{id_}?back=%2Fpeople%2Fbo"' in page
    editor = attendant.get(f"/absences/{id_}?back=%2Fpeople%2Fbo").text
    assert '<input type="hidden" name="back" value="/people/bo">' in editor


def test_an_attendant_can_set_an_absence_from_the_card(attendant: Reader) -> None:
    assert 'href="/absences/new?person=bo&amp;back=%2Fpeople%2Fbo"' in attendant.get("/people/bo").text
    answer = attendant.post("/absences/new", person="bo", back="/people/bo", **FORM)
    assert "Lunch är satt, 13:00–14:00." in attendant.followed(answer)


def test_R19_a_colleagues_card_bears_neither_a_way_to_change_nor_an_id(company: Company, anna: Reader) -> None:
    id_ = company.booked(BO, TOMORROW)
    page = anna.get("/people/bo").text
    assert "/absences/" not in page
    assert id_ not in page


def test_an_administrators_card_of_others_has_no_way_to_change(company: Company, administrator: Reader) -> None:
    company.booked(BO, TOMORROW)
    assert "/absences/" not in administrator.get("/people/bo").text
