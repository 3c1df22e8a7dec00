"""What a release, or its end, changes on whose screen, by name.

It is worked out on stand-ins, so it says who may read such records, never whether there are any.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mdt.operations import views
from mdt.operations.access import Seat
from mdt.operations.consent.knowing import is_among, recipients_known
from mdt.operations.consent.standing import objection_for, words
from mdt.operations.consent.standins import Scene, scene
from mdt.operations.team import Colleague, colleague, colleagues, purpose_of
from mdt.sharing import fields as catalog
from mdt.sharing.decide import look_at, settle
from mdt.sharing.facts import Facts, Release
from mdt.sharing.gate import admitted
from mdt.sharing.vocabulary import PURPOSE_WORDS, Category, Role

Read = dict[Category, frozenset[str]]
"""What of each kind somebody may read."""


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody, and the kinds of record that open to them or close for them."""

    person: Colleague
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Screens:
    """Who reads more, who less, who the same, and who still cannot; of those the asker may know of."""

    more: tuple[Change, ...]
    less: tuple[Change, ...]
    same: tuple[Colleague, ...]
    none: tuple[Colleague, ...]
    missed: tuple[tuple[Colleague, str], ...] = ()
    """Recipients to whom it opens nothing more, and why."""


def with_it(seat: Seat, release: Release) -> Screens:
    """What changes once this is signed, for those the asker may know of now. Whoever an agency that is only named
    has at the table is told by what was signed, not by a draft: else naming them all would find out who is there."""
    stage = scene(seat, release)
    before = replace(stage.facts, releases=tuple(one for one in stage.facts.releases if one.id != release.id))
    after = replace(before, releases=(*before.releases, release))
    found = _compared(seat, _known(seat, release, ()), stage, before, after)
    return replace(found, missed=tuple(_missed(seat, release, stage, (*found.same, *found.none))))


def without_it(seat: Seat, release: Release, recipients: Sequence[str] = ()) -> Screens:
    """What changes once this has ended, for everybody or for these recipients."""
    stage = scene(seat, release)
    others = tuple(one for one in stage.facts.releases if one.id != release.id)
    kept = tuple(one for one in release.recipients if recipients and one not in recipients)
    after = (*others, replace(release, recipients=kept)) if kept else others
    people = _known(seat, release, recipients_known(seat, release))
    return _compared(seat, people, stage, stage.facts, replace(stage.facts, releases=after))


def _compared(seat: Seat, people: Iterable[Colleague], stage: Scene, before: Facts, after: Facts) -> Screens:
    more: list[Change] = []
    less: list[Change] = []
    same: list[Colleague] = []
    none: list[Colleague] = []
    for person in people:
        old, new = (_reads(seat, facts, person.id, stage) for facts in (before, after))
        gained, lost = _titles(old, new), _titles(new, old)
        more += [Change(person, gained)] if gained else []
        less += [Change(person, lost)] if lost else []
        if not gained and not lost:
            (same if any(new.values()) else none).append(person)
    return Screens(tuple(more), tuple(less), tuple(same), tuple(none))


def _missed(seat: Seat, release: Release, stage: Scene, people: Iterable[Colleague]) -> Iterable[tuple[Colleague, str]]:
    """Those it names and opens nothing to, with the kernel's word for why."""
    for person in people:
        if is_among(seat, recipients_known(seat, release), person.id):
            code = objection_for(seat, release, stage, person.id)
            yield person, _reason(seat, person, code)


def _reason(seat: Seat, person: Colleague, code: str | None) -> str:
    if code == "E_PURPOSE_MISMATCH":
        return f"is here to {PURPOSE_WORDS[purpose_of(seat.case, person.id)]}, and this is for something else."
    return "may read such records already, or never by this kind of release." if code is None else words(code)


def _known(seat: Seat, release: Release, told: Sequence[str]) -> Iterable[Colleague]:
    """Those the asker may know of, and the people of these recipients; not who gives."""
    facts = seat.case.facts
    known = {one.id: one for one in colleagues(seat, views.look(seat).sources)}
    here = [user for user in facts.members if user in facts.users and admitted(facts, user, seat.at)]
    known |= {user: colleague(seat, user) for user in here if user not in known and is_among(seat, told, user)}
    return [one for one in known.values() if facts.users[one.id].org != release.discloser and one.role is not Role.YT]


def _reads(seat: Seat, facts: Facts, user: str, stage: Scene) -> Read:
    look = look_at(facts, user, purpose_of(seat.case, user), seat.at, seat.profile)
    found: Read = {}
    for item in stage.items:
        found[item.category] = found.get(item.category, frozenset()) | set(settle(look, item.id).fields)
    return found


def _titles(old: Read, new: Read) -> tuple[str, ...]:
    return tuple(
        entry.title
        for category, entry in catalog.CATEGORIES.items()
        if new.get(category, frozenset()) - old.get(category, frozenset())
    )


__all__ = ["Change", "Screens", "with_it", "without_it"]
