"""Passwords of local administrators: what one has to be, and its hash (Argon2id, RFC 9106)."""

from __future__ import annotations

import asyncio
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kalenderkoppling.domain.errors import FieldProblem, RefusedError

SHORTEST = 14
LONGEST = 200
_FEWEST_DIFFERENT = 6

_HASHER = PasswordHasher()  # RFC 9106's second recommendation: 3 passes over 64 MiB.
_NOBODYS = _HASHER.hash("the password of an administrator who does not exist")


def normalized(password: str) -> str:
    """Return a password as it is hashed: the same however a keyboard composes its letters (NIST SP 800-63B 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def must_be_good(password: str, name: str) -> None:
    """Refuse a password that is too easily guessed.

    Raises:
        RefusedError: `password` is `too_short`, `too_long`, `too_simple` (hardly any different characters) or
            `contains_name`.
    """
    meant = normalized(password)
    if len(meant) < SHORTEST:
        problem = "too_short"
    elif len(meant) > LONGEST:
        problem = "too_long"
    elif len(set(meant)) < _FEWEST_DIFFERENT:
        problem = "too_simple"
    elif name.casefold() in meant.casefold():
        problem = "contains_name"
    else:
        return
    raise RefusedError(FieldProblem(field="password", problem=problem))


def hash_of(password: str) -> str:
    """Return a password's hash with a new salt; takes tens of milliseconds and 64 MiB."""
    return _HASHER.hash(normalized(password))


class PasswordCheck:
    """Checks passwords, a few at a time, so that many attempts at once take neither all memory nor every core."""

    def __init__(self, at_once: int = 2) -> None:
        self._places = asyncio.Semaphore(at_once)

    async def is_right(self, password: str, password_hash: str | None) -> bool:
        """Tell whether a password is right; without a hash it is wrong, and finding out takes as long."""
        async with self._places:
            is_right = await asyncio.to_thread(_is_right, password[: LONGEST + 1], password_hash or _NOBODYS)
        return is_right and password_hash is not None


def _is_right(password: str, password_hash: str) -> bool:
    try:
        return _HASHER.verify(password_hash, normalized(password))
    except (VerificationError, InvalidHashError):
        return False
