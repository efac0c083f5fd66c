"""Ports of the loopback for programs that must be told theirs: nobody else gets them between the choice and the use.

They lie below those that Linux gives out by itself (/proc/sys/net/ipv4/ip_local_port_range), and a lock keeps other
runs of the tests on this machine off them until this one has ended.
"""

import fcntl
import os
import random
import socket
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

LOOPBACK = "127.0.0.1"
_SINGLE, _BLOCKS = range(10_000, 20_000), range(20_001, 32_700, 2)
_LOCKS = Path(tempfile.gettempdir()) / f"kalenderkoppling-test-ports-{os.getuid()}"

_locks: list[BinaryIO] = []
_given: set[int] = set()
_blocks: list[range] = []


def free_ports(count: int) -> list[int]:
    """Return ports that are free for UDP and TCP; each is given once."""
    found: list[int] = []
    while len(found) < count:
        port = random.choice(_SINGLE)
        if port not in _given and _reserved(port, 1) and _is_free(range(port, port + 1)):
            found.append(port)
            _given.add(port)
    return found


def spare_ports(count: int) -> int:
    """Return the first, an odd one, of so many ports in a row that are free for UDP.

    A row that this run had before is given again once it is free.
    """
    for block in _blocks:
        if len(block) == count and _is_free(block):
            return block.start
    while True:
        first = random.choice(_BLOCKS)
        block = range(first, first + count)
        if not any(set(block) & set(each) for each in _blocks) and _reserved(first, count) and _is_free(block):
            _blocks.append(block)
            return first


def _reserved(first: int, count: int) -> bool:
    """Keep others off some ports until this process ends (POSIX record locks: one byte of the file for each port)."""
    if not _locks:
        _locks.append(_LOCKS.open("ab"))
    try:
        fcntl.lockf(_locks[0], fcntl.LOCK_EX | fcntl.LOCK_NB, count, first)
    except OSError:
        return False
    return True


def _is_free(ports: range) -> bool:
    """Tell whether nobody has any of these ports."""
    with ExitStack() as stack:
        try:
            for port in ports:
                for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                    stack.enter_context(socket.socket(socket.AF_INET, kind)).bind((LOOPBACK, port))
        except OSError:
            return False
    return True
