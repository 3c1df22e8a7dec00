"""The whole, served as `make run` serves it: a process of its own, over a copy of the county."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

READY_SECONDS = 40
UP = ("-m", "flask", "--app", "wsgi", "demo", "up")


@dataclass
class Served:
    """A server of its own. `kill` ends it as a power cut would; `start` brings it up again."""

    instance: Path
    port: int
    env: dict[str, str] = field(default_factory=dict)
    order: tuple[str, ...] = UP
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> str:
        return (self.instance / "server.log").read_text(errors="replace")

    def start(self) -> Served:
        env = os.environ | {"MDT_DEMO": "1", "MDT_INSTANCE": str(self.instance), "PORT": str(self.port)} | self.env
        with (self.instance / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.order],
                env=env,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=Path(__file__).parent.parent,
            )
        self._wait()
        return self

    def kill(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self._over()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
            self._over()

    def _over(self) -> None:
        assert self.process and self.process.stdin
        self.process.wait()
        self.process.stdin.close()

    def _wait(self) -> None:
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            assert self.process and self.process.poll() is None, self.log
            try:
                urllib.request.urlopen(f"{self.url}/help", timeout=2).read()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError(f"the server did not come up:\n{self.log}")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def serve(county_files: Path, tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """serve() is the whole county, served; serve(DATABASE_URL=…) on another database; `order`: by another process."""
    running: list[Served] = []

    def up(order: tuple[str, ...] = UP, **env: str) -> Served:
        folder = tmp_path / f"served-{len(running)}"
        folder.mkdir()
        for file in county_files.iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        running.append(Served(folder, free_port(), env, order))
        return running[-1].start()

    yield up
    for one in running:
        one.stop()
