"""Overwrites what SQLite leaves in the unused middle of its pages; a program of its own, with nothing but Python.

`secure_delete` overwrites a row that is deleted. But a row that was moved to another page when pages were split or
joined leaves a copy in the unused space of the old page, where no later deletion finds it (S-1). No reader ever looks
at that space, so it is overwritten in the file while nobody may write: see `scrub` for the order of things.

It is run as a process because closing a database file drops all of the process's own locks on it (sqlite.org,
"How To Corrupt An SQLite Database File", 2.2).

Source: sqlite.org/fileformat2.html, sections 1.3 and 1.6.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

_MAGIC = b"SQLite format 3\x00"
_FILE_HEADER = 100
_LARGEST_ROOT_PAGE = slice(52, 56)
_RESERVED_BYTES = 20
# Inner and leaf pages of tables and indexes, with the length of their headers. Every other page begins with a page
# number, whose first byte is 0 or 1 in a file of less than 2^25 pages, so the two cannot be mistaken.
_HEADER_BYTES = {2: 12, 5: 12, 10: 8, 13: 8}
_MOST_PAGES = 1 << 25
_PAGES_AT_ONCE = 256


class UnknownFormatError(Exception):
    """The file is no SQLite database of the form that the store makes: nothing was overwritten."""


def overwrite_gaps(file: str) -> int:
    """Overwrite the unused space of all pages of a database with zeros; return how many pages held something.

    Raises:
        UnknownFormatError: it is no such file.
    """
    descriptor = os.open(file, os.O_RDWR)
    try:
        dirty = 0
        for place, length in _gaps(descriptor):
            os.pwrite(descriptor, bytes(length), place)
            dirty += 1
        os.fsync(descriptor)
        return dirty
    finally:
        os.close(descriptor)


def _gaps(descriptor: int) -> Iterator[tuple[int, int]]:
    """Give the place and length of each unused stretch that is not zero."""
    header = os.pread(descriptor, _FILE_HEADER, 0)
    size = os.fstat(descriptor).st_size
    page_size = _page_size(header, size)
    usable = page_size - header[_RESERVED_BYTES]
    for begin in range(0, size, page_size * _PAGES_AT_ONCE):
        pages = os.pread(descriptor, page_size * _PAGES_AT_ONCE, begin)
        for offset in range(0, len(pages), page_size):
            start, end = _gap(pages, offset, _FILE_HEADER if begin + offset == 0 else 0, usable)
            if pages[start:end].strip(b"\0"):
                yield begin + start, end - start


def _page_size(header: bytes, size: int) -> int:
    if header[: len(_MAGIC)] != _MAGIC or any(header[_LARGEST_ROOT_PAGE]):
        raise UnknownFormatError
    page_size = int.from_bytes(header[16:18], "big")
    page_size = 65_536 if page_size == 1 else page_size
    if size % page_size or size // page_size >= _MOST_PAGES:
        raise UnknownFormatError
    return page_size


def _gap(pages: bytes, offset: int, header_at: int, usable: int) -> tuple[int, int]:
    """Return the unused range between the list of cells and the cells, which may be empty."""
    at = offset + header_at
    header_bytes = _HEADER_BYTES.get(pages[at])
    if header_bytes is None:
        return offset, offset
    cells = int.from_bytes(pages[at + 3 : at + 5], "big")
    content = int.from_bytes(pages[at + 5 : at + 7], "big") or 65_536
    start = at + header_bytes + 2 * cells
    end = offset + content
    return (start, end) if start <= end <= offset + usable else (offset, offset)


if __name__ == "__main__":
    overwrite_gaps(sys.argv[1])
