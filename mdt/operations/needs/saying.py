"""Saying something of a need: one record of the plan for each author and need, revised by its author alone.

What the young person says, they say themself; or somebody writes down what they were told, as such. Once they have
said it themself nobody writes it for them any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from mdt.models import Case, Item, NeedSaid, NeedTerms, db, new_id, now
from mdt.operations import drafts, facts, guarding, items, team, updates, views
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.meetings import Sent
from mdt.operations.needs import heeding
from mdt.operations.updates import Audience
from mdt.sharing.decide import decide
from mdt.sharing.facts import Item as ItemFact
from mdt.sharing.grammar import BasisKind
from mdt.sharing.needs import Kind
from mdt.sharing.vocabulary import Category, Role

PLACE = "need"
LONGEST = 2000
LINES_AT_MOST = 20
THEIRS = "They have said this themself. It stays theirs: ask them to change it, or write down how you see it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is said of a need. `young`: it is what the young person says; `stage` a code, or none."""

    says: str
    goals: str = ""
    strengths: str = ""
    stage: str = ""
    young: bool = False

    @property
    def text(self) -> str:
        """All of it, for the leak guard."""
        return "\n".join(one for one in (self.says, self.goals, self.strengths) if one.strip())


def is_young(seat: Seat) -> bool:
    """Whether it is the young person who looks."""
    return seat.me.role is Role.YT


def may_say(seat: Seat) -> bool:
    """The young person, and whoever acts for an agency whose discipline is not shut out of the plan."""
    if not seat.profile.needs.kinds or seat.me.role is None:
        return False
    shut = any(one.kind is BasisKind.NEVER for one in seat.profile.cell(Category.PLAN, seat.me.role))
    return is_young(seat) or (seat.me.agency_id is not None and not shut)


def kind(seat: Seat, need: str) -> Kind:
    """A need of this county, for whoever may say something of it; or as if there were none."""
    found = seat.profile.needs.kinds.get(need)
    if found is None or not may_say(seat):
        raise not_there()
    return found


def rows(case_id: str) -> tuple[NeedSaid, ...]:
    """Everything that is said of the needs of a case, oldest first; what of it somebody may read is for a view."""
    found = db.session.scalars(select(NeedSaid).where(NeedSaid.case_id == case_id).order_by(NeedSaid.id))
    return tuple(sorted(found, key=lambda one: (one.item.created_at, one.id)))


def mine(seat: Seat, need: str, *, young: bool) -> NeedSaid | None:
    """My own record of this need: mine, or what I wrote down for them. What I wrote for an agency that I have left is
    that agency's."""
    own = need, young, False, seat.me.id, _source(seat), Category.PLAN
    return next((one for one in rows(seat.id) if _told(one) == own), None)


def _told(row: NeedSaid) -> tuple[object, ...]:
    """Of what, by whom, for which agency."""
    said, item = row.terms, row.item.terms
    return said.need, said.young, said.step, item.author, item.source, item.category


def _source(seat: Seat) -> str:
    return seat.me.agency_id or seat.case.lead_id


def said_themself(seat: Seat, need: str | None = None) -> tuple[NeedSaid, ...]:
    """What the young person has said of this need, or of any, with their own hand."""
    users = seat.case.facts.users
    return tuple(
        one
        for one in rows(seat.id)
        if one.terms.young and need in (None, one.terms.need) and _role(users, one.item.terms.author) is Role.YT
    )


def _role(users: Mapping[str, Any], author: str | None) -> Role | None:
    found = users.get(author or "")
    return found.role if found else None


def say(seat: Seat, need: str, told: Told, sent: Sent) -> str:
    """Say something of a need, or say it anew. The record's id. `guarding.Repeats` as for any other writing."""
    about = kind(seat, need)
    told = replace(told, young=told.young or is_young(seat))
    with recorded("need.said", by=seat.me, case=seat.id, need=need, young=told.young) as record:
        _check(seat, about, told)
        guarding.check_quotes(seat, sent.quotes)
        values = values_of(about, told)
        found = mine(seat, need, young=told.young)
        if found is None and items.is_kept(seat.id, sent.key, seat.me.id):
            return sent.key
        draft = drafted(seat, values, found.item_id if found else sent.key, sent.quotes)
        record["heeded"] = heeding.check(seat, draft, values, sent)
        row = _revised(seat, found, values, sent.quotes) if found else file(seat, need, values, draft, young=told.young)
        row.terms = staged(row.terms, told.stage, _today(seat))
        record["item"] = row.item_id
        noticed(seat, row.item)
        return row.item_id


def values_of(about: Kind, told: Told) -> dict[str, Any]:
    """The fields of the plan that this goes into: empty ones too, so that what is taken out is gone."""
    return {"needs": lines(told.says), about.goals: lines(told.goals), "note": told.strengths.strip()}


def lines(text: str) -> list[str]:
    """What stands one a line."""
    return [one.strip() for one in text.splitlines() if one.strip()]


def drafted(seat: Seat, values: Mapping[str, Any], item_id: str = "", quotes: Iterable[str] = ()) -> ItemFact:
    """The record this would be, for asking who could read it."""
    return ItemFact(
        id=item_id or new_id(), category=Category.PLAN, source=_source(seat),
        fields=tuple(name for name, value in values.items() if value), author=seat.me.id, quotes=tuple(quotes),
        recorded=_today(seat),
    )  # fmt: skip


def file(seat: Seat, need: str, values: Mapping[str, Any], draft: ItemFact, **terms: Any) -> NeedSaid:
    """A new record of a need, within an act."""
    case = db.session.get_one(Case, seat.id)
    item = items.file(
        case, id=draft.id, source=draft.source, category=Category.PLAN, values=values, author=draft.author,
        quotes=draft.quotes,
    )  # fmt: skip
    row = NeedSaid(case=case, item_id=item.id, terms=NeedTerms(need=need, **terms))
    row.item = item
    db.session.add(row)
    db.session.flush()
    return row


def _revised(seat: Seat, row: NeedSaid, values: Mapping[str, Any], quotes: Iterable[str]) -> NeedSaid:
    """The record with what is said now: it is of today."""
    every = tuple(dict.fromkeys((*row.item.terms.quotes, *quotes)))
    items.revise(row.item, values, quotes=every, recorded=_today(seat))
    row.changed_at = now()
    return row


def staged(terms: NeedTerms, stage: str, today: date) -> NeedTerms:
    """The same with this stage from today on; as it is, where it is the same, or none is said."""
    last = terms.stages[-1] if terms.stages else None
    if not stage or (last and last[0] == stage):
        return terms
    earlier = terms.stages[:-1] if last and last[1] == today else terms.stages
    return replace(terms, stages=(*earlier, (stage, today)))


def noticed(seat: Seat, item: Item) -> None:
    """Move the case up in the lists of those who may see it, within an act."""
    db.session.flush()
    known = facts.load(seat.id)
    assert known
    team.noticed(known, item.terms, by=seat.me.id)


@dataclass(frozen=True, slots=True)
class Readers:
    """Who would read what is said, the goals, and the strengths: three fields of the plan, each with its readers."""

    says: Audience
    goals: Audience
    strengths: Audience


def readers(seat: Seat, need: str) -> Readers:
    """Who could read a record like this, by field, now."""
    about = kind(seat, need)
    alone = (drafted(seat, {name: "x"}) for name in ("needs", about.goals, "note"))
    return Readers(*(updates.audience_of(seat, draft) for draft in alone))


def _check(seat: Seat, about: Kind, told: Told) -> None:
    if told.stage and told.stage not in seat.profile.needs.stages:
        raise Refused("Choose one of the five, or none.", reason="stage", code=422)
    if not lines(told.says) and not lines(told.goals):
        raise Refused("Write a line first.", reason="empty", code=422)
    if len(told.text) > LONGEST or max(len(lines(told.says)), len(lines(told.goals))) > LINES_AT_MOST:
        raise Refused(f"At most {LINES_AT_MOST} lines, and {LONGEST} characters.", reason="too_long", code=422)
    if told.young and not is_young(seat) and _sees(seat, said_themself(seat, about.code)):
        raise Refused(THEIRS, reason="theirs")


def _sees(seat: Seat, theirs: Iterable[NeedSaid]) -> bool:
    """Whether one of these is open to this member: to others a refusal would tell that it is there."""
    opened = views.look(seat).opened
    return any(one.item_id in opened for one in theirs)


def reads_theirs(seat: Seat) -> bool:
    """Whether what the young person says of a need would be open to this member, whether or not there is any. Nobody
    is told here that somebody objects to them: that counts where there is a record that it keeps from them."""
    draft = ItemFact(
        id=new_id(), category=Category.PLAN, source=seat.case.lead_id, fields=("needs",), recorded=_today(seat)
    )
    known = replace(seat.case.facts, items={**seat.case.facts.items, draft.id: draft}, restrictions=())
    return decide(known, seat.me.id, draft.id, seat.purpose, seat.at, profile=seat.profile).opens


def _today(seat: Seat) -> date:
    return seat.today


drafts.place(PLACE, lambda seat, _subject: may_say(seat))

__all__ = [
    "LONGEST", "PLACE", "Readers", "Told", "drafted", "file", "is_young", "kind", "lines", "may_say", "mine", "noticed",
    "readers", "reads_theirs", "rows", "said_themself", "say", "staged", "values_of",
]  # fmt: skip
