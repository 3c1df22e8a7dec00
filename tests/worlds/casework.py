"""Casework at random, said by the product's own verbs: a search, a screening, a need, a date, a referral, a try to
reach somebody, a lesson, their own words.

Each function of DEEDS makes up what somebody at the table could do, or nothing if it is not theirs to do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from flask import current_app
from werkzeug.exceptions import HTTPException

from mdt.models import OwnWord, begin_writing, db
from mdt.operations import items, ledger, naming
from mdt.operations.access import Seat
from mdt.operations.acts import Refused
from mdt.operations.linking import recovery
from mdt.operations.meetings import Sent
from mdt.operations.missing import episodes
from mdt.operations.needs import dates, saying, words
from mdt.operations.screening import carrying, identifying, instruments
from mdt.operations.services import directory, referring
from mdt.sharing import facts as fact
from mdt.sharing import fields as catalog
from mdt.sharing.vocabulary import Category, Role
from tests.worlds.ground import AT, known
from tests.worlds.making import Maker


@dataclass(frozen=True, slots=True)
class Deed:
    """Something to do: the verb, the record it files, whose agencies (`known_to`, ids) or disciplines (`roles`) know
    of it whatever the record says, what has this id, and whether it changes that somebody is away."""

    do: Callable[[Seat], object]
    draft: fact.Item | None = None
    known_to: tuple[str | None, ...] = ()
    roles: tuple[Role, ...] = ()
    called: tuple[str, str] | None = None
    away: bool = False


def needs(m: Maker, seat: Seat) -> Deed | None:
    """Says something of a need: for oneself, or what one was told."""
    if not saying.may_say(seat):
        return None
    about = m.pick(seat.profile.needs.kinds.values())
    goals, strengths = (m.words() if m.maybe(0.5) else "" for _ in range(2))
    told = saying.Told(says=m.words(), goals=goals, strengths=strengths,
                       stage=m.pick(["", *seat.profile.needs.stages]), young=m.maybe(0.3))  # fmt: skip
    young = told.young or saying.is_young(seat)
    if saying.mine(seat, about.code, young=young) or (young and saying.said_themself(seat, about.code)):
        return None
    key = m.id()
    draft = saying.drafted(seat, saying.values_of(about, told), key)
    return Deed(lambda now: saying.say(now, about.code, told, Sent(key=key)), draft, called=("item_id", key))


def speaks(m: Maker, seat: Seat) -> Deed | None:
    """Says a word of their own that was not said before, and is not their name."""
    new = [one for one in words.WORDS if one.category is not Category.ID and one.kind not in naming.words(seat.case)]
    if not words.may_speak(seat) or not new:
        return None
    word = m.pick(new)
    draft, said = _draft(seat, word.category, (word.field,), source=seat.case.lead_id), {word.name: m.words()}
    return Deed(lambda now: words.speak(now, _said(now) | said, not_to=(), sent=Sent(key=draft.id)), draft)


def _said(seat: Seat) -> dict[str, str]:
    """Every word that stands: one that is left out is taken back."""
    rows = {row.kind: items.held(row.item) for row in db.session.query(OwnWord).filter_by(case_id=seat.id)}
    return {one.name: str(rows[one.kind].get(one.field, "")) for one in words.WORDS if one.kind in rows}


def arranges(m: Maker, seat: Seat) -> Deed | None:
    """Arranges a date, and says who goes along."""
    kinds = dates.kinds(seat)
    if not kinds:
        return None
    about, at, key = m.pick(kinds), AT + timedelta(hours=m.rng.randint(30, 300)), m.id()
    team = [one.id for one in dates.readers(seat, about)]
    going = m.some(team, 0, 2)
    blind = m.some([one for one in team if one not in going], 0, 1) if about.asks else []
    plan = dates.Plan(starts_at=at, place="Room 4", attends=tuple(going), blind=tuple(blind))
    names = catalog.in_order(about.category, dates.values_of(seat, about, at, "Room 4"))
    draft = replace(dates.draft(seat, about, key), fields=names)
    return Deed(lambda now: dates.arrange(now, about.name, plan, Sent(key=key)), draft, called=("date_id", key))


def reaches(m: Maker, seat: Seat) -> Deed | None:
    """Tries to reach the young person."""
    if not recovery.may_log(seat):
        return None
    rules, key, said = seat.profile.caseworking, m.id(), m.words()
    how, came = m.pick(rules.ways), m.pick(rules.outcomes)
    draft = _draft(seat, recovery.category_of(seat), ("note",), key)

    def tries(now: Seat) -> None:
        recovery.log(now, at=AT - timedelta(hours=12), how=how, outcome=came, words=said, key=key)

    return Deed(tries, draft, called=("item_id", key))


def refers(m: Maker, seat: Seat) -> Deed | None:
    """Writes down what the young person said to a service. Who leads, and policymakers, are told counts of that."""
    if not referring.may_make(seat):
        return None
    service, key = m.pick(sorted(directory.in_force().by_id)), m.id()
    asked = referring.Asked(
        service_id=service, need=m.pick(seat.profile.provision.needs), yes=m.maybe(0.7), asked_by=seat.me.id,
        asked_at=AT - timedelta(hours=12), words=m.words(),
    )  # fmt: skip
    draft = _draft(seat, Category.PLAN, ("referrals", "tasks", "note"))
    return Deed(lambda now: referring.make(now, asked, key=key), draft, (seat.case.lead_id,), (Role.PM,),
                ("referral_id", key))  # fmt: skip


def screens(m: Maker, seat: Seat) -> Deed | None:
    """Begins a screening: the work of one agency."""
    usable = carrying.may_screen(seat) and sorted(instruments.usable(seat.me.agency_id))
    if not usable:
        return None
    name = m.pick(usable)
    return Deed(lambda now: carrying.open_by_hand(now, name), known_to=(seat.me.agency_id,))


def identifies(m: Maker, seat: Seat) -> Deed | None:
    """Decides that somebody was trafficked."""
    if not seat.leads:
        return None
    kind, key = m.pick(identifying.KINDS), m.id()
    decided = identifying.Decided(kind=kind, why=m.words(), safety=m.words())
    draft = replace(identifying.draft(seat, key), fields=identifying.FINDING)
    return Deed(lambda now: identifying.identify(now, decided, Sent(key=key)), draft, (seat.case.lead_id,),
                called=("identification_id", key))  # fmt: skip


def searches(m: Maker, seat: Seat) -> Deed | None:
    """Notices that the young person is missing: the work of the agency that leads."""
    if not seat.leads:
        return None
    kind, key = m.pick(seat.profile.episodes.kinds), m.id()
    noticed = episodes.Noticed(kind=kind, received_at=AT - timedelta(hours=m.rng.randint(12, 40)),
                               noticed_by="A night worker", values={"last_seen": m.words()})  # fmt: skip
    draft = _draft(seat, Category.MISSING, catalog.names_of(Category.MISSING), source=seat.case.lead_id)
    return Deed(lambda now: episodes.notice(now, noticed, key=key), draft, (seat.case.lead_id,),
                called=("episode_id", key), away=True)  # fmt: skip


def learns(m: Maker, seat: Seat) -> Deed | None:
    """Writes down what was learned, for one's own agency."""
    if not recovery.may_learn(seat):
        return None
    said = m.words()
    return Deed(lambda now: recovery.learn(now, said), known_to=(seat.me.agency_id,))


def _draft(
    seat: Seat, category: Category, names: Sequence[str], key: str | None = None, source: str | None = None
) -> fact.Item:
    return fact.Item(
        id=key or known(f"a draft of {category}"), category=category, source=source or str(seat.me.agency_id),
        fields=catalog.in_order(category, names), author=seat.me.id, recorded=AT.date(),
    )  # fmt: skip


DEEDS: dict[str, Callable[[Maker, Seat], Deed | None]] = {
    one.__name__: one for one in (needs, speaks, arranges, reaches, refers, screens, identifies, searches, learns)
}


def do(deed: Deed, seat: Seat) -> bool:
    """Do it now, as a request does; False if it is refused, and then nothing of it is done."""
    with current_app.test_request_context():
        begin_writing()
        try:
            deed.do(seat)
        except (Refused, HTTPException):
            db.session.rollback()
            return False
        finally:
            ledger.settle_held()
    return True


__all__ = ["DEEDS", "Deed", "do"]
