"""Dates arranged with the young person: an interview, an exam, a lawyer, court. Coordinated here, and not kept here.

A date is a record of its category, filed by whoever arranges it: who may read that it is on that day may know of the
date, go along, and nobody else. What others need asked is left beforehand, so that there is one interview and not
five (`operations.needs.asking`). Letters and calendars name neither a child nor a case nor what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy import select

from mdt.models import ArrangedDate, Case, DateState, DateTerms, Deadline, Restriction, User, Words, db, new_id, now
from mdt.models.among import among
from mdt.operations import deadlines, duties, facts, items, letters, updates, views
from mdt.operations.access import Person, Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.at_once import NOW, Of, Question
from mdt.operations.duties import Duty
from mdt.operations.meeting import invites
from mdt.operations.meetings import Sent
from mdt.operations.needs import heeding, saying
from mdt.operations.team import Colleague, colleagues, may_read
from mdt.operations.views import Shown
from mdt.sharing import facts as fact
from mdt.sharing import fields as catalog
from mdt.sharing.appointments import Kind
from mdt.sharing.decision import Decision
from mdt.sharing.declare import Kind as FieldKind
from mdt.sharing.facts import Item as ItemFact
from mdt.sharing.gate import admitted

KIND = "date"
TITLE = "Appointment"
"""What every calendar and letter says, whatever it is."""
LONGEST_PLACE = 200
AHEAD = timedelta(days=7)
SCHEDULED, OFF = "scheduled", "not needed"
SAYS_WHEN = ("status", "date", "lead_agency")
"""Fields of a record that say that there is an interview, and nothing of what came of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When and where, who goes along, and who is kept from what is asked until it is done (ids)."""

    starts_at: datetime
    place: str = ""
    attends: tuple[str, ...] = ()
    blind: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DateView:
    """A date as one reader may see it. `arranges`: the reader acts for whoever arranges it; `blinded`: the reader is
    kept from what is asked until it is done; `blind` is named to whoever arranges it alone."""

    id: str
    kind: Kind
    shown: Shown
    starts_at: datetime
    ends_at: datetime
    state: str
    place: str
    agency: str
    attends: tuple[Colleague, ...]
    blind: tuple[Colleague, ...]
    arranges: bool
    blinded: bool
    goes: bool

    @property
    def planned(self) -> bool:
        return self.state == DateState.PLANNED

    @property
    def done(self) -> bool:
        return self.state == DateState.DONE


def kinds(seat: Seat) -> tuple[Kind, ...]:
    """What this member may arrange."""
    every = seat.profile.appointments.kinds.values()
    return tuple(one for one in every if seat.me.agency_id and seat.me.role in one.by)


def kind(seat: Seat, name: str) -> Kind:
    """A kind of date that this member may arrange; or as if there were none."""
    found = next((one for one in kinds(seat) if one.name == name), None)
    if found is None:
        raise not_there()
    return found


def draft(seat: Seat, about: Kind, item_id: str = "") -> ItemFact:
    """The record this would be, as far as it says when: for asking who could read that."""
    assert seat.me.agency_id
    return ItemFact(
        id=item_id or new_id(), category=about.category, source=seat.me.agency_id, fields=(about.into,),
        author=seat.me.id, recorded=seat.today,
    )  # fmt: skip


def readers(seat: Seat, about: Kind) -> tuple[Colleague, ...]:
    """Who of the team could know of it, and so go along."""
    return updates.audience_of(seat, draft(seat, about)).readers


def values_of(seat: Seat, about: Kind, starts_at: datetime, place: str, *, over: str = "") -> dict[str, Any]:
    """What the record says: when and where, where it stands, who holds it. `over`: that it is off."""
    at = starts_at.astimezone(seat.zone)
    words = f"{spoken(at)}{': ' + place if place else ''}{', ' + over if over else ''}"
    field = catalog.field(about.category, about.into)
    said = {FieldKind.DATE: at.date().isoformat(), FieldKind.LIST: [words]}.get(field.kind, words)
    names, agency = catalog.names_of(about.category), seat.case.agency_names.get(seat.me.agency_id or "", "")
    more = {"status": OFF if over else SCHEDULED, "lead_agency": agency}
    return {about.into: said} | {name: value for name, value in more.items() if name in names}


def spoken(at: datetime) -> str:
    """A time as it is said, with its year and its zone: this is read later, and elsewhere."""
    return f"{at:%A, %B} {at.day}, {at.year}, {at:%I:%M %p %Z}".replace(", 0", ", ")


def arrange(seat: Seat, name: str, plan: Plan, sent: Sent) -> str:
    """Arrange a date; its id. Sent twice it is one. `guarding.Repeats` if the place tells what its readers may not
    have."""
    about = kind(seat, name)
    with recorded("date.arranged", by=seat.me, case=seat.id, date=sent.key, kind=name, to=list(plan.attends)):
        if items.is_kept(seat.id, sent.key, seat.me.id):
            return sent.key
        _check(seat, about, plan)
        values = values_of(seat, about, plan.starts_at, plan.place.strip())
        heeding.check(seat, draft(seat, about, sent.key), {about.into: plan.place}, sent)
        case = db.session.get_one(Case, seat.id)
        item = items.file(
            case, id=sent.key, source=seat.me.agency_id or "", category=about.category, values=values, author=seat.me.id
        )
        terms = DateTerms(place=plan.place.strip(), attends=plan.attends, blind=plan.blind if about.asks else ())
        row = ArrangedDate(
            id=sent.key, case=case, item_id=item.id, agency_id=seat.me.agency_id, kind=name, starts_at=plan.starts_at,
            minutes=about.minutes, terms=terms,
        )  # fmt: skip
        row.item = item
        db.session.add(row)
        _keep_blind(seat, row, about)
        saying.noticed(seat, item)
        _tell(row)
        _remind_later(seat, row)
    return sent.key


def _check(seat: Seat, about: Kind, plan: Plan) -> None:
    if plan.starts_at <= seat.at:
        raise Refused("Choose a time that is still ahead.", reason="past", code=422)
    if len(plan.place) > LONGEST_PLACE:
        raise Refused(f"A place has at most {LONGEST_PLACE} characters.", reason="too_long", code=422)
    if {*plan.attends, *plan.blind} - {one.id for one in readers(seat, about)}:
        raise Refused("That person may not read what this is about.", reason="not_readable", code=422)
    if set(plan.attends) & set(plan.blind):
        raise Refused("Who goes along hears what is asked.", reason="both", code=422)


def _keep_blind(seat: Seat, row: ArrangedDate, about: Kind) -> None:
    """Whoever is kept from it is shown of no such record what came of an interview, on whichever page, until this one
    is over: it is an agreed restriction, so the decision itself keeps it."""
    if row.terms.blind:
        fields = tuple(one for one in catalog.names_of(about.category) if one not in (about.into, *SAYS_WHEN))
        agreed = fact.Restriction(
            id=_blind_id(row), by=seat.me.id, on=seat.at, against=row.terms.blind, categories=(about.category,),
            fields=fields,
        )  # fmt: skip
        db.session.add(Restriction(id=agreed.id, case=row.case, terms=agreed, written_by=seat.me.id))


def open_to_all(row: ArrangedDate) -> None:
    """It is over: nobody is kept from what came of it any more; within an act."""
    kept = db.session.get(Restriction, _blind_id(row))
    if kept is not None:
        db.session.delete(kept)


def _blind_id(row: ArrangedDate) -> str:
    return str(uuid5(UUID(row.id), "blind"))


def move(seat: Seat, date_id: str, starts_at: datetime) -> None:
    """Give it another time; everybody’s calendar follows."""
    with recorded("date.moved", by=seat.me, case=seat.id, date=date_id):
        row, about = held(seat, date_id)
        if starts_at <= seat.at:
            raise Refused("Choose a time that is still ahead.", reason="past", code=422)
        items.revise(row.item, values_of(seat, about, starts_at, row.terms.place))
        row.starts_at, row.sequence, row.changed_at = starts_at, row.sequence + 1, now()
        saying.noticed(seat, row.item)
        _tell(row)
        _remind_later(seat, row)


def call_off(seat: Seat, date_id: str) -> None:
    """It does not take place; everybody’s calendar follows."""
    with recorded("date.off", by=seat.me, case=seat.id, date=date_id):
        row, about = held(seat, date_id)
        items.revise(row.item, values_of(seat, about, row.starts_at, row.terms.place, over="called off"))
        row.state, row.sequence, row.changed_at = DateState.OFF, row.sequence + 1, now()
        open_to_all(row)
        deadlines.end(KIND, row.id)
        saying.noticed(seat, row.item)
        _tell(row)


def held(seat: Seat, date_id: str) -> tuple[ArrangedDate, Kind]:
    """A planned date that this member arranges, for changing it; refused to whoever is kept from it."""
    found = find(seat, date_id)
    if not found.arranges or found.blinded:
        raise not_there()
    if not found.planned:
        raise Refused("It is over. Arrange another.", reason="over")
    return db.session.get_one(ArrangedDate, date_id), found.kind


def every(seat: Seat) -> tuple[DateView, ...]:
    """The dates that this reader may know of, the next first, then what is over. Recorded like any disclosure."""
    found = _views(seat, _known(seat))
    return tuple(sorted(found, key=lambda one: (not one.planned, one.starts_at, one.id)))


def find(seat: Seat, date_id: str) -> DateView:
    """One date, or as if there were none."""
    found = _views(seat, [one for one in _known(seat) if one[0].id == date_id])
    if not found:
        raise not_there()
    return found[0]


Known = tuple[ArrangedDate, Kind, ItemFact, Decision]


def _known(seat: Seat) -> list[Known]:
    """The dates whose day this reader is shown."""
    opened = {item.id: (item, one) for item, one in views.look(seat).items if one.opens}
    rows = db.session.scalars(select(ArrangedDate).where(ArrangedDate.case_id == seat.id).order_by(ArrangedDate.id))
    known = seat.profile.appointments.kinds
    mine = [row for row in rows if row.kind in known and row.item_id in opened]
    pairs = [(row, known[row.kind], *opened[row.item_id]) for row in mine]
    return [one for one in pairs if one[1].into in one[3].fields and one[2].category is one[1].category]


def knows(seat: Seat, date_id: str) -> bool:
    """Whether this member may know of a date, asked without looking at it."""
    return any(row.id == date_id for row, *_ in _known(seat))


def _is_told_when(seat: Seat, row: ArrangedDate) -> bool:
    """Whether this member is shown the day of it, and not only something else of its record."""
    about = seat.profile.appointments.kinds.get(row.kind)
    return about is not None and any(
        item.id == row.item_id and one.opens and about.into in one.fields for item, one in views.look(seat).items
    )


def _views(seat: Seat, known: Sequence[Known]) -> list[DateView]:
    ruled = [(item, decision) for _, _, item, decision in known]
    if not ruled:
        return []
    ticket = views.disclose(seat, "date.read", ruled)
    shown = {one.id: one for one in views.open_all(seat, ruled)}
    ticket.hold_answer()
    people = {one.id: one for one in colleagues(seat, views.look(seat).sources)}
    return [_view(seat, row, about, shown[item.id], people) for row, about, item, _ in known]


def _view(seat: Seat, row: ArrangedDate, about: Kind, shown: Shown, people: Mapping[str, Colleague]) -> DateView:
    terms, mine = row.terms, seat.me.agency_id == row.agency_id

    def named(ids: Iterable[str]) -> tuple[Colleague, ...]:
        return tuple(people[one] for one in ids if one in people)

    return DateView(
        row.id, about, shown, row.starts_at, row.starts_at + timedelta(minutes=row.minutes), row.state, terms.place,
        seat.case.agency_names.get(row.agency_id, "an agency"), named(terms.attends),
        named(terms.blind) if mine else (), mine, seat.me.id in terms.blind and row.state != DateState.DONE,
        seat.me.id in terms.attends,
    )  # fmt: skip


def calendar(seat: Seat, date_id: str) -> str:
    """A file for one's own calendar, of a date that one may know of: neither child nor case nor what it is."""
    found = find(seat, date_id)
    return _entry(db.session.get_one(ArrangedDate, found.id), db.session.get_one(User, seat.me.id))


def _entry(row: ArrangedDate, user: User) -> str:
    """Each person has an identifier of their own, so that two calendars side by side do not say who else goes."""
    return invites.entry(
        uid=str(uuid5(UUID(row.id), user.id)), sequence=row.sequence, title=TITLE, where=_where(),
        span=(row.starts_at, row.starts_at + timedelta(minutes=row.minutes)), cancelled=row.state == DateState.OFF,
        to=user,
    )  # fmt: skip


def _where() -> str:
    return f"{letters.settings().origins[0].rstrip('/')}/desk"


def _going(row: ArrangedDate) -> list[User]:
    """Those who go along and may still know of it."""
    case = facts.load(row.case_id)
    if case is None:
        return []
    about = case.rules.appointments.kinds.get(row.kind)
    if about is None:
        return []
    told = [one for one in row.terms.attends if admitted(case.facts, one, now())]
    here = [one for one in told if may_read(case, one, row.item_id, about.into)]
    return [db.session.get_one(User, one) for one in here]


def _tell(row: ArrangedDate) -> None:
    """Letters that say when, and nothing of what or about whom; within an act."""
    if not letters.are_sent():
        return
    db.session.flush()
    zone: ZoneInfo = row.case.terms.zone
    said = {
        (True, True): "What was planned on {} is off.", (False, False): "Somebody counts on you on {}.",
        (False, True): "What was planned with you has another time: {}.",
    }[row.state == DateState.OFF, row.sequence > 0].format(spoken(row.starts_at.astimezone(zone)))  # fmt: skip
    for user in _going(row):
        text = f"{said}\n\nSign in to read what it is:\n{_where()}\n"
        method = "CANCEL" if row.state == DateState.OFF else "REQUEST"
        letters.write(user.id, KIND, Words(subject=TITLE, text=text, calendar=_entry(row, user), method=method))


def _remind_later(seat: Seat, row: ArrangedDate) -> None:
    """Remind those who go along so many hours before; where that is past, the letter of now is the reminder."""
    due_at = row.starts_at - timedelta(hours=seat.profile.appointments.remind_hours)
    deadlines.end(KIND, row.id)
    if due_at > now():
        deadlines.begin(row.case, KIND, row.id, due_at=due_at)


def _remind(deadline: Deadline, percent: int) -> None:
    row = db.session.get(ArrangedDate, deadline.subject_id)
    if percent < deadlines.END or row is None or row.state != DateState.PLANNED:
        return
    words = Words(
        subject=f"{TITLE} soon", text=f"Something you go along to is soon.\n\nSign in to read it:\n{_where()}\n"
    )
    for user in _going(row):
        letters.write(user.id, KIND, words)


PLANNED = Question(
    Of.CASE,
    select(ArrangedDate)
    .where(among(ArrangedDate.case_id), ArrangedDate.state == DateState.PLANNED, ArrangedDate.starts_at >= NOW)
    .order_by(ArrangedDate.id),
    lambda row: [row.case_id],
)


@duties.found_by
def _duties(me: Person, seats: Mapping[str, Seat]) -> Iterable[Duty]:
    """What I go along to within the next days, as long as I may know of it."""
    until = now() + AHEAD
    for row in PLANNED.about(seats) if me.agency_id else ():
        if row.starts_at <= until and me.id in row.terms.attends and _is_told_when(seats[row.case_id], row):
            yield Duty(KIND, row.id, row.case_id, "You go along with them.", row.starts_at)


deadlines.kind(KIND, _remind)

__all__ = [
    "KIND", "TITLE", "DateView", "Plan", "arrange", "calendar", "call_off", "draft", "every", "find", "held", "kind",
    "kinds", "knows", "move", "open_to_all", "readers", "spoken",
]  # fmt: skip
