"""Service updates: an item of the category its author chooses, its text in the field `note`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from mdt.models import Case, db, new_id
from mdt.operations import drafts, facts, guarding, items, team, views
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.team import Colleague, colleague, colleagues
from mdt.sharing import fields as catalog
from mdt.sharing.facts import Item as ItemFact
from mdt.sharing.grammar import BasisKind
from mdt.sharing.vocabulary import Category

FIELD = "note"
LONGEST = 8000


@dataclass(frozen=True, slots=True)
class Audience:
    """Who would read an update, by name, and who of the team would not."""

    readers: tuple[Colleague, ...]
    others: tuple[Colleague, ...]
    kept_by_source: bool

    @property
    def count(self) -> int:
        return len(self.readers)


def subjects(seat: Seat) -> tuple[catalog.CategoryEntry, ...]:
    """What this member can write an update about; for whoever can write about nothing, there is no such page."""
    found = categories(seat)
    if not found:
        raise not_there()
    return found


def categories(seat: Seat) -> tuple[catalog.CategoryEntry, ...]:
    """What this member can write an update about: what has a note, and is not closed to their discipline."""
    open_ones = [
        entry
        for category, entry in catalog.CATEGORIES.items()
        if FIELD in catalog.names_of(category) and not _has(seat, category, BasisKind.NEVER)
    ]
    return tuple(sorted(open_ones, key=lambda entry: not is_usual(seat, entry.category)))


def is_usual(seat: Seat, category: Category) -> bool:
    """Whether this discipline usually writes about it: it keeps records of that kind, or it is the plan."""
    return category is Category.PLAN or _has(seat, category, BasisKind.OWN)


def audience(seat: Seat, category: Category, labels: Iterable[str] = (), quotes: Iterable[str] = ()) -> Audience:
    """Who could read an update of this kind, from this author, now. Of those the author may know of. A quote of what
    its author does not read whole tells nothing: it is left out here, and refused when the update is posted."""
    return audience_of(seat, _draft(seat, category, labels, guarding.quotable(seat, quotes)))


def audience_of(seat: Seat, draft: ItemFact) -> Audience:
    """Who could read a record like this, which is not filed yet. Of those the author may know of."""
    reading = set(team.readers(seat, draft))
    known = [one for one in colleagues(seat, views.look(seat).sources) if not one.me]
    named = tuple(one for one in known if one.id in reading) + tuple(
        colleague(seat, user) for user in sorted(reading) if user not in {one.id for one in known}
    )
    own = team.hides_its_clients(seat.case.facts.orgs.get(draft.source))
    return Audience(named, tuple(one for one in known if one.id not in reading), own)


def repeats(
    seat: Seat, *, category: Category, text: str, labels: Iterable[str] = (), quotes: Iterable[str] = (), proved: bool
) -> tuple[guarding.Repeat, ...]:
    """What this update would tell somebody who may not see it. Quotes as in `audience`."""
    draft = _draft(seat, category, labels, guarding.quotable(seat, quotes))
    return guarding.repeats(seat, draft, text, proved=proved)


def post(
    seat: Seat, *, category: Category, text: str, labels: Iterable[str] = (), quotes: Iterable[str] = (),
    key: str | None = None, heeded: Collection[str] = (), proved: bool = False,
) -> str:  # fmt: skip
    """Post an update to those it may reach. The same key posted twice is one update. `guarding.Repeats` if it
    tells a reader what they may not see, unless that is among what its author has `heeded`."""
    item_id, quotes = key or new_id(), tuple(quotes)
    with recorded("update.posted", by=seat.me, case=seat.id, item=item_id, category=category) as record:
        case = db.session.get(Case, seat.id)
        assert case is not None
        drafts.forget(seat.me, seat.id, "update", seat.id, item_id)
        if items.is_kept(seat.id, item_id, seat.me.id):
            return item_id
        _check(seat, category, text, labels, quotes)
        stands = guarding.check(seat, _draft(seat, category, labels, quotes), text, heeded=heeded, proved=proved)
        item = items.file(
            case,
            id=item_id,
            source=_source(seat),
            category=category,
            values={FIELD: text.strip()},
            author=seat.me.id,
            labels=tuple(labels),
            quotes=quotes,
        )
        db.session.flush()
        now_known = facts.load(seat.id)
        assert now_known
        team.noticed(now_known, item.terms, by=seat.me.id)
        record["labels"], record["quotes"], record["heeded"] = tuple(labels), quotes, stands
    return item_id


def _check(seat: Seat, category: Category, text: str, labels: Iterable[str], quotes: Collection[str]) -> None:
    entry = catalog.CATEGORIES[category]
    if entry not in categories(seat) or set(labels) - set(entry.labels):
        raise Refused("An update cannot be about that. Choose another kind.", reason="category", code=422)
    guarding.check_quotes(seat, quotes)
    if not text.strip() or len(text) > LONGEST:
        raise Refused(f"Write an update of at most {LONGEST} characters.", reason="text", code=422)


def _has(seat: Seat, category: Category, kind: BasisKind) -> bool:
    assert seat.me.role
    return any(alternative.kind is kind for alternative in seat.profile.cell(category, seat.me.role))


def _source(seat: Seat) -> str:
    return seat.me.agency_id or seat.case.lead_id


def _draft(seat: Seat, category: Category, labels: Iterable[str], quotes: Iterable[str]) -> ItemFact:
    return ItemFact(
        id=new_id(),
        category=category,
        source=_source(seat),
        fields=(FIELD,),
        author=seat.me.id,
        labels=tuple(labels),
        quotes=tuple(quotes),
        recorded=seat.today,
    )


drafts.place("update", lambda seat, case_id: case_id == seat.id and bool(categories(seat)))
