"""What a report carries: the list of the mandate, field by field, decided for whoever receives it (`mandated`).

The receiver is the officer who leads the search, where one of the team does; else whoever takes the call. So nothing of
a treatment program, an advocate, a shelter or a lawyer is in it, and nothing that is not on the list. Making it is a
disclosure, and stands in the ledger as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from mdt.models import new_id
from mdt.operations import mandated, views
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, not_there
from mdt.operations.missing.episodes import running_of
from mdt.operations.views import Looked, Shown
from mdt.sharing import facts as fact
from mdt.sharing.episodes import ReportKind
from mdt.sharing.gate import admitted
from mdt.sharing.vocabulary import Action, Purpose, Role

BESIDE = "A picture of its own beside this"
"""What stands for a photo where a report is words alone."""


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
    kind, receiver, seen = _decided(seat, to)
    number = new_id()
    ticket = views.disclose(seat, "missing.packet", seen.items, to=_to(kind), receiver=receiver, packet=number)
    entries = _once_each(views.open_all(seat, seen.items, photos=True))
    ticket.hold_answer()
    own = {item.id: set(one.fields) for item, one in views.look(seat).items if one.opens}
    beyond = {(one.id, value.name) for one in entries for value in one.values if value.name not in own.get(one.id, ())}
    cite = seat.profile.clocks.spans[kind.deadline].cite if kind else seat.profile.bases["B5"].cite
    profile = f"{seat.profile.name} {seat.profile.version}"
    return Packet(
        number, seat.id, kind, seat.at, profile, cite or "", entries,
        frozenset(beyond) if seat.leads else frozenset(),
    )  # fmt: skip


def photo(seat: Seat, to: str | None, item_id: str, name: str) -> str:
    """A photo that this report carries, as it is kept; as if there were none where it carries none; recorded."""
    kind, receiver, seen = _decided(seat, to)
    for item, one in seen.items:
        if item.id == item_id:
            return views.open_photo(seat, "missing.packet", item, one, name, to=_to(kind), receiver=receiver)
    raise not_there()


def _decided(seat: Seat, to: str | None) -> tuple[ReportKind | None, str | None, Looked]:
    """Which report it is, who of the team receives it, and what the mandate gives them."""
    spell = running_of(seat)
    if not may_make(seat) or spell is None:
        raise not_there()
    kind = seat.profile.episodes.reports.get(to or "") if seat.leads else None
    if seat.leads and (kind is None or not kind.packet):
        raise Refused("Choose whom the report is for.", reason="to", code=404)
    receiver = _receiver(seat, spell, kind)
    return kind, receiver, mandated.carried(seat, Action.MANDATE_MISSING, Purpose.LOCATE, receiver)


def _to(kind: ReportKind | None) -> str:
    return kind.name if kind else "member"


def _once_each(entries: Iterable[Shown]) -> tuple[Shown, ...]:
    """The same photo is on the record of how they look and on that of the search: a report has it once. Of a photo
    the page says where it is; what was opened to tell two apart goes no further."""
    found, pictures = list[Shown](), set[str]()
    for one in entries:
        values = []
        for value in one.values:
            if value.photo is None or value.value not in pictures:
                values.append(replace(value, value=BESIDE) if value.photo else value)
            pictures |= {value.value} if value.photo else set()
        if values:
            found.append(replace(one, values=tuple(values)))
    return tuple(found)


def _receiver(seat: Seat, spell: fact.Missing, kind: ReportKind | None) -> str | None:
    """Who of the team receives it: the officer of the team who reads it, or who leads the search."""
    if kind is None:
        return seat.me.id
    facts, officer = seat.case.facts, str(spell.lead_officer)
    leads = kind.name == "law_enforcement" and admitted(facts, officer, seat.at)
    return officer if leads and facts.users[officer].role is Role.LE else None


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


__all__ = ["Packet", "build", "may_make", "photo"]
