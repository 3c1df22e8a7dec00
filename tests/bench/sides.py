"""The servers that are held side by side, each a process of its own on a free port of this machine.

Ours is `flask serve` over the crowd (`changing`); bare is stock python-socketio in the same uvicorn (`bare_bells`);
node is Node's socket.io (`node_bells.js`), fetched by npm into `instance/bench/node` when it is first measured.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.bench.figures import PROJECT
from tests.server_process import free_port

SOCKET_IO = "socket.io@4.8.4"
HERE = Path(__file__).parent
PATIENCE = 180.0
BENCH = PROJECT / "instance" / "bench"


@dataclass(frozen=True, slots=True)
class Side:
    """A running server: where, and which process it is."""

    port: int
    process: subprocess.Popen[bytes]

    def cpu(self) -> float:
        """Seconds of processor it has used so far."""
        used = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> int:
        """Bytes it holds in memory, and shares with nobody."""
        lines = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_"))


@contextmanager
def folder(name: str) -> Iterator[Path]:
    """An empty folder on the project's own disk, gone afterwards."""
    made = BENCH / name
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def ours(env: Mapping[str, str], *, log: str = "log") -> Iterator[Side]:
    """Our server in this environment, whose database is founded already."""
    order = [sys.executable, "-m", "flask", "--app", "tests.bench.changing", "serve"]
    with _running(order, dict(env), Path(env["MDT_INSTANCE"]) / log) as side:
        yield side


def founded(env: Mapping[str, str], others: int = 0) -> dict[str, str]:
    """This environment, with the crowd in its database, and so many people at other tables."""
    env = {"MDT_DEMO": "1"} | dict(env)
    order = [sys.executable, "-m", "tests.bench.changing", str(others)]
    subprocess.run(order, cwd=PROJECT, env=os.environ | env, check=True)
    return env


@contextmanager
def bare(place: Path) -> Iterator[Side]:
    """The bare python-socketio server."""
    with _running([sys.executable, "-m", "tests.bench.bare_bells", str(place)], {}, place / "bare.log") as side:
        yield side


@contextmanager
def node(place: Path) -> Iterator[Side | None]:
    """Node's socket.io; None, and a word about it, where there is no Node."""
    home = _node_home()
    if home is None:
        yield None
        return
    order = [str(shutil.which("node")), str(HERE / "node_bells.js")]
    with _running(order, {"NODE_PATH": str(home / "node_modules")}, place / "node.log") as side:
        yield side


def _node_home() -> Path | None:
    """Where npm put socket.io."""
    home = BENCH / "node"
    if not shutil.which("node") or not shutil.which("npm"):
        print("There is no Node here: nothing is measured beside it.", flush=True)
        return None
    if not (home / "node_modules" / "socket.io").exists():
        home.mkdir(parents=True, exist_ok=True)
        order = ["npm", "install", SOCKET_IO, "--prefix", str(home), "--no-audit", "--no-fund"]
        if subprocess.run(order, capture_output=True).returncode:
            print("npm cannot fetch socket.io: nothing is measured beside Node.", flush=True)
            return None
    return home


@contextmanager
def _running(order: list[str], env: Mapping[str, str], log: Path) -> Iterator[Side]:
    port = free_port()
    with log.open("wb") as words:
        process = subprocess.Popen(
            order, cwd=PROJECT, env=os.environ | dict(env) | {"PORT": str(port)}, stdout=words, stderr=words
        )
    try:
        _wait(port, process, log)
        yield Side(port, process)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Knock until it opens: a machine that has much to do takes its time."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{port}/help", timeout=20)
            return
        except httpx.TransportError:
            _must_run(process, log)
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _must_run(process: subprocess.Popen[bytes], log: Path) -> None:
    if process.poll() is not None:
        raise RuntimeError(f"the server ended:\n{log.read_text(errors='replace')}")


__all__ = ["Side", "bare", "folder", "founded", "node", "ours"]
