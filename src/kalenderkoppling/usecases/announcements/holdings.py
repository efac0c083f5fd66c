"""Which prompts are in use, and by whom: an unused prompt is a trace of a booking and is deleted (S-1, S-12)."""

from __future__ import annotations

from collections.abc import Iterable

from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.ports.prompts import PromptKey
from kalenderkoppling.usecases.callees.turns import CalleeKey

ALWAYS: CalleeKey = (TenantId(""), PersonId(""))
"""Who uses the sentences that are the same for everybody."""


class Holdings:
    """Prompts by holder and holders by prompt; several people, also of several tenants, may share a prompt."""

    def __init__(self) -> None:
        self._keys: dict[CalleeKey, frozenset[PromptKey]] = {}
        self._holders: dict[PromptKey, set[CalleeKey]] = {}

    def set(self, holder: CalleeKey, keys: Iterable[PromptKey]) -> frozenset[PromptKey]:
        """Replace the prompts that a user holds; return those that nobody holds any more."""
        before, after = self._keys.pop(holder, frozenset()), frozenset(keys)
        if after:
            self._keys[holder] = after
        for key in after - before:
            self._holders.setdefault(key, set()).add(holder)
        return frozenset(key for key in before - after if self._let_go(holder, key))

    def add(self, holder: CalleeKey, key: PromptKey) -> bool:
        """Let somebody who uses prompts use one more; False, and nothing is noted, of anybody else."""
        before = self._keys.get(holder)
        if before is None:
            return False
        self.set(holder, before | {key})
        return True

    def is_held(self, key: PromptKey) -> bool:
        """Tell whether anybody uses a prompt."""
        return key in self._holders

    def holders(self, key: PromptKey) -> frozenset[CalleeKey]:
        """Return who uses a prompt."""
        return frozenset(self._holders.get(key, ()))

    def serves(self, key: PromptKey, tenant: TenantId) -> bool:
        """Tell whether anybody of a tenant uses a prompt, or everybody does (S-7)."""
        return any(holder[0] in {tenant, ALWAYS[0]} for holder in self._holders.get(key, ()))

    def _let_go(self, holder: CalleeKey, key: PromptKey) -> bool:
        holders = self._holders[key]
        holders.discard(holder)
        if holders:
            return False
        del self._holders[key]
        return True
