"""Choosing the port that `make run` serves on."""

from __future__ import annotations

import socket

from tools.speech import Stop, say

USUAL = 8000


def chosen(asked: str | None, usual: int = USUAL) -> int:
    """The port asked for, or the usual one, or the next free one when the usual one is taken.

    Raises Stop when the port asked for is no port, or is taken: who names a port wants that one.
    """
    if asked:
        return _asked(asked)
    if free(usual):
        return usual
    port = next(filter(free, range(usual + 1, usual + 100)), None)
    if port is None:
        raise Stop(f"Ports {usual} to {usual + 99} are all taken. Choose one: make run PORT=9000")
    say(f"Port {usual} is taken by another program; using {port}.")
    return port


def free(port: int) -> bool:
    """Whether a server on this machine could listen on the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _asked(asked: str) -> int:
    if not asked.isdecimal() or not 1 <= int(asked) <= 65535:
        raise Stop(f"PORT is {asked!r}; it must be a number from 1 to 65535.")
    if not free(int(asked)):
        raise Stop(f"Port {asked} cannot be used; it is taken or needs root. Choose another.")
    return int(asked)
