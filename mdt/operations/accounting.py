"""The accounting: who was shown what about a young person, when, by which rule.

The ledger is itself an exit. A reader gets of it what concerns items they see themselves, and members
they may know of; everything else leaves no line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import select

from mdt.models import Entry, db
from mdt.operations import facts, ledger, team, views
from mdt.operations.access import Person, Seat, seat_at
from mdt.operations.acts import not_there
from mdt.operations.caseload import CaseLine
from mdt.operations.linking.whole import joined
from mdt.operations.releases import may_know
from mdt.operations.views import READS
from mdt.sharing import fields as catalog
from mdt.sharing.explain import rule_words
from mdt.sharing.facts import Item
from mdt.sharing.vocabulary import PURPOSE_WORDS, Purpose, Role

PAGE = 100
READ_AT_ONCE = 100
ACTS: dict[str, str] = {
    "member.accepted": "came to the team",
    "member.ended": "ended a membership",
    "member.recused": "stepped out of the case, or asked somebody to",
    "meeting.opened": "opened a meeting",
    "meeting.adjourned": "ended a meeting",
    "meeting.taken_over": "took over running a meeting",
    "purpose.chosen": "said what they look for",
    "emergency.declared": "declared an emergency, and could read more for an hour",
}
"""Acts that every reader of the accounting may know of, in words."""
RELEASE_ACTS = {
    "release.recorded": "recorded a release",
    "release.revoked": "stopped a release",
    "release.exported": "took a release out as a file",
}
ITEM_ACTS = {
    "update.posted": "wrote an update",
    "meeting.noted": "wrote a note",
    "meeting.decided": "recorded a decision",
    "need.said": "wrote about what is needed",
    "need.step_taken": "wrote down a step",
}


@dataclass(frozen=True, slots=True)
class Learned:
    """What was shown of one item: which fields, by which rules of which profile; those rules in words, where they
    still stand in the county's table."""

    title: str
    fields: tuple[str, ...]
    rules: tuple[str, ...]
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the accounting; its time is where the case is, by whose days and months it is told."""

    id: str
    at: datetime
    who: str
    agency: str
    words: str
    purpose: str
    learned: tuple[Learned, ...]
    profile: str
    times: int = 1

    @property
    def month(self) -> str:
        return f"{self.at:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Account:
    """A page of the accounting, latest first."""

    lines: tuple[Line, ...]
    older: str | None


def may_read(seat: Seat) -> bool:
    """The young person, and the lead agency that answers for the record."""
    return seat.leads or seat.me.role is Role.YT


def readable(me: Person, lines: Sequence[CaseLine]) -> tuple[CaseLine, ...]:
    """Those of these cases whose accounting this person may read: a list leads to no page that is not there."""
    cases = facts.load_many([line.id for line in lines])
    seats = {line.id: seat_at(cases[line.id], me) for line in lines if line.id in cases}
    return tuple(line for line in lines if (seat := seats.get(line.id)) and may_read(seat))


def account(seat: Seat, *, before: str | None = None, size: int = PAGE) -> Account:
    """A page of who has seen what of that which this reader sees. `before`: the last line of the page before.

    A page is so many lines that are there for this reader, and the next begins after its last: neither its
    length nor its address tells of lines in between that are not.
    """
    if not may_read(seat):
        raise not_there()
    reader = _Reader(seat)
    told = (line for row in _rows(seat.id, before) if (line := reader.line(row)) is not None)
    lines = list(islice(told, size + 1))
    ledger.submit("ledger.read", seat.id, seat.me.id, {"purpose": seat.purpose}).settle()
    older = lines[size - 1].id if len(lines) > size else None
    return Account(tuple(_gathered(lines[:size])), older)


def _rows(case_id: str, before: str | None) -> Iterator[Any]:
    """The entries of a case, latest first, some at a time."""
    ids = joined(case_id)
    seq = db.session.scalar(select(Entry.seq).where(Entry.case_id.in_(ids), Entry.id == before)) if before else None
    while True:
        wanted = select(Entry.seq, Entry.id, Entry.body_).where(Entry.case_id.in_(ids))
        if seq is not None:
            wanted = wanted.where(Entry.seq < seq)
        rows = db.session.execute(wanted.order_by(Entry.seq.desc()).limit(READ_AT_ONCE)).all()
        yield from rows
        if len(rows) < READ_AT_ONCE:
            return
        seq = rows[-1].seq


def _gathered(lines: Iterable[Line]) -> Iterable[Line]:
    """Looks that are alike, one after the other on one day, as one line that says how many."""
    held: Line | None = None
    for line in lines:
        if held and _alike(held, line):
            held = replace(held, times=held.times + 1)
            continue
        if held:
            yield held
        held = line
    if held:
        yield held


def _alike(one: Line, other: Line) -> bool:
    return replace(one, id="", at=other.at, times=1) == replace(other, id="") and one.at.date() == other.at.date()


class _Reader:
    """Turns entries into lines for one reader."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        seen = views.look(seat)
        self.mine = seen.opened
        self.fields = {item.id: set(decision.fields) for item, decision in seen.items if decision.opens}
        self.known = {one.id: one for one in team.colleagues(seat, seen.sources)}
        self.words: dict[str, str | None] = {}

    def line(self, row: Any) -> Line | None:
        body = ledger.body(row.id, row.body_)
        words, learned = self._told(str(body["event"]), body)
        if words is None:
            return None
        who, agency = self._who(body.get("actor"))
        purpose = body.get("purpose")
        said = PURPOSE_WORDS[Purpose(purpose)] if purpose else ""
        return Line(
            row.id,
            datetime.fromisoformat(str(body["at"])).astimezone(self.seat.zone),
            who,
            agency,
            words,
            said,
            learned,
            str(body.get("profile", "")),
        )

    def _told(self, event: str, body: dict[str, Any]) -> tuple[str | None, tuple[Learned, ...]]:
        if event in READS:
            learned = tuple(self._learned(body.get("shown", ())))
            return (READS[event] if learned else None), learned
        if event in ITEM_ACTS:
            return (ITEM_ACTS[event] if body.get("item") in self.mine else None), ()
        if event in RELEASE_ACTS:
            return (RELEASE_ACTS[event] if self._knows_release(body.get("release")) else None), ()
        return ACTS.get(event), ()

    def _learned(self, shown: Iterable[Sequence[Any]]) -> Iterable[Learned]:
        """Of what was shown, that which this reader sees too."""
        for item_id, _category, _source, fields, rules, *_more in shown:
            seen = [name for name in fields if item_id in self.mine and name in self.fields[item_id]]
            if seen:
                yield Learned(
                    catalog.CATEGORIES[self._item(item_id).category].title,
                    _labels(self._item(item_id), seen),
                    tuple(rules),
                    tuple(words for one in rules if (words := self._in_words(one))),
                )

    def _in_words(self, rule: str) -> str | None:
        if rule not in self.words:
            self.words[rule] = rule_words(rule, self.seat.profile)
        return self.words[rule]

    def _item(self, item_id: str) -> Item:
        return self.mine[item_id]

    def _knows_release(self, release_id: Any) -> bool:
        return any(one.id == release_id and may_know(self.seat, one) for one in self.seat.case.facts.releases)

    def _who(self, actor_id: str | None) -> tuple[str, str]:
        """By name, if the reader may know of them; the young person may know of everybody who looked."""
        if actor_id in self.known:
            return self.known[actor_id].name, self.known[actor_id].agency
        here = actor_id if actor_id in self.seat.case.facts.users else None
        if here and (self.seat.me.role is Role.YT or here == self.seat.me.id):
            one = team.colleague(self.seat, here)
            return one.name, one.agency
        return "Somebody who was on the team", ""


def _labels(item: Item, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(catalog.field(item.category, name).label for name in names)
