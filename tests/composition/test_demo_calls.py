"""Whom a newcomer to the demo is told to call: somebody of whom there is something to hear."""

from pathlib import Path
from shutil import copyfile

from kalenderkoppling.composition.demo.office import ATTENDANT, Office
from kalenderkoppling.domain.absence import Diversion
from kktest.voice import open_site


async def test_whoever_has_a_direct_referral_is_worth_calling_else_anybody(
    sqlite_template: Path, tmp_path: Path
) -> None:
    copyfile(sqlite_template, tmp_path / "kk.db")
    async with open_site(tmp_path, f"sqlite:///{tmp_path / 'kk.db'}") as site:
        for extension in ("2001", "2002", "2003"):
            await site.employ(extension, extension=extension)
        office = Office(list(site.people.values()))
        office.open(site.core)
        assert await office.worth_calling() == "2001"
        await site.away("2002", Diversion.OPEN)
        await site.away("2003", Diversion.DIRECT)
        assert await office.worth_calling() == "2003"


async def test_where_nobody_has_a_telephone_the_attendant_is_called() -> None:
    assert await Office([]).worth_calling() == ATTENDANT
