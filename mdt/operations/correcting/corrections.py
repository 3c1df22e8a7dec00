"""A record labelled wrongly is corrected by the agency it came from, or by the lead where the lead keeps such records.

What closes, closes at once. What opens something to somebody waits for a second person; where a change does both,
the record is held for its own agency alone until then. A body of law can be added and is never taken away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from mdt.models import Assessment, Correction, CorrectionState, Item, db, now
from mdt.models.among import among
from mdt.models.base import locked
from mdt.models.items import open_group
from mdt.operations import assessments, duties, items, ledger, releases, seen, team, views
from mdt.operations.access import Person, Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.at_once import Of, Question
from mdt.operations.consent.sheets import name_of
from mdt.operations.correcting import effect, moving
from mdt.operations.correcting.effect import Effect
from mdt.operations.duties import Duty
from mdt.operations.seen import Readers
from mdt.sharing import fields as catalog
from mdt.sharing import regimes as bodies
from mdt.sharing.decide import decide
from mdt.sharing.facts import YOUTH
from mdt.sharing.facts import Item as ItemFact
from mdt.sharing.grammar import BasisKind
from mdt.sharing.vocabulary import Category, Regime, Role

HELD = "held"
"""The subject of a record that is held: it is nobody's but its source's until a second person has looked."""
ANOTHER = "another"
LOCKS_OUT = "locks_out"
LONGEST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """How a record should be labelled."""

    category: Category
    labels: tuple[str, ...]
    regimes: tuple[Regime, ...]
    source: str
    about_another: bool
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """One correction: what changed in words, who had read it meanwhile, and who still may."""

    id: str
    item_id: str
    state: str
    who: str
    agency: str
    at: datetime
    why: str
    changes: tuple[str, ...]
    held: bool
    seen: Readers
    still: frozenset[str]
    mine: bool
    may_confirm: bool
    assessment: str | None


def correctable(seat: Seat) -> frozenset[str]:
    """The records that this member may correct, of those they see."""
    if seat.me.role in (Role.CG, Role.YT) or seat.me.agency_id is None:
        return frozenset()
    looked = views.look(seat)
    return looked.once(
        "correctable", lambda: frozenset(one.id for one, said in looked.items if said.opens and answers_for(seat, one))
    )


def find(seat: Seat, item_id: str) -> ItemFact:
    """A record that this member may correct, or as if there were none."""
    if item_id not in correctable(seat):
        raise not_there()
    return seat.case.facts.items[item_id]


def kinds(item: ItemFact) -> tuple[Category, ...]:
    """What kind of record this could be. What was said in a meeting stays what was said in a meeting."""
    if item.category is Category.MEETING:
        return (Category.MEETING,)
    return tuple(
        one for one in catalog.CATEGORIES if one is not Category.MEETING and moving.places(item, one) is not None
    )


def further(seat: Seat, item: ItemFact) -> tuple[Regime, ...]:
    """The bodies of law that could be added. A seal is a court's to put."""
    here = bodies.regimes_of(item, seat.case.facts, seat.profile).here
    return tuple(one for one in Regime if one not in here and one is not Regime.SEALED)


def quotable(seat: Seat, item: ItemFact) -> tuple[ItemFact, ...]:
    """The records that this one could be quoting, of those its corrector sees."""
    facts = seat.case.facts.items
    return tuple(one for one in views.look(seat).opened.values() if item.id not in _below(facts, one.id))


def as_it_is(item: ItemFact) -> Draft:
    """The labels that a record has now."""
    return Draft(
        category=item.category, labels=item.labels, regimes=(), source=item.source,
        about_another=item.subject != YOUTH, quotes=item.quotes,
    )  # fmt: skip


def effect_of(seat: Seat, item: ItemFact, draft: Draft) -> Effect:
    """Who would read less and who more."""
    after = _after(seat, item, draft)
    return effect.of(seat, item, after, moving.places(item, draft.category) or {})


def correct(seat: Seat, item_id: str, draft: Draft, *, why: str, anyway: bool = False) -> str:
    """Label a record as it should be: at once, unless it opens something to somebody. The correction's id.

    Refused with reason "locks_out", unless `anyway`, where not even whoever corrects it could read it afterwards.
    """
    before = find(seat, item_id)
    with recorded("record.corrected", by=seat.me, case=seat.id, item=item_id) as record:
        after = _after(seat, before, draft)
        if not why.strip() or after == before:
            raise Refused("Change something, and say why.", reason="nothing", code=422)
        row, comes = _row(seat, item_id, before), effect_of(seat, before, draft)
        if seat.me.id in comes.less and not anyway:
            raise Refused(
                "You would not read all of it yourself afterwards. Look at what it changes.", reason=LOCKS_OUT
            )
        made = Correction(
            case=row.case, agency_id=before.source, item_id=item_id, before=before, after=after,
            why=why.strip()[:LONGEST], state=CorrectionState.WAITING, made_by=seat.me.id,
        )  # fmt: skip
        db.session.add(made)
        record["correction"], record["waits"] = made.id, comes.widens
        record["from"], record["to"] = _codes(before), _codes(after)
        if not comes.widens:
            _apply(row, made, by=seat.me)
        elif comes.mixed:
            row.terms = replace(before, subject=HELD)
        _assess(seat, made)
    return made.id


def confirm(seat: Seat, correction_id: str) -> None:
    """A second person says that it is right; it takes effect at once."""
    with recorded("correction.confirmed", by=seat.me, case=seat.id, correction=correction_id):
        made, row = _waiting(seat, correction_id)
        if made.made_by == seat.me.id:
            raise Refused("Somebody else has to confirm what you changed.", reason="same_person")
        _apply(row, made, by=seat.me)


def refuse(seat: Seat, correction_id: str) -> None:
    """It stays as it was: said by a second person, or by whoever proposed it."""
    with recorded("correction.refused", by=seat.me, case=seat.id, correction=correction_id):
        made, row = _waiting(seat, correction_id)
        row.terms = made.before
        made.state, made.decided_at, made.decided_by = CorrectionState.REFUSED, now(), seat.me.id


def read(seat: Seat, correction_id: str) -> CorrectionView:
    """One correction, for the agency of the record and the lead where it keeps it. Recorded."""
    made = _known(seat, correction_id)
    ticket = ledger.submit("correction.read", seat.id, seat.me.id, {"correction": made.id, "purpose": seat.purpose})
    found = _view(seat, made)
    ticket.settle()
    return found


WAITING = Question(
    Of.CASE,
    select(Correction)
    .where(among(Correction.case_id), Correction.state == CorrectionState.WAITING)
    .order_by(Correction.made_at),
    lambda row: [row.case_id],
)


@duties.found_by
def _waiting_for(me: Person, seats: Mapping[str, Seat]) -> Iterable[Duty]:
    """The corrections that this person could confirm."""
    for made in WAITING.about(seats):
        if made.made_by != me.id and _may_know(seats[made.case_id], made):
            yield Duty("correction", made.id, made.case_id, "A changed label waits for a second person.")


def answers_for(seat: Seat, item: ItemFact) -> bool:
    """Its own agency; the lead, where it keeps such records whoever filed them and nothing hides there."""
    return item.source == seat.me.agency_id or (seat.leads and _keeps(seat, item))


def _keeps(seat: Seat, item: ItemFact) -> bool:
    keeper = any(one.kind is BasisKind.KEEPER for one in seat.profile.cell(item.category, Role.CW))
    return keeper and not team.hides_its_clients(seat.case.facts.orgs.get(item.source))


def _after(seat: Seat, item: ItemFact, draft: Draft) -> ItemFact:
    """The terms as they would be. Refuses what was never offered."""
    known = {one.id for one in quotable(seat, item)} | set(item.quotes)
    entry = catalog.CATEGORIES[draft.category]
    wrong = (
        draft.category not in kinds(item)
        or set(draft.labels) - set(entry.labels)
        or set(draft.regimes) - set(further(seat, item))
        or set(draft.quotes) - known
        or draft.source not in dict(sources(seat, item, releases.reachable(seat, item.source)))
    )
    if wrong:
        raise Refused("Choose from what is on the page.", reason="choice", code=422)
    subject = ANOTHER if draft.about_another and item.subject == YOUTH else item.subject
    return replace(
        moving.as_category(item, draft.category) if draft.category is not item.category else item,
        labels=tuple(sorted(draft.labels)) if set(draft.labels) != set(item.labels) else item.labels,
        regimes=(*item.regimes, *(one for one in draft.regimes if one not in item.regimes)),
        source=draft.source,
        subject=subject if draft.about_another else YOUTH,
        quotes=item.quotes if set(draft.quotes) == set(item.quotes) else tuple(draft.quotes),
    )


def _apply(row: Item, made: Correction, *, by: Person) -> None:
    """Take the new terms, and move the values to their new fields under the key of their source."""
    before, after = made.before, made.after
    scope = items.value_scope(row)
    values = {
        name: value for group in row.groups
        for name, value in open_group(row.id, group.group, group.values_, scope).items()
    }  # fmt: skip
    if after.category is not before.category:
        values = moving.moved(before, after.category, values)
    row.source_id, row.terms = after.source, after
    if (after.category, after.source) != (before.category, before.source):
        items.reseal(row, values)
    row.changed_at = now()
    made.state, made.decided_at, made.decided_by = CorrectionState.APPLIED, now(), by.id


def _assess(seat: Seat, made: Correction) -> None:
    """An assessment for the agency of the record, if anybody else had been shown it."""
    own = {user.id for user in seat.case.facts.users.values() if user.org == made.agency_id}
    if any(one.actor not in own for one in seen.of_item(seat.id, made.item_id, made.case.created_at).all):
        assessments.make(seat, made.case, agency=made.agency_id, kind=assessments.LABEL, subject=made.id)


def _row(seat: Seat, item_id: str, before: ItemFact) -> Item:
    """The stored record, held against others, as long as it is what was looked at."""
    row = locked(Item, item_id)
    open_ones = select(Correction.id).where(Correction.item_id == item_id, Correction.state == CorrectionState.WAITING)
    if row is None or row.terms != before or db.session.scalar(open_ones) is not None:
        raise Refused("Somebody changed it just now. Look at how it stands.", reason="changed")
    return row


def _known(seat: Seat, correction_id: str) -> Correction:
    made = db.session.get(Correction, correction_id)
    if made is None or made.case_id != seat.id or not _may_know(seat, made):
        raise not_there()
    return made


def _may_know(seat: Seat, made: Correction) -> bool:
    if seat.me.role in (Role.CG, Role.YT):
        return False
    if made.agency_id == seat.me.agency_id:
        return True
    return seat.leads and _keeps(seat, made.before) and _had(seat, made)


def _had(seat: Seat, made: Correction) -> bool:
    """Whether the record, labelled as it was, would be open to this member now: what is concealed from the lead is
    not told by its correction. What a court sealed since then is sealed."""
    known = seat.case.facts.items.get(made.item_id, made.before)
    before = replace(made.before, sealed=known.sealed)
    world = replace(seat.case.facts, items={**seat.case.facts.items, before.id: before})
    return decide(world, seat.me.id, before.id, seat.purpose, seat.at, profile=seat.profile).opens


def _waiting(seat: Seat, correction_id: str) -> tuple[Correction, Item]:
    made = _known(seat, correction_id)
    row = locked(Item, made.item_id)
    db.session.refresh(made)
    if made.state != CorrectionState.WAITING:
        raise Refused("It was settled already. Look at how it stands.", reason="settled")
    if row is None or replace(row.terms, subject=made.before.subject) != made.before:
        raise Refused("The record changed meanwhile. Correct it anew.", reason="changed")
    return made, row


def _view(seat: Seat, made: Correction) -> CorrectionView:
    own = {user.id for user in seat.case.facts.users.values() if user.org == made.agency_id}
    looks = seen.of_item(seat.id, made.item_id, made.case.created_at, made.made_at)
    shown = seen.gathered(seat, looks, but=own)
    still = frozenset(one.actor for one in shown.people if team.may_read(seat.case, one.actor, made.item_id))
    who, agency = seen.named(seat, made.made_by or "", {})
    waits = made.state == CorrectionState.WAITING
    held = waits and seat.case.facts.items.get(made.item_id, made.before).subject == HELD
    mine = made.made_by == seat.me.id
    return CorrectionView(
        made.id, made.item_id, made.state, who, agency, made.made_at, made.why, _changes(seat, made), held, shown,
        still, mine, waits and not mine, _assessment(seat, made),
    )  # fmt: skip


def _assessment(seat: Seat, made: Correction) -> str | None:
    """The assessment of it, for the agency whose it is."""
    if made.agency_id != seat.me.agency_id:
        return None
    return db.session.scalar(select(Assessment.id).where(Assessment.subject_id == made.id))


def _changes(seat: Seat, made: Correction) -> tuple[str, ...]:
    """What is different, in words."""
    old, new = made.before, made.after
    said = []
    if old.category is not new.category:
        said.append(f"{catalog.CATEGORIES[old.category].title} is now {catalog.CATEGORIES[new.category].title.lower()}")
    said += [f"named as sensitive: {_label(one)}" for one in new.labels if one not in old.labels]
    said += [f"no longer named as sensitive: {_label(one)}" for one in old.labels if one not in new.labels]
    added = [one for one in new.regimes if one not in old.regimes]
    said += [f"also under: {seat.profile.regimes[one].title.lower()}" for one in added]
    if old.source != new.source:
        said.append(f"it came from {name_of(seat, new.source)}, not from {name_of(seat, old.source)}")
    if old.subject != new.subject:
        said.append("it is about somebody else" if new.subject != YOUTH else "it is about the young person")
    if set(old.quotes) != set(new.quotes):
        said.append("what it quotes was corrected")
    return tuple(said)


def _label(name: str) -> str:
    return name if name in ("HIV", "STI") else name.replace("_", " ").lower()


def _codes(item: ItemFact) -> dict[str, object]:
    """Labels by code, for the ledger."""
    return {
        "category": item.category, "labels": item.labels, "regimes": item.regimes, "source": item.source,
        "subject": item.subject if item.subject in (YOUTH, ANOTHER) else "other", "quotes": item.quotes,
    }  # fmt: skip


def _below(facts: Mapping[str, ItemFact], item_id: str) -> set[str]:
    """A record and everything it quotes."""
    found, waiting = set[str](), [item_id]
    while waiting:
        name = waiting.pop()
        if name not in found and name in facts:
            found.add(name)
            waiting += facts[name].quotes
    return found


def sources(seat: Seat, item: ItemFact, directory: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    """Where a record could have come from: the public directory, where it says now first."""
    here = (item.source, name_of(seat, item.source))
    return [here, *((one, name) for one, name in directory.items() if one != item.source)]


__all__ = [
    "CorrectionView", "Draft", "Effect", "answers_for", "as_it_is", "confirm", "correct", "correctable", "effect_of",
    "find", "further", "kinds", "quotable", "read", "refuse", "sources",
]  # fmt: skip
