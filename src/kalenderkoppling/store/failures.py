"""Database errors translated to domain errors: no driver error leaves the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from kalenderkoppling.domain.errors import ConflictError, StoreUnavailableError, UnstorableTextError
from kalenderkoppling.store.engine import UNSTORABLE


@contextmanager
def in_our_words() -> Iterator[None]:
    """Translate what the database or its driver raises; anything else passes as it is.

    Raises:
        StoreUnavailableError: the database cannot be reached, is full, locked for too long or gave up.
        ConflictError: a row that must be the only one exists already.
        UnstorableTextError: text that no database stores alike: with a NUL, or with half a surrogate pair.
    """
    try:
        yield
    except exc.IntegrityError as error:
        # Its message contains the row: it is not passed on.
        raise ConflictError(_kind(error)) from None
    except (exc.DataError, UnicodeEncodeError):
        raise UnstorableTextError(UNSTORABLE) from None
    except exc.OperationalError as error:
        raise StoreUnavailableError(f"{_kind(error)}: {_first_line(error)}") from error
    except exc.SQLAlchemyError as error:
        raise StoreUnavailableError(_kind(error)) from error


def _kind(error: exc.SQLAlchemyError) -> str:
    """Return the type of the error, without statement and values, which may hold personal data."""
    return type(getattr(error, "orig", None) or error).__name__


def _first_line(error: exc.OperationalError) -> str:
    """Return the first line of the driver's message, about files, disks and connections; it contains no rows."""
    return str(error.orig).partition("\n")[0]
