"""The virtual environment in .venv, filled from locks that name every version and hash."""

from __future__ import annotations

import sys
from pathlib import Path

from tools import assets, debian, node, stamps
from tools.ground import CACHE, PYTHON, ROOT, VENV
from tools.speech import Stop, quietly, say, succeeds

LOCKS = ROOT / "requirements"
ABOUT = (ROOT / "pyproject.toml", ROOT / "hatch_build.py", LOCKS / "build.lock")
REGISTRY = (
    "Set-up needs the Python package registry. If your organisation has a mirror, set "
    "PIP_INDEX_URL and UV_INDEX_URL to it. If it inspects traffic, its certificate must be in "
    "this machine's store (update-ca-certificates), or PIP_CERT and SSL_CERT_FILE must name it."
)
NO_VENV = (
    "This Python cannot make virtual environments. Ask an administrator to run "
    "'apt-get install python3-venv', then start again."
)


def ensure(name: str) -> None:
    """Have everything that requirements/<name>.lock pins installed, and the project itself.

    `test` holds all of `run`, so whoever can test can also run.
    """
    if _ready(name):
        return
    _make_venv()
    _install_lock("build", with_pip=True)
    say(f"Installing the packages of requirements/{name}.lock; under a minute the first time.")
    _install_lock(name)
    _bring_assets()
    _install("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    stamps.write(_stamp(name), _mark(name))


def install_lock(name: str) -> None:
    """Install one more lock into the environment that is already there."""
    _install_lock(name)


def try_lock(name: str) -> None:
    """Install one more lock once; where that cannot be done, say so and go on without it."""
    if stamps.fresh(_stamp(name), _mark(name)):
        return
    try:
        _install_lock(name)
    except Stop as reason:
        say(f"{reason}\nGoing on without the packages of requirements/{name}.lock.")
        return
    stamps.write(_stamp(name), _mark(name))


def _ready(name: str) -> bool:
    able = {name, "test"}
    fresh = any(stamps.fresh(_stamp(each), _mark(each)) for each in able)
    return fresh and succeeds([PYTHON, "-c", ""]) and assets.fresh()


def _stamp(name: str) -> Path:
    return VENV / f".ready-{name}"


def _mark(name: str) -> str:
    return stamps.mark((*ABOUT, LOCKS / f"{name}.lock"), str(ROOT), sys.version)


def _make_venv() -> None:
    if succeeds([PYTHON, "-c", "import pip, sys; assert sys.version_info >= (3, 11)"]):
        return
    say(f"Making a virtual environment in {VENV.relative_to(ROOT)}.")
    if not _python_is_whole() and debian.may_install():
        debian.install(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
    if _python_is_whole():
        quietly([sys.executable, "-m", "venv", "--clear", VENV], otherwise=NO_VENV)
    else:
        _make_venv_without_root()


def _python_is_whole() -> bool:
    return succeeds([sys.executable, "-c", "import ensurepip, venv"])


def _make_venv_without_root() -> None:
    """Debian splits pip from Python; its wheel lies in a package that unpacks without root."""
    unpacked = CACHE / "pip-wheel"
    try:
        debian.unpack("python3-pip-whl", unpacked)
    except Stop as reason:
        raise Stop(f"{reason}\n{NO_VENV}") from reason
    wheel = next(unpacked.rglob("pip-*.whl"))
    quietly([sys.executable, "-m", "venv", "--clear", "--without-pip", VENV], otherwise=NO_VENV)
    quietly([PYTHON, wheel / "pip", "install", "--no-index", wheel], otherwise=NO_VENV)


def _bring_assets() -> None:
    if assets.fresh():
        return
    if not node.npm():
        say("There is no npm on this machine; installing one into .venv.")
        _install_lock("node")
    say("Bringing styles, fonts and the Socket.IO client from npm into static/vendor.")
    assets.bring()


def _install_lock(name: str, *, with_pip: bool = False) -> None:
    pinned = ("--require-hashes", "--only-binary", ":all:", "-r", f"requirements/{name}.lock")
    if with_pip:
        quietly([PYTHON, "-m", "pip", "install", *pinned], otherwise=REGISTRY)
    else:
        _install(*pinned)


def _install(*what: str) -> None:
    """Install with uv, which takes seconds; with pip where uv cannot."""
    try:
        uv = [PYTHON, "-m", "uv", "pip", "install", "--python", PYTHON, *what]
        quietly(uv, otherwise="Trying the slower way, with pip.")
    except Stop as reason:
        say(str(reason))
        quietly([PYTHON, "-m", "pip", "install", *what], otherwise=REGISTRY)
