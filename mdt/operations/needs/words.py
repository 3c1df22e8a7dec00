"""The young person's own words about themself: their name and where it is safe, pronouns, the word they choose,
languages, who they trust, who must not be in the room.

Each lies in a record of an existing category, the one with the fewest readers that still does the job (docs/adr/0017),
filed by the lead as all that the young person writes. What they wrote themself nobody writes over. A name that is not
safe with somebody is kept from them by an objection, which every decision heeds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from mdt.models import Case, OwnWord, Restriction, db, new_id, now
from mdt.operations import drafts, items, naming, updates, views
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.meetings import Sent
from mdt.operations.needs import heeding, saying
from mdt.operations.team import colleague
from mdt.operations.updates import Audience
from mdt.sharing import facts
from mdt.sharing.facts import YOUTH
from mdt.sharing.facts import Item as ItemFact
from mdt.sharing.view import audience
from mdt.sharing.vocabulary import Category

LONGEST = 500
PLACE = "own_words"
THEIRS = "They wrote this themself. It stays theirs: ask them to change it."


@dataclass(frozen=True, slots=True)
class Word:
    """One thing they say of themself: the record it lies in (by `kind`, one of each), and the field of it."""

    name: str
    kind: str
    category: Category
    field: str


WORDS: tuple[Word, ...] = (
    Word("name", "identity", Category.ID, naming.NAMED),
    Word("languages", "identity", Category.ID, "race_language_tribe"),
    Word("pronouns", "self", Category.SOGI, naming.PRONOUNS),
    Word("name_safety", "self", Category.SOGI, "name_safety"),
    Word("word", naming.WORD, Category.PLAN, "note"),
    Word("trusts", "trusts", Category.PLAN, "note"),
    Word("stays_out", "stays_out", Category.PLAN, "note"),
)


@dataclass(frozen=True, slots=True)
class Said:
    """One of their words as this reader is shown it: with their own hand, or written down by somebody."""

    value: str
    own: bool
    by: str


def may_speak(seat: Seat) -> bool:
    """The young person; and, for them, whoever leads the case."""
    return saying.is_young(seat) or seat.leads


def read(seat: Seat) -> Mapping[str, Said]:
    """What they say of themself, by name, as far as it is shown to this reader. Recorded like any disclosure."""
    homes, seen = naming.words(seat.case), {item.id: (item, one) for item, one in views.look(seat).items if one.opens}
    wanted = {one.name: seen[homes[one.kind]] for one in WORDS if homes.get(one.kind) in seen}
    ruled = list({item.id: (item, one) for item, one in wanted.values()}.values())
    if not ruled:
        return {}
    ticket = views.disclose(seat, "name.read", ruled)
    shown = {one.id: one for one in views.open_all(seat, ruled)}
    ticket.hold_answer()
    found = {one.name: (wanted[one.name][0], shown[wanted[one.name][0].id], one) for one in WORDS if one.name in wanted}
    return {
        name: Said(str(opened.value(word.field)), naming.own_hand(seat.case, item), opened.author or opened.source)
        for name, (item, opened, word) in found.items()
        if opened.value(word.field)
    }


def others(seat: Seat) -> Mapping[str, str]:
    """Whom the name could be kept from: whoever could read it if it were kept from nobody, by agency, or by person
    where somebody has none. Not the lead, which keeps the record, and not the young person."""
    known = seat.case.facts
    freely = replace(known, restrictions=tuple(one for one in known.restrictions if not _is_ours(one)))
    reading = audience(freely, _draft(seat, Category.ID, (naming.NAMED,)), seat.at, profile=seat.profile)
    named = [colleague(seat, user) for user, _ in reading if user != seat.me.id]
    users = known.users
    parts = {users[one.id].org or one.id: one.agency or f"{one.name}, {one.role_words}" for one in named}
    young = {user.id for user in users.values() if user.person == YOUTH}
    return {key: words for key, words in parts.items() if key not in young and key != seat.case.lead_id}


def kept_from(seat: Seat) -> tuple[str, ...]:
    """Whom the name is kept from now, of those this member may know of."""
    against = {who for one in seat.case.facts.restrictions if _is_ours(one) for who in one.against}
    return tuple(one for one in others(seat) if one in against)


def _is_ours(one: facts.Restriction) -> bool:
    return one.by == YOUTH and one.fields == (naming.NAMED,) and one.categories == (Category.ID,)


def readers(seat: Seat, word: Word) -> Audience:
    """Who could read this word, once it is written."""
    return updates.audience_of(seat, _draft(seat, word.category, (word.field,)))


def speak(seat: Seat, said: Mapping[str, str], *, not_to: Iterable[str], sent: Sent) -> None:
    """Write down these words, by name; an empty one is taken out. `not_to`: whom the name is kept from."""
    if not may_speak(seat):
        raise not_there()
    with recorded("name.said", by=seat.me, case=seat.id, young=saying.is_young(seat)) as record:
        if any(len(words) > LONGEST for words in said.values()):
            raise Refused(f"At most {LONGEST} characters each.", reason="too_long", code=422)
        mine = select(OwnWord).where(OwnWord.case_id == seat.id).order_by(OwnWord.changed_at, OwnWord.id)
        rows = {row.kind: row for row in db.session.scalars(mine)}
        changed = []
        for kind in dict.fromkeys(one.kind for one in WORDS):
            parts = [one for one in WORDS if one.kind == kind]
            values = {one.field: said.get(one.name, "").strip() for one in parts}
            if _write(seat, kind, parts[0].category, values, rows.get(kind), sent):
                changed.append(kind)
        record["kinds"], record["kept_from"] = changed, _keep_from(seat, frozenset(not_to))


def _write(
    seat: Seat, kind: str, category: Category, values: Mapping[str, str], row: OwnWord | None, sent: Sent
) -> bool:  # fmt: skip
    """One record of their words; whether anything of it is new."""
    before = _values(seat, row) if row else {}
    if {name: before.get(name, "") for name in values} == dict(values):
        return False
    if row and naming.own_hand(seat.case, row.item.terms) and not saying.is_young(seat):
        raise Refused(THEIRS, reason="theirs")
    new = {name: value for name, value in values.items() if value and value != before.get(name)}
    heeding.check(seat, _draft(seat, category, tuple(values), row.item_id if row else ""), new, sent)
    if row:
        items.revise(row.item, values, author=seat.me.id)
        row.changed_at = now()
    else:
        row = _file(seat, kind, category, values)
    saying.noticed(seat, row.item)
    return True


def _file(seat: Seat, kind: str, category: Category, values: Mapping[str, str]) -> OwnWord:
    case = db.session.get_one(Case, seat.id)
    item = items.file(case, source=seat.case.lead_id, category=category, values=values, author=seat.me.id)
    row = OwnWord(case=case, item_id=item.id, kind=kind)
    row.item = item
    db.session.add(row)
    return row


def _values(seat: Seat, row: OwnWord) -> dict[str, Any]:
    """What stands in a record that its writer may write over: the lead's own, or the young person's."""
    fact: ItemFact = row.item.terms
    closed = items.envelopes([(seat.case, fact.id)])
    return items.open_fields(fact, fact.fields, closed, seat.case.youth_id)


def _keep_from(seat: Seat, wanted: frozenset[str]) -> list[str]:
    """Put this objection in the place of the last one; whom the name is kept from, for the ledger."""
    if wanted - others(seat).keys():
        raise Refused("Choose from what is on the page.", reason="choice", code=422)
    hidden = {who for one in seat.case.facts.restrictions if _is_ours(one) for who in one.against} - others(seat).keys()
    if wanted == frozenset(kept_from(seat)):
        return sorted(wanted)
    if not saying.is_young(seat) and frozenset(kept_from(seat)) - wanted:
        raise Refused("Only they can say that their name is safe there again.", reason="theirs")
    for row in db.session.scalars(select(Restriction).where(Restriction.case_id == seat.id)):
        if _is_ours(row.terms):
            db.session.delete(row)
    against = tuple(sorted(wanted | hidden))
    if against:
        objection = facts.Restriction(
            id=new_id(), by=YOUTH, on=seat.at, against=against, categories=(Category.ID,), fields=(naming.NAMED,)
        )
        case = db.session.get_one(Case, seat.id)
        db.session.add(Restriction(id=objection.id, case=case, terms=objection, written_by=seat.me.id))
    return sorted(wanted)


def _draft(seat: Seat, category: Category, fields: tuple[str, ...], item_id: str = "") -> ItemFact:
    return ItemFact(
        id=item_id or new_id(), category=category, source=seat.case.lead_id, fields=fields, author=seat.me.id,
        recorded=seat.today,
    )  # fmt: skip


drafts.place(PLACE, lambda seat, case_id: case_id == seat.id and may_speak(seat))

__all__ = ["LONGEST", "PLACE", "WORDS", "Said", "Word", "kept_from", "may_speak", "others", "read", "readers", "speak"]
