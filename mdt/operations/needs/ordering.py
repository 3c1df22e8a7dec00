"""The young person's order: what matters to them most goes first, and nobody else puts theirs in its place.

Before they have said it with their own hand, somebody may write down the order they were told, as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from mdt.models import Case, NeedSaid, NeedTerms, db, new_id, now
from mdt.operations import views
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.needs import saying
from mdt.sharing.vocabulary import Category, Role

THEIRS = "They have put this in order themself. It stays as they said. Show them this page, and they can change it."
MEANWHILE = "It was put in another order meanwhile. Look at it, then say it again."


@dataclass(frozen=True, slots=True)
class Order:
    """An order of needs by code: who put it so (their id), when, and whether that was the young person."""

    codes: tuple[str, ...]
    by: str | None
    on: date | None
    own: bool


def current(seat: Seat, ids: frozenset[str] | None = None) -> Order:
    """The order that stands; `ids`: of these records alone, which are those that a reader may read."""
    ranked = [
        (one.terms.rank, one.terms)
        for one in saying.rows(seat.id)
        if one.terms.rank is not None and (ids is None or one.item_id in ids)
    ]
    own = [pair for pair in ranked if _own(seat, pair[1])]
    stands = sorted(own or ranked, key=lambda pair: pair[0])
    if not stands:
        return Order((), None, None, own=False)
    codes = tuple(dict.fromkeys(terms.need for _, terms in stands))
    last = stands[0][1]
    return Order(codes, last.ranked_by, last.ranked_on, own=bool(own))


def shown(seat: Seat) -> Order:
    """The order as far as its records tell it to this reader: to others an order would tell what is in them."""
    told = (
        item.id for item, one in views.look(seat).items
        if one.opens and item.category is Category.PLAN and "needs" in one.fields
    )  # fmt: skip
    return current(seat, frozenset(told))


def _own(seat: Seat, terms: NeedTerms) -> bool:
    user = seat.case.facts.users.get(terms.ranked_by or "")
    return user is not None and user.role is Role.YT


def may_order(seat: Seat) -> bool:
    """The young person always; others who may read what they say of needs, unless they read that they have put them in
    order: where that is kept from them, it is as if they had not."""
    return saying.may_say(seat) and (saying.is_young(seat) or (saying.reads_theirs(seat) and not shown(seat).own))


def put(seat: Seat, codes: Sequence[str], *, seen: Sequence[str]) -> None:
    """Put these needs in this order, the first first. `seen` is the order that the page showed, which is that of what
    its reader may read."""
    if not (saying.may_say(seat) and (saying.is_young(seat) or saying.reads_theirs(seat))):
        raise not_there()
    with recorded("need.ordered", by=seat.me, case=seat.id, young=saying.is_young(seat)):
        db.session.execute(select(Case.id).where(Case.id == seat.id).with_for_update())
        stands = shown(seat)
        if stands.own and not saying.is_young(seat):
            raise Refused(THEIRS, reason="theirs")
        if stands.codes != tuple(seen):
            raise Refused(MEANWHILE, reason="meanwhile")
        _check(seat, codes)
        kept = [_rank(seat, code, place) for place, code in enumerate(codes, 1)]
        _unrank(seat, frozenset(row.id for row in kept))


def _check(seat: Seat, codes: Sequence[str]) -> None:
    if not codes or len(set(codes)) != len(codes) or set(codes) - seat.profile.needs.kinds.keys():
        raise Refused("Choose at least one, each once.", reason="order", code=422)


def _rank(seat: Seat, code: str, place: int) -> NeedSaid:
    """My record of what the young person says of this need; a new one with its title, where there is none."""
    row = saying.mine(seat, code, young=True)
    if row is None:
        values = {"needs": [seat.profile.needs.kinds[code].title]}
        row = saying.file(seat, code, values, saying.drafted(seat, values, new_id()), young=True)
        saying.noticed(seat, row.item)
    today = seat.today
    row.terms = replace(row.terms, rank=place, ranked_by=seat.me.id, ranked_on=today)
    row.changed_at = now()
    return row


def _unrank(seat: Seat, kept: frozenset[str]) -> None:
    """Nothing else has a place any more, but what the young person put in its place: one order stands, not two."""
    for row in saying.rows(seat.id):
        theirs = _own(seat, row.terms) and not saying.is_young(seat)
        if row.id not in kept and row.terms.rank is not None and not theirs:
            row.terms = replace(row.terms, rank=None, ranked_by=None, ranked_on=None)


__all__ = ["Order", "current", "may_order", "put", "shown"]
