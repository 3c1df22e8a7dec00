"""What the young person is called, and how they are spoken of: the one place that every page and print asks.

What they say of themself with their own hand goes before what others filed. Each of it is decided for the reader like
any record: a name that is not safe with somebody is not said to them, nor are pronouns, nor the word they chose.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from mdt.models import OwnWord, db
from mdt.operations import views
from mdt.operations.access import Seat
from mdt.operations.facts import NAME_IN_USE, CaseFacts
from mdt.operations.views import Looked
from mdt.sharing.decision import Decision
from mdt.sharing.facts import YOUTH, Item

NAMED = NAME_IN_USE
PRONOUNS = "gender_identity"
WORD = "word"
"""The kind of the record in which they say what they want to be called: survivor, say, or nothing of the kind."""
LATEST_LAST = select(OwnWord.kind, OwnWord.item_id).order_by(OwnWord.changed_at, OwnWord.id)
Pair = tuple[Item, Decision]


@dataclass(frozen=True, slots=True)
class Spoken:
    """How to speak of them, as far as this reader is given it: their pronouns in their words, and their word for
    themself."""

    pronouns: str | None = None
    word: str | None = None

    @property
    def note(self) -> str:
        """What stands beside the name."""
        said = (self.pronouns, f"their own word: {self.word}" if self.word else None)
        return "; ".join(one for one in said if one)


def own_hand(case: CaseFacts, item: Item) -> bool:
    """Whether the young person wrote this themself."""
    user = case.facts.users.get(item.author or "")
    return user is not None and user.person == YOUTH


def named(case: CaseFacts, seen: Looked) -> Pair | None:
    """The record that says what the young person is called, if this reader is shown that: their own goes first."""
    return _first(case, (pair for pair in seen.items if NAMED in pair[1].fields))


def _first(case: CaseFacts, pairs: Iterable[Pair]) -> Pair | None:
    """The latest by their own hand, else the first of the page."""
    found = list(pairs)
    own = [pair for pair in found if own_hand(case, pair[0])]
    return own[-1] if own else found[0] if found else None


def words(case: CaseFacts) -> Mapping[str, str]:
    """The records in which they say something of themself, by kind; what of it somebody may read is for a view. Kept
    with the facts of the case, which are others once one comes or goes."""
    kept: Mapping[str, str] | None = case.looks.get("own words")
    if kept is None:
        rows = db.session.execute(LATEST_LAST.where(OwnWord.case_id == case.id))
        kept = case.looks["own words"] = {row.kind: row.item_id for row in rows}
    return kept


def spoken(seat: Seat) -> Spoken:
    """How to speak of them. Recorded like any disclosure, where there is something to say."""
    seen, word = views.look(seat), words(seat.case).get(WORD)
    pronouns = _first(seat.case, (one for one in seen.items if PRONOUNS in one[1].fields))
    chosen = next((one for one in seen.items if one[0].id == word and "note" in one[1].fields), None)
    told = [
        (item, views.narrowed(one, {name}))
        for pair, name in ((pronouns, PRONOUNS), (chosen, "note"))
        if pair
        for item, one in (pair,)
    ]
    if not told:
        return Spoken()
    ticket = views.disclose(seat, "name.read", told)
    shown = {one.id: one for one in views.open_all(seat, told)}
    ticket.hold_answer()
    return Spoken(
        str(shown[pronouns[0].id].value(PRONOUNS)) if pronouns else None,
        str(shown[chosen[0].id].value("note")) if chosen else None,
    )


__all__ = ["NAMED", "PRONOUNS", "WORD", "Spoken", "named", "own_hand", "spoken", "words"]
