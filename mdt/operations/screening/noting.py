"""The indicator list, informally: what somebody noticed, on which day, and who. No score comes of it, ever."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from mdt.models import Case, Screening, db, now
from mdt.models.screening import State
from mdt.operations import drafts, items
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.meetings import Sent
from mdt.operations.screening import carrying, instruments
from mdt.operations.screening.carrying import LONGEST
from mdt.operations.screening.instrument import Kind

NOTICED = "noticed"
"""Why there is a row: somebody noticed something. No instrument was filled in."""
LISTS = ("indicators", "risk-factors")


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """What was noticed: entries of the lists by name, what was seen or heard, on which day, by whom."""

    signs: Collection[str]
    words: str
    on: date
    who: str


def signs() -> dict[str, dict[str, str]]:
    """The entries of the guide's lists, by the title of the list: words by name."""
    return {
        shipped.title: {f"{name}.{one.link}": one.words for one in shipped.instrument if one.kind is Kind.CHOICE}
        for name in LISTS
        for shipped in [instruments.shipped()[name]]
    }


def note(seat: Seat, said: Noticed, sent: Sent) -> str:
    """File it as my agency's record. Sent twice it is one. `guarding.Repeats` as for any other writing."""
    if not carrying.may_screen(seat):
        raise not_there()
    with recorded("indicator.noted", by=seat.me, case=seat.id, item=sent.key):
        if items.is_kept(seat.id, sent.key, seat.me.id):
            return sent.key
        carrying.filed(seat, _worded(seat, said), sent, typed=f"{said.who}\n{said.words}")
        case = db.session.get_one(Case, seat.id)
        db.session.add(
            Screening(case=case, agency_id=str(seat.me.agency_id), event=NOTICED, state=State.DONE, done_at=now(),
                      worker_id=seat.me.id, opened_by=seat.me.id, item_id=sent.key)
        )  # fmt: skip
    return sent.key


def _worded(seat: Seat, said: Noticed) -> str:
    known = {name: words for held in signs().values() for name, words in held.items()}
    chosen = [words for name, words in known.items() if name in said.signs]
    if not chosen and not said.words.strip():
        raise Refused("Choose what you noticed, or write it down.", reason="empty", code=422)
    if said.on > seat.today:
        raise Refused("That day has not come yet.", reason="day", code=422)
    if not said.who.strip() or len(said.words) > LONGEST:
        raise Refused(f"Say who noticed it, in at most {LONGEST} characters.", reason="who", code=422)
    lines = [
        f"Noticed on {said.on.isoformat()} by {said.who.strip()[:120]}. No score.",
        *(f"- {one}" for one in chosen),
    ]
    return "\n".join([*lines, *([said.words.strip()] if said.words.strip() else [])])


drafts.place("noticed", lambda seat, _subject: carrying.may_screen(seat))

__all__ = ["NOTICED", "Noticed", "note", "signs"]
