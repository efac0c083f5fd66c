"""The ids that stand for local administrators, who are nobody of the directory."""

from kalenderkoppling.domain.person import (
    PersonId,
    is_reserved,
    local_administrator_id,
    local_administrator_name,
)


def test_a_local_administrators_id_tells_the_name() -> None:
    assert local_administrator_name(local_administrator_id("karin")) == "karin"


def test_no_person_of_the_directory_may_have_a_local_administrators_id() -> None:
    assert is_reserved(local_administrator_id("karin"))


def test_a_persons_id_is_no_local_administrators() -> None:
    assert not is_reserved(PersonId("karin"))
    assert local_administrator_name(PersonId("karin")) is None
