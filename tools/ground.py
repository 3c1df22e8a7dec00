"""Where set-up puts things, and the environment its commands run in."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.speech import say

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
CACHE = ROOT / ".cache"
PYTHON = VENV / "bin" / "python"

CERTIFICATES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
)


def prepare_environment() -> None:
    """Make every later command trust this machine's certificates and cache in the checkout.

    pip, uv and node each bring a certificate list of their own, which knows nothing of an
    organisation that inspects its traffic. What is already set in the environment stands.
    """
    os.chdir(ROOT)
    for name, value in _wanted().items():
        os.environ.setdefault(name, value)
    _compile_once()


def _compile_once() -> None:
    """Where Python is told to leave no bytecode beside its sources, leave it in the cache.

    Without any, every process compiles all it imports: a server comes up in twice the time, and the
    tests start a hundred processes.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(CACHE / "bytecode"))


def _wanted() -> dict[str, str]:
    caches = {
        "UV_CACHE_DIR": str(CACHE / "uv"),
        "PIP_CACHE_DIR": str(CACHE / "pip"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    return caches | trusting_this_machine()


def trusting_this_machine() -> dict[str, str]:
    """The settings that make pip, uv and node use this machine's own certificates."""
    bundle = next((path for path in CERTIFICATES if Path(path).is_file()), None)
    if bundle is None:
        return {}
    return {"UV_SYSTEM_CERTS": "1", "PIP_CERT": bundle, "NODE_EXTRA_CA_CERTS": bundle}


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the checkout, so that two set-ups started together do not write over each other."""
    CACHE.mkdir(exist_ok=True)
    with open(CACHE / "setup.lock", "w", encoding="utf-8") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is at work in this folder; waiting for it to finish.")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
