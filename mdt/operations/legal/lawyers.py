"""Who is counsel for an agency: its own lawyer; where it has none here, the lead's, unless whom it serves is
protected. That a shelter was served with a subpoena is not the county attorney's to know."""

from __future__ import annotations

from sqlalchemy import select

from mdt.models import Agency, Case, User, db
from mdt.operations.team import hides_its_clients


def for_agency(agency: Agency, lead_id: str) -> str | None:
    """The agency whose counsel answers for this one; None where nobody does."""
    if _has_counsel(agency.id):
        return agency.id
    hidden = hides_its_clients(agency.fact)
    return lead_id if not hidden and _has_counsel(lead_id) else None


def answers(counsel_of: str | None, agency: Agency, case: Case) -> bool:
    """Whether counsel of this agency answers for that one in this case."""
    return counsel_of is not None and for_agency(agency, case.lead_id) == counsel_of


def _has_counsel(agency_id: str) -> bool:
    return db.session.scalar(select(User.id).where(User.agency_id == agency_id, User.counsel, User.active)) is not None


__all__ = ["answers", "for_agency"]
