"""What happens in a child: one function slips, and tests run until one of them notices.

Also a pytest plugin: with SLIPPED=module=file, that module is read from that file.
"""

from __future__ import annotations

import functools
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

from tests.trials.mutating import Mutant

EXAMPLES, SEEDS = 12, 6
BUDGET = 10.0
"""Seconds of the processor that a mutant is given."""


def make_quick(items: list[Any]) -> None:
    """Few examples, always the same, and nothing shrunk."""
    from hypothesis import Phase, settings

    for item in items:
        known = getattr(item.obj, "_hypothesis_internal_use_settings", None)
        if known is not None:
            phases = (Phase.explicit, Phase.generate)
            quick = settings(known, max_examples=EXAMPLES, database=None, derandomize=True, phases=phases)
            item.obj._hypothesis_internal_use_settings = quick
    for module in {item.module for item in items}:
        if hasattr(module, "PER_BLOCK"):
            module.PER_BLOCK = SEEDS
        if hasattr(module, "shrink"):
            module.shrink = lambda scenario, difference: scenario


def pytest_collection_modifyitems(items: list[Any]) -> None:
    make_quick(items)


def traced(items: list[Any]) -> str:
    """By test: how long it took of the processor, and which functions of the rules it ran."""
    found: dict[str, tuple[float, list[str]]] = {}
    last = None
    for item in items:
        if item.path != last:
            forget()
            last = item.path
        ran: set[str] = set()
        begun = time.process_time()
        failed = _run(item, lambda frame, event, arg, ran=ran: _note(frame, event, ran))
        if not failed:
            found[item.nodeid] = (round(time.process_time() - begun, 4), sorted(ran))
    return json.dumps(found)


def _note(frame: FrameType, event: str, ran: set[str]) -> None:
    code = frame.f_code
    if event == "call" and "/mdt/sharing/" in code.co_filename:
        module = code.co_filename.rpartition("/")[2].removesuffix(".py")
        ran.add(f"mdt.sharing.{module}:{code.co_qualname.replace('.<locals>', '')}")


def _run(item: Any, profile: Any = None) -> bool:
    """Whether a test failed."""
    from _pytest.runner import runtestprotocol

    sys.setprofile(profile)
    try:
        reports = runtestprotocol(item, log=False, nextitem=None)
    finally:
        sys.setprofile(None)
    return any(one.failed for one in reports)


def killer(mutant: Mutant, items: list[tuple[Any, float]], say: Callable[[str], None]) -> str:
    """`killed` and the test that noticed, `survived`, or `elsewhere` where it cannot be tried like this.

    A test that takes far longer than it did hangs, and that is noticed too.
    """
    try:
        slip(mutant)
    except (ValueError, LookupError, AttributeError):
        return "elsewhere"
    forget()
    for item, seconds in items:
        if time.process_time() > BUDGET:
            return "survived so far"
        signal.signal(signal.SIGVTALRM, lambda *_, item=item: say(f"killed {item.nodeid} hangs"))  # type: ignore[misc]
        signal.setitimer(signal.ITIMER_VIRTUAL, 5 + 20 * seconds)
        if _run(item):
            return f"killed {item.nodeid}"
    return "survived"


def slip(mutant: Mutant) -> None:
    """Put the slip into the function as it lives. LookupError where there is none; ValueError where it does not fit."""
    module = importlib.import_module(mutant.module)
    code = compile(mutant.made(), str(module.__file__), "exec")
    live: Any = module
    names = mutant.function.split(".")
    while not isinstance(live, FunctionType):
        name = names.pop(0)
        live, code = _inner(vars(live)[name]), _code(code, name)
    live.__code__ = code


def _inner(found: Any) -> Any:
    """The function behind a property, a cache or a method of a class."""
    for name in ("fget", "func", "__func__", "__wrapped__"):
        if not isinstance(found, FunctionType | type) and getattr(found, name, None) is not None:
            return _inner(getattr(found, name))
    return _inner(found.__wrapped__) if hasattr(found, "__wrapped__") else found


def _code(code: CodeType, name: str) -> CodeType:
    found = [one for one in code.co_consts if isinstance(one, CodeType) and one.co_name == name]
    if len(found) != 1:
        raise LookupError(name)
    return found[0]


def forget() -> None:
    """Drop everything that was worked out before."""
    from mdt.sharing import compiled

    modules = [one for name, one in sys.modules.items() if name.startswith(("mdt.sharing", "tests.", "test_"))]
    for found in [one for module in modules for one in vars(module).values()]:
        if isinstance(found, functools._lru_cache_wrapper):
            found.cache_clear()
        _bare(found)
    compiled._kept.clear()


def _bare(found: Any) -> None:
    """Take from a profile that a test holds what it has worked out of itself."""
    from mdt.sharing.profile import Profile

    if isinstance(found, Profile):
        for name in ("plans", "_borrowed", "from_source"):
            vars(found).pop(name, None)
        for cell in [one for category in found.categories.values() for one in category.cells.values()]:
            for name in ("never", "own", "filed", "whole", "release_types", "text"):
                vars(cell).pop(name, None)


class _Reading(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Reads one module from another file."""

    def __init__(self, module: str, file: str) -> None:
        self.module, self.file = module, file

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        if name != self.module:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        assert spec and spec.origin
        self.origin = spec.origin
        return importlib.util.spec_from_file_location(name, spec.origin, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        with open(self.file, encoding="utf-8") as source:
            exec(compile(source.read(), self.origin, "exec"), vars(module))


if "SLIPPED" in os.environ:
    sys.meta_path.insert(0, _Reading(*os.environ["SLIPPED"].split("=", 1)))
