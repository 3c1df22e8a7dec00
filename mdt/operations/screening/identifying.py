"""Identification: a person decides that a young person was trafficked, and writes down why. No score decides it.

From that moment law enforcement has to be told, within the hours of the jurisdiction's file, day and night. What they
are told is what the mandate lists, as it is decided for whoever receives it, and nothing else. Late stays late.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from mdt.models import Case, Deadline, Identification, Item, Words, db, now
from mdt.models.among import among
from mdt.models.base import locked
from mdt.operations import deadlines, drafts, duties, facts, guarding, items, mandated, team, views
from mdt.operations.access import Person, Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.at_once import Of, Question
from mdt.operations.deadlines import END
from mdt.operations.duties import Duty
from mdt.operations.meetings import Sent
from mdt.operations.screening.carrying import LONGEST
from mdt.operations.screening.opening import tell
from mdt.operations.views import Shown
from mdt.sharing.facts import Item as ItemFact
from mdt.sharing.gate import admitted
from mdt.sharing.moments import minute
from mdt.sharing.vocabulary import Action, Category, Purpose, Role

CLOCK, SPAN = "trafficking.report", "trafficking_law_enforcement"
FINDING = ("status", "kind", "date_identified", "safety_needs")
CONFIRMED = "confirmed"
KINDS = {"sex": "Sex trafficking", "labor": "Labor trafficking", "both": "Both", "not known": "Not known yet"}
SLACK = timedelta(minutes=5)
DUE_WORDS = Words(
    subject="A report in mdt is due soon",
    text="Law enforcement has to be told of something within a day. Sign in, look at the report, and make it.",
)
OVERDUE_WORDS = Words(
    subject="A report in mdt is overdue",
    text="Law enforcement should have been told of something by now. Sign in, make the report, and say why it is late.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What somebody decided: which kind, why, and what is needed to be safe now."""

    kind: str
    why: str
    safety: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """That law enforcement was told: when, who of the team (None: somebody else), the number they gave, why late."""

    at: datetime
    whom: str | None = None
    reference: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Packet:
    """What the report carries, field by field."""

    entries: tuple[Shown, ...]
    cite: str


def of_case(seat: Seat) -> tuple[Identification, ...]:
    """The identifications in this case, the newest first; the lead's work, and shown to nobody else."""
    if not seat.leads:
        return ()
    mine = select(Identification).where(
        Identification.case_id == seat.id, Identification.agency_id == seat.me.agency_id
    )
    return tuple(db.session.scalars(mine.order_by(Identification.at.desc(), Identification.id)))


def find(seat: Seat, identification_id: str, *, lock: bool = False) -> Identification:
    """One of this case, for the lead; or as if there were none."""
    row = locked(Identification, identification_id) if lock else db.session.get(Identification, identification_id)
    if row is None or row.case_id != seat.id or not seat.leads or row.agency_id != seat.me.agency_id:
        raise not_there()
    return row


def stands(seat: Seat) -> dict[str, str]:
    """What my agency's own record says of it now, for the form: by field."""
    item = _finding(seat)
    decided = [(one, views.narrowed(ruled, FINDING)) for one, ruled in views.look(seat).items if one is item]
    if not decided:
        return {}
    ticket = views.disclose(seat, "record.read", decided)
    shown = views.open_all(seat, decided)
    ticket.hold_answer()
    return {value.name: str(value.value) for one in shown for value in one.values}


def draft(seat: Seat, key: str) -> ItemFact:
    """The record it would be, for asking who could read it."""
    assert seat.me.agency_id
    return ItemFact(
        id=key, category=Category.TRAFFICKING, source=seat.me.agency_id, fields=FINDING, author=seat.me.id,
        recorded=seat.today,
    )  # fmt: skip


def identify(seat: Seat, said: Decided, sent: Sent) -> str:
    """Write down that it was decided: the record says it from now on, and the clock of the report runs. Sent twice it
    is decided once. Its id."""
    if not seat.leads:
        raise not_there()
    with recorded("trafficking.identified", by=seat.me, case=seat.id, identification=sent.key) as record:
        if db.session.get(Identification, sent.key) is not None:
            return find(seat, sent.key).id
        _check(said)
        guarding.check(seat, draft(seat, sent.key), said.safety, heeded=sent.heeded, proved=sent.proved)
        case, at = db.session.get_one(Case, seat.id), now()
        record["kind"], record["item"] = said.kind, _write(seat, case, said, at)
        due, working = seat.profile.clocks.due(SPAN, at, case.terms.zone), seat.profile.clocks.span(SPAN).works
        db.session.add(
            Identification(id=sent.key, case=case, agency_id=str(seat.me.agency_id), item_id=record.about["item"],
                           by_id=seat.me.id, at=at, due_at=due, why=said.why.strip()[:LONGEST])
        )  # fmt: skip
        deadlines.begin(case, CLOCK, sent.key, due_at=due, started_at=at, working=working)
    return sent.key


def _check(said: Decided) -> None:
    if said.kind not in KINDS:
        raise Refused("Choose which kind.", reason="kind", code=422)
    if not said.why.strip():
        raise Refused("Say why. A person decides this, not a score.", reason="no_reason", code=422)


def _write(seat: Seat, case: Case, said: Decided, at: datetime) -> str:
    """File the record, or change the one of my agency that says where it stands."""
    values = {
        "status": CONFIRMED, "kind": said.kind, "date_identified": at.astimezone(case.terms.zone).date().isoformat(),
        "safety_needs": said.safety.strip()[:LONGEST],
    }  # fmt: skip
    held = _finding(seat)
    if held is None:
        item = items.file(case, source=str(seat.me.agency_id), category=Category.TRAFFICKING, values=values,
                          author=seat.me.id)  # fmt: skip
    else:
        item = db.session.get_one(Item, held.id)
        items.revise(item, values)
    db.session.flush()
    known = facts.load(seat.id)
    assert known
    team.noticed(known, item.terms, by=seat.me.id)
    return item.id


def _finding(seat: Seat) -> ItemFact | None:
    """My agency's record that says where it stands, the newest; None if there is none that I read whole."""
    mine = [
        one for one in views.look(seat).opened.values()
        if one.category is Category.TRAFFICKING and one.source == seat.me.agency_id and "status" in one.fields
    ]  # fmt: skip
    return max(mine, key=lambda one: (one.recorded or date.min, one.id), default=None)


def officers(seat: Seat) -> dict[str, str]:
    """Law enforcement on this team now, by id and name."""
    known = seat.case.facts
    here = [one for one in known.members if known.users[one].role is Role.LE and admitted(known, one, seat.at)]
    return {one: seat.case.people_names[one] for one in sorted(here)}


def packet(seat: Seat, identification_id: str) -> Packet:
    """The report as it is now: what the mandate carries to law enforcement, of what its maker reads. Recorded as what
    is shown."""
    find(seat, identification_id)
    carried = mandated.carried(seat, Action.MANDATE_TRAFFICKING, Purpose.INVESTIGATE)
    mine = {item.id: one.fields for item, one in views.look(seat).items if one.opens}
    chosen = [(item, views.narrowed(one, mine.get(item.id, ()))) for item, one in carried.items if one.opens]
    decided = [(item, one) for item, one in chosen if one.fields]
    ticket = views.disclose(seat, "trafficking.packet", decided, identification=identification_id)
    entries = views.open_all(seat, decided)
    ticket.hold_answer()
    span = seat.profile.clocks.spans.get(SPAN)
    return Packet(entries, (span.cite if span else "") or "")


def report(seat: Seat, identification_id: str, said: Told) -> None:
    """Write down that law enforcement was told. Once: the first stands. Late, it wants a reason."""
    with recorded("trafficking.reported", by=seat.me, case=seat.id, identification=identification_id) as record:
        find(seat, identification_id)
        deadlines.end(CLOCK, identification_id)  # before the row is held: a round takes them in this order
        row = find(seat, identification_id, lock=True)
        if row.reported_at is not None:
            raise Refused("It is written down already. Look at how it stands.", reason="reported")
        if not minute(row.at) <= said.at <= now() + SLACK:
            raise Refused("Say when they were told: after it was decided, and not in time to come.", reason="time",
                          code=422)  # fmt: skip
        if not said.reference.strip():
            raise Refused("Write down the number or the name they gave you.", reason="reference", code=422)
        late = said.at > row.due_at
        if late and not said.why.strip():
            raise Refused("It was late. Say why, in a sentence.", reason="no_reason", code=422)
        record["late"] = late
        row.reported_at, row.reported_by = max(said.at, row.at), seat.me.id
        row.told_id = said.whom if said.whom in officers(seat) else None
        row.reference = said.reference.strip()[:200]
        row.late = said.why.strip()[:LONGEST] if late else None


def is_late(row: Identification) -> bool:
    """Whether it was told late, or should have been told by now."""
    return (row.reported_at or now()) > row.due_at


def _marked(row: Deadline, percent: int) -> None:
    held = db.session.get(Identification, row.subject_id)
    if held is not None and held.reported_at is None:
        tell([held.by_id], DUE_WORDS if percent < END else OVERDUE_WORDS)


UNTOLD = Question(
    Of.CASE,
    select(Identification)
    .where(among(Identification.case_id), Identification.reported_at.is_(None))
    .order_by(Identification.due_at),
    lambda row: [row.case_id],
)


@duties.found_by
def _due(me: Person, seats: Mapping[str, Seat]) -> Iterable[Duty]:
    """What has still to be told to law enforcement."""
    for row in UNTOLD.about([one for one, seat in seats.items() if seat.leads]):
        if row.agency_id == me.agency_id:
            words = "Tell law enforcement: somebody was identified."
            yield Duty("identification", row.id, row.case_id, words, row.due_at)


deadlines.kind(CLOCK, _marked)
drafts.place("identified", lambda seat, _subject: seat.leads)
drafts.place("told", lambda seat, _subject: seat.leads)

__all__ = [
    "CLOCK", "FINDING", "KINDS", "Decided", "Packet", "Told", "draft", "find", "identify", "is_late", "of_case",
    "officers", "packet", "report", "stands",
]  # fmt: skip
