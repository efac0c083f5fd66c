"""The demo's pretend telephones: those of people who are in are answered."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Final

from kalenderkoppling.absences.call import Announce, Ring
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.person import Person, PersonId
from kalenderkoppling.sandbox.phones import PretendPhones
from kalenderkoppling.usecases.calls.answer_call import answer_call
from kalenderkoppling.usecases.core import Core

ATTENDANT: Final = "9"
"""The telephone behind key 1; it is always answered."""

ONE_IN = 10
"""One of so many people is in a call."""

TURN_SECONDS = 12.0
"""The time after which one call ends and another begins."""

_CHANCE = random.SystemRandom()


class Office:
    """The pretend company's telephones; once it is open, those of people who are in are answered."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._person_by_extension = {each.extension: each.id for each in people if each.extension}
        self._core: Core | None = None
        self.phones = PretendPhones(self._answers)

    def equip(self, people: Sequence[Person]) -> list[Person]:
        """Create a telephone for everybody with an extension."""
        return [replace(each, phone_uri=self.phones.uri(each.extension)) if each.extension else each for each in people]

    def open(self, core: Core) -> None:
        """Answer calls from now on."""
        self._core = core

    async def talk(self, stopping: asyncio.Event) -> None:
        """Keep a few of those who are in in a call, each for some minutes, until `stopping` is set."""
        talking: deque[str] = deque()
        wanted = max(len(self._person_by_extension) // ONE_IN, 1)
        while not stopping.is_set():
            if len(talking) >= wanted:
                self.phones.hang_up(talking.popleft())
            for extension in _CHANCE.sample(list(self._person_by_extension), len(self._person_by_extension)):
                if len(talking) >= wanted:
                    break
                if extension not in talking and await self._answers(extension):
                    talking.append(extension)
                    self.phones.talk(extension)
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), TURN_SECONDS)

    async def worth_calling(self) -> str:
        """Return the extension of somebody with a direct referral; anybody's, where there is none."""
        for extension, person in self._person_by_extension.items():
            if self._core and isinstance(await answer_call(self._core, TENANT, PersonId(person)), Announce):
                return extension
        return next(iter(self._person_by_extension), ATTENDANT)

    async def _answers(self, extension: str) -> bool:
        person = self._person_by_extension.get(extension)
        if person is None or self._core is None:
            return extension == ATTENDANT
        return isinstance(await answer_call(self._core, TENANT, PersonId(person)), Ring)


@asynccontextmanager
async def open_office(people: Sequence[Person]) -> AsyncIterator[Office]:
    """Put the telephones on a port of this machine."""
    office = Office(people)
    async with office.phones:
        yield office
