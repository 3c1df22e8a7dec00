"""Referral with consent: asked, sent, answered, attended; each by whoever it belongs to.

What it is about is a record of the plan, so the existing rules say who reads it; whoever it goes to reads that
record if their agency is on the team, and else exactly the words that may leave it (`handoffs.outside`). A no of the
young person is kept in the note of the plan, and ends it. Where being served by an agency is itself protected, its
name stands in the note alone, and how it goes on is told to those who sent it, to it, and to the young person.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from mdt.models import Agency, Case, Course, Event, Referral, ServiceTerms, Step, Task, db, is_id, new_id, now
from mdt.models.base import rows_changed
from mdt.models.tasks import MINE
from mdt.models.tasks import OPEN as OPEN_TASKS
from mdt.operations import access, drafts, facts, guarding, handoffs, items, team, views
from mdt.operations.access import Person, Seat
from mdt.operations.acts import Refused, along, not_there, recorded
from mdt.operations.handoffs import clocks, moving
from mdt.operations.handoffs.steps import NOT_HERE
from mdt.operations.services import directory
from mdt.operations.services.courses import OPEN, WAYS, WORDS, Way, stands
from mdt.operations.services.finding import Entry
from mdt.operations.team import Colleague, colleagues
from mdt.sharing.decide import decide
from mdt.sharing.facts import Item as ItemFact
from mdt.sharing.vocabulary import Category, Outcome, Role

LONGEST = 1200
READ = frozenset({Category.PLAN})
STATE_FIELDS = ("referrals", "note")
"""What opens the state of a referral: the record says it in the one or in the other."""
FAMILY = (Role.YT, Role.CG)
AFTER = frozenset(Course) - {Course.SAID_NO, Course.AGREED, Course.REFERRED}
"""How it stands once the service has said anything."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of the young person, and what they said."""

    service_id: str
    need: str
    yes: bool
    asked_by: str
    asked_at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class ReferralView:
    """A referral as one member may see it. `lines`: what its record says to them; `state`: how it stands, None where
    that is between its two sides; `ways`: the steps they can take."""

    id: str
    case_id: str | None
    task_id: str | None
    lines: tuple[str, ...]
    outcome: tuple[str, ...]
    need: str
    need_words: str
    state: Course | None
    reason: str
    made_at: datetime
    asked_by: str
    asked_at: datetime
    sent_at: datetime | None
    appointment_at: datetime | None
    attended_at: datetime | None
    ways: tuple[Way, ...] = ()
    sends: bool = False
    stops: bool = False
    tells: bool = False
    closes: bool = False
    offered: bool = False
    leads: bool = False

    @property
    def state_words(self) -> str:
        return WORDS[self.state] if self.state else "How it goes is between those who sent it and the service"


@dataclass(frozen=True, slots=True)
class Sending:
    """To whom it can go. `people`: those of the service's agency on the team, if any; `outside`: the agency, if it is
    not on the team and this member leads; `phone`: neither, so somebody rings."""

    people: tuple[Colleague, ...]
    outside: Agency | None
    organization: str
    phone: tuple[str, ...]
    by_phone: bool


def may_make(seat: Seat) -> bool:
    """Whether this member can refer: they work for an agency, and read what they would write."""
    if seat.me.role in FAMILY or seat.me.agency_id is None:
        return False
    return {"referrals", "tasks"} <= set(_decided(seat, _draft(seat, ("referrals", "tasks"))))


def askers(seat: Seat) -> tuple[Colleague, ...]:
    """Who may have asked the young person: the people this member knows of, themselves first."""
    known = [one for one in colleagues(seat, views.look(seat).sources) if one.role not in FAMILY]
    return tuple(sorted(known, key=lambda one: not one.me))


def make(seat: Seat, asked: Asked, *, key: str, heeded: Collection[str] = (), proved: bool = False) -> str:
    """Write down that the young person was asked, and what they said; with a yes it can be sent. `guarding.Repeats` as
    an update."""
    with recorded("referral.made", by=seat.me, case=seat.id, referral=key, need=asked.need, yes=asked.yes):
        if _is_kept(seat, key):
            return key
        case, service = db.session.get(Case, seat.id), directory.find(asked.service_id)
        assert case is not None
        _check(seat, asked)
        agency = _agency_of(service)
        values = _values(seat, asked, service, agency)
        draft = _draft(seat, tuple(values))
        guarding.check(seat, draft, asked.words, heeded=heeded, proved=proved)
        item = items.file(case, source=draft.source, category=Category.PLAN, values=values, author=seat.me.id)
        db.session.flush()
        task = handoffs.create(seat, item, due_at=None) if asked.yes else None
        db.session.add(
            Referral(
                id=key, case=case, item_id=item.id, task_id=task.id if task else None, made_by=seat.me.id,
                asked_by=asked.asked_by, asked_at=asked.asked_at, need=asked.need,
                state=Course.AGREED if asked.yes else Course.SAID_NO, ended_at=None if asked.yes else now(),
                service=ServiceTerms(
                    id=service.id, name=service.name, organization=service.organization,
                    agency_id=agency.id if agency else None, phone=service.phones[0] if service.phones else None,
                ),
            )
        )  # fmt: skip
        db.session.flush()
        known = facts.load(seat.id)
        assert known
        team.noticed(known, item.terms, by=seat.me.id)
    return key


def of_case(seat: Seat) -> tuple[ReferralView, ...]:
    """The referrals of a case that this member may see, the latest first. Recorded."""
    rows = select(Referral).where(Referral.case_id == seat.id).order_by(Referral.made_at.desc(), Referral.id)
    return _views(list(db.session.scalars(rows)), seat)


def find(me: Person, referral_id: str, purposes: Mapping[str, str] | None = None) -> tuple[Seat | None, ReferralView]:
    """One referral: to a member who may see it, or to whoever it went to outside the team. Or as if there were none.
    `purposes`: for what this person said to look, by case."""
    row = db.session.get(Referral, referral_id) if is_id(referral_id) else None
    if row is None:
        raise not_there()
    seat = access.admit_quietly(row.case_id, me, purpose=(purposes or {}).get(row.case_id))
    if seat is None:
        return None, _outside(me, row)
    found = _views([row], seat)
    if not found:
        raise not_there()
    return seat, found[0]


def of_task(task_id: str) -> str | None:
    """The referral that a task is the work of."""
    return db.session.scalar(select(Referral.id).where(Referral.task_id == task_id))


def service_of(seat: Seat, referral_id: str) -> tuple[ServiceTerms, Sending]:
    """Which service it is and to whom it can go, for whoever can send it."""
    row = _row(seat, referral_id)
    terms = row.service
    if row.task is None or not _holds(seat, row):
        raise not_there()
    agency = db.session.get(Agency, terms.agency_id) if terms.agency_id else None
    phones = (terms.phone,) if terms.phone else ()
    if agency is None:
        return terms, Sending((), None, terms.organization, phones, True)
    users = seat.case.facts.users
    known = [one for one in colleagues(seat, views.look(seat).sources) if users[one.id].org == agency.id and not one.me]
    can = handoffs.leads(seat, row.task) and agency.id in {one.id for one in handoffs.partners(seat, row.task.id)}
    return terms, Sending(tuple(known), agency if can and not known else None, terms.organization, phones, False)


def send(seat: Seat, referral_id: str, *, to: str, key: str) -> None:
    """Offer it to somebody of the service's agency who is on the team and may read it."""
    row, sending = _row(seat, referral_id), service_of(seat, referral_id)[1]
    if to not in {one.id for one in sending.people}:
        raise Refused("Choose somebody of the service who is on the team.", reason="to", code=422)
    with along(lambda: _mark(row, (Course.AGREED,), Course.REFERRED, sent_at=now())):
        handoffs.offer(seat, str(row.task_id), to=to, key=key)


def send_outside(
    seat: Seat, referral_id: str, *, words: str, key: str, heeded: Collection[str] = (), proved: bool = False
) -> None:
    """Offer it to the service's agency outside the team, which reads these words and nothing else."""
    row, sending = _row(seat, referral_id), service_of(seat, referral_id)[1]
    if sending.outside is None:
        raise not_there()
    with along(lambda: _mark(row, (Course.AGREED,), Course.REFERRED, sent_at=now())):
        handoffs.refer(
            seat, str(row.task_id), agency_id=sending.outside.id, words=words, key=key, heeded=heeded, proved=proved
        )


def ring_up(seat: Seat, referral_id: str) -> None:
    """Say that the service was rung: it is no partner here, so whoever made the referral writes down what it says."""
    row, sending = _row(seat, referral_id), service_of(seat, referral_id)[1]
    if not sending.by_phone:
        raise not_there()
    with recorded("referral.rung", by=seat.me, case=seat.id, referral=row.id):
        handoffs.hold([seat.id])
        _mark(row, (Course.AGREED,), Course.REFERRED, sent_at=now())


def take_step(
    me: Person, referral_id: str, name: str, *, key: str, reason: str | None = None, words: str = "",
    at: datetime | None = None, purposes: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """What the service answers, and what comes of it; by whoever it was offered to, or who has it now. The task moves
    in the same act."""
    seat, view = find(me, referral_id, purposes)
    row, way = db.session.get_one(Referral, referral_id), WAYS.get(name)
    if way is None or way not in view.ways:
        raise moving.quicker()
    task, mark = row.task, _marking(row, way, seat, reason=reason, at=at)
    assert task
    about = {"key": key}
    if view.offered and way.to is Course.REFUSED:
        with along(mark):
            handoffs.decline(me, task.id, reason=words or "We cannot.", **about)
    elif view.offered:
        with along(mark):
            handoffs.accept(me, task.id, **about)
    elif way.to is Course.ATTENDED:
        with along(mark):
            handoffs.finish(me, task.id, possible=True, **about)
    elif way.to is Course.REFUSED and task.handed_by:
        with along(mark):
            handoffs.give_back(me, task.id, reason=words or "We cannot.", **about)
    else:
        with recorded(f"referral.{way.to}", by=me, case=row.case_id, referral=row.id):
            handoffs.hold([row.case_id])
            mark()


def stop(seat: Seat, referral_id: str) -> None:
    """The young person says no, whenever that is: it ends at once, wherever it is."""
    view = _shown(seat, referral_id)
    if not view.stops:
        raise not_there()
    with recorded("referral.said_no", by=seat.me, case=seat.id, referral=referral_id):
        row = db.session.get_one(Referral, referral_id)
        task = moving.held(str(row.task_id))
        _mark(row, OPEN, Course.SAID_NO, ended_at=now())
        if task and task.step in OPEN_TASKS:
            whom = task.offered_to or task.owner_id
            over = moving.Move(
                event=Event.NOT_POSSIBLE, by=seat.me.id, to=whom, agency=task.referred_to, reason="They said no."
            )
            ended = NOT_HERE | {"step": Step.NOT_POSSIBLE, "answered_at": now()}
            moving.change(task, over, Task.step.in_(OPEN_TASKS), **ended)
            clocks.over(task)


def tell(seat: Seat, referral_id: str, *, words: str, key: str) -> None:
    """What came of it, in the young person's words, if they want any to be kept."""
    view = _shown(seat, referral_id)
    if not view.tells or len(words) > LONGEST:
        raise not_there()
    with recorded("referral.ended", by=seat.me, case=seat.id, referral=referral_id, words=bool(words)):
        if words and items.is_kept(seat.id, key, seat.me.id):
            return
        handoffs.hold([seat.id])
        case, row, item = db.session.get_one(Case, seat.id), db.session.get_one(Referral, referral_id), None
        if words:
            item = items.file(
                case, id=key, source=_source(seat), category=Category.PLAN, values={"note": words}, author=seat.me.id
            )
            db.session.flush()
        _mark(row, (Course.ATTENDED,), Course.ENDED, ended_at=now(), outcome_id=item.id if item else None)


def close(seat: Seat, referral_id: str, *, key: str) -> None:
    """Let a refused one be over: what waits with whoever made it is done with."""
    row, view = _row(seat, referral_id), _shown(seat, referral_id)
    if not view.closes:
        raise not_there()
    handoffs.finish(seat.me, str(row.task_id), possible=False, reason="The service said no.", key=key)


def _views(rows: list[Referral], seat: Seat) -> tuple[ReferralView, ...]:
    ruled = {item.id: (item, one) for item, one in views.look(seat, categories=READ).items}
    wanted = [one for row in rows for one in (row.item_id, row.outcome_id) if one in ruled and ruled[one][1].opens]
    decided = [ruled[one] for one in wanted]
    ticket = views.disclose(seat, "record.read", decided) if decided else None
    shown = {one.id: one for one in views.open_all(seat, decided)}
    names = {one.id: one.name for one in colleagues(seat, views.look(seat).sources)}
    tasks = _tasks(rows)
    made = tuple(
        _view(row, seat, shown, tasks.get(row.task_id or ""), names)
        for row in rows
        if row.item_id in shown and set(STATE_FIELDS) & {one.name for one in shown[row.item_id].values}
    )
    if ticket:
        ticket.settle()
    return made


def _view(
    row: Referral, seat: Seat, shown: dict[str, views.Shown], task: Task | None, names: dict[str, str]
) -> ReferralView:
    state, me = stands(row.state, task), seat.me
    side = _is_side(seat, row, task)
    quiet = not side and state in AFTER and _hides(row)
    mine = row.made_by == me.id or seat.leads or me.role is Role.YT
    holds = task is not None and task.owner_id == me.id and task.step in MINE
    return ReferralView(
        id=row.id, case_id=seat.id, task_id=row.task_id if side else None, lines=_lines(shown[row.item_id]),
        outcome=_lines(shown[row.outcome_id]) if row.outcome_id in shown else (),
        need=row.need, need_words=seat.profile.provision.need(row.need), state=None if quiet else state,
        reason=seat.profile.provision.refusal(row.reason) if state is Course.REFUSED and not quiet else "",
        made_at=row.made_at, asked_by="you" if row.asked_by == me.id else names.get(row.asked_by or "", "somebody"),
        asked_at=row.asked_at, sent_at=row.sent_at, appointment_at=None if quiet else row.appointment_at,
        attended_at=None if quiet else row.attended_at, ways=_ways(me, row, task, state),
        sends=state is Course.AGREED and _holds(seat, row), stops=state in OPEN and mine,
        tells=state is Course.ATTENDED and mine, closes=state is Course.REFUSED and holds,
        offered=task is not None and task.step == Step.OFFERED and task.offered_to == me.id, leads=seat.leads,
    )  # fmt: skip


def _outside(me: Person, row: Referral) -> ReferralView:
    """What somebody of an agency outside the team gets: the words that were let go, and what is theirs to answer."""
    task = row.task
    if task is None or not handoffs.is_outside(me, task):
        raise not_there()
    told = handoffs.read_outside(me, task.id)
    state, offered = stands(row.state, task), task.step == Step.OFFERED
    return ReferralView(
        id=row.id, case_id=None, task_id=task.id, lines=(told.words,), outcome=(), need="", need_words="", state=state,
        reason="", made_at=row.made_at, asked_by=told.by, asked_at=row.asked_at, sent_at=row.sent_at,
        appointment_at=row.appointment_at, attended_at=None, ways=_ways(me, row, task, state), offered=offered,
    )  # fmt: skip


def _ways(me: Person, row: Referral, task: Task | None, state: Course) -> tuple[Way, ...]:
    """The steps that this person can take: whoever it is offered to, or who has it."""
    if task is None:
        return ()
    asked = task.step == Step.OFFERED and (task.offered_to == me.id or handoffs.is_outside(me, task))
    has = task.step in MINE and task.owner_id == me.id and (task.handed_by is not None or state is not Course.AGREED)
    found = [one for one in WAYS.values() if state in one.come_from] if asked or has else []
    if has and task.handed_by is None and row.sent_at is None:
        return ()
    return tuple(one for one in found if not (asked and one.name in ("attended", "missed")))


def _marking(row: Referral, way: Way, seat: Seat | None, *, reason: str | None, at: datetime | None) -> Any:
    times: dict[str, Any] = {}
    if way.to is Course.SCHEDULED:
        if at is None:
            raise Refused("Say on which day and when.", reason="when", code=422)
        times = {"appointment_at": at, "scheduled_at": row.scheduled_at or now()}
    elif way.to is Course.ATTENDED:
        times = {"attended_at": now()}
    elif way.to is Course.REFUSED:
        if reason not in _refusals(row):
            raise Refused("Choose what is in the way.", reason="why", code=422)
        times = {"reason": reason, "ended_at": now()}
    if row.answered_at is None:
        times["answered_at"] = now()
    return lambda: _mark(row, (*way.come_from,), way.to, **times)


def _refusals(row: Referral) -> Collection[str]:
    return access.profile(row.case.profile).provision.refusals


def refusals(referral_id: str) -> list[tuple[str, str]]:
    """Why a service can say no, by the rules of its case."""
    row = db.session.get_one(Referral, referral_id)
    return list(access.profile(row.case.profile).provision.refusals.items())


def _mark(row: Referral, come_from: Iterable[Course], to: Course, **values: Any) -> None:
    """The one conditional UPDATE by which a referral moves, within an act in which its case is held. What its task said
    meanwhile counts (`stands`), so a state before it may be written over."""
    said = {*come_from, *((Course.REFERRED, Course.AGREED) if to is not Course.REFERRED else ())}
    changed = rows_changed(
        update(Referral)
        .where(Referral.id == row.id, Referral.version == row.version, Referral.state.in_(said))
        .values(state=to, version=Referral.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    if changed != 1:
        raise moving.quicker()
    db.session.expire(row)
    moving.ring(row.case_id, [row.made_by])


def _is_kept(seat: Seat, key: str) -> bool:
    row = db.session.get(Referral, key)
    if row is not None and (row.case_id, row.made_by) != (seat.id, seat.me.id):
        raise Refused("Reload this page, then send it again.", reason="key", code=422)
    return row is not None


def _check(seat: Seat, asked: Asked) -> None:
    known = {one.id for one in askers(seat)}
    if not may_make(seat) or asked.need not in seat.profile.provision.needs or asked.asked_by not in known:
        raise Refused("Choose what it is for, and who asked.", reason="terms", code=422)
    if asked.asked_at > now():
        raise Refused("That day is still to come. Ask first.", reason="when", code=422)
    if (asked.yes and not asked.words.strip()) or len(asked.words) > LONGEST:
        raise Refused(f"Say in at most {LONGEST} characters what they would do.", reason="words", code=422)


def _values(seat: Seat, asked: Asked, service: Entry, agency: Agency | None) -> dict[str, Any]:
    """What the record says. Named in the plan, unless the answer was no or being there is itself protected."""
    zone = seat.zone
    on = asked.asked_at.astimezone(zone)
    day = f"{on:%B} {on.day}, {on.year}"
    what, need = f"{service.name}, {service.organization}", seat.profile.provision.need(asked.need)
    if not asked.yes:
        return {"note": f"{what} ({need}): asked on {day}, the young person said no. {asked.words.strip()}".strip()}
    if agency and team.hides_its_clients(agency.fact):
        return {
            "referrals": [f"A service for: {need}. Asked on {day}; the answer was yes."],
            "tasks": [asked.words.strip()],
            "note": what,
        }  # fmt: skip
    return {"referrals": [f"{what} ({need}). Asked on {day}; the answer was yes."], "tasks": [asked.words.strip()]}


def _lines(shown: views.Shown) -> tuple[str, ...]:
    order = {"note": 0, "referrals": 1, "tasks": 2}
    known = sorted((one for one in shown.values if one.name in order), key=lambda one: order[one.name])
    return tuple(line for one in known for line in ([one.value] if isinstance(one.value, str) else one.value))


def _shown(seat: Seat, referral_id: str) -> ReferralView:
    found = _views([_row(seat, referral_id)], seat)
    if not found:
        raise not_there()
    return found[0]


def _row(seat: Seat, referral_id: str) -> Referral:
    row = db.session.get(Referral, referral_id) if is_id(referral_id) else None
    if row is None or row.case_id != seat.id:
        raise not_there()
    return row


def _tasks(rows: Iterable[Referral]) -> dict[str, Task]:
    ids = [row.task_id for row in rows if row.task_id]
    return {one.id: one for one in db.session.scalars(select(Task).where(Task.id.in_(ids)))} if ids else {}


def _holds(seat: Seat, row: Referral) -> bool:
    """Whether this member has it in hand, or leads and can hand it on."""
    task = row.task
    if task is None or stands(row.state, task) is not Course.AGREED:
        return False
    return task.step in MINE and (task.owner_id == seat.me.id or handoffs.leads(seat, task))


def _is_side(seat: Seat, row: Referral, task: Task | None) -> bool:
    """Whether this member is one of its two sides, leads, or is the young person."""
    me = seat.me.id
    sides = (row.made_by, task.owner_id, task.offered_to, task.offered_by) if task else (row.made_by,)
    return me in sides or seat.leads or seat.me.role is Role.YT


def _hides(row: Referral) -> bool:
    agency = db.session.get(Agency, row.service.agency_id) if row.service.agency_id else None
    return agency is not None and team.hides_its_clients(agency.fact)


def _agency_of(service: Entry) -> Agency | None:
    agency_id = directory.partners().get(service.organization_id)
    return db.session.get(Agency, agency_id) if agency_id else None


def _source(seat: Seat) -> str:
    return seat.me.agency_id or seat.case.lead_id


def _draft(seat: Seat, names: tuple[str, ...]) -> ItemFact:
    return ItemFact(
        id=new_id(), category=Category.PLAN, source=_source(seat), fields=names, author=seat.me.id,
        recorded=seat.today,
    )  # fmt: skip


def _decided(seat: Seat, draft: ItemFact) -> tuple[str, ...]:
    """What this member would read of a record like this."""
    known = replace(seat.case.facts, items={**seat.case.facts.items, draft.id: draft})
    decision = decide(known, seat.me.id, draft.id, seat.purpose, seat.at, profile=seat.profile)
    return tuple(decision.fields) if decision.outcome in (Outcome.SHOW, Outcome.PART) else ()


drafts.place("refer", lambda seat, _service: may_make(seat))
drafts.place("sent", lambda seat, _referral: seat.leads)
drafts.place("outcome", lambda seat, _referral: True)

__all__ = [
    "LONGEST", "Asked", "ReferralView", "Sending", "askers", "close", "find", "make", "may_make", "of_case", "of_task",
    "refusals", "ring_up", "send", "send_outside", "service_of", "stop", "take_step", "tell",
]  # fmt: skip
