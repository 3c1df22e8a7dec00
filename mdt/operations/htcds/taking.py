"""A case as a file of the standard, for somebody who may take it with them: decided as an export, recorded first."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Any

from mdt.models import Case, db, new_id
from mdt.operations import views
from mdt.operations.access import Seat
from mdt.operations.htcds.mapping import CREDIT, ROWS, VERSION
from mdt.sharing.vocabulary import Action


@dataclass(frozen=True, slots=True)
class Export:
    """One case in the standard's field names, as its taker may have it. `notices` have to stand beside it."""

    number: str
    taken_at: datetime
    values: dict[str, str]
    notices: tuple[str, ...]

    @property
    def plain(self) -> dict[str, Any]:
        return {
            "standard": "HTCDS", "version": VERSION, "credit": CREDIT, "export": self.number,
            "taken_at": self.taken_at.isoformat(), "values": self.values, "notices": list(self.notices),
        }  # fmt: skip

    @property
    def csv(self) -> str:
        """A head line of field names and one line of values; what has to stand beside them in a column of its own."""
        out = StringIO()
        writer = csv.writer(out)
        writer.writerow([*self.values, "Notices", "Credit"])
        writer.writerow([*self.values.values(), " ".join(self.notices), CREDIT])
        return out.getvalue()


def take(seat: Seat) -> Export:
    """The case for this seat, now. Of a field that several records have, the latest speaks. Recorded before it is
    given, with the records and fields of which something is in it, and no others."""
    wanted = {(one.category, one.field) for one in ROWS}
    seen = views.look_as(
        seat.case.facts, seat.me.id, seat.purpose, seat, categories={one.category for one in ROWS}, action=Action.EXPORT
    )
    ruled = []
    for item, decision in seen.items:
        kept = [name for name in decision.fields if (item.category, name) in wanted]
        if decision.opens and kept:
            ruled.append((item, views.narrowed(decision, kept)))
    number = new_id()
    ticket = views.disclose(seat, "case.exported", ruled, copy=number, form="htcds")
    entries = sorted(
        views.open_all(seat, ruled), key=lambda one: (one.recorded is None, one.recorded or seat.today)
    )
    ticket.hold_answer()
    values: dict[str, str] = {}
    for row in ROWS:
        for one in entries:
            said = row.coarse(one.value(row.field)) if one.category is row.category else None
            if said:
                values[row.name] = said
    values["cas_Status"] = "Closed" if db.session.get_one(Case, seat.id).closed else "Active"
    notices = tuple(dict.fromkeys(said for one in entries for said in one.notices))
    return Export(number, seat.at, values, notices)


__all__ = ["Export", "take"]
