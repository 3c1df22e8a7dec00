"""What changes a case moves its counters, in the same transaction, so that no verb can forget to.

A row with `moves` holds facts: it moves the case's epoch, and with it every cached fact and every
open screen; the desks of its members stir with it. A move of records alone is counted, too, and one of
papers (releases, orders, objections, emergencies): then the ground they stand on has not moved. A row
with `stirs` is live but decides nothing: it moves the pulse alone. The counters are the bell: a worker
that sees one move works out whose view differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Select, event, select, update
from sqlalchemy.orm import Session, SessionTransaction

from mdt.models.agencies import Agency, User
from mdt.models.cases import Case
from mdt.models.consent import Emergency, Order, Release, Restriction
from mdt.models.items import Item
from mdt.models.members import Member
from mdt.models.tasks import Task

PAPERS = (Release, Order, Restriction, Emergency)
Moved = Mapping[str, int | None]
"""What a commit moved: cases and users, and of a case to which pulse; None where that was not asked for."""
_listeners: list[Callable[[Moved], object]] = []


def when_moved(listener: Callable[[Moved], object]) -> Callable[[], None]:
    """Call this with what was moved, after each commit that moved anything and in the thread that committed; what is
    returned ends it."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


def move(session: Session, case_ids: Iterable[str], *, facts: bool = True, only: str | None = None) -> None:
    """Move the counters of these cases by hand, where a verb writes without the unit of work. `only` "filed": nothing
    but records changed; "papers": nothing but records and papers. Without `facts` nothing that decides."""
    ids = sorted(set(case_ids))
    if not ids:
        return
    values: dict[str, Any] = {"pulse": Case.pulse + 1}
    if facts:
        values["epoch"] = Case.epoch + 1
    if facts and only:
        values[only] = getattr(Case, only) + 1
    made = update(Case).where(Case.id.in_(ids)).values(values).returning(Case.id, Case.pulse)
    pulses = {row.id: row.pulse for row in session.connection().execute(made)}
    on_the_team = select(Member.user_id).where(Member.case_id.in_(ids))
    session.connection().execute(update(User).where(User.id.in_(on_the_team)).values(pulse=User.pulse + 1))
    _remember(session, pulses)


def move_under(session: Session, profile: str) -> None:
    """The rules of this name changed: every case under them is decided anew."""
    _move_all(session, select(Case.id).where(Case.profile == profile))


def _move_all(session: Session, cases: Select[str]) -> None:
    """Move all of these, however many they are."""
    moved = {"pulse": Case.pulse + 1, "epoch": Case.epoch + 1}
    session.connection().execute(update(Case).where(Case.id.in_(cases)).values(moved))
    on_a_team = select(Member.user_id).where(Member.case_id.in_(cases))
    session.connection().execute(update(User).where(User.id.in_(on_a_team)).values(pulse=User.pulse + 1))
    _remember(session, dict.fromkeys(session.connection().scalars(cases)))


def stir(session: Session, user_ids: Iterable[str | None]) -> None:
    """Something on these people's own desks changed."""
    ids = sorted({one for one in user_ids if one})
    if ids:
        session.connection().execute(update(User).where(User.id.in_(ids)).values(pulse=User.pulse + 1))
        _remember(session, dict.fromkeys(ids))


@event.listens_for(Session, "after_flush")
def _move(session: Session, _context: Any) -> None:
    touched = [row for row in (*session.new, *session.dirty, *session.deleted) if _changed(session, row)]
    moving = [row for row in touched if getattr(row, "moves", None)]
    moved = {row.moves for row in moving if not isinstance(row, (Item, *PAPERS))} | _cases_of(session, touched)
    if agencies := [row.id for row in touched if isinstance(row, Agency)]:
        _move_all(session, _with_a_part(agencies))
    papers = {row.moves for row in moving if isinstance(row, PAPERS)} - moved
    filed = {row.moves for row in moving} - moved - papers
    move(session, moved)
    move(session, papers, only="papers")
    move(session, filed, only="filed")
    stirred = {row.stirs for row in touched if getattr(row, "stirs", None)}
    move(session, stirred - moved - papers - filed, facts=False)
    stir(session, _desks(touched))


def nudge(session: Session, ids: Iterable[str]) -> None:
    """The counters of these were moved by whoever calls: let this process look at once."""
    _remember(session, dict.fromkeys(ids))


def _remember(session: Session, moved: Moved) -> None:
    session.info.setdefault("moved", {}).update(moved)


def _changed(session: Session, row: Any) -> bool:
    return row in session.new or row in session.deleted or session.is_modified(row)


def _cases_of(session: Session, touched: list[Any]) -> set[str]:
    """A change of a user is a change of every case they sit at."""
    users = [row.id for row in touched if isinstance(row, User)]
    part = select(Member.case_id).where(Member.user_id.in_(users))
    return set(session.connection().scalars(part)) if users else set()


def _with_a_part(agencies: list[str]) -> Select[str]:
    """The cases in which these have a part: they lead, somebody of theirs is at the table, a record is theirs."""
    at_the_table = select(Member.case_id).join(User, User.id == Member.user_id).where(User.agency_id.in_(agencies))
    filed = select(Item.case_id).where(Item.source_id.in_(agencies))
    return select(Case.id).where(Case.lead_id.in_(agencies) | Case.id.in_(at_the_table) | Case.id.in_(filed))


def _desks(touched: list[Any]) -> set[str | None]:
    members = {row.user_id for row in touched if isinstance(row, Member)}
    return members | {one for row in touched if isinstance(row, Task) for one in (row.owner_id, row.offered_to)}


@event.listens_for(Session, "after_commit")
def _settle(session: Session) -> None:
    session.info["settled"] = session.info.pop("moved", {})


@event.listens_for(Session, "after_transaction_end")
def _tell(session: Session, _ended: SessionTransaction) -> None:
    """Once the connection is given back: whoever is told asks the database, and nobody is to hold two."""
    settled: Moved = session.info.pop("settled", {})
    for listener in tuple(_listeners) if settled else ():
        listener(settled)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("moved", None)


__all__ = ["move", "move_under", "nudge", "stir", "when_moved"]
