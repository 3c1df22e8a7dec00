"""Who may see what: the one decision before every exit, in ten steps.

    decide(facts, viewer, item, purpose, at, profile=…) -> Decision

It is taken at read time, for now; nothing is remembered as allowed. Whatever cannot be read refuses:
an error inside becomes "no such thing" at this door.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mdt.sharing import codes, lasting, mandates, meetings, obligations, reply, restrictions
from mdt.sharing.bases import Answer, Question, asked, strays
from mdt.sharing.decision import Decision, Ground, Way
from mdt.sharing.facts import YOUTH, Facts, Item
from mdt.sharing.fields import in_order
from mdt.sharing.gate import admitted
from mdt.sharing.grammar import BasisKind, Cell
from mdt.sharing.look import Look
from mdt.sharing.moments import instant
from mdt.sharing.profile import Profile
from mdt.sharing.regimes import Regimes, regimes_of
from mdt.sharing.vocabulary import Action, Category, Outcome, Purpose, Regime

Answers = dict[Regime | None, Answer]
"""What each body of law came to; None stands for the item's own."""


def decide(
    facts: Facts, viewer: str, item: str, purpose: Purpose, at: datetime,
    *, profile: Profile, action: Action = Action.VIEW, present: Sequence[str] = (),
) -> Decision:  # fmt: skip
    """What this viewer gets of this item for this purpose at this time (aware).

    For a meeting, `present` are the users in the room. Never raises: what cannot be read conceals.
    """
    try:
        if Action(action) is Action.MEETING:
            room = meetings.room(viewer, present)
            views = [decide(facts, one, item, purpose, at, profile=profile) for one in room]
            return meetings.least(views, facts.items[item].category)
        return settle(look_at(facts, viewer, purpose, at, profile, action), item)
    except Exception:  # an unreadable fact refuses, whatever it is
        return unreadable(item, profile)


def look_at(
    facts: Facts, viewer: str, purpose: Purpose, at: datetime, profile: Profile,
    action: Action = Action.VIEW,
) -> Look:  # fmt: skip
    """One look at a case, to be shared by every item of a view."""
    return Look(
        facts=facts, viewer=viewer, purpose=Purpose(purpose), at=instant(at), profile=profile,
        action=Action(action),
    )  # fmt: skip


def settle(look: Look, item_id: str) -> Decision:
    """The decision on one item in this look, taken once; what cannot be read conceals."""
    if item_id not in look.settled:
        if item_id in look.asking:
            return unreadable(item_id, look.profile)
        look.asking.add(item_id)
        try:
            look.settled[item_id] = _ten_steps(look, look.facts.items[item_id])
        except Exception:  # an unreadable fact refuses, whatever it is
            look.settled[item_id] = unreadable(item_id, look.profile)
    return look.settled[item_id]


def unreadable(item_id: str, profile: Profile) -> Decision:
    """The answer where something could not be read."""
    return _concealed(item_id, profile, "error")


def _ten_steps(look: Look, item: Item) -> Decision:
    # 1 Gate: for whoever is not at the table there is no such case.
    if not look.admitted:
        return _concealed(item.id, look.profile, "gate")
    # 2 Subject: what is about somebody else is for its source alone.
    if item.subject != YOUTH and not look.is_source(item):
        return _concealed(item.id, look.profile, "subject")
    # 3 Never: sealed, barred, not in this application.
    regimes = regimes_of(item, look.facts, look.profile)
    quoted = [settle(look, name) for name in item.quotes]
    if _never(look, item, regimes):
        return _concealed(item.id, look.profile, "never")
    # 4 Mandate: a statutory report carries its own list and nothing else.
    if look.action in mandates.ACTIONS:
        fields = mandates.listed(look, item, regimes)
        return mandates.answer(look, item, _readable(look, item, fields), regimes, quoted)
    # 5 Regimes are AND, bases are OR.
    answers = {regime: _ask(look, item, regimes, regime) for regime in (None, *regimes.further)}
    # 6 Restrictions take away what the law or an earlier release would allow.
    answers = {r: restrictions.applied(one, look, item, regimes) for r, one in answers.items()}
    # 7 Minimise: between bodies of law only common fields remain.
    fields = _readable(look, item, _common(answers))
    # 8 Obligations travel with the item.
    duties = obligations.of(look, item, regimes, fields, answers.values(), quoted)
    # 9 Reply: what is not opened is withheld, or there is no such thing.
    if not reply.opens(look, fields, duties, quoted):
        return _refused(look, item, regimes, answers, fields, quoted)
    # 10 Ledger: the decision says by which rule, so that whoever shows it can record it.
    return _opened(look, item, answers, fields, duties, quoted)


def _never(look: Look, item: Item, regimes: Regimes) -> bool:
    """Sealed; a barred recipient; a cell marked N; a safe address outside a page; not for an alert."""
    sealed = item.sealed is not None and look.begun(item.sealed)
    return sealed or look.barred or closed_to(look, item, regimes)


def closed_to(look: Look, item: Item, regimes: Regimes) -> bool:
    """Whether this discipline gets such an item in this way never, whatever the case."""
    closed = look.cell(item.category).never
    return Regime.SEALED in regimes.all or closed or _out_of_place(look, item)


def _out_of_place(look: Look, item: Item) -> bool:
    """A protected address is in no search, export or alert; an alert gives a missing episode only."""
    listing = look.action in (Action.SEARCH, Action.EXPORT, Action.ALERT)
    unlisted = listing and look.profile.categories[item.category].unlisted
    return unlisted or (look.action is Action.ALERT and item.category is not Category.MISSING)


def _ask(look: Look, item: Item, regimes: Regimes, regime: Regime | None) -> Answer:
    cell = cell_for(look, item, regimes, regime)
    question = Question(look, item, regimes, regime)
    answer = asked(cell, question)
    answer.codes += strays(question, cell.release_types)
    return answer


def cell_for(look: Look, item: Item, regimes: Regimes, regime: Regime | None) -> Cell:
    """What satisfies a body of law: for the item's own (None) the viewer's cell in its category, for
    another the whole-item alternatives of its home cell."""
    own = _swapped(look) if regimes.swapped else look.cell(item.category)
    if regime is None:
        return own.filed
    borrowed = look.profile.borrowed(regime, look.role)
    return borrowed.of_source(own.filed.own) if regime in regimes.source else borrowed


def _swapped(look: Look) -> Cell:
    """An advocate's cell under RHY instead of VSP: the same ways, of the kind that RHY knows."""
    cell = look.cell(Category.ADVOCATE)
    known = {(one.kind, one.ref): one for one in look.profile.regimes[Regime.RHY].needs}
    keys = [(one.kind, "RHY" if one.ref == "VSP" else one.ref) for one in cell]
    closed = [one for one in cell if one.kind in (BasisKind.NEVER, BasisKind.AGGREGATE)]
    return Cell((*closed, *(known[key] for key in keys if key in known)), cell.rule)


def _common(answers: Answers) -> frozenset[str]:
    """Bases that hold for one regime add their fields; between regimes only common fields remain."""
    return frozenset.intersection(*(one.fields for one in answers.values()))


def _readable(look: Look, item: Item, fields: frozenset[str]) -> frozenset[str]:
    """Without what is about other people, unless the viewer's organisation filed it."""
    if look.is_source(item):
        return fields
    return fields.difference(*item.third_party.values())


def _opened(
    look: Look, item: Item, answers: Answers, fields: frozenset[str], duties: frozenset[str],
    quoted: Sequence[Decision],
) -> Decision:  # fmt: skip
    whole = fields == frozenset(item.fields)
    ends = lasting.until([one.permits for one in answers.values()], look)
    ends = min((end for end in (ends, *(one.until for one in quoted)) if end), default=None)
    return Decision(
        item=item.id,
        outcome=Outcome.SHOW if whole else Outcome.PART,
        profile=look.profile.name,
        version=look.profile.version,
        step="minimise",
        fields=in_order(item.category, fields),
        code=None if whole else codes.first(_codes(item, answers)),
        grounds=_grounds(item, answers, fields),
        duties=duties,
        until=ends,
    )


def _refused(
    look: Look, item: Item, regimes: Regimes, answers: Answers, fields: frozenset[str],
    quoted: Sequence[Decision],
) -> Decision:  # fmt: skip
    cells = {regime: cell_for(look, item, regimes, regime) for regime in answers}
    shut = [cells[regime] for regime, one in answers.items() if not one.fields]
    ways = reply.ways(look, item, regimes, cells[None], shut, quoted)
    found = [*_codes(item, answers), *(one.code for one in reply.closed(quoted) if one.code)]
    return Decision(
        item=item.id,
        outcome=Outcome.WITHHOLD if ways else Outcome.CONCEAL,
        profile=look.profile.name,
        version=look.profile.version,
        step="reply" if fields else "regimes",
        code=codes.first(found),
        ways=ways,
    )


def _codes(item: Item, answers: Answers) -> list[str]:
    """The codes of the bodies of law that stand in the way, or else of those that give only a part."""
    shut = [one for one in answers.values() if not one.fields]
    partial = [one for one in answers.values() if one.fields != frozenset(item.fields)]
    return [code for one in shut or partial for code in one.codes]


def _grounds(item: Item, answers: Answers, fields: frozenset[str]) -> tuple[Ground, ...]:
    return tuple(
        Ground(
            alternative=str(permit.alternative),
            rule=permit.alternative.rule,
            basis=permit.alternative.ref or permit.alternative.kind.value,
            fields=in_order(item.category, permit.fields & fields),
            release="&".join(one.id for one in permit.releases) or None,
            order=permit.order.id if permit.order else None,
            emergency=permit.emergency.id if permit.emergency else None,
        )
        for answer in answers.values()
        for permit in answer.permits
        if permit.fields & fields
    )


def _concealed(item_id: str, profile: Profile, step: str) -> Decision:
    return Decision(
        item=item_id,
        outcome=Outcome.CONCEAL,
        profile=profile.name,
        version=profile.version,
        step=step,
    )


__all__ = ["Decision", "Ground", "Way", "admitted", "decide", "look_at", "settle"]
