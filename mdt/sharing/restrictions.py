"""What an agreed restriction, an objection or a later narrower instruction takes away.

They remove discretionary permits: law bases and earlier releases. Never orders, emergencies or
mandates, nor the subject's own right; nor what somebody filed or keeps. What is signed and what is
objected on the same day: the objection stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from mdt.sharing import moments
from mdt.sharing.bases import Answer, Permit
from mdt.sharing.facts import Item, Release, Restriction
from mdt.sharing.look import Look, flagged
from mdt.sharing.regimes import Regimes
from mdt.sharing.releases import covers, in_force, names_viewer

RESTRICTED = "E_RESTRICTED_BY_LATER"


def applied(answer: Answer, look: Look, item: Item, regimes: Regimes) -> Answer:
    """The same answer without what was taken away, and the code where something was."""
    if not look.is_restricted:
        return answer
    left, codes = [], list(answer.codes)
    for permit in answer.permits:
        taken = _taken(permit, look, item, regimes) & permit.fields if permit.yields else frozenset()
        if taken:
            codes.append(RESTRICTED)
        if not taken or permit.fields - taken:
            left.append(replace(permit, fields=permit.fields - taken) if taken else permit)
    return Answer(left, codes)


def _taken(permit: Permit, look: Look, item: Item, regimes: Regimes) -> frozenset[str]:
    objected = _objections(look, item)
    if not permit.releases:
        return _fields(objected, item) | _narrowed_law(look, item, regimes)
    parts = [
        _fields((one for one in objected if not _signed_after(release, one, look)), item)
        | _narrowed(release, look, item, regimes)
        for release in permit.releases
    ]
    return frozenset().union(*parts)


def _objections(look: Look, item: Item) -> list[Restriction]:
    return [one for one in look.facts.restrictions if _concerns(one, look, item)]


def _concerns(one: Restriction, look: Look, item: Item) -> bool:
    """Whether it speaks now, of this category, against this viewer; silence means all of them."""
    about = not one.categories or item.category in one.categories
    against = not one.against or look.is_among(one.against) or look.user.person in one.against
    return about and against and look.begun(one.on) and not _void(one, look)


def _void(one: Restriction, look: Look) -> bool:
    """A barred person's objection counts for nothing."""
    person = look.facts.case.people.get(one.by)
    return person is not None and flagged(look, person, look.profile.barred_flags, look.at)


def _fields(objections: Iterable[Restriction], item: Item) -> frozenset[str]:
    return frozenset(name for one in objections for name in one.fields or item.fields)


def _signed_after(release: Release, one: Restriction, look: Look) -> bool:
    return _signed(release, look) > moments.day(one.on, look.zone)


def _signed(release: Release, look: Look) -> date:
    """The day on which a form in force was signed."""
    assert release.signed_on is not None
    return moments.day(release.signed_on, look.zone)


def _narrowed(release: Release, look: Look, item: Item, regimes: Regimes) -> frozenset[str]:
    """What later releases of the same people to the same recipient carve out of this one."""
    later = [one for one in _instructions(look, item) if _follows(one, release, look)]
    return _carved(later, item, regimes)


def _narrowed_law(look: Look, item: Item, regimes: Regimes) -> frozenset[str]:
    """What such instructions carve out of the law: those that narrow an earlier release in force."""
    later = [
        one
        for one in _instructions(look, item)
        if any(_speaks(before, look, item) and _follows(one, before, look) for before in look.facts.releases)
    ]
    return _carved(later, item, regimes)


def _instructions(look: Look, item: Item) -> Iterator[Release]:
    return (one for one in look.facts.releases if one.excludes and _speaks(one, look, item))


def _speaks(release: Release, look: Look, item: Item) -> bool:
    return covers(release, item) and names_viewer(release, look) and in_force(release, look)


def _follows(later: Release, earlier: Release, look: Look) -> bool:
    same_people = set(later.signed_by) == set(earlier.signed_by)
    return same_people and _signed(later, look) > _signed(earlier, look)


def _carved(instructions: list[Release], item: Item, regimes: Regimes) -> frozenset[str]:
    excludes = frozenset().union(*(one.excludes for one in instructions))
    return frozenset(item.fields) if excludes & regimes.labels else excludes
