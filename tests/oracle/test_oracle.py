"""The oracle answers every worked scenario as its author expects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .oracle import answers
from .reading import HERE, load

OPEN = {"J09"}
"""Scenarios of the product's own that rest on a choice the contract leaves open: see `readings`."""
WORKED = [(p.stem, s) for p in sorted((HERE / "worked").glob("*.yaml")) for s in load(p)]
KEPT = [
    (p.stem, s)
    for p in sorted((Path(HERE).parent / "scenarios").glob("*.yaml"))
    if not (HERE / "worked" / p.name).exists()
    for s in load(p)
    if s["id"] not in OPEN
]


@pytest.mark.parametrize(("file", "scenario"), WORKED + KEPT, ids=lambda v: _name(v))
def test_the_oracle_answers_the_worked_scenarios(file: str, scenario: dict[str, Any]) -> None:
    for ask, got in zip(scenario["ask"], answers(scenario), strict=True):
        assert got.outcome == ask["expect"], (file, ask, got)
        if "fields" in ask:
            assert set(got.fields) == set(ask["fields"]), (file, ask, got)
        if "code" in ask and not got.opened:
            assert got.code == ask["code"], (file, ask, got)
        assert set(ask.get("obliges") or []) <= got.obliges, (file, ask, got)


def _name(value: Any) -> str:
    return value if isinstance(value, str) else value["id"]
