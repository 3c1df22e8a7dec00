"""Set everything up, then do one thing: `python3 tools/setup.py run` and its siblings.

Needs Python 3.11 and the package registries, nothing else; the first run takes a minute or two,
later ones seconds. docs/how-to/set-up.md tells what goes where.
"""

from __future__ import annotations

import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - this is where an old Python hears of it
    sys.exit(
        f"mdt needs Python 3.11 or newer; this one is {sys.version.split()[0]}. "
        "If a newer one is on this machine, name it: make run PYTHON=python3.12"
    )
sys.path[0] = str(Path(__file__).resolve().parent.parent)

import os  # noqa: E402
import shlex  # noqa: E402
import subprocess  # noqa: E402
from collections.abc import Callable  # noqa: E402

from tools import browser, locks, packages, ports  # noqa: E402
from tools.ground import PYTHON, one_at_a_time, prepare_environment  # noqa: E402
from tools.speech import Stop, say  # noqa: E402


def run() -> None:
    """Serve the application with the invented county, on PORT."""
    _ready("run")
    port = ports.chosen(os.environ.get("PORT"))
    os.environ |= {"MDT_DEMO": "1", "PORT": str(port)}
    _become("flask", "--app", "wsgi", "demo", "up")


def test() -> None:
    """Run the whole suite; ARGS goes to pytest.

    Without ARGS in two parts: what can run side by side on all cores, then what keeps to times of a second. Of what
    runs on SQLite and is the same on PostgreSQL, one in four runs there too; `make trials ONLY=D.` runs the rest.
    """
    _ready("test", with_browser=True)
    if os.environ.get("ARGS"):
        _become("pytest", *shlex.split(os.environ["ARGS"]))
    beside = ("-m", "not alone and not again", "-n", str(os.cpu_count() or 1), "--dist", "worksteal")
    failed = [part for part in (beside, ("-m", "alone")) if subprocess.run([PYTHON, "-m", "pytest", *part]).returncode]
    sys.exit(1 if failed else 0)


def bench() -> None:
    """Measure; ONLY=name measures one thing. What it is measured against comes too, where it can be had."""
    _ready("test", with_browser=True)
    packages.try_lock("bench")
    _become("tests.bench")


def trials() -> None:
    """Run the long proofs; ONLY=name runs one of them."""
    _ready("test", with_browser=True)
    _become("tests.trials")


def lint() -> None:
    """Check style, the import contract and the types; every check runs, one failure fails."""
    _ready("test")
    failed = [name for name, way in CHECKS.items() if subprocess.run([PYTHON, *way]).returncode]
    if failed:
        raise Stop(f"Not clean: {', '.join(failed)}.")


def lock() -> None:
    """Write the locks anew."""
    packages.ensure("test")
    locks.renew()


CHECKS = {
    "ruff": ("-m", "ruff", "check", "."),
    "import-linter": ("-c", "from importlinter.cli import lint_imports_command as go; go()"),
    "mypy": ("-m", "mypy"),
}

COMMANDS: dict[str, Callable[[], None]] = {
    command.__name__: command for command in (run, test, bench, trials, lint, lock)
}


def main(words: list[str]) -> None:
    """Do the one command named."""
    if len(words) != 1 or words[0] not in COMMANDS:
        sys.exit(f"Say one of: {', '.join(COMMANDS)}.")
    try:
        prepare_environment()
        COMMANDS[words[0]]()
    except Stop as reason:
        sys.exit(f"\n{reason}")
    except KeyboardInterrupt:
        sys.exit("\nStopped. Starting again goes on from here.")


def _ready(name: str, *, with_browser: bool = False) -> None:
    with one_at_a_time():
        packages.ensure(name)
        if with_browser:
            browser.ensure()
    say("Everything is set up.")


def _become(module: str, *words: str) -> None:
    """Hand this process over, so that signals and the exit code are the program's own."""
    sys.stdout.flush()
    os.execv(PYTHON, [str(PYTHON), "-m", module, *words])


if __name__ == "__main__":
    main(sys.argv[1:])
