"""See as: the case as somebody else would see it; today, on a later day, under a release, without one.

For the lead, and for an agency about what it filed itself. It discloses nothing: only records that the
one who asks reads are in it, of each only the fields that both would see, and it is worked out from the
releases that they may know of. What they could not know makes no difference to a byte of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from mdt.models import new_id
from mdt.operations import releases, team, views
from mdt.operations.access import Seat
from mdt.operations.acts import not_there
from mdt.operations.consent import knowing, signing
from mdt.operations.consent.kinds import WORDS
from mdt.operations.team import Colleague
from mdt.sharing import facts as fact
from mdt.sharing import fields as catalog
from mdt.sharing.decision import Decision
from mdt.sharing.explain import withheld
from mdt.sharing.facts import Item
from mdt.sharing.vocabulary import PURPOSE_WORDS, ROLE_WORDS, USUAL_PURPOSES, Outcome, Purpose, Role

NEVER_JOIN = (Role.CG, Role.YT, Role.PM, Role.SC)
"""Disciplines of which nobody could be asked to a table as such: a person of the case, or no part in cases."""
NOON = time(12)


@dataclass(frozen=True, slots=True)
class Question:
    """As whom (a member's id, or a role), for which purpose, on which day (None: now), and what is supposed:
    a release in force (`type discloser`), and one that was stopped (its id)."""

    who: str = ""
    purpose: str = ""
    on: date | None = None
    suppose: str = ""
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be asked, as pairs of (value, words)."""

    people: tuple[tuple[str, str], ...]
    roles: tuple[tuple[str, str], ...]
    purposes: tuple[tuple[str, str], ...]
    supposed: tuple[tuple[str, str], ...]
    running: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One record: what they would get of it, and the values that both see. `said`: where they are told it is there."""

    shown: views.Shown
    whole: bool
    told: bool
    seen: tuple[str, ...]
    unseen: tuple[str, ...]
    said: str

    @property
    def chapter(self) -> str:
        return self.shown.chapter


@dataclass(frozen=True, slots=True)
class Preview:
    """A case as somebody else would see it, of what the one who asks sees."""

    who: str
    purpose_words: str
    at: datetime
    chapters: tuple[tuple[str, tuple[Line, ...]], ...]

    @property
    def counts(self) -> tuple[int, int, int]:
        """Records they would read whole, in part, and not."""
        lines = [line for _, found in self.chapters for line in found]
        whole, part = sum(line.whole for line in lines), sum(bool(line.seen) and not line.whole for line in lines)
        return whole, part, len(lines) - whole - part


@dataclass(frozen=True, slots=True)
class _Viewer:
    id: str
    words: str
    role: Role
    facts: fact.Facts


def may_ask(seat: Seat) -> bool:
    """The lead, and the people of an agency that filed something here."""
    return seat.leads or bool(seat.me.agency_id and _mine(seat))


def choices(seat: Seat, asked: Question) -> Choices:
    """What this member can ask. As if there were no such page for whoever may not."""
    if not may_ask(seat):
        raise not_there()
    role = _role_of(seat, asked.who)
    known = [one for one in _colleagues(seat) if not one.me]
    return Choices(
        tuple((one.id, f"{one.name}, {one.role_words}") for one in known),
        tuple((one.value, f"Somebody new: {ROLE_WORDS[one]}") for one in Role if one not in NEVER_JOIN),
        tuple((one.value, PURPOSE_WORDS[one]) for one in USUAL_PURPOSES[role]) if role else (),
        tuple(_supposable(seat)),
        tuple(_running(seat)),
    )


def see_as(seat: Seat, asked: Question) -> Preview:
    """The case as they would see it. Recorded as a look of the one who asks, at what they see."""
    if not may_ask(seat):
        raise not_there()
    viewer = _viewer(seat, asked)
    purpose = _purpose(seat, asked, viewer)
    at = max(seat.at, datetime.combine(asked.on, NOON, seat.zone)) if asked.on else seat.at
    facts = _supposing(seat, replace(viewer.facts, releases=_known(seat)), asked, viewer, at)
    theirs = {item.id: one for item, one in views.look_as(facts, viewer.id, purpose, replace(seat, at=at)).items}
    both = [(item, views.narrowed(one, _fields(theirs.get(item.id)))) for item, one in _mine(seat)]
    ticket = views.disclose(seat, "case.previewed", both, seen_as=asked.who, on=str(asked.on or ""))
    shown = {one.id: one for one in views.open_all(seat, both)}
    lines = [_line(seat, item, one, theirs.get(item.id), shown[item.id]) for item, one in _mine(seat)]
    ticket.hold_answer()
    return Preview(viewer.words, PURPOSE_WORDS[purpose], at, _by_chapter(lines))


def _mine(seat: Seat) -> list[tuple[Item, Decision]]:
    """What the one who asks reads, and may preview."""
    own = seat.me.agency_id
    return [(item, one) for item, one in views.look(seat).items if one.opens and (seat.leads or item.source == own)]


def _colleagues(seat: Seat) -> Iterable[Colleague]:
    return team.colleagues(seat, views.look(seat).sources)


def _role_of(seat: Seat, who: str) -> Role | None:
    if who in Role.__members__:
        return Role(who)
    return next((one.role for one in _colleagues(seat) if one.id == who), None)


def _viewer(seat: Seat, asked: Question) -> _Viewer:
    facts = seat.case.facts
    if asked.who in Role.__members__ and Role(asked.who) not in NEVER_JOIN:
        return _somebody(seat, Role(asked.who))
    for one in _colleagues(seat):
        if one.id == asked.who and not one.me:
            return _Viewer(one.id, f"{one.name}, {one.role_words}", facts.users[one.id].role, facts)
    raise not_there()


def _somebody(seat: Seat, role: Role) -> _Viewer:
    """Somebody of this discipline, of an agency that has no part in the case yet, with an agreement that runs."""
    org = fact.Org(
        id=new_id(), role=role, mou_until=date.max, statutory_member=role in seat.profile.statutory_members
    )
    user = fact.User(id=new_id(), role=role, org=org.id)
    purpose = USUAL_PURPOSES[role][0]
    facts = team.with_member(seat.case.facts, user, org, purpose, since=seat.at)
    return _Viewer(user.id, f"Somebody new: {ROLE_WORDS[role]}", role, facts)


def _purpose(seat: Seat, asked: Question, viewer: _Viewer) -> Purpose:
    usual = USUAL_PURPOSES[viewer.role]
    if asked.purpose in usual:
        return Purpose(asked.purpose)
    return team.purpose_of(seat.case, viewer.id) if viewer.id in seat.case.facts.members else usual[0]


def _known(seat: Seat) -> tuple[fact.Release, ...]:
    return tuple(one for one in seat.case.facts.releases if knowing.may_know(seat, one))


def _supposable(seat: Seat) -> Iterable[tuple[str, str]]:
    """The releases that the one who asks could start, by their agency and kind."""
    for teller in releases.tellers(seat):
        for kind in teller.kinds if teller.here else ():
            yield f"{kind.type} {teller.id}", f"{teller.name}: {kind.words}"


def _running(seat: Seat) -> Iterable[tuple[str, str]]:
    for one in _known(seat):
        if not one.revoked:
            recipients = ", ".join(releases.names(knowing.recipients_known(seat, one), seat))
            source = releases.names([one.discloser], seat)[0]
            yield one.id, f"{WORDS[one.type]}, from {source} to {recipients}"


def _supposing(seat: Seat, facts: fact.Facts, asked: Question, viewer: _Viewer, at: datetime) -> fact.Facts:
    stop = fact.Revocation(at=at, mode="verbal")
    kept = [replace(one, revoked=(*one.revoked, stop)) if one.id == asked.stopped else one for one in facts.releases]
    supposed = [_as_signed(seat, asked.suppose, viewer, at)] if asked.suppose in dict(_supposable(seat)) else []
    return replace(facts, releases=(*kept, *supposed))


def _as_signed(seat: Seat, suppose: str, viewer: _Viewer, at: datetime) -> fact.Release:
    """A release of this kind to this viewer alone, with every kind of record and label, signed by who has to."""
    type, discloser = suppose.split(" ", 1)
    _, kind = releases.kind(seat, discloser, type)
    labels = tuple(dict.fromkeys(label for one in kind.categories for label in catalog.CATEGORIES[one].labels))
    drafted = releases.draft(
        seat, type=type, discloser=discloser, recipients=(viewer.id,), categories=kind.categories,
        labels=labels, expires=at.date().replace(year=at.year + 1, day=1), separate=True,
    )  # fmt: skip
    return replace(drafted, signed_by=signing.signers_needed(seat, drafted, "").usual)


def _fields(decision: Decision | None) -> tuple[str, ...]:
    return decision.fields if decision and decision.opens else ()


def _line(seat: Seat, item: Item, mine: Decision, theirs: Decision | None, shown: views.Shown) -> Line:
    seen = set(_fields(theirs))
    told = theirs is not None and theirs.outcome is Outcome.WITHHOLD
    labels = {name: catalog.field(item.category, name).label for name in mine.fields}
    return Line(
        shown, theirs is not None and theirs.outcome is Outcome.SHOW, told,
        tuple(label for name, label in labels.items() if name in seen),
        tuple(label for name, label in labels.items() if name not in seen),
        withheld(theirs, item, views.names_of(seat)) if told and theirs else "",
    )  # fmt: skip


def _by_chapter(lines: list[Line]) -> tuple[tuple[str, tuple[Line, ...]], ...]:
    titles = dict.fromkeys(line.chapter for line in lines)
    return tuple((title, tuple(line for line in lines if line.chapter == title)) for title in titles)


__all__ = ["Choices", "Line", "Preview", "Question", "choices", "may_ask", "see_as"]
