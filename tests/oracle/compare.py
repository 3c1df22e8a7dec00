"""Hold the product's answers against the oracle's on random worlds, and shrink what differs.

    python -m tests.oracle.compare --seeds 0..999 [--show 5] [--flip READING…]

`--flip` turns an open reading (see `readings`) the other way round. A difference is printed as the
smallest scenario that still shows it, with the oracle's answer as what is expected.
"""

from __future__ import annotations

import argparse
import copy
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from . import readings
from .oracle import answers
from .reading import moment
from .worlds import world

Path_ = tuple[Any, ...]


class Seen(NamedTuple):
    """An answer as both sides give it; codes count only where nothing is opened."""

    outcome: str
    fields: tuple[str, ...]
    obliges: tuple[str, ...]
    code: str | None


class Difference(NamedTuple):
    """One question that the two sides answer differently."""

    ask: int
    oracle: Seen
    product: Seen

    def about(self) -> str:
        """What differs first: outcome, fields, obliges or code."""
        pairs = zip(Seen._fields, self.oracle, self.product, strict=True)
        return next(name for name, one, other in pairs if one != other)

    def kind(self) -> tuple[str, ...]:
        """What two differences have in common that are likely the same."""
        about = self.about()
        sides = [getattr(side, about) for side in (self.oracle, self.product)]
        return (about, *map(str, sides)) if about in ("outcome", "code") else (about,)


def by_oracle(scenario: dict[str, Any]) -> list[Seen]:
    """The oracle's answers to a scenario."""
    return [_seen(a.outcome, a.fields, a.obliges, a.code) for a in answers(scenario)]


def by_product(scenario: dict[str, Any]) -> list[Seen]:
    """The product's answers to the same scenario, read as its author's file would be."""
    from mdt.sharing import scenarios
    from mdt.sharing.reading import read

    asks = [{"expect": "conceal"} | typed(ask) for ask in scenario["ask"]]
    text = yaml.dump([typed(scenario) | {"ask": asks}], sort_keys=False, Dumper=_Plain)
    results = list(scenarios.scenario(read(text, "world")[0]))
    if any(r.decision is None for r in results):
        raise ValueError(next(r.line() for r in results if r.decision is None))
    made = [r.decision for r in results]
    return [_seen(str(d.outcome), d.fields, d.duties, d.code) for d in made]


class _Plain(yaml.SafeDumper):
    """Without anchors for what is said twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _seen(outcome: str, fields: Any, obliges: Any, code: str | None) -> Seen:
    opened = outcome in ("part", "show")
    return Seen(
        outcome,
        tuple(sorted(fields)) if opened else (),
        tuple(sorted(obliges)) if opened else (),
        None if opened else code,
    )


def typed(value: Any) -> Any:
    """The scenario as YAML would read it: days and times as such; a time with an offset is text."""
    if isinstance(value, dict):
        return {k: typed(v) for k, v in value.items()}
    if isinstance(value, list):
        return [typed(v) for v in value]
    when = moment(value) if isinstance(value, str) else None
    return value if when is None or getattr(when, "tzinfo", None) else when


def differences(scenario: dict[str, Any]) -> list[Difference]:
    """Where the two sides differ on a scenario."""
    pairs = zip(by_oracle(scenario), by_product(scenario), strict=True)
    return [Difference(n, a, b) for n, (a, b) in enumerate(pairs) if a != b]


# -- shrinking ----------------------------------------------------------------------------------


def shrink(scenario: dict[str, Any], difference: Difference) -> dict[str, Any]:
    """The scenario with one question and without every fact that the difference can do without."""
    small = copy.deepcopy(scenario) | {"ask": [scenario["ask"][difference.ask]]}
    wanted, again = difference.kind(), True
    while again:
        again = False
        for path in sorted(_paths(small), key=len):
            smaller = _without(small, path)
            if smaller is not None and _kinds(smaller) == [wanted]:
                small, again = smaller, True
                break
    return small


def _kinds(scenario: dict[str, Any]) -> list[tuple[str, ...]]:
    try:
        _whole(scenario)
        return [d.kind() for d in differences(scenario)]
    except Exception:  # what cannot be read any more is no smaller witness
        return []


def _whole(scenario: dict[str, Any]) -> None:
    """Everybody asked about exists; what names nobody proves nothing."""
    ask = scenario["ask"][0]
    for user in {ask["who"], *ask.get("present", [])}:
        scenario["users"][user]
    for item in scenario["items"].values():
        [scenario["items"][q] for q in item.get("quotes", [])]
    for release in (scenario.get("releases") or {}).values():
        scenario["orgs"][release["discloser"]]


KEPT = {("ask",), ("ask", 0), ("id",), ("title",), ("items",), ("orgs",), ("users",)}


def _paths(value: Any, at: Path_ = ()) -> Iterator[Path_]:
    """The paths of everything that could be left out."""
    keys = list(value) if isinstance(value, dict) else range(len(value))
    for key in keys:
        path = (*at, key)
        if path not in KEPT:
            yield path
        if isinstance(value[key], dict | list):
            yield from _paths(value[key], path)


def _without(scenario: dict[str, Any], path: Path_) -> dict[str, Any] | None:
    smaller = copy.deepcopy(scenario)
    place = smaller
    for key in path[:-1]:
        place = place[key]
    del place[path[-1]]
    return smaller


# -- telling ------------------------------------------------------------------------------------


def told(scenario: dict[str, Any], difference: Difference) -> str:
    """A difference as a scenario file, the oracle's answer as what is expected."""
    oracle, product = difference.oracle, difference.product
    ask = scenario["ask"][difference.ask] | {"expect": oracle.outcome}
    ask |= {"fields": list(oracle.fields)} if oracle.outcome == "part" else {}
    ask |= {"code": oracle.code} if oracle.code else {}
    ask |= {"obliges": list(oracle.obliges)} if oracle.obliges else {}
    text = yaml.dump([typed(scenario) | {"ask": [typed(ask)]}], sort_keys=False, width=110,
                     default_flow_style=None, Dumper=_Plain)  # fmt: skip
    return f"# oracle:  {oracle}\n# product: {product}\n{text}"


def compare(seeds: range, show: int) -> Counter[tuple[str, ...]]:
    """Compare seed by seed; prints the first few of each kind, shrunk."""
    kinds: Counter[tuple[str, ...]] = Counter()
    for seed in seeds:
        scenario = world(seed)
        for difference in differences(scenario):
            kind = difference.kind()
            kinds[kind] += 1
            if kinds[kind] <= show:
                small = shrink(scenario, difference)
                print(f"\n# seed {seed}: {kind}\n{told(small, differences(small)[0])}", flush=True)
    return kinds


def main(arguments: list[str]) -> int:
    """Run over the seeds named; exits with 1 if anything differs."""
    parser = argparse.ArgumentParser(prog="compare")
    parser.add_argument("--seeds", default="0..299")
    parser.add_argument("--show", type=int, default=1)
    parser.add_argument("--flip", nargs="*", default=[], metavar="READING")
    given = parser.parse_args(arguments)
    for name in given.flip:
        setattr(readings, name, not getattr(readings, name))
    first, last = (int(n) for n in given.seeds.split(".."))
    kinds = compare(range(first, last + 1), show=given.show)
    for kind, count in kinds.most_common():
        print(count, *kind)
    print(f"{last - first + 1} worlds, {sum(kinds.values())} differences")
    return 1 if kinds else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
