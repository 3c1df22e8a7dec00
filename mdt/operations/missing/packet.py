"""What a report carries: the list of the mandate, field by field, as it is decided for whoever receives it.

The receiver is the viewer: the officer who leads the search, where one of the team does; else somebody of law
enforcement who stands for whoever takes the call. So nothing of a treatment program, an advocate, a shelter or a
lawyer is in it, and nothing that is not on the list. Making it is a disclosure, and stands in the ledger as one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from mdt.models import new_id
from mdt.operations import team, views
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, not_there
from mdt.operations.missing.episodes import running_of
from mdt.operations.views import Shown
from mdt.sharing import facts as fact
from mdt.sharing.episodes import ReportKind
from mdt.sharing.gate import admitted
from mdt.sharing.vocabulary import Action, Purpose, Role

STAND_IN, OFFICE = "report.receiver", "report.office"


@dataclass(frozen=True, slots=True)
class Packet:
    """A report as it is handed over. `beyond`: (item, field) that whoever makes it reads only in order to report."""

    number: str
    case_id: str
    kind: ReportKind | None
    taken_at: datetime
    profile: str
    cite: str
    entries: tuple[Shown, ...]
    beyond: frozenset[tuple[str, str]]

    @property
    def title(self) -> str:
        return f"Report to {self.kind.to}" if self.kind else "What the law lets you read to find them"

    def text(self, zone_words: str) -> str:
        """The packet as plain text, with everything that has to stand beside it."""
        return "\n".join(_lines(self, zone_words)) + "\n"


def may_make(seat: Seat) -> bool:
    """While an episode runs: the lead, and whoever of law enforcement is on the team."""
    return (seat.leads or seat.me.role is Role.LE) and running_of(seat) is not None


def build(seat: Seat, to: str | None = None) -> Packet:
    """The report as it is now. `to`: which report; for law enforcement of the team, what they get themselves."""
    spell = running_of(seat)
    if not may_make(seat) or spell is None:
        raise not_there()
    kind = seat.profile.episodes.reports.get(to or "") if seat.leads else None
    if seat.leads and (kind is None or not kind.packet):
        raise Refused("Choose whom the report is for.", reason="to", code=404)
    facts, viewer = _receiver(seat, spell, kind)
    seen = views.look_as(facts, viewer, Purpose.LOCATE, seat, action=Action.MANDATE_MISSING)
    number, told = new_id(), kind.name if kind else "member"
    receiver = viewer if viewer in seat.case.facts.users else None
    ticket = views.disclose(seat, "missing.packet", seen.items, to=told, receiver=receiver, packet=number)
    entries = views.open_all(seat, seen.items)
    ticket.hold_answer()
    own = {item.id: set(one.fields) for item, one in views.look(seat).items if one.opens}
    beyond = {(one.id, value.name) for one in entries for value in one.values if value.name not in own.get(one.id, ())}
    cite = seat.profile.clocks.spans[kind.deadline].cite if kind else seat.profile.bases["B5"].cite
    profile = f"{seat.profile.name} {seat.profile.version}"
    return Packet(
        number, seat.id, kind, seat.at, profile, cite or "", entries,
        frozenset(beyond) if seat.leads else frozenset(),
    )  # fmt: skip


def _receiver(seat: Seat, spell: fact.Missing, kind: ReportKind | None) -> tuple[fact.Facts, str]:
    """The facts and the viewer by whom it is decided."""
    facts = seat.case.facts
    if kind is None:
        return facts, seat.me.id
    officer = str(spell.lead_officer)
    if kind.name == "law_enforcement" and admitted(facts, officer, seat.at) and facts.users[officer].role is Role.LE:
        return facts, officer
    org = fact.Org(id=OFFICE, role=Role.LE, mou_until=date.max, statutory_member=True)
    user = fact.User(id=STAND_IN, role=Role.LE, org=org.id)
    return team.with_member(facts, user, org, Purpose.LOCATE, since=seat.at), user.id


def _lines(packet: Packet, when: str) -> Iterator[str]:
    yield packet.title.upper()
    yield f"Made {when}. Number {packet.number}."
    yield f"What it may carry is the list of the law ({packet.cite}), by the rules {packet.profile}."
    for one in packet.entries:
        yield ""
        yield one.title.upper()
        yield f"From {one.source}" + (f", {one.recorded.isoformat()}" if one.recorded else "")
        for value in one.values:
            said = value.value if isinstance(value.value, str) else "; ".join(map(str, value.value))
            yield f"{value.label}: {said}"
        yield from one.notices


__all__ = ["Packet", "build", "may_make"]
