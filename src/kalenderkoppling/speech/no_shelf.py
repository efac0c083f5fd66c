"""A shelf of prompts that keeps nothing (ports.prompts): for announcements heard in a browser."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kalenderkoppling.ports.prompts import Prompt, PromptKey


class NoShelf:
    """Keeps no prompt: each listener in a browser has it rendered anew; the voice process has a folder of its own."""

    def get(self, key: PromptKey) -> Prompt | None:  # noqa: ARG002 - the port's signature
        """See the port."""
        return None

    def put(self, prompt: Prompt) -> None:
        """See the port."""

    def drop(self, keys: Iterable[PromptKey]) -> None:
        """See the port."""

    def keys(self) -> Sequence[PromptKey]:
        """See the port."""
        return ()
