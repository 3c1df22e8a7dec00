"""What a report that the law wants carries: the list of the mandate, decided for whoever receives it.

The receiver is the viewer. That is an officer of the team, where one is named; else somebody of law enforcement who
stands for whoever takes the call, of an office that has signed and is at no table. The rules know no other receiver:
what they do not give to law enforcement under this mandate is in no report.
"""

from __future__ import annotations

from datetime import date

from mdt.operations import team, views
from mdt.operations.access import Seat
from mdt.operations.views import Looked
from mdt.sharing import facts as fact
from mdt.sharing.vocabulary import Action, Purpose, Role

STAND_IN, OFFICE = "report.receiver", "report.office"


def carried(seat: Seat, action: Action, purpose: Purpose, receiver: str | None = None) -> Looked:
    """What the mandate gives this member of the team; None: whoever of law enforcement takes the call."""
    if receiver is not None:
        return views.look_as(seat.case.facts, receiver, purpose, seat, action=action)
    office = fact.Org(id=OFFICE, role=Role.LE, mou_until=date.max, statutory_member=True)
    somebody = fact.User(id=STAND_IN, role=Role.LE, org=office.id)
    facts = team.with_member(seat.case.facts, somebody, office, purpose, since=seat.at)
    return views.look_as(facts, somebody.id, purpose, seat, action=action)


__all__ = ["carried"]
