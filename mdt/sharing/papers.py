"""The releases of a case, sorted once for everybody: whom those name that stand, and by which code the others fail.

Between two boundaries no release turns. What is said here of a form is said by the checks of `releases`, in their
order; only the order in which forms are taken up differs, so that a reader is shown those that name them and hears of
all the others by the first code that is true of any.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from mdt.sharing import codes, releases, signers
from mdt.sharing.facts import YOUTH, Facts, Item, Org, Release
from mdt.sharing.look import Look
from mdt.sharing.regimes import Regimes

Service = tuple[str | None, frozenset[str], bool, str | None, object]
"""What of an item matters for who signs: who consented, its labels, mental health, how its source is funded."""


def service_of(item: Item, source: Org) -> Service:
    """What of this item matters for who signs a form for it."""
    told = frozenset(label for label in item.labels if label in signers.SERVICES)
    return item.consented_by, told, item.category in signers.MENTAL_HEALTH, source.vsp, source.rhy


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """What releases of one type are to one reader for items of one source and service: those that name the reader
    and stand so far, in the order of the case, and the first code that is true of any other."""

    code: str | None = None
    mine: tuple[Release, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Signed:
    """Forms of one type that stand on their face and are rightly signed, by who discloses and who receives."""

    code: str | None
    total: int
    of: dict[str, int]
    to: dict[tuple[str, str], list[int]]


@dataclass(frozen=True, slots=True, eq=False)
class _Type:
    """Forms of one type: the first code of those that fail on their face, and those that do not."""

    code: str | None
    live: list[int]
    apart: list[int]
    """Withdrawn for some recipients only: each reader asks of these alone."""
    signed: dict[tuple[Service, bool], _Signed] = field(default_factory=dict)


class Papers:
    """The releases of one case in one stretch of time, sorted by a look at it (any one: they are the same for all)."""

    def __init__(self, facts: Facts, look: Look) -> None:
        self.all = facts.releases
        self.place = {id(release): place for place, release in enumerate(self.all)}
        places: dict[str, list[int]] = {}
        for place, release in enumerate(self.all):
            places.setdefault(release.type, []).append(place)
        known = {kind: found for kind, found in places.items() if _asks(kind, look)}
        self.types = {kind: self._sorted(found, look) for kind, found in known.items()}
        self.covering = _by_category(self.all, self.types)

    def _sorted(self, places: list[int], look: Look) -> _Type:
        found, live, apart = list[str](), list[int](), list[int]()
        for place in places:
            release = self.all[place]
            if any(one.recipients for one in release.revoked):
                apart.append(place)
            elif code := _on_its_face(release, look):
                found.append(code)
            else:
                live.append(place)
        return _Type(codes.first(found), live, apart)

    def standing(
        self, kind: str, item: Item, service: Service, look: Look, *, youth_signs: bool
    ) -> tuple[Standing, list[Release]]:
        """What releases of this type are to this look, and which of them it must ask about one by one."""
        of_type = self.types.get(kind)
        if of_type is None:
            return _NONE, []
        key = (service, youth_signs)
        signed = of_type.signed.get(key)
        if signed is None:
            signed = of_type.signed[key] = self._signed(of_type, item, look, youth_signs)
        mine = [self.all[place] for place in self._naming(signed, item.source, look)]
        here = signed.of.get(item.source, 0)
        found = [code for code in (of_type.code, signed.code) if code]
        found += ["E_DISCLOSER_MISMATCH"] if signed.total > here else []
        found += ["E_RECIPIENT_MISMATCH"] if here > len(mine) else []
        return Standing(codes.first(found), tuple(mine)), [self.all[place] for place in of_type.apart]

    def _naming(self, signed: _Signed, source: str, look: Look) -> list[int]:
        """Those of this discloser that name the viewer or their organisation, in the order of the case."""
        names = {look.viewer} if look.org is None else {look.viewer, look.org.id}
        places = {place for name in names for place in signed.to.get((source, name), ())}
        return sorted(place for place in places if releases.names_viewer(self.all[place], look))

    def _signed(self, of_type: _Type, item: Item, look: Look, youth_signs: bool) -> _Signed:
        found, of, to = list[str](), dict[str, int](), dict[tuple[str, str], list[int]]()
        known: dict[Any, str | None] = {}
        for place in of_type.live:
            release = self.all[place]
            how = release.signed_on, release.signed_by
            if how not in known:
                known[how] = releases.signatures(_asked(release, item, look, youth_signs))
            if code := known[how]:
                found.append(code)
                continue
            of[release.discloser] = of.get(release.discloser, 0) + 1
            for name in set(release.recipients):
                to.setdefault((release.discloser, name), []).append(place)
        return _Signed(codes.first(found), sum(of.values()), of, to)


_NONE = Standing()
STRAYS = (*releases.GENERAL, "TPO")


def _asks(kind: str, look: Look) -> bool:
    """Whether anybody asks for this type; one that is asked for and that the profile does not have is a KeyError."""
    return kind in look.profile.releases or kind in STRAYS


def _on_its_face(release: Release, look: Look) -> str | None:
    """The first code that is true of a form whatever it is asked for (about the youth, as all items here are)."""
    if release.subject != YOUTH:
        return "E_SUBJECT_MISMATCH"
    asked = releases.asked_of(release, look)
    return next((code for check in releases.ON_ITS_FACE if (code := check(asked))), None)


def _asked(release: Release, item: Item, look: Look, youth_signs: bool) -> releases.Asked:
    return replace(releases.asked_of(release, look), item=item, youth_signs=youth_signs)


def in_scope(release: Release, item: Item, look: Look, regimes: Regimes, regime: object) -> str | None:
    """The first code that is true of a form that stands and names this discloser and this reader."""
    kind = look.profile.releases[release.type]
    asked = releases.Asked(release, kind, item, look, regimes, regime)  # type: ignore[arg-type]
    return next((code for check in releases.IN_SCOPE if (code := check(asked))), None)


def _by_category(found: Iterable[Release], types: Iterable[str]) -> dict[tuple[str, object], list[Release]]:
    """The releases by type and category, in the order of the case."""
    sorted_out: dict[tuple[str, object], list[Release]] = {}
    for release in found:
        for category in set(release.categories) if release.type in types else ():
            sorted_out.setdefault((release.type, category), []).append(release)
    return sorted_out
