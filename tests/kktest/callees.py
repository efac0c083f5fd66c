"""Small builders of people as calls see them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from kalenderkoppling.absences.back import Surroundings
from kalenderkoppling.domain.absence import Absence
from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.domain.recording import PhraseId
from kalenderkoppling.usecases.callees.callee import Callee
from kalenderkoppling.words import Language
from kktest.keeping import ACME
from kktest.make import NOON, around

SWEDISH, NORWEGIAN, ENGLISH = Language("sv"), Language("nb"), Language("en")


def callee(
    *absences: Absence,
    id_: str = "anna",
    name: str = "Anna Ek",
    tenant: TenantId = ACME,
    may_divert: bool = True,
    speaks: tuple[Language, ...] = (SWEDISH, ENGLISH),
    looked: datetime | None = NOON,
    surroundings: Surroundings | None = None,
    recorded: Iterable[tuple[PhraseId, str]] = (),
) -> Callee:
    """Make Anna, who has the referral service, and whose calendar was looked at at noon."""
    return Callee(
        tenant=tenant,
        person=PersonId(id_),
        name=name,
        phone_uri=f"sip:{id_}@phones.example.org",
        numbers=frozenset({id_}),
        absences=absences,
        may_divert=may_divert,
        ring=timedelta(seconds=15),
        around=surroundings or around(),
        last_good_look=looked,
        freshness_limit=timedelta(hours=24),
        language=speaks[0],
        speaks=speaks,
        recorded=dict(recorded),
    )
