"""What every source of people keeps to: each kind's tests inherit this suite and say how their source is filled."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.domain.person import Entitlements, GroupId, Person, PersonId, Role
from kalenderkoppling.ports.people import PeopleSource

ANNA = Person(
    id=PersonId("1001"),
    name="Anna Berg",
    mailbox="anna.berg@example.org",
    title="Bygglovshandläggare",
    department="Bygglov",
    place="Umeå",
    responsibilities="bygglov, attefallshus",
    extension="10231",
    mobile="+46 70 174 06 05",
    phone_uri="sip:10231@192.0.2.50",
    zone=ZoneInfo("Europe/Oslo"),
    groups=(GroupId("plan"), GroupId("jour")),
    entitlements=Entitlements(calendar_coupling=True, referral=True),
    roles=frozenset({Role.EMPLOYEE, Role.ATTENDANT}),
)
BO = Person(id=PersonId("1002"), name="Bo Åberg")


class PeopleContract(ABC):
    """A source of people (`ports.people.PeopleSource`)."""

    @abstractmethod
    def source(self, folder: Path, people: Sequence[Person]) -> PeopleSource:
        """Return the source that is at home in a folder, holding these people instead of any before."""

    @abstractmethod
    def broken(self, folder: Path) -> PeopleSource:
        """Return a source that cannot be read."""

    def test_R7_everybody_is_told_with_every_field_and_nobody_gets_a_service_unasked(self, tmp_path: Path) -> None:
        told = {each.id: each for each in self.source(tmp_path, [ANNA, BO]).people()}
        assert told == {ANNA.id: ANNA, BO.id: BO}
        assert told[BO.id].entitlements == Entitlements()
        assert told[BO.id].roles == frozenset()

    def test_a_source_without_anybody_is_empty(self, tmp_path: Path) -> None:
        assert list(self.source(tmp_path, []).people()) == []

    def test_asked_twice_it_tells_the_same(self, tmp_path: Path) -> None:
        source = self.source(tmp_path, [ANNA, BO])
        assert list(source.people()) == list(source.people())

    def test_a_change_is_told_at_the_next_question(self, tmp_path: Path) -> None:
        source = self.source(tmp_path, [ANNA, BO])
        source.people()
        self.source(tmp_path, [replace(ANNA, name="Anna Ek")])
        assert [each.name for each in source.people()] == ["Anna Ek"]

    @pytest.mark.parametrize("name", ["=1+1", "<script>", "a\u202eb", "O'Hara; DROP TABLE", 'say "hi", you', "Å 😀"])
    def test_F_33_hostile_text_is_told_letter_by_letter(self, tmp_path: Path, name: str) -> None:
        assert [each.name for each in self.source(tmp_path, [replace(ANNA, name=name)]).people()] == [name]

    def test_an_id_that_is_there_twice_refuses_the_whole_source(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidValueError, match="1001"):
            self.source(tmp_path, [ANNA, BO, replace(BO, id=ANNA.id)]).people()

    def test_a_source_that_cannot_be_read_is_refused_in_our_own_error(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidValueError) as refused:
            self.broken(tmp_path).people()
        assert "cannot be read" in str(refused.value)
