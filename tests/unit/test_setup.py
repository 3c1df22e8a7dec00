"""What set-up promises: nothing but Python, pinned packages without hosts, whole assets."""

from __future__ import annotations

import ast
import json
import re
import socket
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import assets, ports, stamps
from tools.ground import CACHE, ROOT, prepare_environment
from tools.speech import Stop, quietly

LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
SETUP = sorted(set((ROOT / "tools").glob("*.py")) - {ROOT / "tools" / "unpack_chromium.py"})


def _imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        if isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


@pytest.mark.parametrize("module", SETUP, ids=lambda path: path.name)
def test_set_up_needs_nothing_but_python(module: Path) -> None:
    assert set(_imported(module)) <= {"tools", *sys.stdlib_module_names}


def test_where_python_leaves_no_bytecode_beside_its_sources_it_is_left_in_the_cache(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without any, each of a hundred processes would compile all that it imports."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", "")
    monkeypatch.delenv("PYTHONPYCACHEPREFIX")
    prepare_environment()
    said = "import sys; print(sys.dont_write_bytecode, sys.pycache_prefix)"
    came = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert came.stdout.split() == ["False", str(CACHE / "bytecode")]


def test_an_old_python_is_refused_by_name() -> None:
    script = ROOT / "tools" / "setup.py"
    older = f"import runpy, sys; sys.version_info = (3, 9); runpy.run_path({str(script)!r})"
    done = subprocess.run([sys.executable, "-c", older], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("mdt needs Python 3.11 or newer")


def test_an_unknown_command_is_answered_with_the_known_ones() -> None:
    order = [sys.executable, ROOT / "tools" / "setup.py", "fly"]
    done = subprocess.run(order, capture_output=True, text=True)
    assert done.returncode == 1
    assert "run, test, bench, trials" in done.stderr


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that something listens on."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        yield door.getsockname()[1]


def test_a_taken_usual_port_gives_way_and_says_so(
    taken: int, capsys: pytest.CaptureFixture[str]
) -> None:
    port = ports.chosen(None, usual=taken)
    assert port > taken and ports.free(port)
    assert f"Port {taken} is taken" in capsys.readouterr().out


def test_a_named_port_is_the_one_or_a_stop(taken: int) -> None:
    with pytest.raises(Stop, match="cannot be used"):
        ports.chosen(str(taken))


@pytest.mark.parametrize("asked", ["no", "-1", "0", "65536", "80 80"])
def test_a_port_that_is_none_is_a_stop(asked: str) -> None:
    with pytest.raises(Stop, match="from 1 to 65535"):
        ports.chosen(asked)


def test_a_stamp_is_stale_when_a_file_moved(tmp_path: Path) -> None:
    lock, stamp = tmp_path / "a.lock", tmp_path / "stamp"
    lock.write_text("one")
    stamps.write(stamp, stamps.mark([lock], "here"))
    assert stamps.fresh(stamp, stamps.mark([lock], "here"))
    assert not stamps.fresh(stamp, stamps.mark([lock], "there"))
    lock.write_text("two")
    assert not stamps.fresh(stamp, stamps.mark([lock], "here"))


def test_a_failed_command_says_what_it_printed_and_what_to_do() -> None:
    with pytest.raises(Stop, match="(?s)no such host.*Ask for help"):
        quietly(["sh", "-c", "echo no such host; exit 3"], otherwise="Ask for help.")
    with pytest.raises(Stop, match="(?s)could not be started.*Ask for help"):
        quietly(["no-such-program"], otherwise="Ask for help.")


def _pins(lock: Path) -> dict[str, str]:
    """Name -> everything pinned for it, markers left out."""
    lines = re.findall(r"^([a-z0-9.-]+)(?:\[[^]]*])?==([^\s;]+)", lock.read_text(), re.M)
    pins: dict[str, str] = {}
    for name, version in lines:
        pins[name] = f"{pins.get(name, '')} {version}".strip()
    return pins


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_names_versions_and_hashes_and_no_host(lock: Path) -> None:
    text = lock.read_text()
    pins = [line for line in text.splitlines() if line and line[0] not in " #"]
    assert pins and all("==" in line and line.endswith("\\") for line in pins)
    assert "//" not in text


def test_the_browser_lock_names_hashes_and_no_host() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = [about for place, about in lock["packages"].items() if place]
    assert packages and all("integrity" in about for about in packages)
    assert not any("resolved" in about for about in packages)


def test_the_locks_hold_all_that_the_project_asks_for_in_the_same_versions() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {"run": project["dependencies"], "test": project["optional-dependencies"]["test"]}
    run, test = (_pins(ROOT / "requirements" / f"{name}.lock") for name in asked)
    names = {name: {re.match(r"[\w.-]+", want)[0] for want in asked[name]} for name in asked}  # type: ignore[index]
    assert names["run"] <= run.keys() and names["test"] <= test.keys()
    assert {name: test.get(name) for name in run} == run


def test_every_address_in_a_vendored_style_sheet_leads_to_a_file() -> None:
    sheets = list(assets.VENDOR.rglob("*.css"))
    named = [(sheet, name) for sheet in sheets for name in assets.named_by(sheet)]
    assert len(named) > 10
    assert [name for sheet, name in named if not (sheet.parent / name).is_file()] == []


def test_what_the_pages_load_is_in_place() -> None:
    for name in (
        "uswds/css/uswds.min.css",
        "uswds/fonts/public-sans/PublicSans-Regular.woff2",
        "uswds/img/sprite.svg",
        "uswds/img/usa-icons/check.svg",
        "socket.io/socket.io.esm.min.js",
    ):
        assert (assets.VENDOR / name).stat().st_size > 100, name


def test_every_vendored_package_has_its_terms_in_the_notice() -> None:
    notices = (assets.VENDOR / assets.NOTICES).read_text()
    for name in ("uswds 3.", "socket.io-client 4.", "engine.io-client 6.", "public domain"):
        assert name in notices
    assert "sparticuz" not in notices


def test_the_tree_holds_no_third_party_code() -> None:
    order = ["git", "ls-files", "static/vendor", "node_modules"]
    done = subprocess.run(order, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == ""


def test_a_wheel_carries_the_site(tmp_path: Path) -> None:
    order = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q"]
    quietly([*order, "-w", tmp_path, ROOT], otherwise="")
    (wheel,) = tmp_path.glob("mdt-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for folder in ("templates", "static", "migrations"):
        carried = {name for name in names if name.startswith(f"mdt/{folder}/")}
        there = (path for path in (ROOT / folder).rglob("*") if path.is_file())
        shown = {
            f"mdt/{path.relative_to(ROOT)}" for path in there if "__pycache__" not in path.parts
        }
        assert carried == shown
    assert "mdt/static/vendor/uswds/css/uswds.min.css" in names
    assert not any(name.startswith(("tests/", "tools/")) for name in names)
