"""Who has to sign a release in this case, and why: asked of the kernel, never decided here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from mdt.models import Agency, db
from mdt.operations import views
from mdt.operations.access import Seat
from mdt.operations.consent.standins import scene
from mdt.sharing.decide import look_at
from mdt.sharing.facts import AGENCY, YOUTH, Item, Release
from mdt.sharing.look import Look
from mdt.sharing.profile import ReleaseType
from mdt.sharing.signers import Signing, objection

PARENTS = ("mother", "father", "parent", "guardian")
SOMEBODY_ELSE = "somebody_else"
"""The name under which a signature is kept that counts for nothing here."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody whose signature may be on the paper."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Signatures:
    """Who may sign. Each of `ways` is enough by itself; `why` says where that comes from."""

    ways: tuple[tuple[Signer, ...], ...]
    why: str
    choices: tuple[Signer, ...]

    @property
    def usual(self) -> tuple[str, ...]:
        """The way that asks the fewest people."""
        return tuple(one.name for one in self.ways[0]) if self.ways else ()


def signers_needed(seat: Seat, release: Release, called: str) -> Signatures:
    """The fewest signatures that make this release count today, worked out from custody, age and flags.

    `called` is what the reader may call the young person.
    """
    kind, stage = seat.profile.releases[release.type], scene(seat, release)
    look = look_at(stage.facts, seat.me.id, seat.purpose, seat.at, seat.profile)
    ways = tuple(_enough(seat, look, release, stage.items))
    named = {YOUTH, *(name for way in ways for name in way)}
    said = {name: signer(seat, name, called) for name in _candidates(seat) if name in named}
    choices = (*said.values(), Signer(SOMEBODY_ELSE, "Somebody else"))
    why = _why(seat, kind, look, called) if ways else "Nobody can sign this now. Ask counsel before you go on."
    if (YOUTH,) not in ways and _came_alone(seat, look, release):
        why += f" For what {called} came for alone, {called}’s own signature is enough."
    return Signatures(tuple(tuple(said[name] for name in way) for way in ways), why, choices)


def signer(seat: Seat, name: str, called: str) -> Signer:
    """Somebody who signs, in words."""
    case = seat.case.facts.case
    if name == YOUTH:
        return Signer(name, called)
    if name == AGENCY:
        lead = db.session.get(Agency, seat.case.lead_id)
        return Signer(name, lead.name if lead else "The agency with custody")
    person = case.people.get(name)
    words = name.replace("_", " ").capitalize()
    relation = person.relation.replace("_", " ") if person else ""
    return Signer(name, words if not relation or name in PARENTS else f"{words}, {relation}")


def _candidates(seat: Seat) -> tuple[str, ...]:
    return (YOUTH, AGENCY, *seat.case.facts.case.people)


def _enough(seat: Seat, look: Look, release: Release, items: Sequence[Item]) -> Iterator[tuple[str, ...]]:
    """Every smallest group of people whose signatures suffice for all of these, fewest first."""
    found: list[set[str]] = []
    for size in (1, 2):
        for group in combinations(_candidates(seat), size):
            fits = not any(before <= set(group) for before in found)
            if fits and all(_suffice(look, release, group, item) for item in items):
                found.append(set(group))
                yield group


def _suffice(look: Look, release: Release, group: tuple[str, ...], item: Item) -> bool:
    signed = replace(release, signed_by=group, signed_on=release.signed_on or look.at)
    return objection(Signing(look, signed, look.profile.releases[release.type], item)) is None


def _came_alone(seat: Seat, look: Look, release: Release) -> bool:
    """Whether the reader sees a record of this kind for which the young person's signature is enough."""
    seen = views.look(seat).opened.values()
    about = (item for item in seen if item.source == release.discloser and item.category in release.categories)
    return any(_suffice(look, release, (YOUTH,), item) for item in about)


def _why(seat: Seat, kind: ReleaseType, look: Look, called: str) -> str:
    custody = seat.case.facts.case.custody
    others = "a parent, a guardian, or the agency that has custody" if custody == AGENCY else "a parent or guardian"
    together = f"{called} signs, and {others} signs too. Never somebody who may have harmed {called}."
    said = {
        "youth": f"This is {called}’s alone to decide, at any age.",
        "parent": "For a school record a parent or guardian signs whose rights stand. No agency can.",
        "guardian": str(seat.profile.value(f"custody.{custody}") or ""),
        "both": together,
        "sud": together,
    }
    return f"{called} is of age and decides alone." if look.adult else said[kind.signers]


__all__ = ["SOMEBODY_ELSE", "Signatures", "Signer", "signer", "signers_needed"]
