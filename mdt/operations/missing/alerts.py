"""The team's alert card: what helps to recognise somebody and whom to call, and nothing else.

Law enforcement has it by law. Everybody else on the team has it because somebody of the lead agency decided so, for
this episode; the rules say which fields. It closes itself the moment they are back.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from mdt.models import Episode, db
from mdt.operations import team, views, watching
from mdt.operations.access import Person, Seat, admit_quietly
from mdt.operations.acts import not_there, recorded
from mdt.operations.missing.episodes import change_spell, lead_only, open_one, running_of
from mdt.operations.team import Colleague
from mdt.operations.views import Looked, Shown
from mdt.sharing.facts import Facts, Item
from mdt.sharing.view import audience
from mdt.sharing.vocabulary import Action, Category


def approve(seat: Seat, episode_id: str) -> None:
    """Let the team have the card, while the episode runs."""
    with recorded("missing.alerted", by=seat.me, case=seat.id, episode=episode_id):
        change_spell(seat, open_one(seat, episode_id), alert_approved_by=seat.me.id)


def withdraw(seat: Seat, episode_id: str) -> None:
    """Take the card back."""
    with recorded("missing.alert_ended", by=seat.me, case=seat.id, episode=episode_id):
        change_spell(seat, open_one(seat, episode_id), alert_approved_by=None)


def readers(seat: Seat, item_id: str) -> tuple[Colleague, ...]:
    """Who of the team would read the card if it were approved, or reads it now. For the lead."""
    lead_only(seat)
    item = seat.case.facts.items.get(item_id)
    if item is None:
        return ()
    found = audience(_approved(seat), item, seat.at, profile=seat.profile)
    return tuple(team.colleague(seat, user) for user, _ in found if user != seat.me.id)


def card(seat: Seat) -> tuple[Shown, ...]:
    """The card, as this member may read it. As if there were none, where nothing of it is theirs; recorded."""
    seen = _seen(seat)
    if not any(one.opens for _, one in seen.items):
        raise not_there()
    ticket = views.disclose(seat, "missing.card", seen.items, every=seen.refused)
    shown = views.open_all(seat, seen.items)
    ticket.hold_answer()
    return shown


def photo(seat: Seat, item_id: str, name: str) -> str:
    """The photo on the card, as it is kept; as if there were none where it is not theirs; recorded."""
    for item, one in _seen(seat).items:
        if item.id == item_id:
            return views.open_photo(seat, "missing.card", item, one, name)
    raise not_there()


def is_up(seat: Seat) -> bool:
    """Whether there is a card for this member now: for a link that leads nowhere otherwise."""
    if seat.leads or not _is_approved(seat):
        return False
    return any(one.category is Category.MISSING for one in views.look(seat).opened.values())


def _is_approved(seat: Seat) -> bool:
    spell = running_of(seat)
    return spell is not None and spell.alert_approved_by is not None


def _seen(seat: Seat) -> Looked:
    """The record of the running episode, decided as an alert; nothing where no card is up."""
    if not _is_approved(seat):
        return Looked((), ())
    facts = seat.case.facts
    latest = _running(seat) or _latest(facts)
    seen = views.look_as(facts, seat.me.id, seat.purpose, seat, {Category.MISSING}, Action.ALERT)
    return Looked(tuple((item, one) for item, one in seen.items if item.id == latest and one.opens), seen.refused)


def _running(seat: Seat) -> str | None:
    """The record of the episode that is open; of two on one day the other is over, and tells nothing any more."""
    open_ones = select(Episode.item_id).where(Episode.case_id == seat.id, Episode.recovered_at.is_(None))
    return db.session.scalar(open_ones.order_by(Episode.received_at.desc()).limit(1))


def _latest(facts: Facts) -> str | None:
    mine = [one for one in facts.items.values() if one.category is Category.MISSING and one.source == facts.case.lead]
    return max(mine, key=_recorded).id if mine else None


def _recorded(item: Item) -> tuple[str, str]:
    return (item.recorded.isoformat() if item.recorded else "", item.id)


def _approved(seat: Seat) -> Facts:
    """The facts as if the card were up."""
    facts, spell = seat.case.facts, running_of(seat)
    up = tuple(
        replace(one, alert_approved_by=one.alert_approved_by or seat.me.id) if one == spell else one
        for one in facts.case.missing
    )
    return replace(facts, case=replace(facts.case, missing=up))


def topic(case_id: str) -> watching.Topic:
    return watching.Topic("alert", case_id)


def tag(seat: Seat) -> str:
    """The tag of the card as this member has it."""
    seen = _seen(seat)
    return watching.tag(topic(seat.id), seat.me, [seen.skeleton(), views.last_changes(seat, seen.items)])


def _watch(asked: watching.Topic, me: Person, purpose: str | None) -> tuple[str, datetime | None]:
    seat = admit_quietly(asked.case_id or "", me, purpose=purpose)
    if seat is None or not any(one.opens for _, one in _seen(seat).items):
        return watching.NOTHING, None
    return tag(seat), views.turns(seat)


watching.kind("alert", _watch)

__all__ = ["approve", "card", "is_up", "photo", "readers", "tag", "topic", "withdraw"]
