"""Two cases of one young person become one, and for a while can be parted again exactly.

Nobody gains by it unseen. Before anything happens the lead is told, person by person, who would read more than now; for
each of them the lead says whether they stay at the joined table, or leave. Records keep their sources, memberships
their purpose; whoever stepped out of one case for a conflict is out of the joined one. A journal of identifiers says
what went over. Nothing is deleted by either, so no hold is in the way; what was held is held in both directions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, select, update

from mdt.models import Case, Hold, Journal, Meeting, Member, Merge, Phase, Standing, User, Visit, Was, db, now
from mdt.models.pulse import move
from mdt.models.rescoping import rescoped, under_a_case
from mdt.operations import access, caseload, desks, facts, handoffs, ledger
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.facts import CaseFacts
from mdt.operations.linking import gaining, moving
from mdt.operations.linking.gaining import Gain, joined_terms
from mdt.sharing import facts as fact
from mdt.sharing.moments import days_after

STAYS_HERE = frozenset({"cases", "members", "ledger_entries", "case_merges", "case_moves"})
"""Tables with a case whose rows do not go over: what was recorded was recorded of the case it was then."""
OTHER = "case_links.other_id"
PRESENT = (Standing.ACCEPTED, Standing.INVITED)
HELD = "A hold stood over the case this one was part of when they were parted again."


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen. `come`: who comes to the joined table and reads no more than now; `hindered`: why it cannot
    happen now, in words, if it cannot."""

    other_id: str
    gains: tuple[Gain, ...]
    come: tuple[str, ...]
    differs: tuple[str, ...]
    hindered: str | None


@dataclass(frozen=True, slots=True)
class MergeView:
    """A merge that stands: when, by whom, until when it can be undone."""

    id: str
    at: datetime
    by: str
    until: datetime
    open: bool


def candidates(seat: Seat) -> tuple[tuple[str, str], ...]:
    """Cases that one leads, too, and that could be of the same young person: known by the same row of the caseload, or
    born on the same day. By name, as one may know it."""
    if not seat.leads:
        return ()
    mine = seat.case
    alike = {
        one.id for one in desks.seats_of(seat.me).values()
        if one.leads and one.id != seat.id
        and (one.case.youth_id == mine.youth_id or one.case.facts.case.youth.born == mine.facts.case.youth.born)
    }  # fmt: skip
    return tuple((one.id, one.called) for one in caseload.page(seat.me).lines if one.id in alike)


def preview(seat: Seat, other_id: str) -> Preview:
    """What merging the other case into this one would change for whom. Recorded. For whoever leads both."""
    other = _other(seat, other_id)
    ledger.submit("case.merge_previewed", seat.id, seat.me.id, {"other": other_id}).settle()
    return _preview(seat, other)


def merge(seat: Seat, other_id: str, choices: Mapping[str, str]) -> str:
    """Take the other case into this one. `choices`: for everybody who gains, "stays" or "leaves". The merge's id."""
    other = _other(seat, other_id)
    with recorded("case.merged", by=seat.me, case=seat.id, other=other_id) as record:
        handoffs.hold([seat.id, other_id])
        seat, other = _as_held(seat, seat), _as_held(seat, other)
        shown = _preview(seat, other)
        if shown.hindered:
            raise Refused(shown.hindered, reason="hindered")
        leave = _leaving(shown, choices)
        made = _merge(seat, other, leave)
        record["merge"], record["left"] = made.id, sorted(leave)
        record["stays"] = sorted(one.user_id for one in shown.gains if one.user_id not in leave)
    return str(made.id)


def standing(seat: Seat) -> tuple[MergeView, ...]:
    """The merges of this case that were not undone; for the lead."""
    if not seat.leads:
        return ()
    rows = select(Merge).where(Merge.case_id == seat.id, Merge.undone_at.is_(None)).order_by(Merge.at.desc())
    return tuple(
        MergeView(one.id, one.at, db.session.get_one(User, one.by_id).name, one.until, one.until > now())
        for one in db.session.scalars(rows)
    )


def undo(seat: Seat, merge_id: str) -> str:
    """Part them again: all that went over goes back as it is now, and everybody sits where they sat. What was made
    since goes with the record it is about, else stays. The id of the case that is there again."""
    row = db.session.get(Merge, merge_id)
    if not seat.leads or row is None or row.case_id != seat.id or row.undone_at:
        raise not_there()
    with recorded("case.merge_undone", by=seat.me, case=seat.id, merge=merge_id, other=row.gone_id):
        if row.until <= now():
            raise Refused("The time in which this could be undone is over.", reason="too_late")
        if moving.waiting(seat.id) or _newest(seat.id) != merge_id:
            raise Refused("Undo what came after it first: an offer of the case, or a later merge.", reason="later")
        handoffs.hold([seat.id, row.gone_id])
        _part(row, seat)
    return str(row.gone_id)


def _other(seat: Seat, other_id: str) -> Seat:
    other = access.admit_quietly(other_id, seat.me)
    if not seat.leads or other is None or not other.leads or other.id == seat.id:
        raise not_there()
    return other


def _as_held(mine: Seat, seat: Seat) -> Seat:
    """A seat with the facts as they are now that nobody can change them: what came meanwhile is asked about, too."""
    now_so = access.admit_quietly(seat.id, mine.me)
    if now_so is None or not now_so.leads:
        raise not_there()
    return now_so


def _preview(seat: Seat, other: Seat) -> Preview:
    kept, gone = seat.case, other.case
    found, come = gaining.gains(kept, gone, seat.me.id)
    return Preview(other.id, found, come, _differs(kept, gone), _hindered(kept, gone))


def _differs(kept: CaseFacts, gone: CaseFacts) -> tuple[str, ...]:
    """What the two say differently of the young person; the kept case's word stands."""
    words = {
        "custody": "who has custody", "report_received": "when the report came in", "held_by": "who holds them",
        "timezone": "the time zone",
    }  # fmt: skip
    one, other = kept.facts.case, gone.facts.case
    return tuple(said for name, said in words.items() if getattr(one, name) != getattr(other, name))


def _hindered(kept: CaseFacts, gone: CaseFacts) -> str | None:
    if kept.facts.case.youth.born != gone.facts.case.youth.born:
        return "The two cases give different birth dates. Correct one of them first, if it is the same young person."
    if kept.profile != gone.profile:
        return "The two cases are under different rules. They cannot be one."
    shared = kept.facts.case.people.keys() & gone.facts.case.people.keys()
    if any(kept.facts.case.people[one].relation != gone.facts.case.people[one].relation for one in shared):
        return "Somebody has a different part in each of the two cases. Correct that first."
    if moving.waiting(kept.id) or moving.waiting(gone.id):
        return "One of the two is offered to somebody else. Take that back first."
    meets = Meeting.case_id.in_((kept.id, gone.id))
    if db.session.scalar(select(Meeting.id).where(meets, Meeting.phase == Phase.OPEN).limit(1)):
        return "A meeting is open. End it first."
    guests = select(Visit.id).join(Visit.meeting).where(meets, Meeting.phase == Phase.PLANNED, Visit.ended_at.is_(None))
    if db.session.scalar(guests.limit(1)):
        return "A guest is asked to a meeting of one of the two. Take that back, and ask again afterwards."
    for one, other in ((kept, gone), (gone, kept)):
        out = [user for user in one.facts.members if gaining.recused(one, user)]
        if any(gaining.holds(user, other.id) for user in out if not gaining.recused(other, user)):
            return "Somebody stepped out of the one case and holds something in the other. Hand that on first."
    undoable = Merge.case_id == gone.id, Merge.undone_at.is_(None), Merge.until > now()
    if db.session.scalar(select(Merge.id).where(*undoable).limit(1)):
        return "Another case was taken into the other one lately. Undo that first, or wait until its time is over."
    return None


def _leaving(shown: Preview, choices: Mapping[str, str]) -> frozenset[str]:
    """Who leaves; refused while the lead has not said it of everybody who gains."""
    if any(choices.get(one.user_id) not in ("stays", "leaves") for one in shown.gains):
        raise Refused("Say of each person whether they stay or leave.", reason="not_said", code=422)
    leave = frozenset(one.user_id for one in shown.gains if choices[one.user_id] == "leaves")
    for one in shown.gains:
        if one.user_id in leave and one.stays:
            raise Refused("Whoever leads both stays, and the young person does.", reason="stays", code=422)
        if one.user_id in leave and one.holds:
            raise Refused(f"{one.name} holds something. Hand that on first.", reason="holds")
    return leave


def _merge(seat: Seat, other: Seat, leave: frozenset[str]) -> Merge:
    kept, gone = (db.session.get_one(Case, one.id, populate_existing=True) for one in (seat, other))
    terms, gone_terms, was_closed = kept.terms, gone.terms, gone.closed
    moved: dict[str, tuple[str, ...]] = {}
    with rescoped(kept.id, gone.id):
        for table in _going():
            if ids := _go(table, gone.id, kept.id):
                moved[table.name] = ids
        if ids := _turn_links(gone.id, kept.id):
            moved[OTHER] = ids
    was, made = _seat_them(kept, gone, leave)
    kept.terms, gone.closed = joined_terms(terms, gone_terms), True
    last = days_after(now(), seat.profile.caseworking.undo_days, seat.zone)
    journal = Journal(
        moved=tuple(sorted(moved.items())), terms=terms, gone_terms=gone_terms, gone_closed=was_closed,
        members=tuple(was), made=tuple(made), seated=_seated(kept.id),
    )  # fmt: skip
    row = Merge(case=kept, gone_id=gone.id, by_id=seat.me.id, until=_end_of(seat, last), journal=journal)
    db.session.add(row)
    db.session.flush()
    move(db.session(), [kept.id, gone.id])
    return row


def _end_of(seat: Seat, last: date) -> datetime:
    return seat.profile.clocks.calendar.end_of(last, seat.zone)


def _going() -> list[Table]:
    return [one for one in under_a_case() if one.name not in STAYS_HERE and "id" in one.columns]


def _go(table: Table, source: str, to: str, ids: Iterable[str] | None = None) -> tuple[str, ...]:
    """Let the rows of one case go to the other, those of `ids` or all; but none whose place there is taken."""
    wanted = select(table).where(table.c.case_id == source)
    rows = db.session.execute(wanted if ids is None else wanted.where(table.c.id.in_(list(ids)))).all()
    going = tuple(sorted(str(row.id) for row in rows if not _taken(table, row, to)))
    if going:
        db.session.execute(update(table).where(table.c.id.in_(going)).values(case_id=to))
    return going


def _taken(table: Table, row: Any, to: str) -> bool:
    """Whether a row of the other case stands in the one place that this one could have there."""
    if table.name == "case_links" and row.other_id == to:
        return True
    for index in (one for one in table.indexes if one.unique and "case_id" in one.columns):
        rest = [column for column in index.columns if column.name != "case_id"]
        same = [table.c.case_id == to, *(column == getattr(row, column.name) for column in rest)]
        if db.session.scalar(select(table.c.id).where(*same).limit(1)):
            return True
    return False


def _turn_links(source: str, to: str, ids: Iterable[str] | None = None) -> tuple[str, ...]:
    """Links that others made to the case lead to the other one now."""
    table = Case.metadata.tables["case_links"]
    wanted = select(table.c.id).where(table.c.other_id == source, table.c.case_id != to)
    rows = db.session.scalars(wanted if ids is None else wanted.where(table.c.id.in_(list(ids))))
    found = tuple(sorted(map(str, rows)))
    if found:
        db.session.execute(update(table).where(table.c.id.in_(found)).values(other_id=to))
    return found


def _seat_them(kept: Case, gone: Case, leave: frozenset[str]) -> tuple[list[Was], list[str]]:
    """Everybody's place at the joined table; what the places were, and which are new."""
    here = {one.user_id: one for one in _members(kept.id)}
    was: list[Was] = []
    made: list[str] = []
    for one in _members(gone.id):
        there = here.get(one.user_id)
        if _sits(one) and not _sits(there) and one.user_id not in leave or (one.recused_at and there is None):
            if there is None:
                there = Member(case=kept, user=one.user, user_id=one.user_id, purpose=one.purpose)
                db.session.add(there)
                made.append(there.id)
                here[one.user_id] = there
            else:
                was.append(_was(there))
            there.standing, there.since, there.until = Standing.ACCEPTED, one.since, None
            there.recused_at, there.purpose = one.recused_at or there.recused_at, one.purpose
        elif one.recused_at and there is not None and there.recused_at is None:
            was.append(_was(there))
            there.recused_at = one.recused_at
        if one.standing in PRESENT:
            was.append(_was(one))
            one.standing, one.until = Standing.ENDED, now()
    for user_id in sorted(leave):
        there = here.get(user_id)
        if there is not None and there.standing in PRESENT:
            was.append(_was(there))
            there.standing, there.until = Standing.ENDED, now()
    db.session.flush()
    return was, made


def _members(case_id: str) -> list[Member]:
    rows = select(Member).where(Member.case_id == case_id).order_by(Member.id)
    return list(db.session.scalars(rows.execution_options(populate_existing=True)))


def _seated(case_id: str) -> tuple[str, ...]:
    return tuple(sorted(one.user_id for one in _members(case_id) if _sits(one)))


def _sits(member: Member | None) -> bool:
    return member is not None and member.standing == Standing.ACCEPTED


def _was(one: Member) -> Was:
    def said(moment: datetime | None) -> str | None:
        return moment.isoformat() if moment else None

    return Was(
        id=one.id, standing=one.standing, since=said(one.since), until=said(one.until),
        recused_at=said(one.recused_at), purpose=one.purpose,
    )  # fmt: skip


def _part(row: Merge, seat: Seat) -> None:
    journal = row.journal
    kept = db.session.get_one(Case, row.case_id, populate_existing=True)
    gone = db.session.get_one(Case, row.gone_id, populate_existing=True)
    moved = {name: set(ids) for name, ids in journal.moved}
    since = _with_their_records(kept.id, moved)
    stands = kept.terms
    with rescoped(kept.id, gone.id):
        for table in _going():
            back = moved.get(table.name, set()) | since.get(table.name, set())
            if back:
                _go(table, kept.id, gone.id, back)
        if OTHER in moved:
            _turn_links(kept.id, gone.id, moved[OTHER])
    _unseat_them(journal, kept.id, gone.id, row.at)
    kept.terms = _parted_terms(journal, stands)
    gone.closed = journal.gone_closed
    _hold_both(kept, gone, journal, row.at)
    row.undone_at, row.undone_by = now(), seat.me.id
    db.session.flush()
    move(db.session(), [kept.id, gone.id])
    handoffs.settle(kept.id)
    handoffs.settle(gone.id)


def _with_their_records(case_id: str, moved: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """What was made since and goes back with the record it is about: rows beside a record, records that quote none but
    those. Refused where one quotes records of both."""
    items = set(moved.get("items", ()))
    case = facts.load(case_id)
    assert case
    theirs: dict[str, set[str]] = {}
    for one in case.facts.items.values():
        if one.id not in items and one.quotes and set(one.quotes) & items:
            if set(one.quotes) - items:
                raise Refused("A record written since repeats both cases. Delete or change it first.", reason="mixed")
            theirs.setdefault("items", set()).add(one.id)
    items |= theirs.get("items", set())
    known = {one for ids in moved.values() for one in ids} | items
    for table in _going():
        named = [name for name in ("item_id", "subject_id", "episode_id") if name in table.columns]
        for name in named:
            column = table.c[name]
            rows = select(table.c.id).where(table.c.case_id == case_id, column.in_(known))
            theirs.setdefault(table.name, set()).update(map(str, db.session.scalars(rows)))
    return theirs


def _unseat_them(journal: Journal, kept_id: str, gone_id: str, at: datetime) -> None:
    """Everybody where they sat; but whoever was put out since is not seated again, and who stepped out since stays
    out, of both."""
    here = {one.user_id: (_sits(one), one.recused_at) for one in _members(kept_id)}
    for was in journal.members:
        member = db.session.get_one(Member, was.id, populate_existing=True)
        sits, recused = here.get(member.user_id, (False, None))
        member.recused_at = _read(was.recused_at) or (recused if recused and recused > at else None)
        if member.case_id == gone_id and member.user_id in journal.seated and not sits:
            continue
        member.standing, member.since, member.until = Standing(was.standing), _read(was.since), _read(was.until)
        member.purpose = was.purpose or member.purpose
    for one in db.session.scalars(select(Member).where(Member.id.in_(journal.made))):
        db.session.delete(one)
    db.session.flush()


def _read(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None


def _parted_terms(journal: Journal, stands: fact.Case) -> fact.Case:
    """What the kept case said of itself before; what was changed since stays changed."""
    one = joined_terms(journal.terms, journal.gone_terms)
    same = {field.name for field in fields(fact.Case) if getattr(stands, field.name) == getattr(one, field.name)}
    return replace(stands, **{name: getattr(journal.terms, name) for name in same})


def _hold_both(kept: Case, gone: Case, journal: Journal, since: datetime) -> None:
    """A hold that was placed over the joined case stands over both."""
    before = dict(journal.moved).get("holds", ())
    placed = select(Hold).where(Hold.case_id == kept.id, Hold.ended_at.is_(None), Hold.made_at > since)
    for agency_id in sorted({one.agency_id for one in db.session.scalars(placed) if one.id not in before}):
        db.session.add(Hold(case=gone, agency_id=agency_id, why=HELD))


def _newest(case_id: str) -> str | None:
    rows = select(Merge.id).where(Merge.case_id == case_id, Merge.undone_at.is_(None)).order_by(Merge.at.desc())
    return db.session.scalar(rows.limit(1))


__all__ = ["MergeView", "Preview", "candidates", "merge", "preview", "standing", "undo"]
