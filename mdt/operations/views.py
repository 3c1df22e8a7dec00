"""Views: the record as one person may see it, now, for one purpose. Only a view leaves through a door.

Decide first; hand in the ledger entry; open only what was decided; show once the entry is durable.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from operator import is_
from typing import Any, TypeVar

from mdt.operations import items, ledger
from mdt.operations.access import Seat
from mdt.operations.acts import not_there
from mdt.operations.facts import CaseFacts
from mdt.sharing import fields as catalog
from mdt.sharing.compiled import next_turn, settle_all
from mdt.sharing.decide import look_at
from mdt.sharing.decision import Decision
from mdt.sharing.declare import Kind
from mdt.sharing.explain import Names, rights, scope, why, withheld
from mdt.sharing.facts import Facts, Item
from mdt.sharing.moments import NEVER_ENDS
from mdt.sharing.obligations import NO_EXPORT
from mdt.sharing.profile import Profile
from mdt.sharing.view import next_boundary
from mdt.sharing.vocabulary import Action, Category, Outcome, Purpose, Role

T = TypeVar("T")
NOTICE_2_32 = "notice_2_32"
TICK = timedelta(microseconds=1)
PAGES_AT_MOST = 32
NOTHING_KNOWN: Mapping[str, Decision] = {}
APART: dict[Category, frozenset[str]] = {Category.SAFE_ADDR: frozenset({"zone"})}
"""Categories that live apart, and the fields of each that tell no place."""
ON_FILE = "On file"
"""What stands for a photo in words."""
SAW, COPIED, REPORTED = "saw", "took a copy of", "reported, so that they are found,"
READS: dict[str, str] = {
    "recovery.read": SAW,
    "case.read": SAW,
    "case.reread": SAW,
    "case.listed": SAW,
    "case.previewed": SAW,
    "case.exported": COPIED,
    "meeting.read": SAW,
    "minutes.read": SAW,
    "minutes.exported": COPIED,
    "task.read": SAW,
    "name.read": SAW,
    "address.revealed": SAW,
    "glance.read": SAW,
    "record.read": SAW,
    "needs.read": SAW,
    "needs.exported": COPIED,
    "date.read": SAW,
    "missing.card": SAW,
    "missing.packet": REPORTED,
    "screening.exported": COPIED,
    "trafficking.packet": "saw, to report it,",
}
"""What gives somebody something to read, and the word that stands before it in the accounting. No other entry says
that something was shown."""


@dataclass(frozen=True, slots=True)
class Pictured:
    """Where a photo is: a page asks for it by itself, and it is decided and written down again then. `version`: it is
    another when the photo is."""

    case_id: str
    item_id: str
    version: int


@dataclass(frozen=True, slots=True)
class Value:
    """One field of an item as it is shown. Of a photo it is said that it is there, and where."""

    name: str
    label: str
    kind: str
    value: Any
    photo: Pictured | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """An item that is shown, whole or in part: its values, where it comes from, by which right."""

    id: str
    category: Category
    title: str
    chapter: str
    values: tuple[Value, ...]
    source: str
    recorded: date | None
    changed_at: datetime
    author: str | None
    whole: bool
    why: str
    rights: tuple[tuple[str, tuple[str, ...]], ...]
    notices: tuple[str, ...]
    until: datetime | None
    no_export: bool
    apart: bool = False

    def value(self, name: str) -> Any:
        """The value of this field, if it is among those shown."""
        return next((one.value for one in self.values if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Held:
    """Something is there that is not shown, and what would open it. Never for what is concealed."""

    category: Category
    source: str
    title: str
    chapter: str
    sentence: str
    holder: str
    by_release: bool
    """Whether a release would open it, so that it can be asked for."""


Ruled = Sequence[tuple[Item, Decision]]


@dataclass(frozen=True, slots=True)
class Looked:
    """What a viewer gets of a case: items with their decisions in page order; refusals, for the ledger alone."""

    items: tuple[tuple[Item, Decision], ...]
    refused: tuple[Decision, ...]
    kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    shared: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)
    """What was worked out from these decisions whoever looks: the same for all who stand alike (`standing`)."""
    lasting: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What was worked out from the decisions alone: the same when nothing but values has changed (`facts.Grown`)."""

    def once(self, name: str, work: Callable[[], T]) -> T:
        """What follows from this look alone and holds no content, worked out when it is first asked for."""
        if name not in self.kept:
            self.kept[name] = work()
        found: T = self.kept[name]
        return found

    def for_all(self, name: Hashable, work: Callable[[], T]) -> T:
        """The same for what follows from the decisions and the case alone, and not from who looks."""
        if name not in self.shared:
            self.shared[name] = work()
        found: T = self.shared[name]
        return found

    def for_long(self, name: str, work: Callable[[], T]) -> T:
        """The same for what follows from the decisions alone, whatever the records say now."""
        if name not in self.lasting:
            self.lasting[name] = work()
        found: T = self.lasting[name]
        return found

    def again(self) -> Looked:
        """The same decisions for somebody who stands alike."""
        return Looked(self.items, self.refused, shared=self.shared, lasting=self.lasting)

    def revised(self) -> Looked:
        """The same decisions, of records of which some say something else now."""
        return Looked(self.items, self.refused, lasting=self.lasting)

    @property
    def opened(self) -> dict[str, Item]:
        return self.for_long("opened", lambda: {item.id: item for item, one in self.items if one.opens})

    @property
    def sources(self) -> frozenset[str]:
        return self.for_long("sources", lambda: frozenset(item.source for item, one in self.items if one.opens))

    def skeleton(self) -> list[Any]:
        """What a page of it is made of, without content. What is concealed leaves no trace, and what is
        withheld the one line that the page has for it, however much it is."""
        opened = [[one.item, one.outcome, one.fields, sorted(one.duties)] for _, one in self.items if one.opens]
        return [opened, sorted({line_of(item, one) for item, one in self.items if not one.opens})]


def line_of(item: Item, decision: Decision) -> tuple[str, str, str]:
    """What one quiet line of a page stands for: whatever one source holds of one category and one way opens."""
    return item.category, item.source, " ".join(f"{way.kind} {way.type}" for way in decision.ways)


def last_changes(seat: Seat, shown: Iterable[tuple[Item, Decision]]) -> list[str]:
    """When what is shown of each of these records was last changed."""
    every = list(shown)
    closed = items.envelopes((seat.case, item.id) for item, _ in every)
    return [str(items.changed_at(item, one.fields, closed)) for item, one in every]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A look, and the stretch of time in which these very facts, under these very rules, give no other."""

    since: datetime
    until: datetime
    profile: Profile
    looked: Looked


def look(seat: Seat, *, categories: frozenset[Category] | None = None) -> Looked:
    """Every item of the case decided for this seat, now.

    Deciding is a function of the facts, the viewer, the purpose and the time, and between two moments
    at which a fact turns it does not change: within that stretch, for the very same facts, it is not
    worked out twice. Facts that changed are other facts (`operations.facts`), with no looks yet.
    """
    try:
        known = seat.case.looks[seat.me.id][seat.purpose if categories is None else (seat.purpose, categories)]
    except KeyError:
        return _stretch(seat, categories).looked
    if known.since <= seat.at < known.until and known.profile is seat.profile:
        return known.looked  # type: ignore[no-any-return]
    return _stretch(seat, categories).looked


def look_beside(seat: Seat, viewer: str) -> Looked:
    """What somebody else at the table would get for this seat's purpose, kept as one's own look is: what a meeting
    asks of everybody in the room."""
    return look(replace(seat, me=_Beside(viewer)))


@dataclass(frozen=True, slots=True)
class _Beside:
    """Somebody else at the table, as far as a look asks."""

    id: str
    role: Role | None = None
    agency_id: str | None = None


def _stretch(seat: Seat, categories: frozenset[Category] | None) -> Stretch:
    """The look of this seat with the time in which it holds: the one that is kept, or a new one that is kept now."""
    asked = seat.purpose if categories is None else (seat.purpose, categories)
    mine = seat.case.looks.setdefault(seat.me.id, {})
    known: Stretch | None = mine.get(asked)
    if known is None or not _holds(known, seat):
        known = mine[asked] = _alike(seat, asked, categories)
    return known


def _holds(known: Stretch, seat: Seat) -> bool:
    return known.since <= seat.at < known.until and known.profile is seat.profile


def _alike(seat: Seat, asked: Any, categories: frozenset[Category] | None) -> Stretch:
    """The look of whoever stands in the case as this member does, if somebody has; else their own."""
    stands, others = standing(seat), seat.case.looks.setdefault("alike", {})
    known: Stretch | None = others.get((stands, asked)) if stands else None
    if known is not None and _holds(known, seat):
        return replace(known, looked=known.looked.again())
    before, grown = _before(seat, stands, asked), seat.case.grown
    if before is not None and grown is not None and grown.same:
        known = replace(before, looked=before.looked.revised())
    else:
        still = _still_decided(before, grown.anew) if before is not None and grown is not None else {}
        looked = look_as(seat.case.facts, seat.me.id, seat.purpose, seat, categories, known=still)
        turns = next_turn(seat.case.facts, seat.at - TICK, seat.profile) or NEVER_ENDS
        known = Stretch(seat.at, turns, seat.profile, looked)
    if stands:
        others[stands, asked] = known
    return known


def _before(seat: Seat, stands: Any, asked: Any) -> Stretch | None:
    """The look of this member, or of whoever stood as they do, before nothing but records and papers changed, if its
    time is not over."""
    if seat.case.grown is None:
        return None
    looks = seat.case.grown.looks
    before: Stretch | None = looks.get(seat.me.id, {}).get(asked)
    if before is None and stands:
        before = looks.get("alike", {}).get((stands, asked))
    return before if before is not None and _holds(before, seat) else None


def _still_decided(before: Stretch, anew: Collection[str]) -> dict[str, Decision]:
    """What of it holds: deciding a record asks nothing of others but of those it quotes, and those are not among these
    (`facts.Grown`)."""
    found = {one.item: one for one in (*(one for _, one in before.looked.items), *before.looked.refused)}
    return {name: one for name, one in found.items() if name not in anew}


def standing(seat: Seat) -> Any:
    """All that a decision can tell this member from another by, their identifier apart; None if that is named,
    or for whoever looks from outside.

    Deciding compares identifiers and asks nothing else of them. Two members whose facts are the same, and whom no
    other fact names, can be exchanged for each other without changing the facts: so what one gets the other gets.
    Since when somebody sits at the table matters for being let in, which comes before (`access.seat_at`).
    """
    case, me = seat.case, seat.me.id
    named = case.looks.get("named")
    if named is None:
        named = case.looks["named"] = _named_in(case)
    if me in named:
        return None
    if me not in case.standings:
        case.standings[me] = _stands(case.facts, me)
    return case.standings[me]


def _stands(facts: Facts, me: str) -> Any:
    user, member = facts.users.get(me), facts.members.get(me)
    return user and member and (replace(user, id=""), replace(member, user="", since=date.min))


def _named_in(case: CaseFacts) -> frozenset[str]:
    grown = case.grown
    before: frozenset[str] | None = grown.looks.get("named") if grown else None
    if grown is None or before is None:
        return frozenset(_named(case.facts))
    if grown.same:
        return before
    facts = case.facts
    papers = (facts.releases, facts.orders, facts.restrictions, facts.emergencies)
    return before.union(_words([facts.items[one] for one in grown.anew if one in facts.items]), _words(papers))


def _named(facts: Facts) -> Iterator[str]:
    """Every word that stands anywhere in the facts, but for each member's own entry."""
    for one in fields(facts):
        held = getattr(facts, one.name)
        if one.name in ("users", "members"):
            own = "id" if one.name == "users" else "user"
            yield from _words({_but_for(own, row) for row in held.values()})  # at a large table many are alike
        else:
            yield from _words(held)


def _but_for(own: str, row: Any) -> tuple[Any, ...]:
    return tuple(getattr(row, part.name) for part in fields(row) if part.name != own)


def _words(held: Any) -> Iterator[str]:
    if isinstance(held, str):
        yield held
    elif isinstance(held, Mapping):
        yield from _words([*held.keys(), *held.values()])
    elif isinstance(held, list | tuple | set | frozenset):
        for one in held:
            yield from _words(one)
    elif is_dataclass(held) and not isinstance(held, type):
        for part in fields(held):
            yield from _words(getattr(held, part.name))


def turns(seat: Seat) -> datetime | None:
    """The next moment at which a fact of the case turns by itself."""
    facts, at = seat.case.facts, seat.at
    return next_turn(facts, at, seat.profile) or next_boundary(facts, at, seat.profile)


@dataclass(frozen=True, slots=True)
class LookedPage:
    """One member's looks at the cases of one page, in its order, and the stretch in which none of them is another."""

    cases: list[CaseFacts]
    profiles: list[Profile]
    purposes: list[Purpose]
    since: datetime
    until: datetime
    looks: list[Looked]
    kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, name: str, work: Callable[[Looked], T]) -> list[T]:
        """What follows from each look alone and holds no content, worked out when it is first asked for."""
        if name not in self.kept:
            self.kept[name] = [work(seen) for seen in self.looks]
        found: list[T] = self.kept[name]
        return found

    def holds(self, seats: Sequence[Seat]) -> bool:
        """Whether these are seats at the same facts, for the same purposes, under the same rules; none has turned."""
        same = len(seats) == len(self.cases) and self.purposes == [seat.purpose for seat in seats]
        if not same or not all(map(is_, self.cases, [seat.case for seat in seats])):
            return False
        if not all(map(is_, self.profiles, [seat.profile for seat in seats])):
            return False
        times = [seat.at for seat in seats]
        return self.since <= min(times) <= max(times) < self.until


def look_each(seats: Sequence[Seat], *, categories: frozenset[Category] | None = None) -> LookedPage:
    """`look` for each seat of one member's page, kept as one while no case of it has changed or turned."""
    asked = (seats[0].me.id if seats else "", categories)
    known = _pages.get(asked)
    if known is None or not seats or not known.holds(seats):
        spans = [_stretch(seat, categories) for seat in seats]
        since = max((one.since for one in spans), default=NEVER_ENDS)
        until = min((one.until for one in spans), default=NEVER_ENDS)
        looks = [one.looked for one in spans]
        cases, profiles = [seat.case for seat in seats], [seat.profile for seat in seats]
        known = LookedPage(cases, profiles, [seat.purpose for seat in seats], since, until, looks)
        _pages[asked] = known
        if len(_pages) > PAGES_AT_MOST:
            _pages.pop(next(iter(_pages)), None)
    return known


_pages: dict[Any, LookedPage] = {}


def look_as(
    facts: Facts, viewer: str, purpose: Purpose, seat: Seat, categories: Collection[Category] | None = None,
    action: Action = Action.VIEW, known: Mapping[str, Decision] = NOTHING_KNOWN,
) -> Looked:  # fmt: skip
    """The same for another viewer, under other facts, for another act than viewing: what a preview and a copy
    are made of. What is `known` to be decided is not decided again."""
    once = look_at(facts, viewer, purpose, seat.at, seat.profile, action)
    chosen = [item for item in facts.items.values() if categories is None or item.category in categories]
    decided = {**known, **settle_all(once, [item.id for item in chosen if item.id not in known])}
    ruled = [(item, decided[item.id]) for item in sorted(chosen, key=_place_on_page)]
    told = tuple((item, one) for item, one in ruled if one.outcome is not Outcome.CONCEAL)
    return Looked(told, tuple(one for _, one in ruled if not one.opens))


def _place_on_page(item: Item) -> tuple[int, date, str]:
    return catalog.ORDER[item.category], item.recorded or date.min, item.id


def disclose(seat: Seat, event: str, decided: Ruled, *, every: Iterable[Decision] = (), **about: Any) -> ledger.Ticket:
    """Hand in the entry of a disclosure; settle the ticket before anything of it is shown."""
    return ledger.submit_all([entry(seat, event, decided, every=every, **about)])


def disclose_look(seat: Seat, event: str, seen: Looked) -> ledger.Ticket:
    """Hand in the entry of the disclosure of a whole look."""
    lines = seen.once("lines", lambda: _lines(seen.items, seen.refused))
    return ledger.submit_all([_entry(seat, event, lines)])


def entry(seat: Seat, event: str, decided: Ruled, *, every: Iterable[Decision] = (), **about: Any) -> dict[str, Any]:
    """The entry of a disclosure: which fields of which items by which rules, and what was refused."""
    return _entry(seat, event, _lines(decided, every) | about)


def _lines(decided: Ruled, every: Iterable[Decision]) -> dict[str, Any]:
    return {
        "shown": [_line(item, kept_apart(item, decision)) for item, decision in decided if decision.opens],
        "refused": [[one.item, one.outcome, one.step, one.code] for one in every if not one.opens],
    }


def _entry(seat: Seat, event: str, said: dict[str, Any]) -> dict[str, Any]:
    if said.get("shown") and event not in READS:
        raise KeyError(event)
    profile = f"{seat.profile.name} {seat.profile.version}"
    who = {"purpose": seat.purpose, "role": seat.me.role, "org": seat.me.agency_id, "profile": profile}
    return ledger.row(event, seat.id, seat.me.id, who | said)


def narrowed(decision: Decision, kept: Collection[str]) -> Decision:
    """A decision of which only these fields are used, and so opened and recorded."""
    return replace(decision, fields=tuple(name for name in decision.fields if name in kept))


def kept_apart(item: Item, decision: Decision) -> Decision:
    """What of a protected address stands on a page: nothing that tells where it is. The rest is revealed by itself."""
    return narrowed(decision, APART[item.category]) if item.category in APART else decision


def open_all(seat: Seat, decided: Ruled, *, photos: bool = False) -> tuple[Shown, ...]:
    """Open what was decided, and only that: one query at most, one envelope a group that has something to show.
    Photos stay closed, and their values say that they are there, unless they are asked for."""
    opened = [(item, decision) for item, decision in decided if decision.opens]
    closed = items.envelopes((seat.case, item.id) for item, _ in opened)
    faces = (_face(seat.case, item, decision, closed, seat) for item, decision in opened)
    return tuple(_with_values(face, closed, seat.case, photos=photos) for face in faces)


def open_photo(seat: Seat, event: str, item: Item, decision: Decision, name: str, **about: Any) -> str:
    """One photo of what was decided, as it is kept; as if there were none where that is not among it. Recorded."""
    if not decision.opens or name not in decision.fields or not is_photo(item, name):
        raise not_there()
    one = narrowed(decision, (name,))
    ticket = disclose(seat, event, [(item, one)], **about)
    values = items.open_fields(item, one.fields, items.envelopes([(seat.case, item.id)]), seat.case.youth_id)
    ticket.hold_answer()
    return str(values.get(name, ""))


def is_photo(item: Item, name: str) -> bool:
    """Whether this field of the record holds a photo."""
    return catalog.field(item.category, name).kind is Kind.PHOTO


def open_look(seat: Seat, seen: Looked) -> tuple[Shown, ...]:
    """Open a whole look: like `open_all`, with what stands beside the values worked out once."""
    opened = [(item, decision) for item, decision in seen.items if decision.opens]
    closed = items.envelopes((seat.case, item.id) for item, _ in opened)
    faces = seen.once("faces", lambda: [_face(seat.case, item, decision, closed, seat) for item, decision in opened])
    return tuple(_with_values(face, closed, seat.case) for face in faces)


def reveal(seat: Seat, item_id: str) -> Shown:
    """One protected address, alone, recorded as such. Its reader has just proved again who they are."""
    found = next(
        ((item, decision) for item, decision in look(seat).items if item.id == item_id and decision.opens), None
    )
    if found is None or found[0].category not in APART:
        raise not_there()
    item, decision = found
    ticket = ledger.submit_all(
        [
            ledger.row(
                "address.revealed", seat.id, seat.me.id, {"purpose": seat.purpose, "shown": [_line(item, decision)]}
            )
        ]
    )
    closed = items.envelopes([(seat.case, item_id)])
    values = items.open_fields(item, decision.fields, closed, seat.case.youth_id)
    ticket.settle()
    all_of_it = _values(item, decision.fields, values, {})
    return replace(shown(seat.case, item, decision, closed, seat), values=all_of_it, apart=False)


def shown(case: CaseFacts, item: Item, decision: Decision, closed: items.Closed, seat: Seat) -> Shown:
    """One item as it is shown."""
    return _with_values(_face(case, item, decision, closed, seat), closed, case)


After = tuple[
    str, date | None, datetime, str | None, bool,
    str, tuple[tuple[str, tuple[str, ...]], ...], tuple[str, ...], datetime | None,
    bool, bool,
]  # fmt: skip
"""What of a `Shown` comes after its values, in its order: from `source` to `apart`."""


@dataclass(frozen=True, slots=True)
class _Face:
    """An item as it stands on a page, without its values: what is said before them and after them."""

    item: Item
    names: tuple[str, ...]
    before: tuple[str, Category, str, str]
    after: After
    pictured: Mapping[str, Pictured]


def _face(case: CaseFacts, item: Item, decision: Decision, closed: items.Closed, seat: Seat) -> _Face:
    entry, whole = catalog.CATEGORIES[item.category], decision.fields
    decision = kept_apart(item, decision)
    changed_at = items.changed_at(item, decision.fields, closed) or case.filed[item.id].created_at
    source, author = case.agency_names.get(item.source, "an agency"), case.people_names.get(item.author or "")
    names = names_of(seat)
    right = why(decision, names), rights(decision, item, names), _notices(decision, names), decision.until
    more = NO_EXPORT in decision.duties, decision.fields != whole
    return _Face(
        item,
        decision.fields,
        (item.id, item.category, entry.title, entry.chapter.value),
        (source, item.recorded, changed_at, author, decision.outcome is Outcome.SHOW, *right, *more),
        {one: _pictured(item, one, closed, case) for one in decision.fields if is_photo(item, one)},
    )


def _with_values(face: _Face, closed: items.Closed, case: CaseFacts, *, photos: bool = False) -> Shown:
    wanted = face.names if photos or not face.pictured else [one for one in face.names if one not in face.pictured]
    values = items.open_fields(face.item, wanted, closed, case.youth_id)
    if face.pictured:
        values = dict.fromkeys(face.pictured, ON_FILE) | values
    parts = (*face.before, _values(face.item, face.names, values, face.pictured), *face.after)
    return Shown(*parts)


def _pictured(item: Item, name: str, closed: items.Closed, case: CaseFacts) -> Pictured:
    changed = items.changed_at(item, (name,), closed)
    return Pictured(case.id, item.id, int(changed.timestamp()) if changed else 0)


def held(seat: Seat, decided: Ruled) -> tuple[Held, ...]:
    """The quiet lines for what is withheld, one for each source and way, so that a number tells nothing."""
    lines: dict[tuple[str, str, str], Held] = {}
    for item, decision in decided:
        if decision.outcome is Outcome.WITHHOLD and line_of(item, decision) not in lines:
            entry, sentence = catalog.CATEGORIES[item.category], withheld(decision, item, names_of(seat))
            holder = seat.case.agency_names.get(item.source, "an agency")
            by_release = any(way.kind == "release" for way in decision.ways)
            lines[line_of(item, decision)] = Held(
                item.category, item.source, entry.title, entry.chapter.value, sentence, holder, by_release
            )
    return tuple(lines[line] for line in sorted(lines))


def names_of(seat: Seat) -> Names:
    """How organisations and people are called to this reader."""
    return Names(seat.case.facts, seat.profile, seat.case.called)


def _values(
    item: Item, names: Iterable[str], values: Mapping[str, Any], pictured: Mapping[str, Pictured]
) -> tuple[Value, ...]:
    fields = (catalog.field(item.category, name) for name in names if name in values)
    return tuple(
        Value(one.name, one.label, one.kind.value, values[one.name], pictured.get(one.name)) for one in fields
    )


def _notices(decision: Decision, names: Names) -> tuple[str, ...]:
    """What has to stand beside it; with the statement on treatment records, the scope of the consent."""
    said = names.profile.notices
    scopes = {NOTICE_2_32: scope(decision, names)} if NOTICE_2_32 in decision.duties else {}
    return tuple(f"{said[duty]} {scopes.get(duty, '')}".strip() for duty in sorted(decision.duties) if duty in said)


def _line(item: Item, decision: Decision) -> list[Any]:
    """[item, category, source, fields, rules, releases, orders, emergencies, duties]"""
    grounds = decision.grounds
    return [
        item.id,
        item.category,
        item.source,
        decision.fields,
        [one.rule for one in grounds],
        *(
            sorted({getattr(one, name) for one in grounds if getattr(one, name)})
            for name in ("release", "order", "emergency")
        ),
        sorted(decision.duties),
    ]
