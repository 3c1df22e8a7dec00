"""Which cases are one now: what was taken into what, and where an old address of it leads."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from mdt.models import Merge, db
from mdt.operations import access
from mdt.operations.access import Person


def gone_into(case_ids: Iterable[str]) -> set[str]:
    """Those of these cases that were taken into another."""
    wanted = select(Merge.gone_id).where(Merge.gone_id.in_(list(case_ids)), Merge.undone_at.is_(None))
    return set(db.session.scalars(wanted))


def joined(case_id: str) -> tuple[str, ...]:
    """This case, and those that were taken into it: what was written down of them was of this young person."""
    found, new = [case_id], [case_id]
    while new:
        rows = select(Merge.gone_id).where(Merge.case_id.in_(new), Merge.undone_at.is_(None))
        new = [one for one in db.session.scalars(rows) if one not in found]
        found += new
    return tuple(found)


def now_in(case_id: str, me: Person) -> str | None:
    """The case that this one was taken into, for whoever sits at its table: what was kept of the one that is gone, a
    bookmark or a line in a letter, leads there. None as if there were no such case."""
    there, before = case_id, {case_id}
    while (into := _into(there)) and into not in before:
        before.add(into)
        there = into
    return there if there != case_id and access.admit_quietly(there, me) else None


def _into(case_id: str) -> str | None:
    return db.session.scalar(select(Merge.case_id).where(Merge.gone_id == case_id, Merge.undone_at.is_(None)).limit(1))


__all__ = ["gone_into", "joined", "now_in"]
