"""All runs of a worker: mailboxes are claimed and finished together, and answers remembered between looks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from kalenderkoppling.domain.errors import ConflictError, InvalidValueError
from kalenderkoppling.domain.mailbox import MailboxRef
from kalenderkoppling.ports.store.mailboxes import Claim
from kalenderkoppling.usecases.core import Core, Unit, perform
from kalenderkoppling.usecases.mailboxes.claim_runs import claim_runs
from kalenderkoppling.usecases.mailboxes.finish_runs import finish_runs
from kalenderkoppling.usecases.mailboxes.run import Outcome, Run, Written
from kalenderkoppling.usecases.mailboxes.together import Together
from kalenderkoppling.usecases.mailboxes.unchanged import Memory


class Runs:
    """Claims and finishes runs for all mailboxes of a worker, together where they coincide, and remembers answers."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.memory = Memory()
        self.claim: Together[MailboxRef, Run | None] = Together(self._claim)
        self.finish: Together[tuple[MailboxRef, Outcome], Written] = Together(self._finish)

    async def _claim(self, refs: Sequence[MailboxRef]) -> Sequence[Run | None]:
        found: dict[MailboxRef, Run] = {}
        for tenant in dict.fromkeys(each.tenant for each in refs):
            mine = [each for each in refs if each.tenant == tenant]
            remembered = {each.person: dealt for each in mine if (dealt := self.memory.get(each)) is not None}
            people = [each.person for each in mine]
            runs = await perform(self._core, tenant, partial(claim_runs, people, remembered))
            for person, run in runs.items():
                ref = MailboxRef(tenant=tenant, person=person)
                self.memory.forget(ref)
                found[ref] = run
        # Of two who ask for one mailbox at the same time, one gets it.
        return [found.pop(ref, None) for ref in refs]

    async def _finish(self, outcomes: Sequence[tuple[MailboxRef, Outcome]]) -> Sequence[Written]:
        found: dict[Claim, Written] = {}
        for tenant in dict.fromkeys(ref.tenant for ref, _ in outcomes):
            mine = [outcome for ref, outcome in outcomes if ref.tenant == tenant]
            found |= await perform(self._core, tenant, partial(finish_runs, self._core, mine))
        written = [found[outcome.run.claim] for _, outcome in outcomes]
        for (ref, _), each in zip(outcomes, written, strict=True):
            self.memory.put(ref, each.dealt)
        return written

    async def can_be_written(self, ref: MailboxRef, outcome: Outcome) -> bool:
        """Tell whether an outcome can be written, without writing it."""

        def work(unit: Unit) -> None:
            finish_runs(self._core, [outcome], unit)
            raise _OnlyTriedError

        try:
            await perform(self._core, ref.tenant, work)
        except _OnlyTriedError:
            return True
        except (InvalidValueError, ConflictError):
            pass
        return False


class _OnlyTriedError(Exception):
    """Ends a transaction that was only tried, so that nothing of it is written."""
