"""Breaking the glass (section 4.6 of the law notes): an hour, said aloud, told at once, and reviewed.

What it opens is the kernel's (`sharing.emergencies`). Here somebody declares it, in words; their agency is not asked
first, but the lead and whoever's records it opens are told in the same moment; and another person of the lead agency
says by the end of the next working day whether it was justified.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from mdt.models import Case, Emergency, Notice, User, db, new_id, now
from mdt.models import Words as LetterWords
from mdt.models.among import among
from mdt.models.pulse import stir
from mdt.operations import assessments, duties, facts, guarding, ledger, letters, seen, team, views
from mdt.operations.access import Person, Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.at_once import Of, Question
from mdt.operations.duties import Duty
from mdt.operations.facts import CaseFacts
from mdt.operations.seen import Readers
from mdt.sharing import facts as fact
from mdt.sharing import fields as catalog
from mdt.sharing.decide import look_at, settle
from mdt.sharing.emergencies import SCHOOL_EMERGENCY
from mdt.sharing.gate import admitted
from mdt.sharing.grammar import BasisKind, Cell
from mdt.sharing.vocabulary import Category, Role

MEDICAL, THREAT = "medical", "threat"
KINDS = {
    MEDICAL: "A medical emergency",
    THREAT: "A serious threat, now, to somebody’s life or health",
}
LONGEST = 2000
MOST_LETTERS = 12
"""Letters at most to one agency: an agency that has nobody on the team is written to as such."""
LETTER = LetterWords(
    subject="An emergency was declared", text="An emergency was declared. Sign in to read what concerns you.\n"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of emergency that this member may declare, and what it could open to them, were there anything."""

    name: str
    words: str
    categories: tuple[Category, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the law wants said: what happens, who is in danger, why there is no other way."""

    happening: str
    at_risk: str
    no_other_way: str

    @property
    def whole(self) -> bool:
        return all(one.strip() for one in (self.happening, self.at_risk, self.no_other_way))


@dataclass(frozen=True, slots=True)
class Declared:
    """An emergency as one reader may know of it. `seen`: what the ledger says was read in it, of what they may know."""

    id: str
    case_id: str
    who: str
    agency: str
    at: datetime
    ends_at: datetime
    running: bool
    kind: str
    titles: tuple[str, ...]
    happening: str
    at_risk: str
    no_other_way: str
    seen: Readers
    due_at: datetime | None
    justified: bool | None
    review: str
    mine: bool
    may_review: bool
    notice: str | None


def offered(seat: Seat) -> tuple[Kind, ...]:
    """What this member could declare. It follows from the rules alone, never from what there is."""
    user = seat.case.facts.users[seat.me.id]
    rule = seat.profile.emergency
    names = [name for name in KINDS if user.role in rule.roles.get(name, ()) and (name != MEDICAL or user.medical)]
    found = [Kind(name, KINDS[name], _reached(seat, user.role, name)) for name in names]
    return tuple(one for one in found if one.categories)


def may_declare(seat: Seat) -> bool:
    """Whether there is any emergency this member could declare; worked out once a look."""
    return views.look(seat).once("glass", lambda: bool(offered(seat)))


def declare(
    seat: Seat, *, kind: str, categories: Sequence[Category], words: Words, key: str | None = None,
    heeded: Collection[str] = (), proved: bool = False,
) -> str:  # fmt: skip
    """Open the hour for whoever declares it, and tell at once whom the law names. The same key twice is once.
    `guarding.Repeats` if the words tell a reader what they may not see, and that is not among what is `heeded`."""
    emergency_id = key or new_id()
    with recorded(
        "emergency.declared", by=seat.me, case=seat.id, emergency=emergency_id, kind=kind, categories=list(categories)
    ) as record:
        kept = db.session.get(Emergency, emergency_id)
        if kept is not None:
            return _the_same(seat, kept)
        _check(seat, kind, categories, words)
        _guard(seat, categories, words, heeded, proved)
        case = db.session.get_one(Case, seat.id)
        terms = fact.Emergency(
            id=emergency_id, by=seat.me.id, at=now(), kind=kind, categories=tuple(categories),
            facts=words.happening.strip(),
        )  # fmt: skip
        days = seat.profile.value("emergency.review_business_days") or 1
        zone = seat.zone
        db.session.add(
            Emergency(
                id=emergency_id, case=case, terms=terms, written_by=seat.me.id,
                form={"at_risk": words.at_risk.strip(), "no_other_way": words.no_other_way.strip()},
                due_at=seat.profile.clocks.calendar.due(terms.at, days, zone),
            )
        )  # fmt: skip
        db.session.flush()
        told = _tell(seat, case, terms)
        record["told"] = sorted(told)
    return emergency_id


def end(seat: Seat, emergency_id: str) -> None:
    """End it before its hour is over: by whoever declared it. Ending twice is ending once."""
    row = _row(seat.id, emergency_id)
    if row.terms.by != seat.me.id:
        raise not_there()
    with recorded("emergency.ended", by=seat.me, case=seat.id, emergency=emergency_id):
        row.ended_at = row.ended_at or now()


def review(seat: Seat, emergency_id: str, *, justified: bool, words: str) -> None:
    """Say whether it was justified, and why: another person of the lead agency. If it was not, it is an incident:
    it ends at once, and each agency whose records it opened judges what was seen."""
    row = _row(seat.id, emergency_id)
    if not _may_review(seat, row):
        raise not_there()
    if not words.strip():
        raise Refused("Say in a sentence why.", reason="no_words", code=422)
    with recorded("emergency.reviewed", by=seat.me, case=seat.id, emergency=emergency_id, justified=justified):
        if row.reviewed_at is not None:
            raise Refused("It was reviewed already. Look at how it stands now.", reason="reviewed")
        row.reviewed_at, row.reviewed_by, row.justified = now(), seat.me.id, justified
        row.form = (row.form or {}) | {"review": words.strip()[:LONGEST]}
        if not justified:
            _incident(seat, row)


def running(seat: Seat) -> tuple[fact.Emergency, datetime] | None:
    """The emergency of this very member that is running now, the one that ends last, and when it ends."""
    mine = [(one, _ends(one, seat)) for one in seat.case.facts.emergencies if one.by == seat.me.id]
    return max((one for one in mine if one[0].at <= seat.at < one[1]), key=lambda one: one[1], default=None)


def read(seat: Seat, emergency_id: str) -> Declared:
    """One emergency: for whoever declared it, the lead, and those whose records it could open. Recorded."""
    row = _row(seat.id, emergency_id)
    notice = _notice(row, seat.me)
    if not (row.terms.by == seat.me.id or seat.leads or notice):
        raise not_there()
    ticket = ledger.submit("emergency.read", seat.id, seat.me.id, {"emergency": row.id, "purpose": seat.purpose})
    found = _view(seat, row, notice)
    ticket.settle()
    return found


def read_notice(me: Person, notice_id: str) -> tuple[Seat, Declared]:
    """What an agency is told, read by one of its people. Recorded."""
    notice, seat = _told(me, notice_id)
    return seat, read(seat, notice.subject_id)


def note(me: Person, notice_id: str) -> None:
    """Say for one's agency that it knows."""
    notice, _seat = _told(me, notice_id)
    with recorded("emergency.noted", by=me, case=notice.case_id, emergency=notice.subject_id):
        if notice.read_at is None:
            notice.read_at, notice.read_by = now(), me.id
            stir(db.session(), _people_of(notice.agency_id))


NOTICES = Question(
    Of.AGENCY,
    select(Notice, Emergency)
    .join(Emergency, Emergency.id == Notice.subject_id)
    .where(among(Notice.agency_id), Notice.read_at.is_(None))
    .order_by(Notice.id),
    lambda row: [row.Notice.agency_id],
)
REVIEWS = Question(
    Of.CASE,
    select(Emergency)
    .where(among(Emergency.case_id), Emergency.reviewed_at.is_(None), Emergency.due_at.is_not(None))
    .order_by(Emergency.id),
    lambda row: [row.case_id],
)


@duties.found_by
def _notices(me: Person, seats: Mapping[str, Seat]) -> Iterable[Duty]:
    """What this person's agency has to know of and has not said that it does."""
    if me.agency_id is None or me.role is None:
        return
    rows = NOTICES.about([me.agency_id])
    outside = facts.load_many(sorted({notice.case_id for notice, _row in rows} - seats.keys()))
    for notice, row in rows:
        away = notice.case_id not in seats and not _answers(me, outside.get(notice.case_id), notice)
        if row.written_by == me.id or away:
            continue
        yield Duty("notice", notice.id, notice.case_id, "An emergency was declared: records were opened for an hour.")


@duties.found_by
def _reviews(me: Person, seats: Mapping[str, Seat]) -> Iterable[Duty]:
    """The emergencies that this person could review."""
    for row in REVIEWS.about([seat.id for seat in seats.values() if seat.leads]):
        if row.written_by != me.id:
            words = "Was it justified? An emergency waits for your review."
            yield Duty("review", row.id, row.case_id, words, row.due_at)


def _reached(seat: Seat, role: Role, kind: str) -> tuple[Category, ...]:
    """The categories that this kind could open to this discipline; a school may also open its own record to others."""
    found = []
    for category in catalog.CATEGORIES:
        cells = seat.profile.categories[category].cells
        given = role is Role.ED and any(_by_emergency(seat, cell, SCHOOL_EMERGENCY) for cell in cells.values())
        if not _closed(seat, category, kind) and (given or _by_emergency(seat, cells[role])):
            found.append(category)
    return tuple(found)


def _closed(seat: Seat, category: Category, kind: str) -> bool:
    """Whether no emergency of this kind ever reaches this category."""
    rule, regimes = seat.profile.emergency, set(seat.profile.categories[category].regimes)
    medical_only = kind != MEDICAL and bool(regimes & rule.medical_only_regimes)
    return category in rule.never_categories or bool(regimes & rule.never_regimes) or medical_only


def _by_emergency(seat: Seat, cell: Cell, basis: str | None = None) -> bool:
    laws = (one.types[0] for one in cell if one.kind is BasisKind.LAW)
    return any("emergency" in seat.profile.bases[name].needs and basis in (None, name) for name in laws)


def _check(seat: Seat, kind: str, categories: Sequence[Category], words: Words) -> None:
    known = next((one for one in offered(seat) if one.name == kind), None)
    if known is None or not categories or set(categories) - set(known.categories):
        raise Refused("Choose what happened and what you need.", reason="kind", code=422)
    if not words.whole or max(map(len, (words.happening, words.at_risk, words.no_other_way))) > LONGEST:
        raise Refused(
            "Say what is happening, who is in danger, and why there is no other way.", reason="words", code=422
        )


def _guard(seat: Seat, categories: Collection[Category], words: Words, heeded: Collection[str], proved: bool) -> None:
    """Before the words are kept: what they repeat, for the lead and for the agencies whose records of these kinds the
    author knows of. Of others nothing is asked: the question itself would tell that there are some."""
    look = views.look(seat)
    told = {item.source for item, _ in look.items if item.category in categories} | {seat.case.lead_id}
    known = (one.id for one in team.colleagues(seat, look.sources) if not one.me)
    readers = [one for one in known if seat.case.facts.users[one].org in told]
    draft = fact.Item(id=new_id(), category=Category.PLAN, source=seat.case.lead_id, fields=("note",))
    text = "\n".join((words.happening, words.at_risk, words.no_other_way))
    guarding.check(seat, draft, text, heeded=heeded, proved=proved, readers=readers)


def _the_same(seat: Seat, kept: Emergency) -> str:
    if kept.case_id != seat.id or kept.terms.by != seat.me.id:
        raise not_there()
    return kept.id


def _tell(seat: Seat, case: Case, terms: fact.Emergency) -> set[str]:
    """A notice for the lead and for each agency whose records it opens now; their bell, and a letter."""
    told = _opened(seat, terms) | {seat.case.lead_id}
    for agency in told:
        db.session.add(Notice(case=case, agency_id=agency, subject_id=terms.id, made_by=seat.me.id))
        stir(db.session(), _people_of(agency))
        for user_id in _written_to(seat, agency):
            letters.write(user_id, "emergency", LETTER)
    return told


def _written_to(seat: Seat, agency: str) -> list[str]:
    """Who of an agency gets a letter: its members on the case; where it has none, whoever of it answers from outside.
    Never whoever declared it."""
    working = select(User.id).where(User.agency_id == agency, User.active, User.role.is_not(None))
    people = [one for one in db.session.scalars(working.order_by(User.created_at, User.id)) if one != seat.me.id]
    members = [one for one in people if admitted(seat.case.facts, one, seat.at)]
    return (members or people)[:MOST_LETTERS]


def _opened(seat: Seat, terms: fact.Emergency) -> set[str]:
    """Whose records it opens, by itself, decided for the moment in which it begins."""
    facts_then = replace(seat.case.facts, emergencies=(terms,))
    school = seat.me.role is Role.ED
    viewers = [*seat.case.facts.members] if school else [seat.me.id]
    found = set()
    for viewer in viewers:
        purpose = seat.purpose if viewer == seat.me.id else team.purpose_of(seat.case, viewer)
        look = look_at(facts_then, viewer, purpose, terms.at, seat.profile)
        opened = (item for item in facts_then.items.values() if item.category in terms.categories)
        found |= {item.source for item in opened if any(g.emergency == terms.id for g in settle(look, item.id).grounds)}
    return found


def _people_of(agency: str) -> list[str]:
    return list(db.session.scalars(select(User.id).where(User.agency_id == agency)))


def _incident(seat: Seat, row: Emergency) -> None:
    if _ends(row.terms, seat) > now():
        row.ended_at = row.ended_at or now()
    told = db.session.scalars(select(Notice.agency_id).where(Notice.subject_id == row.id))
    for agency in sorted(set(told)):
        assessments.make(seat, row.case, agency=agency, kind=assessments.EMERGENCY, subject=row.id)
        stir(db.session(), _people_of(agency))


def _ends(one: fact.Emergency, seat: Seat) -> datetime:
    return one.at + timedelta(minutes=seat.profile.emergency.minutes)


def _row(case_id: str, emergency_id: str) -> Emergency:
    row = db.session.get(Emergency, emergency_id)
    if row is None or row.case_id != case_id or row.due_at is None:
        raise not_there()
    return row


def _may_review(seat: Seat, row: Emergency) -> bool:
    return seat.leads and row.terms.by != seat.me.id


def _notice(row: Emergency, me: Person) -> Notice | None:
    mine = select(Notice).where(Notice.subject_id == row.id, Notice.agency_id == me.agency_id)
    return db.session.scalars(mine).first() if me.agency_id else None


def _told(me: Person, notice_id: str) -> tuple[Notice, Seat]:
    notice = db.session.get(Notice, notice_id)
    case = facts.load(notice.case_id) if notice else None
    seat = duties.seat_for(me, case, notice.agency_id) if notice and case else None
    if notice is None or seat is None:
        raise not_there()
    return notice, seat


def _answers(me: Person, case: CaseFacts | None, notice: Notice) -> bool:
    return case is not None and duties.seat_for(me, case, notice.agency_id) is not None


def _view(seat: Seat, row: Emergency, notice: Notice | None) -> Declared:
    terms: fact.Emergency = row.terms
    mine = terms.by == seat.me.id
    who, agency = _who(seat, terms)
    ends = min(_ends(terms, seat), row.ended_at or datetime.max.replace(tzinfo=terms.at.tzinfo))
    form = row.form or {}
    return Declared(
        row.id, seat.id, who, agency, terms.at, ends, ends > now(), KINDS[terms.kind],
        tuple(catalog.CATEGORIES[one].title for one in catalog.CATEGORIES if one in terms.categories),
        terms.facts or "", form.get("at_risk", ""), form.get("no_other_way", ""), _seen(seat, row, mine),
        row.due_at, row.justified, form.get("review", "") if mine or seat.leads else "", mine,
        _may_review(seat, row) and row.reviewed_at is None, notice.id if notice and notice.read_at is None else None,
    )  # fmt: skip


def _who(seat: Seat, terms: fact.Emergency) -> tuple[str, str]:
    """Who declared it. A treatment programme has to write down to whom it disclosed (42 CFR 2.51): it is told."""
    org = seat.case.facts.orgs.get(seat.me.agency_id or "")
    if org and org.part2 and terms.by in seat.case.facts.users:
        one = team.colleague(seat, terms.by)
        return one.name, one.agency
    return seen.named(seat, terms.by, {one.id: one for one in team.colleagues(seat, ())})


def _seen(seat: Seat, row: Emergency, mine: bool) -> Readers:
    """What was read in it: all of it for whoever read it; for others what is theirs, or what they may know of."""
    looks = seen.by_emergency(seat.id, row.id, row.created_at)
    known = {item.id for item, _ in views.look(seat).items}
    own = seat.me.agency_id
    return seen.gathered(seat, looks.those(lambda one: mine or one.source == own or (seat.leads and one.item in known)))


__all__ = [
    "KINDS", "Declared", "Kind", "Words", "declare", "end", "may_declare", "note", "offered", "read", "read_notice",
    "review", "running",
]  # fmt: skip
