"""Prompts of the sentences in use: cached in memory and on the shelf, rendered once, deleted when unused."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta

from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.ports.prompts import Prompt, PromptKey, PromptShelf
from kalenderkoppling.ports.speech import Speech
from kalenderkoppling.usecases.announcements.holdings import Holdings
from kalenderkoppling.usecases.announcements.rendering import RecordingOf, rendered
from kalenderkoppling.usecases.announcements.sentence import Sentence
from kalenderkoppling.usecases.callees.turns import CalleeKey

MOST_BYTES = 64_000_000
"""What prompts may take in memory; the others are read from the shelf when they are asked for."""

_SWEPT_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptAddress:
    """The address of a prompt, for a decision.

    Attributes:
        address: The name under which it is served: an HMAC of its hash in 64 hexadecimal digits. Speech is
            deterministic, so whoever could work an address out from a sentence would learn when somebody is back.
        sha256: The hash of the 8 kHz file, in hexadecimal digits.
        length: How long it takes to play.
    """

    address: str
    sha256: str
    length: timedelta


class Prompts:
    """The prompts of one process; any thread may call.

    A prompt is kept only while somebody uses its sentence (`hold`). As soon as nobody does, lookups no longer find it,
    and `sweep` deletes it from the shelf.

    Args:
        speech: Who says what is rendered.
        shelf: Where prompts lie between processes.
        address_key: The secret behind addresses; the same one gives the same sound the same address, so that the
            caches of exchanges stay good. None makes one for this process.
        most_bytes: What prompts may take in memory.
    """

    def __init__(
        self, speech: Speech, shelf: PromptShelf, *, address_key: bytes | None = None, most_bytes: int = MOST_BYTES
    ) -> None:
        self._speech = speech
        self._address_key = address_key or secrets.token_bytes(32)
        self._shelf = shelf
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        # Held while the shelf is written, so that nothing is put there after a sweep. Lock order: this one first.
        self._writing = threading.Lock()
        self._holdings = Holdings()
        self._memory: OrderedDict[PromptKey, Prompt] = OrderedDict()
        self._bytes = 0
        self._addresses: dict[PromptKey, PromptAddress] = {}
        self._by_address: dict[str, set[PromptKey]] = {}
        self._rendering: dict[PromptKey, Future[Prompt]] = {}
        self._unswept: set[PromptKey] = set()
        self._lost: set[CalleeKey] = set()

    def key(self, sentence: Sentence) -> PromptKey:
        """Return the key of a sentence's prompt."""
        return sentence.key(self._speech.voice)

    # ── found ───────────────────────────────────────────────────────────────────────────────────

    def find(self, sentence: Sentence) -> Prompt | None:
        """Return the prompt of a sentence that is in use, or None where it is not ready.

        It is read from the shelf where memory does not have it, which takes well under a millisecond.
        """
        return self._find(self.key(sentence))

    def address(self, sentence: Sentence) -> PromptAddress | None:
        """Return the address of a prompt that is ready, without reading it; None where it is not."""
        key = self.key(sentence)
        with self._lock:
            return self._addresses.get(key)

    def by_address(self, address: str, tenant: TenantId | None = None) -> Prompt | None:
        """Return a prompt by its address; None where it is unknown, or nobody uses it any more.

        Args:
            address: See `PromptAddress`.
            tenant: For whom; prompts that only others use are unknown to it (S-7). None is for everybody.
        """
        with self._lock:
            keys = [
                key for key in self._by_address.get(address, ()) if tenant is None or self._holdings.serves(key, tenant)
            ]
        found = (self._find(key) for key in keys)
        return next((each for each in found if each is not None and self.address_of(each) == address), None)

    def address_of(self, prompt: Prompt) -> str:
        """Return the address under which a prompt is served while it is in use."""
        return hmac.new(self._address_key, prompt.sha256.encode(), hashlib.sha256).hexdigest()

    def is_ready(self, key: PromptKey) -> bool:
        """Tell whether a prompt in use has been made or seen by this process; nothing is read."""
        with self._lock:
            return key in self._addresses

    # ── rendered ────────────────────────────────────────────────────────────────────────────────

    def render(self, sentence: Sentence, recording_of: RecordingOf) -> Prompt:
        """Return the prompt of a sentence, rendered where it is not ready; it blocks.

        Several who want the same sentence at once have it rendered once. It is kept only where the sentence is in use.

        Raises:
            SpeechFailedError: the engine could not say it.
        """
        key = self.key(sentence)
        found = self._find(key)
        if found is not None:
            return found
        ours: Future[Prompt] = Future()
        with self._lock:
            # What another thread began is waited for.
            pending = self._rendering.setdefault(key, ours)
        if pending is ours:
            self._render(sentence, key, recording_of, ours)
        return pending.result()

    # ── used ────────────────────────────────────────────────────────────────────────────────────

    def hold(self, holder: CalleeKey, sentences: Iterable[Sentence]) -> frozenset[PromptKey]:
        """Set the sentences that a user holds from now on; return those that nobody holds any more: they are gone."""
        keys = [self.key(each) for each in sentences]
        with self._lock:
            gone = self._holdings.set(holder, keys)
            for key in gone:
                self._forget(key)
            self._unswept |= gone
        return gone

    def hold_also(self, holder: CalleeKey, sentence: Sentence) -> None:
        """Say that somebody uses one sentence more, until the next `hold`; nothing of somebody who uses none."""
        key = self.key(sentence)
        with self._lock:
            self._holdings.add(holder, key)

    def is_held(self, key: PromptKey) -> bool:
        """Tell whether anybody uses a prompt."""
        with self._lock:
            return self._holdings.is_held(key)

    @property
    def has_to_sweep(self) -> bool:
        """Whether prompts on the shelf are not in use any more."""
        with self._lock:
            return bool(self._unswept)

    def sweep(self) -> None:
        """Delete from the shelf what is no longer in use; it blocks."""
        with self._lock:
            unswept, self._unswept = sorted(self._unswept), set()
        self._drop_unheld(unswept)

    def sweep_strangers(self) -> None:
        """Delete all unused prompts from the shelf, such as those of an earlier process; it blocks."""
        self._drop_unheld(list(self._shelf.keys()))

    def take_lost(self) -> frozenset[CalleeKey]:
        """Return who uses prompts that were found missing or damaged since this was asked last."""
        with self._lock:
            lost, self._lost = frozenset(self._lost), set()
        return lost

    # ── within ──────────────────────────────────────────────────────────────────────────────────

    def _find(self, key: PromptKey) -> Prompt | None:
        with self._lock:
            prompt = self._memory.get(key)
            if prompt is not None:
                self._memory.move_to_end(key)
                return prompt
            if not self._holdings.is_held(key):
                return None
        prompt = self._shelf.get(key)
        with self._lock:
            if prompt is not None:
                return self._remember(prompt)
            if key in self._addresses:
                self._forget(key)
                self._lost |= self._holdings.holders(key)
        return None

    def _render(self, sentence: Sentence, key: PromptKey, recording_of: RecordingOf, ours: Future[Prompt]) -> None:
        try:
            prompt = self._find(key) or rendered(sentence, key, self._speech, recording_of)
            self._keep(prompt)
        except BaseException as error:  # noqa: BLE001 - those who wait are told of anything
            ours.set_exception(error)
        else:
            ours.set_result(prompt)
        finally:
            with self._lock:
                del self._rendering[key]

    def _keep(self, prompt: Prompt) -> None:
        with self._writing:
            if not self.is_held(prompt.key):
                return
            self._shelf.put(prompt)
            with self._lock:
                if self._remember(prompt) is None:
                    self._unswept.add(prompt.key)

    def _drop_unheld(self, keys: list[PromptKey]) -> None:
        for start in range(0, len(keys), _SWEPT_AT_ONCE):
            with self._writing:
                self._shelf.drop([key for key in keys[start : start + _SWEPT_AT_ONCE] if not self.is_held(key)])

    def _remember(self, prompt: Prompt) -> Prompt | None:
        """Take a prompt into memory and return it; None where nobody uses it any more. The lock is held."""
        key = prompt.key
        if not self._holdings.is_held(key):
            return None
        self._forget(key)
        address = self.address_of(prompt)
        self._addresses[key] = PromptAddress(address=address, sha256=prompt.sha256, length=prompt.length)
        self._by_address.setdefault(address, set()).add(key)
        self._memory[key] = prompt
        self._bytes += _size(prompt)
        while self._bytes > self._most_bytes:
            _, oldest = self._memory.popitem(last=False)
            self._bytes -= _size(oldest)
        return prompt

    def _forget(self, key: PromptKey) -> None:
        """Forget a prompt and its address. The lock is held."""
        prompt = self._memory.pop(key, None)
        if prompt is not None:
            self._bytes -= _size(prompt)
        address = self._addresses.pop(key, None)
        if address is not None:
            alike = self._by_address[address.address]
            alike.discard(key)
            if not alike:
                del self._by_address[address.address]


def _size(prompt: Prompt) -> int:
    return len(prompt.wav) + len(prompt.wav_16k)
