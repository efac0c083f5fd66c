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
        # Its text names the row: it goes no further.
        raise ConflictError(_kind(error)) from None
    except (exc.DataError, UnicodeEncodeError):
        message = "the text holds a character that cannot be kept"
        raise InvalidValueError(message) from None
    except exc.OperationalError as error:
        raise StoreUnavailableError(f"{_kind(error)}: {_first_line(error)}") from error
    except exc.SQLAlchemyError as error:
        raise StoreUnavailableError(_kind(error)) from error


def _kind(error: exc.SQLAlchemyError) -> str:
    """Return the kind of failure, without statement or values: they may be nobody's business."""
    return type(getattr(error, "orig", None) or error).__name__


def _first_line(error: exc.OperationalError) -> str:
    """Return what the driver says of files, disks and connections; rows are no part of it."""
    return str(error.orig).partition("\n")[0]
