"""What a screening shows once it is filed: the record, as its reader may read it; and its answers as FHIR."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mdt.models import Screening
from mdt.models.screening import OPEN, State
from mdt.operations import views
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, not_there
from mdt.operations.screening import carrying, responses
from mdt.operations.screening.carrying import FIELD
from mdt.operations.screening.noting import NOTICED
from mdt.operations.views import Shown
from mdt.sharing.screening import Opening


@dataclass(frozen=True, slots=True)
class Line:
    """One screening in the list of its agency: no answer, and no level."""

    id: str
    words: str
    state: str
    opened_at: datetime
    due_at: datetime | None
    done_at: datetime | None
    item_id: str | None
    late: bool

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


def lines(seat: Seat) -> tuple[Line, ...]:
    """The screenings of my agency in this case."""
    opens = seat.profile.screening.opens
    return tuple(_line(row, opens, seat) for row in carrying.of_case(seat))


def _line(row: Screening, opens: Mapping[str, Opening], seat: Seat) -> Line:
    words = "Something was noticed" if row.event == NOTICED else carrying.words_of(opens, row.event)
    late = row.due_at is not None and (row.done_at or seat.at) > row.due_at
    return Line(row.id, words, row.state, row.opened_at, row.due_at, row.done_at, row.item_id, late)


def record(seat: Seat, row: Screening) -> Shown | None:
    """The record that was filed, as its reader may read it now; None if it is not there for them. Recorded."""
    decided = [(item, one) for item, one in views.look(seat).items if item.id == row.item_id and one.opens]
    if not decided:
        return None
    ticket = views.disclose(seat, "record.read", decided)
    shown = views.open_all(seat, decided)
    ticket.hold_answer()
    return shown[0]


def response(seat: Seat, screening_id: str) -> bytes:
    """The answers as a FHIR QuestionnaireResponse, for whoever reads them whole in the record, may take a copy of it,
    and while the record says what was answered. Recorded as a copy."""
    row = carrying.find(seat, screening_id)
    if row.state not in (State.DONE, State.STOPPED) or row.instrument_id is None or row.item_id is None:
        raise not_there()
    decided = [(item, one) for item, one in views.look(seat).items if item.id == row.item_id and FIELD in one.fields]
    if not decided or row.working is None:
        raise not_there()
    ticket = views.disclose(seat, "screening.exported", decided, screening=screening_id)
    shown = views.open_all(seat, decided)[0]
    ticket.settle()
    if shown.no_export or shown.changed_at > (row.done_at or shown.changed_at):
        raise Refused("The record was changed since, or may not be copied. Read it in the case.", reason="changed")
    held = carrying.paper(seat, row)
    said = responses.write(held.sheet, at=row.done_at or seat.at, finished=row.state == State.DONE)
    return json.dumps(said, ensure_ascii=False, indent=1).encode()


__all__ = ["Line", "lines", "record", "response"]
