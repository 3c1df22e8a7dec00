"""Server processes of the tests: started in a folder of their own, ended with the tests."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PATIENCE = 30.0


@contextmanager
def temporary_folder(prefix: str) -> Iterator[Path]:
    """A folder that only the server's own user can enter."""
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as name:
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(name, nobody.pw_uid, nobody.pw_gid)
        yield Path(name)


def as_nobody() -> dict[str, Any]:
    """PostgreSQL refuses to run as root; a root's tests run it as `nobody`."""
    if os.geteuid() != 0:
        return {}
    return {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}


@contextmanager
def running(order: Sequence[object], folder: Path) -> Iterator[Callable[[], None]]:
    """Run a server; the callable given raises with its log if it has ended."""
    log = folder / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [str(word) for word in order],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=_end_with_us,
            **as_nobody(),
        )
    try:
        yield lambda: _must_run(server, log)
    finally:
        _end(server)


def _must_run(server: subprocess.Popen[bytes], log: Path) -> None:
    if server.poll() is not None:
        raise RuntimeError(f"{server.args!r} ended:\n{log.read_text(errors='replace')}")


def _end(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT)
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _end_with_us() -> None:
    """Ask Linux to end the server with the tests, even when those are killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)


def wait(knock: Callable[[], None], closed: type[Exception], alive: Callable[[], None]) -> None:
    """Knock until the door opens; raises what the last knock raised when patience ends."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return knock()
        except closed:
            alive()
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


def free_port() -> int:
    """A port of this machine that nothing listens on now."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
    return port
