"""The leak guard: before something is kept, where its text repeats what a reader of it may not see.

It compares with what the author may see and with nothing else, so it never confirms what is hidden from
the author. A protected address is compared only for whoever has just proved who they are; for anybody
else whatever is shaped like a place is asked about, whether it is one or not. What stands under a law
that hides its very existence has to be quoted as what it is: then the law goes with the text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mdt.operations import items, ledger, team, views
from mdt.operations.access import Seat
from mdt.operations.acts import Refused
from mdt.operations.facts import NAME_IN_USE, hides_name
from mdt.operations.guarding.echoes import Span, Word, echoes, fold, phrases, places, tells, words
from mdt.sharing import fields as catalog
from mdt.sharing.decision import Decision
from mdt.sharing.facts import Facts, Item
from mdt.sharing.regimes import regimes_of
from mdt.sharing.vocabulary import Category, Outcome, Purpose

A_PLACE = "place"
"""The key of what is shaped like a place and could not be compared."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """The text repeats something. `key`: what one says it may stand; `words`: the author's own; `missing` of
    `readers` may not have it; `quote`: the item it has to be quoted as, if the law asks for that."""

    key: str
    words: tuple[str, ...]
    title: str
    label: str
    source: str
    missing: int
    readers: int
    quote: str | None = None

    @property
    def is_place(self) -> bool:
        return self.key == A_PLACE


class Repeats(Refused):
    """The text repeats what its readers may not see, and its author has not said that it may."""

    def __init__(self, found: Sequence[Repeat]) -> None:
        super().__init__("Look at what this repeats before you send it.", reason="repeats", code=422)
        self.found = tuple(found)


@dataclass(frozen=True, slots=True)
class Outside:
    """A reader who is not on the team: as whom it is decided, under the facts as if they were, for which purpose;
    and the words they know anyway."""

    facts: Facts
    viewer: str
    purpose: Purpose
    known: str


def check(
    seat: Seat, draft: Item, text: str, *, heeded: Collection[str], proved: bool,
    readers: Collection[str] | None = None, outside: Outside | None = None,
) -> tuple[str, ...]:  # fmt: skip
    """Raise `Repeats` where a repeat is not heeded, or has to be quoted first; else the keys of those that stand.
    `readers`: who reads it, where that does not follow from the draft; what they read cannot be a quote. `outside`:
    its one reader, who is not on the team."""
    found = repeats(seat, draft, text, proved=proved, readers=readers, outside=outside)
    open_ones = [one for one in found if one.quote or one.key not in heeded]
    if open_ones:
        raise Repeats(open_ones)
    return tuple(one.key for one in found)


def quotable(seat: Seat, ids: Iterable[str]) -> dict[str, str]:
    """Those of these records that this author may quote, because they read them whole: what each is called, by id."""
    wanted, names = set(ids), seat.case.agency_names
    return {
        item.id: f"{catalog.CATEGORIES[item.category].title}, from {names[item.source]}"
        for item, decision in views.look(seat).items
        if item.id in wanted and decision.outcome is Outcome.SHOW
    }


def check_quotes(seat: Seat, quotes: Collection[str]) -> None:
    """Refuse a quote of what its author does not read whole: the text would be left to more readers than meant."""
    if set(quotes) - quotable(seat, quotes).keys():
        raise Refused("A record that you quote is not open to you now.", reason="quotes", code=422)


def repeats(
    seat: Seat, draft: Item, text: str, *, proved: bool, readers: Collection[str] | None = None,
    outside: Outside | None = None,
) -> tuple[Repeat, ...]:  # fmt: skip
    """What a text repeats of what its author may see and a reader of the draft may not; `outside`: its one reader.
    `proved`: they have just shown again who they are. What was found is recorded, by item and field."""
    desk = _Desk(seat, draft, proved, readers, outside)
    found = tuple(desk.hits(text))
    if found:
        ledger.submit("guard.warned", seat.id, seat.me.id, {"fields": [one.key for one in found]}).hold_answer()
    return (*found, *desk.shaped(text))


class _Desk:
    """What an author may see, opened, and what each reader of their draft may see of it, decided."""

    def __init__(
        self, seat: Seat, draft: Item, proved: bool, readers: Collection[str] | None = None,
        outside: Outside | None = None,
    ) -> None:  # fmt: skip
        self.seat, self.draft, self.proved, self.outside = seat, draft, proved, outside
        self.mine = [(item, one) for item, one in views.look(seat).items if one.opens and self._compared(item)]
        closed = items.envelopes((seat.case, item.id) for item, _ in self.mine)
        self.values = {
            item.id: items.open_fields(item, one.fields, closed, seat.case.youth_id) for item, one in self.mine
        }
        known = team.readers(seat, draft) if readers is None else readers
        self.readers = [self._seen_outside()] if outside else [self._seen_by(user) for user in known]
        quotes = self.mine if readers is None else []
        self.held = {item.id for item, _ in quotes if self._must_be_quoted(item)}
        self.known = self._known()

    def _compared(self, item: Item) -> bool:
        return self.proved or item.category not in views.APART

    def _seen_by(self, user: str) -> dict[str, frozenset[str]]:
        return self._seen(self.seat.case.facts, user, team.purpose_of(self.seat.case, user))

    def _seen_outside(self) -> dict[str, frozenset[str]]:
        """From outside nobody is known by name, whatever they could read at the table."""
        assert self.outside
        seen = self._seen(self.outside.facts, self.outside.viewer, self.outside.purpose)
        named = {item.id for item, _ in self.mine if item.category is Category.ID}
        return {item: fields for item, fields in seen.items() if item not in named}

    def _seen(self, facts: Facts, user: str, purpose: Purpose) -> dict[str, frozenset[str]]:
        looked = views.look_as(facts, user, purpose, self.seat)
        return {item.id: frozenset(one.fields) for item, one in looked.items if one.opens}

    def missing(self, item: Item, name: str) -> int:
        """How many of the readers may not see this field."""
        return sum(name not in seen.get(item.id, ()) for seen in self.readers)

    def _known(self) -> frozenset[str]:
        """Telling words that every reader knows: the names of the table, what everybody there calls the young person
        (unless they keep that from somebody), and what all of them may see. From outside neither the table nor that
        name is known."""
        case, outside = self.seat.case, self.outside
        table = outside.known if outside else " ".join((*case.people_names.values(), *case.agency_names.values()))
        known = {fold(word) for word in table.split()}
        for item, _ in () if outside else self.mine:
            for name, value in self.values[item.id].items():
                everybody = self.readers and item.id not in self.held and not self.missing(item, name)
                if (name == NAME_IN_USE and not hides_name(case.facts)) or everybody:
                    known |= tells(value, catalog.field(item.category, name).kind)
        return frozenset(known)

    def hits(self, text: str) -> Iterable[Repeat]:
        """Each field that the text repeats."""
        said = words(text)
        for item, _ in self.mine:
            for name, value in self.values[item.id].items():
                missing = self.missing(item, name)
                spans = self._spans(text, said, item, name, value) if missing or item.id in self.held else ()
                if spans:
                    yield self._repeat(item, name, _said(text, spans), missing)

    def _spans(self, text: str, said: Sequence[Word], item: Item, name: str, value: Any) -> list[Span]:
        telling = phrases(value, catalog.field(item.category, name).kind)
        return [span for one in telling for span in echoes(text, said, one.without(self.known))]

    def _repeat(self, item: Item, name: str, said: tuple[str, ...], missing: int) -> Repeat:
        source = self.seat.case.agency_names.get(item.source, "an agency")
        title, label = catalog.CATEGORIES[item.category].title, catalog.field(item.category, name).label
        quote = item.id if item.id in self.held else None
        return Repeat(f"{item.id}.{name}", said, title, label, source, missing, len(self.readers), quote)

    def _must_be_quoted(self, item: Item) -> bool:
        """Whether a law that hides existence holds on the item and not yet on the draft."""
        facts, profile = self.seat.case.facts, self.seat.profile
        hiding = {name for name, rule in profile.regimes.items() if rule.hides}
        with_draft = replace(facts, items={**facts.items, self.draft.id: self.draft})
        return bool(regimes_of(item, facts, profile).all & hiding - regimes_of(self.draft, with_draft, profile).all)

    def shaped(self, text: str) -> Iterable[Repeat]:
        """What is shaped like a place, for an author who may see a protected address and has not just proved it."""
        apart = [item for item, one in views.look(self.seat).items if one.opens and self._is_apart(item, one)]
        spans = places(text) if apart and self.readers and not self.proved else ()
        if spans:
            title, readers = catalog.CATEGORIES[apart[0].category].title, len(self.readers)
            yield Repeat(A_PLACE, _said(text, spans), title, "", "", readers, readers)

    def _is_apart(self, item: Item, decision: Decision) -> bool:
        return item.category in views.APART and bool(set(decision.fields) - views.APART[item.category])


def _said(text: str, spans: Iterable[Span]) -> tuple[str, ...]:
    """The author's own words in these places, each once; what touches or overlaps is one piece."""
    pieces: list[Span] = []
    for one in sorted(spans, key=lambda one: (one.start, one.end)):
        if pieces and not text[pieces[-1].end : one.start].strip():
            one = Span(pieces[-1].start, max(pieces.pop().end, one.end))
        pieces.append(one)
    return tuple(dict.fromkeys(text[one.start : one.end] for one in pieces))


__all__ = ["A_PLACE", "Outside", "Repeat", "Repeats", "check", "check_quotes", "quotable", "repeats"]
