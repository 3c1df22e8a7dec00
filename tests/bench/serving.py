"""The application as `flask serve` starts it, with the bench's bare views beside it; and the load on it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE
from typing import Any

import httpx

from tests.bench.figures import PROJECT
from tests.server_process import free_port, wait

Came = dict[str, float]
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Served:
    """A running server, and the load that can be put on it."""

    port: int
    server: subprocess.Popen[bytes]
    load: subprocess.Popen[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def signed_in(self, user_id: str) -> Iterator[httpx.Client]:
        """A browser in which this invented person is signed in."""
        with httpx.Client(base_url=self.url, timeout=60) as browser:
            token = TOKEN.search(browser.get("/people").text)
            assert token
            assert browser.post(f"/people/{user_id}", data={"csrf_token": token[1]}).status_code == 303
            yield browser

    def cpu(self) -> float:
        """Seconds of processor that the server has used so far, in all its threads."""
        used = Path(f"/proc/{self.server.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")

    def pages(self, browser: httpx.Client, *paths: str, connections: int, seconds: float) -> Came:
        """Ask for these pages in turn, over and over: what `load` tells, and the `cpu_ms` of the server for one."""
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        asked = {"port": self.port, "paths": paths, "cookie": cookie, "connections": connections, "seconds": seconds}
        assert self.load.stdin and self.load.stdout
        used = self.cpu()
        self.load.stdin.write(json.dumps(asked) + "\n")
        self.load.stdin.flush()
        answer: dict[str, float] = json.loads(self.load.stdout.readline())
        return answer | {"cpu_ms": 1000 * (self.cpu() - used) / (answer["pages"] + connections)}


@contextmanager
def served(env: dict[str, str], log: Path) -> Iterator[Served]:
    """`flask serve` in this environment, on a free port; its words go to `log`."""
    port = free_port()
    order = [sys.executable, "-m", "flask", "--app", "tests.bench.bare", "serve"]
    env = os.environ | env | {"PORT": str(port)}
    with log.open("wb") as output, _process(order, env=env, stdout=output, stderr=output) as server:
        wait(lambda: _knock(port), httpx.TransportError, lambda: _must_run(server, log))
        with _process([sys.executable, "-m", "tests.bench.load"], stdin=PIPE, stdout=PIPE, text=True) as load:
            yield Served(port, server, load)


@contextmanager
def _process(order: list[str], **how: Any) -> Iterator[subprocess.Popen[Any]]:
    process = subprocess.Popen(order, cwd=PROJECT, **how)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _knock(port: int) -> None:
    httpx.get(f"http://127.0.0.1:{port}/help")


def _must_run(server: subprocess.Popen[Any], log: Path) -> None:
    if server.poll() is not None:
        raise RuntimeError(f"the server ended:\n{log.read_text(errors='replace')}")
