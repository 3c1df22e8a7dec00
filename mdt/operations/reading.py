"""Reading a case: the page of one young person, as one member may see it now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select

from mdt.models import db, now
from mdt.operations import emergencies, facts, items, ledger, naming, requests, team, updates, views, watching
from mdt.operations.access import Person, Seat, admit_quietly, seat_at
from mdt.operations.acts import not_there, recorded
from mdt.operations.missing import alerts, packet
from mdt.operations.team import Colleague
from mdt.operations.views import Held, Looked, Shown
from mdt.sharing.declare import Chapter
from mdt.sharing.moments import NEVER_ENDS
from mdt.sharing.vocabulary import USUAL_PURPOSES, Category, Role

ORDER_OF_USE = (Chapter.SAFETY, Chapter.HEALTH, Chapter.SCHOOL, Chapter.JUSTICE, Chapter.PLAN, Chapter.PERSON)
ONE_VISIT = timedelta(minutes=10)
LOOKS = ledger.ENTRIES.c
LAST_LOOK = select(func.max(LOOKS.at)).where(
    LOOKS.case_id == bindparam("case"),
    LOOKS.actor_id == bindparam("me"),
    LOOKS.event == "case.read",
    LOOKS.at < bindparam("before"),
)


@dataclass(frozen=True, slots=True)
class ChapterView:
    """A chapter of the work, with what is shown and what is quietly held. An empty one is not there."""

    anchor: str
    title: str
    entries: tuple[Shown, ...]
    held: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as one member may see it. `name` is None where not even that is shown."""

    id: str
    name: str | None
    age: int | None
    opened: date | None
    goals: Shown | None
    team: tuple[Colleague, ...]
    chapters: tuple[ChapterView, ...]
    looked_at: datetime | None
    tag: str
    leads: bool
    writes: bool
    previews: bool
    asked: frozenset[tuple[str, str]]
    """What of what is withheld this member has asked for already: category and source."""
    keeps: bool
    """Whether this member's agency keeps what it writes to itself: it may receive, and may not give."""

    @property
    def called(self) -> str:
        return self.name or "The young person"

    @property
    def fresh(self) -> tuple[Shown, ...]:
        """What changed since this member last looked."""
        if self.looked_at is None:
            return ()
        entries = (one for chapter in self.chapters for one in chapter.entries)
        return tuple(
            sorted(
                (one for one in entries if one.changed_at > self.looked_at),
                key=lambda one: one.changed_at,
                reverse=True,
            )
        )


def read(seat: Seat, *, live: bool = False) -> CaseView:
    """The case page. A page that is open already and reads itself anew is not a new look."""
    seen = views.look(seat)
    ticket = views.disclose_look(seat, "case.reread" if live else "case.read", seen)
    opened = views.open_look(seat, seen)
    looked_at = _looked_at(seat)
    ticket.hold_answer()
    return _page(seat, seen, opened, looked_at)


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the records on the page, and its tag: it follows from the look alone."""

    team: tuple[Colleague, ...]
    held: tuple[Held, ...]
    writes: bool
    previews: bool
    keeps: bool
    tag: str


def frame(seat: Seat, seen: Looked) -> Frame:
    return seen.once("frame", lambda: _frame(seat, seen))


def _frame(seat: Seat, seen: Looked) -> Frame:
    known = team.colleagues(seat, seen.sources)
    made = _tag(seat, seen)
    previews = seat.leads or seat.me.agency_id in seen.sources
    keeps = team.hides_its_clients(seat.case.facts.orgs.get(seat.me.agency_id or ""))
    return Frame(known, views.held(seat, seen.items), bool(updates.categories(seat)), previews, keeps, made)


def skeleton(seat: Seat, seen: Looked) -> str:
    """What the page shows, without what it says, written out: when this differs, the page does."""
    made_of = seen.for_all("made_of", lambda: _made_of(seat, seen))
    known_as = team.known_as(seat, seen.sources)
    return seen.for_all(("skeleton", known_as), lambda: watching.SAID([made_of, known_as, _hours(seat), _search(seat)]))


def _made_of(seat: Seat, seen: Looked) -> str:
    """A word for the records as they are shown, and for when what is shown of them was last changed."""
    closed = items.envelopes((seat.case, item_id) for item_id in seen.opened)
    groups = seen.for_long("groups", lambda: _groups(seen))
    changes = _changes(groups, closed, seen.for_long("changes", dict))
    decided = seen.for_long("skeleton", lambda: json.dumps(seen.skeleton(), default=str))
    return hashlib.sha256("\n".join([decided, *changes]).encode()).hexdigest()


def _changes(
    groups: Mapping[str, frozenset[str]], closed: items.Closed, known: dict[str, tuple[Any, str]]
) -> Iterator[str]:
    """When what is shown of each record was last changed; worked out again for those whose envelopes are others."""
    for item_id, names in groups.items():
        mine, last = closed[item_id], known.get(item_id)
        if last is None or last[0] is not mine:
            last = known[item_id] = mine, str(items.last_change(mine, names))
        yield last[1]


def _groups(seen: Looked) -> dict[str, frozenset[str]]:
    return {item.id: items.groups_of(item, one.fields) for item, one in seen.items if one.opens}


def _hours(seat: Seat) -> list[str]:
    """This member's own emergency, while its hour runs: then the page says so."""
    hour = emergencies.running(seat)
    return [hour[0].id] if hour else []


def _search(seat: Seat) -> list[bool]:
    """Whether the page leads this member to what helps to find somebody, and to the card."""
    return [packet.may_make(seat), alerts.is_up(seat)]


def topic(case_id: str) -> watching.Topic:
    return watching.Topic("case", case_id)


def tag(seat: Seat) -> str:
    """The tag of this member's view of the case now."""
    return _tag(seat, views.look(seat))


def _tag(seat: Seat, seen: Looked) -> str:
    return seen.once("tag", lambda: watching.tags(topic(seat.id))(seat.me, skeleton(seat, seen)))


def choose_purpose(seat: Seat, purpose: str) -> None:
    """Say for what one looks, among what one's discipline looks for; it is written down."""
    with recorded("purpose.chosen", by=seat.me, case=seat.id) as record:
        if purpose not in seat.purposes:
            raise not_there()
        record["purpose"] = purpose


def name_of(seat: Seat) -> str | None:
    """What the young person is called, if this member may know it. Recorded like any disclosure."""
    found = naming.named(seat.case, views.look(seat, categories=frozenset({Category.ID})))
    seen = [found] if found else []
    ticket = views.disclose(seat, "name.read", seen)
    opened = views.open_all(seat, seen)
    ticket.hold_answer()
    return next((str(one.value(naming.NAMED)) for one in opened), None)


def _watch(topic: watching.Topic, me: Person, purpose: str | None) -> tuple[str, datetime | None]:
    seat = admit_quietly(topic.case_id or "", me, purpose=purpose)
    if seat is None:
        return watching.NOTHING, None
    return tag(seat), views.turns(seat)


def _watch_all(topic: watching.Topic, _people: Sequence[Person]) -> watching.OneOf:
    """Many members' pages of one case. Those who stand alike have the same page but for who they are: what it is made
    of is worked out for one of them. Who stands alike is known for as long as the facts are the same and none turns,
    whatever the records say."""
    case, tagged, said = facts.load(topic.case_id or ""), watching.tags(topic), dict[Alike, str]()

    def one(me: Person, purpose: str | None) -> tuple[str, datetime | None]:
        if case is None:
            return watching.NOTHING, None
        purpose = purpose if purpose in USUAL_PURPOSES.get(me.role or Role.YT, ()) else None
        group, at = case.lasting.get((me.id, purpose)), now()
        if group is None or not group.since <= at < group.until:
            if (seat := seat_at(case, me, purpose=purpose)) is None:
                return watching.NOTHING, None
            if (group := _alike(seat)) is None:
                return tag(seat), views.turns(seat)
            case.lasting[me.id, purpose] = group
        if (made := said.get(group)) is None:
            seat = replace(group.seat, case=case, at=at)
            made = said[group] = skeleton(seat, views.look(seat))
        return tagged(me, made), group.turns

    return one


@dataclass(frozen=True, slots=True, eq=False)
class Alike:
    """Members whose page of a case is the same, from `since` to `until`: one of their seats, and when a fact turns."""

    seat: Seat
    since: datetime
    until: datetime
    turns: datetime | None


def _alike(seat: Seat) -> Alike | None:
    """Those who stand as this member does; None for whom a fact names, who stands alone."""
    stands = views.standing(seat)
    if stands is None:
        return None
    known_as = team.known_as(seat, views.look(seat).sources)
    asked = stands, seat.purpose, seat.me.role, known_as
    found: Alike | None = seat.case.lasting.get(asked)
    if found is None or not found.since <= seat.at < found.until:
        turns = views.turns(seat)
        found = seat.case.lasting[asked] = Alike(seat, seat.at, turns or NEVER_ENDS, turns)
    return found


watching.kind("case", _watch, many=_watch_all, light=True)


def _page(seat: Seat, seen: Looked, opened: tuple[Shown, ...], looked_at: datetime | None) -> CaseView:
    around = frame(seat, seen)
    named = naming.named(seat.case, seen)
    name = next((str(one.value(naming.NAMED)) for one in opened if named and one.id == named[0].id), None)
    identity = next((one for one in opened if one.category is Category.ID and one.value("date_of_birth")), None)
    goals = next((one for one in opened if one.category is Category.PLAN and one.value("goals")), None)
    born = identity.value("date_of_birth") if identity else None
    return CaseView(
        seat.id,
        name,
        _age(born, seat) if born else None,
        seat.case.facts.case.opened if identity and identity.whole else None,
        goals,
        around.team,
        _chapters(opened, around.held),
        looked_at,
        around.tag,
        seat.leads,
        around.writes,
        around.previews,
        requests.asked_for(seat) if around.held else frozenset(),
        around.keeps,
    )


def _chapters(opened: tuple[Shown, ...], quiet: tuple[Held, ...]) -> tuple[ChapterView, ...]:
    found = []
    for chapter in ORDER_OF_USE:
        entries = tuple(one for one in opened if one.chapter == chapter.value)
        lines = tuple(one for one in quiet if one.chapter == chapter.value)
        if entries or lines:
            found.append(ChapterView(chapter.name.lower(), chapter.value, entries, lines))
    return tuple(found)


def _looked_at(seat: Seat) -> datetime | None:
    """When this member looked before, not counting the visit they are on; the ledger knows."""
    return db.session.scalar(LAST_LOOK, {"case": seat.id, "me": seat.me.id, "before": seat.at - ONE_VISIT})


def _age(born: str, seat: Seat) -> int:
    day, today = date.fromisoformat(born), seat.today
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))
