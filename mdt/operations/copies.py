"""A copy of what one may see, to print, to keep or to hand to another system: decided as an export.

What may only be read on screen is not in it, nor is a protected address. Every record carries its notices
and by which right it was given; the copy says who took it, when, for what, and under which number, so that
a paper found can be followed back to the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mdt.models import new_id
from mdt.operations import naming, views
from mdt.operations.access import Seat
from mdt.sharing.vocabulary import PURPOSE_WORDS, Action

SCHEMA = "urn:mdt:copy:1"


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a case as one member may take it with them."""

    number: str
    case_id: str
    taken_at: datetime
    purpose: str
    profile: str
    entries: tuple[views.Shown, ...]
    left_out: bool
    named: str | None
    """The record that says what the young person is called, if it is in it."""

    @property
    def purpose_words(self) -> str:
        return PURPOSE_WORDS[self.purpose]  # type: ignore[index]

    @property
    def chapters(self) -> tuple[tuple[str, tuple[views.Shown, ...]], ...]:
        """The entries by chapter, in the order of the catalog."""
        titles = dict.fromkeys(one.chapter for one in self.entries)
        return tuple((title, tuple(one for one in self.entries if one.chapter == title)) for title in titles)

    @property
    def name(self) -> str | None:
        """What the young person is called, if that is in it."""
        return next((str(one.value(naming.NAMED)) for one in self.entries if one.id == self.named), None)

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON: identifiers, codes, values by field name, and what has to stand beside them."""
        return {
            "schema": SCHEMA, "copy": self.number, "case": self.case_id, "taken_at": self.taken_at.isoformat(),
            "purpose": self.purpose, "profile": self.profile, "records": [_plain(one) for one in self.entries],
        }  # fmt: skip


def take(seat: Seat, *, form: str) -> Copy:
    """A copy of the case for this seat, now. `form`: print or json. Recorded before it is given."""
    seen = views.look_as(seat.case.facts, seat.me.id, seat.purpose, seat, action=Action.EXPORT)
    number = new_id()
    ticket = views.disclose(seat, "case.exported", seen.items, every=seen.refused, copy=number, form=form)
    entries = views.open_all(seat, seen.items, photos=form == "json")
    ticket.hold_answer()
    on_screen = {one.id for one, decision in views.look(seat).items if decision.opens}
    left_out = bool(on_screen - {one.id for one in entries})
    profile = f"{seat.profile.name} {seat.profile.version}"
    named = naming.named(seat.case, seen)
    return Copy(number, seat.id, seat.at, seat.purpose, profile, entries, left_out, named[0].id if named else None)


def _plain(one: views.Shown) -> dict[str, Any]:
    return {
        "id": one.id, "category": one.category, "title": one.title, "source": one.source,
        "recorded": one.recorded.isoformat() if one.recorded else None,
        "fields": {value.name: value.value for value in one.values},
        "whole": one.whole, "rights": [said for said, _ in one.rights],
        "notices": list(one.notices), "until": one.until.isoformat() if one.until else None,
    }  # fmt: skip


__all__ = ["Copy", "take"]
