"""Carrying out a screening: begun, filled in over as many sittings as it takes, stopped or finished, or not done.

It is the work of one agency, and shown to nobody else. What it comes to is filed as that agency's record, so that
whoever may read such a record reads the answers, and nobody besides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from mdt.models import Case, Screening, db, new_id, now
from mdt.models.among import among
from mdt.models.base import locked
from mdt.models.screening import OPEN, State
from mdt.operations import deadlines, drafts, duties, facts, guarding, items, team
from mdt.operations.access import Person, Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.at_once import Of, Question
from mdt.operations.duties import Duty
from mdt.operations.meetings import Sent
from mdt.operations.screening import instruments, opening, results
from mdt.operations.screening.answering import Answers, Sheet
from mdt.operations.screening.instruments import Version
from mdt.operations.screening.results import Result
from mdt.sharing.facts import Item as ItemFact
from mdt.sharing.grammar import BasisKind
from mdt.sharing.screening import Opening
from mdt.sharing.vocabulary import Category, Role

FIELD = "tool_answers"
BY_HAND, SECOND = "by_hand", "second_tier"
LONGEST = 2000
OPENED_BY_HAND = "Somebody chose to screen"
OUTSIDE = (Role.CG, Role.YT)
"""Who screens nobody."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One screening as its agency works on it."""

    row: Screening
    version: Version
    sheet: Sheet
    result: Result
    remarks: tuple[str, ...] = ()
    """What is to be looked at in answers that came from elsewhere."""

    @property
    def is_open(self) -> bool:
        return self.row.state in OPEN


def may_screen(seat: Seat) -> bool:
    """Whether this member screens: they act for an agency, and records of screening are not closed to them."""
    role = seat.me.role
    if role is None or role in OUTSIDE or seat.me.agency_id is None:
        return False
    cell = seat.profile.cell(Category.TRAFFICKING, role)
    return not any(one.kind is BasisKind.NEVER for one in cell)


def of_case(seat: Seat) -> tuple[Screening, ...]:
    """The screenings of my agency in this case, what is due first."""
    if not may_screen(seat):
        raise not_there()
    mine = select(Screening).where(Screening.case_id == seat.id, Screening.agency_id == seat.me.agency_id)
    rows = db.session.scalars(mine.order_by(Screening.opened_at.desc(), Screening.id))
    return tuple(sorted(rows, key=lambda one: one.state not in OPEN))


def find(seat: Seat, screening_id: str, *, lock: bool = False) -> Screening:
    """One of my agency's in this case, or as if there were none."""
    row = locked(Screening, screening_id) if lock else db.session.get(Screening, screening_id)
    if row is None or row.case_id != seat.id or row.agency_id != seat.me.agency_id or not may_screen(seat):
        raise not_there()
    return row


def open_by_hand(seat: Seat, name: str, *, event: str = BY_HAND) -> str:
    """Begin one with this instrument, because somebody thinks it is time; or because something happened that the
    jurisdiction's file names. The screening's id."""
    if not may_screen(seat) or name not in instruments.usable(seat.me.agency_id):
        raise not_there()
    with recorded("screening.opened", by=seat.me, case=seat.id, why=event) as record:
        case = db.session.get_one(Case, seat.id)
        row = Screening(case=case, agency_id=str(seat.me.agency_id), event=event, asks=name, opened_by=seat.me.id)
        db.session.add(row)
        record["screening"] = row.id
    return row.id


def happened(seat: Seat, event: str) -> None:
    """Say that something happened that opens a screening. The lead says so."""
    if not seat.leads or event not in seat.profile.screening.opens:
        raise not_there()
    with recorded("screening.opened", by=seat.me, case=seat.id, why=event):
        opening.opened_by(db.session.get_one(Case, seat.id), event, now())


def paper(seat: Seat, row: Screening) -> Paper:
    """It with what stands in it. What is not begun has the instrument that would be used now."""
    if row.instrument_id:
        version = instruments.pinned(row.instrument_id)
    else:
        usable = instruments.usable(row.agency_id)
        found = usable.get(row.asks or "")
        if found is None:
            raise Refused("The instrument for this is not loaded. Ask whoever manages your agency’s instruments.",
                          reason="instrument")  # fmt: skip
        version = found
    sheet = Sheet(version.instrument, Answers.of(row.working))
    remarks = tuple((row.working or {}).get("remarks", ()))
    return Paper(row, version, sheet, results.of(sheet, version.name, seat.profile.screening), remarks)


def keep(
    seat: Seat, screening_id: str, answers: Answers, *, version: int, remarks: tuple[str, ...] = ()
) -> Screening:  # fmt: skip
    """Keep what was answered so far, of what is asked. The first time it pins the version of the instrument. Refused
    where somebody else kept something since this page was read."""
    with recorded("screening.kept", by=seat.me, case=seat.id, screening=screening_id):
        row = find(seat, screening_id, lock=True)
        check_open(row)
        if row.version != version:
            raise Refused("Somebody kept other answers meanwhile. Look at them, then answer again.", reason="version")
        _keep(seat, row, answers, remarks or tuple((row.working or {}).get("remarks", ())))
    return row


def _keep(seat: Seat, row: Screening, answers: Answers, remarks: tuple[str, ...]) -> None:
    if row.instrument_id is None:
        row.instrument_id = instruments.pin(paper(seat, row).version)
    answered = Sheet(instruments.pinned(row.instrument_id).instrument, answers).standing
    row.working = answered.kept() | ({"remarks": list(remarks)} if remarks else {})
    row.version += 1
    row.state, row.worker_id = State.BEGUN, row.worker_id or seat.me.id


def check_open(row: Screening) -> None:
    """Refused where it is over: what was answered is then read in its record, and nowhere else."""
    if row.state not in OPEN:
        raise Refused("This screening is over. Open another if it is time.", reason="over")


def draft(seat: Seat, key: str = "", quotes: Iterable[str] = ()) -> ItemFact:
    """The record the answers would be, for asking who could read it."""
    assert seat.me.agency_id
    return ItemFact(
        id=key or new_id(), category=Category.TRAFFICKING, source=seat.me.agency_id, fields=(FIELD,),
        author=seat.me.id, quotes=tuple(quotes), recorded=seat.today,
    )  # fmt: skip


def finish(seat: Seat, screening_id: str, sent: Sent, *, reason: str = "") -> Result:
    """File the answers as my agency's record, and open what the level opens. Something was told: it is finished as it
    stands. `guarding.Repeats` as for any other writing. Late, it wants a reason."""
    with recorded("screening.finished", by=seat.me, case=seat.id, screening=screening_id, item=sent.key) as record:
        deadlines.end(opening.DUE, screening_id)
        row = find(seat, screening_id, lock=True)
        held = paper(seat, row)
        if items.is_kept(seat.id, sent.key, seat.me.id):
            return held.result
        check_open(row)
        _check_whole(row, held, reason)
        _file(seat, row, held, sent)
        row.state = State.STOPPED if held.result.told else State.DONE
        row.done_at, row.reason = now(), reason.strip()[:LONGEST] or None
        record["stopped"] = held.result.told
        _follow(seat, row, held.result)
    return held.result


def _check_whole(row: Screening, held: Paper, reason: str) -> None:
    if not held.result.told and (held.sheet.left or row.instrument_id is None):
        raise Refused("Some questions are open. Answer them, or say why there is no answer.", reason="left", code=422)
    if row.due_at and now() > row.due_at and not reason.strip():
        raise Refused("It is late. Say why, in a sentence.", reason="no_reason", code=422)


def _file(seat: Seat, row: Screening, held: Paper, sent: Sent) -> None:
    on = seat.today
    text = results.text(held.sheet, held.version, held.result, on=on, remarks=held.remarks)
    row.item_id = filed(seat, text, sent, typed=results.typed(held.sheet))


def filed(seat: Seat, text: str, sent: Sent, *, typed: str) -> str:
    """File words as a record of screening of my agency, within an act; its id. `typed`: what of them somebody wrote
    themselves, which is looked at for what its readers may not see."""
    made = draft(seat, sent.key, sent.quotes)
    guarding.check_quotes(seat, sent.quotes)
    guarding.check(seat, made, typed, heeded=sent.heeded, proved=sent.proved)
    item = items.file(
        db.session.get_one(Case, seat.id), id=sent.key, source=made.source, category=made.category,
        values={FIELD: text}, author=made.author, quotes=made.quotes,
    )  # fmt: skip
    db.session.flush()
    known = facts.load(seat.id)
    assert known
    team.noticed(known, item.terms, by=seat.me.id)
    return item.id


def _follow(seat: Seat, row: Screening, result: Result) -> None:
    """What the level opens: a second tier, due by its own span."""
    opened = seat.profile.screening.opens.get(result.opens or "")
    if opened:
        opening.begin(db.session.get_one(Case, seat.id), opened, row.agency_id, now(), after=row)


def go_deeper(seat: Seat, screening_id: str) -> str:
    """Open the second tier whatever the level was, because a person thinks that circumstances warrant it."""
    opened = _second(seat)
    with recorded("screening.opened", by=seat.me, case=seat.id, why=SECOND):
        row = find(seat, screening_id, lock=True)
        if row.state in OPEN:
            raise Refused("Finish this first.", reason="open")
        made = opening.begin(db.session.get_one(Case, seat.id), opened, row.agency_id, now(), after=row)
    return made.id


def _second(seat: Seat) -> Opening:
    found = seat.profile.screening.opens.get(SECOND)
    if found is None:
        raise not_there()
    return found


def set_aside(seat: Seat, screening_id: str, reason: str) -> None:
    """Write down that it is not done, and why. What was filled in is not filed, and goes."""
    with recorded("screening.set_aside", by=seat.me, case=seat.id, screening=screening_id):
        deadlines.end(opening.DUE, screening_id)
        row = find(seat, screening_id, lock=True)
        check_open(row)
        if not reason.strip():
            raise Refused("Say why it is not done.", reason="no_reason", code=422)
        row.state, row.done_at, row.reason, row.working = State.NOT_DONE, now(), reason.strip()[:LONGEST], None


def words_of(opens: Mapping[str, Opening], event: str) -> str:
    """Why one was opened, in words."""
    return opens[event].title if event in opens else OPENED_BY_HAND


STILL_OPEN = Question(
    Of.CASE,
    select(Screening).where(among(Screening.case_id), Screening.state.in_(OPEN)).order_by(Screening.due_at),
    lambda row: [row.case_id],
)


@duties.found_by
def _due(me: Person, seats: Mapping[str, Seat]) -> Iterable[Duty]:
    """What my agency has still to screen for."""
    for row in STILL_OPEN.about(seats) if me.agency_id and me.role else ():
        if row.agency_id == me.agency_id and may_screen(seats[row.case_id]):
            opens = seats[row.case_id].profile.screening.opens
            why = words_of(opens, row.event).lower()
            yield Duty("screening", row.id, row.case_id, f"Screening: {why}.", row.due_at)


for _place in ("screening", "screening_aside", "screening_end"):
    drafts.place(_place, lambda seat, _subject: may_screen(seat))

__all__ = [
    "BY_HAND", "FIELD", "Paper", "check_open", "draft", "filed", "find", "finish", "go_deeper", "happened", "keep",
    "may_screen", "of_case", "open_by_hand", "paper", "set_aside", "words_of",
]  # fmt: skip
