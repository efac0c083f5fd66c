"""A database's failures in the domain's words: no error of a driver leaves the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from kalenderkoppling.domain.errors import ConflictError, InvalidValueError, StoreUnavailableError


@contextmanager
def in_our_words() -> Iterator[None]:
    """Translate what the database or its driver raises; anything else passes as it is.

    Raises:
        StoreUnavailableError: the database cannot be reached, is full, locked for too long or gave up.
        ConflictError: a row that must be the only one exists already.
        InvalidValueError: a value that this database cannot keep, such as text with a NUL or half a character.
    """
    try:
        yield
    except exc.IntegrityError as error:
        raise ConflictError(_plain(error)) from error
    except (exc.DataError, UnicodeEncodeError) as error:
        message = "the text holds a character that cannot be kept"
        raise InvalidValueError(message) from error
    except exc.SQLAlchemyError as error:
        raise StoreUnavailableError(_plain(error)) from error


def _plain(error: exc.SQLAlchemyError) -> str:
    """Return the kind of failure without statement or parameters: they may hold what is nobody's business."""
    cause = getattr(error, "orig", None) or error
    return type(cause).__name__
