"""Papers as they come: taken in with their own words, the steps the law asks for, and who waits for whom.

A paper belongs to the agency it was served on. Nobody else of the team learns of it; what it opens, once counsel has
signed it off as an order, opens as any order does (`sharing.orders`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from mdt.models import Agency, Case, Hold, Paper, PaperState, PaperTerms, StepDone, User, db, now
from mdt.models.among import among
from mdt.models.base import locked
from mdt.operations import duties, ledger, releases, team, views
from mdt.operations.access import Person, Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.at_once import Of, Question
from mdt.operations.duties import Duty
from mdt.operations.legal import lawyers
from mdt.sharing import fields as catalog
from mdt.sharing.clocks import PaperKind, Process, Reason, Step
from mdt.sharing.facts import YOUTH, Item
from mdt.sharing.profile import Profile
from mdt.sharing.vocabulary import Category, Regime, Role

APPOINTS = "APPT"
OPEN, SEAL, EXPUNGE = "open", "seal", "expunge"
EFFECTS = {
    OPEN: "Show records to somebody",
    SEAL: "Seal records",
    EXPUNGE: "Delete records for good",
}
PROCESSES = {
    "none": "Nothing beside it",
    "subpoena": "A subpoena stands beside it",
    "voluntary": "Our program discloses of its own will",
}
EVERYBODY = "case"
"""Asked of the lead: the records of every agency but those whose clients are protected."""
LONGEST = 8000


@dataclass(frozen=True, slots=True)
class StepView:
    """One thing to do before a paper is answered. `done`: what was done of it, or why not."""

    step: Step
    due_at: datetime
    done: StepDone | None


@dataclass(frozen=True, slots=True)
class PaperView:
    """A paper in words."""

    id: str
    case_id: str
    agency: str
    kind: PaperKind
    effect: str
    order: str | None
    terms: PaperTerms
    titles: tuple[str, ...]
    recipients: tuple[str, ...]
    reach: str
    state: str
    received_at: datetime
    due_at: datetime | None
    answered_at: datetime | None
    steps: tuple[StepView, ...]
    reasons: tuple[Reason, ...]
    lacks: tuple[str, ...]
    counsel: str | None
    held: bool

    @property
    def waits(self) -> bool:
        return self.state == PaperState.WAITING

    @property
    def undone(self) -> tuple[StepView, ...]:
        return tuple(one for one in self.steps if one.done is None)


def may_take_in(seat: Seat) -> bool:
    """Whether papers come to this member: of an agency that holds records."""
    return seat.me.agency_id is not None and seat.me.role not in (Role.CG, Role.YT, Role.SC, Role.PM)


def process(seat: Seat) -> Process:
    return seat.profile.clocks.process


def categories(seat: Seat) -> tuple[Category, ...]:
    """What a paper can ask for: everything a profile knows. It says nothing of what there is."""
    return tuple(one for one in catalog.CATEGORIES if one in seat.profile.categories)


def recipients(seat: Seat, directory: Mapping[str, str]) -> dict[str, str]:
    """Who a paper could let read: the public directory, and members this reader knows, one by one."""
    people = (one for one in team.colleagues(seat, views.look(seat).sources) if not one.me and one.role is not Role.YT)
    return dict(directory) | {one.id: f"{one.name}, {one.role_words}" for one in people}


def take_in(seat: Seat, terms: PaperTerms, *, received_at: datetime, due_at: datetime | None, key: str) -> str:
    """Keep a paper with its own words, for one's agency. The same key twice is once. Its id."""
    if not may_take_in(seat):
        raise not_there()
    with recorded("paper.taken_in", by=seat.me, case=seat.id, paper=key, kind=terms.kind, effect=terms.effect):
        if is_kept(seat, key):
            return key
        _check(seat, terms, received_at)
        db.session.add(
            Paper(
                id=key, case=db.session.get_one(Case, seat.id), agency_id=seat.me.agency_id, terms=terms,
                received_at=received_at, due_at=due_at, made_by=seat.me.id,
            )
        )  # fmt: skip
    return key


def is_kept(seat: Seat, key: str) -> bool:
    """Whether this very paper was taken in already."""
    kept = db.session.get(Paper, key)
    if kept is not None and (kept.case_id, kept.made_by) != (seat.id, seat.me.id):
        raise Refused("Reload this page, then send it again.", reason="key", code=422)
    return kept is not None


def of_case(seat: Seat) -> tuple[PaperView, ...]:
    """The papers of this member's agency in this case, what waits first. Recorded."""
    if not may_take_in(seat):
        raise not_there()
    mine = select(Paper).where(Paper.case_id == seat.id, Paper.agency_id == seat.me.agency_id)
    rows = list(db.session.scalars(mine.order_by(Paper.received_at.desc(), Paper.id)))
    _disclosed(seat.me, seat.id, rows)
    found = [view(row, seat.profile) for row in rows]
    return tuple(sorted(found, key=lambda one: not one.waits))


def read(seat: Seat, paper_id: str) -> PaperView:
    """One paper of this member's agency, or as if there were none. Recorded."""
    row = find(seat, paper_id)
    _disclosed(seat.me, seat.id, [row])
    return view(row, seat.profile)


def did(seat: Seat, paper_id: str, step: str, *, words: str, possible: bool) -> None:
    """Write down what was done of a step, or why it was not."""
    with recorded("paper.step", by=seat.me, case=seat.id, paper=paper_id, possible=possible) as record:
        row = find(seat, paper_id, lock=True)
        asked = {one.name for one in _asked(row.terms, row.agency, seat.profile)}
        if step not in asked or row.state != PaperState.WAITING:
            raise not_there()
        record["step"] = step
        if not words.strip():
            raise Refused("Say what was done, when, and by whom; or why it was not.", reason="no_words", code=422)
        done = StepDone(name=step, at=now(), by=seat.me.id, words=words.strip()[:2000], possible=possible)
        others = tuple(one for one in row.terms.steps if one.name != step)
        row.terms = replace(row.terms, steps=(*others, done))


def find(seat: Seat, paper_id: str, *, lock: bool = False) -> Paper:
    """The row of a paper of this member's agency, or as if there were none."""
    row = locked(Paper, paper_id) if lock else db.session.get(Paper, paper_id)
    mine = row is not None and (row.case_id, row.agency_id) == (seat.id, seat.me.agency_id)
    if row is None or not mine or not may_take_in(seat):
        raise not_there()
    return row


def view(row: Paper, rules: Profile) -> PaperView:
    """A paper in words, with what the law asks before it is answered and what it lacks to open anything."""
    terms: PaperTerms = row.terms
    said, order = rules.clocks.process, rules.orders.get(terms.order or "")
    kind = said.papers[terms.kind]
    counsel = lawyers.for_agency(row.agency, row.case.lead_id)
    return PaperView(
        row.id, row.case_id, row.agency.name, kind, EFFECTS[terms.effect], order.title if order else None, terms,
        tuple(catalog.CATEGORIES[one].title for one in catalog.CATEGORIES if one in terms.categories),
        called(terms.recipients), EVERYBODY if terms.sources == (EVERYBODY,) else row.agency.name, row.state,
        row.received_at, row.due_at, row.answered_at, _steps(row, rules),
        () if kind.opens else _reasons(terms, row.agency, rules), _lacks(terms, rules),
        db.session.get_one(Agency, counsel).name if counsel else None, _holds(row),
    )  # fmt: skip


def items_reached(row: Paper, facts_items: Mapping[str, Item], orgs: Mapping[str, Any]) -> tuple[str, ...]:
    """The records that a paper reaches now: of its categories, from its agency; or, taken in by the lead for
    everybody, from every agency whose clients are not protected."""
    terms: PaperTerms = row.terms
    return tuple(sorted(
        one.id for one in facts_items.values()
        if one.category in terms.categories and one.subject == YOUTH and reaches(row, one.source, orgs)
    ))  # fmt: skip


def reaches(row: Paper, source: str, orgs: Mapping[str, Any]) -> bool:
    """Whether a paper reaches what this agency holds."""
    if row.terms.sources == (EVERYBODY,):
        return not team.hides_its_clients(orgs.get(source))
    return source == row.agency_id


WAITING = Question(
    Of.CASE,
    select(Paper)
    .where(among(Paper.case_id), Paper.state == PaperState.WAITING)
    .order_by(Paper.due_at, Paper.id),
    lambda row: [row.case_id],
)


@duties.found_by
def _waiting(me: Person, seats: Mapping[str, Seat]) -> Iterable[Duty]:
    """The papers of one's agency that still want something: the next step, or counsel's answer."""
    for row in WAITING.about(seats):
        seat = seats[row.case_id]
        if row.agency_id != me.agency_id or not may_take_in(seat):
            continue
        undone = [one for one in _steps(row, seat.profile) if one.done is None]
        first = min((one.due_at for one in undone), default=row.due_at)
        kind = process(seat).papers[row.terms.kind].title.lower()
        words = undone[0].step.title if undone else f"A {kind} waits for counsel"
        yield Duty("paper", row.id, row.case_id, f"{words}.", first)


def _check(seat: Seat, terms: PaperTerms, received_at: datetime) -> None:
    kind = process(seat).papers.get(terms.kind)
    wrong = (
        kind is None
        or terms.effect not in kind.effects
        or not terms.categories
        or (terms.order is not None and terms.order not in seat.profile.orders)
        or (terms.sources == (EVERYBODY,) and not seat.leads)
        or (terms.effect == OPEN and not terms.recipients)
        or bool(set(terms.recipients) - recipients(seat, releases.reachable(seat, seat.me.agency_id or "")).keys())
        or not terms.words.strip()
        or received_at > now() + timedelta(minutes=1)
    )
    if wrong:
        raise Refused("Something on the paper is missing. Look at it once more.", reason="terms", code=422)


def _asked(terms: PaperTerms, agency: Agency, rules: Profile) -> tuple[Step, ...]:
    """The steps that the profile asks for. They follow from what the paper says, never from what there is."""
    under = _regimes(terms, agency, rules)
    said = terms.remarks
    return tuple(
        one for one in rules.clocks.process.steps
        if terms.effect == OPEN and one.is_asked(terms.kind, terms.order, under, said)
    )  # fmt: skip


def _regimes(terms: PaperTerms, agency: Agency, rules: Profile) -> frozenset[Regime]:
    """The bodies of law on what is asked for: of its categories, and those that come with the agency."""
    marks = {"part2": agency.part2, "vsp": agency.vsp is not None, "rhy": agency.rhy}
    brought = {regime for mark, regime in rules.from_source if marks[mark]} if EVERYBODY not in terms.sources else set()
    return frozenset(brought.union(*(rules.categories[one].regimes for one in terms.categories)))


def _reasons(terms: PaperTerms, agency: Agency, rules: Profile) -> tuple[Reason, ...]:
    under = _regimes(terms, agency, rules)
    return tuple(said.of(terms.kind) for regime, said in rules.clocks.process.reasons.items() if regime in under)


def _lacks(terms: PaperTerms, rules: Profile) -> tuple[str, ...]:
    """What keeps this order from holding, in words; a paper that opens nothing by itself lacks nothing."""
    if not rules.clocks.process.papers[terms.kind].opens:
        return ()
    undated = ("It does not say on which day the judge issued it.",) if terms.issued is None else ()
    if terms.effect != OPEN:
        return undated
    kind = rules.orders.get(terms.order or "")
    if kind is None:
        return (*undated, "It does not say which kind of order it is.")
    said = list(undated)
    if kind.findings and not terms.findings:
        said.append("It opens nothing until the judge has made the findings that the rule asks for.")
    if kind.process and terms.process == "none":
        said.append("It permits and does not compel: a subpoena, or the program’s own will, is needed beside it.")
    return tuple(said)


def _steps(row: Paper, rules: Profile) -> tuple[StepView, ...]:
    zone, calendar = row.case.terms.zone, rules.clocks.calendar
    done = {one.name: one for one in row.terms.steps}
    last = (row.due_at or calendar.due(row.received_at, 5, zone)).astimezone(zone)  # so many days before, on its clock
    first = calendar.due(row.received_at, 1, zone)
    return tuple(
        StepView(one, max(first, last - timedelta(days=one.days_before)), done.get(one.name))
        for one in _asked(row.terms, row.agency, rules)
    )


def called(ids: Sequence[str]) -> tuple[str, ...]:
    """The names of these agencies and people."""
    agencies = {row.id: row.name for row in db.session.scalars(select(Agency).where(Agency.id.in_(ids)))}
    rest = db.session.scalars(select(User).where(User.id.in_([one for one in ids if one not in agencies])))
    people = {row.id: row.name for row in rest}
    return tuple(agencies.get(one) or people.get(one, "somebody") for one in ids)


def _holds(row: Paper) -> bool:
    standing = select(Hold.id).where(Hold.paper_id == row.id, Hold.ended_at.is_(None))
    return db.session.scalar(standing) is not None


def _disclosed(me: Person, case_id: str, rows: Sequence[Paper]) -> None:
    ledger.submit("paper.read", case_id, me.id, {"papers": [row.id for row in rows]}).settle()


__all__ = [
    "APPOINTS", "EFFECTS", "EVERYBODY", "EXPUNGE", "OPEN", "PROCESSES", "SEAL", "PaperView", "StepView", "called",
    "categories",
    "did", "find", "items_reached", "may_take_in", "of_case", "process", "reaches", "read", "recipients",
    "take_in", "view",
]  # fmt: skip
