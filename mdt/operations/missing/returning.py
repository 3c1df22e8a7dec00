"""The way back: they were found, or came by themselves; then somebody talks with them, and the record says it.

Being back ends the episode in the same moment: the report, the card, what the law opened while it ran, and the copy of
a photo that they were made with. What was not reported by then stays late, with its reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from sqlalchemy import select

from mdt.models import Case, Ended, Episode, Item, Member, Report, Words, db, now
from mdt.models.pulse import stir
from mdt.operations import deadlines, items, letters
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, recorded
from mdt.operations.missing import clocks, contacts
from mdt.operations.missing.episodes import (
    SLACK,
    change_spell,
    find,
    guard,
    open_one,
    reports_of,
    revise,
    start,
    told_of,
)
from mdt.operations.screening.opening import opened_by
from mdt.sharing.episodes import DEBRIEF
from mdt.sharing.moments import day, minute
from mdt.sharing.vocabulary import Category

SAID_BACK = Words(
    subject="Somebody may be back",
    text="A file of your agency says so. Sign in to write it down, or to say that it is not so. Clocks still run.\n",
)
RETURNED = "return_from_runaway"
"""What a profile calls it, where it says what is asked then."""
LOOKS = ("height_weight", "hair_eyes", "marks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """They are back. `how`: where and how they were found; `care`: what they needed and got; `looks`: how they look
    now, by field; `told`: who was told that they are back; `why`: by report, why it was never made."""

    at: datetime
    how: str
    care: str = ""
    looks: Mapping[str, str]
    told: Collection[str] = ()
    why: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What they told, in their words: why they left, what happened, what would help them stay; and of the worker, why
    it was late, if it was."""

    left: str = ""
    happened: str = ""
    stay: str = ""
    why: str = ""


def came_back(
    seat: Seat, episode_id: str, said: Back, *, heeded: Collection[str] = (), proved: bool = False
) -> None:  # fmt: skip
    """Write down that they are back; everything that ran because they were not ends now."""
    with recorded("missing.back", by=seat.me, case=seat.id, episode=episode_id, told=sorted(said.told)) as record:
        for report in db.session.scalars(reports_of(find(seat, episode_id).id)):
            deadlines.end(clocks.REPORT, report.id)
            deadlines.end(clocks.CONFIRM, report.id)
        row = open_one(seat, episode_id)
        if not minute(row.since) <= said.at <= now() + SLACK:
            raise Refused("Say when: after they went, and not in time to come.", reason="time", code=422)
        said = replace(said, at=max(said.at, row.since))
        if not said.how.strip():
            raise Refused("Say where and how, in a sentence.", reason="no_words", code=422)
        note = "\n".join(one for one in (said.how.strip(), said.care.strip()) if one)
        looks = {name: words.strip() for name, words in said.looks.items() if name in LOOKS and words.strip()}
        guard(seat, {"note": note}, looks=looks, heeded=heeded, proved=proved)
        case = db.session.get_one(Case, seat.id)
        record["never"] = _end_reports(case, row, said)
        row.recovered_at = said.at
        change_spell(seat, row, until=said.at.astimezone(UTC))
        opened_by(case, RETURNED, said.at)
        if seat.profile.episodes.debrief:
            start(seat, case, row, seat.profile.episodes.report(DEBRIEF), said.at.astimezone(UTC))
        _tell(seat, row, said)
        _look_anew(seat, case, looks)
        revise(seat, row, {"note": _joined(row, "note", f"Back on {_on(seat, said.at)}. {note}"), "photo": ""})


def are_said_back(told: Iterable[tuple[str, datetime, datetime]]) -> None:
    """A file of the agency says of people who are searched for that they are back, within an act: each by case, when
    the spell begins, and when they came back. Nothing ends by it. Whoever is named hears of it, and a person says
    whether it is so."""
    for case_id, since, at in told:
        here = (Episode.case_id == case_id, Episode.since == since, Episode.recovered_at.is_(None))
        for row in db.session.scalars(select(Episode).where(*here)):
            row.words = replace(row.words, said_back=at.astimezone(UTC))
            people = clocks.named(row, now())
            for user_id in people:
                letters.write(user_id, "missing", SAID_BACK)
            mine = select(Member.user_id).where(Member.case_id == case_id)
            stir(db.session(), {*people, *db.session.scalars(mine)})


def not_so(seat: Seat, episode_id: str) -> None:
    """They are not back, whatever a file said: the search goes on, and the same word of it is not asked after again."""
    with recorded("missing.not_back", by=seat.me, case=seat.id, episode=episode_id):
        row = open_one(seat, episode_id)
        row.words = replace(row.words, not_so=row.words.said_back)


def talked(
    seat: Seat, episode_id: str, said: Talk, *, heeded: Collection[str] = (), proved: bool = False
) -> None:  # fmt: skip
    """Write down what they told of the time away. It can be written again: what they tell later is added."""
    with recorded("missing.debriefed", by=seat.me, case=seat.id, episode=episode_id):
        for report in db.session.scalars(_talks(find(seat, episode_id).id)):
            deadlines.end(clocks.REPORT, report.id)  # before the row is held: a round takes them in this order
        row = find(seat, episode_id, lock=True)
        if row.recovered_at is None:
            raise Refused("Write down first that they are back.", reason="not_back")
        parts = (("What happened", said.happened), ("What would help them stay", said.stay))
        told = "\n\n".join(f"{title}: {words.strip()}" for title, words in parts if words.strip())
        if not told and not said.left.strip():
            raise Refused("Write down what they told, in their words.", reason="no_words", code=422)
        guard(seat, {"factors": said.left, "debrief": told}, heeded=heeded, proved=proved)
        for report in db.session.scalars(_talks(row.id).with_for_update()):
            _had(seat, report, said.why)
        row.debriefed_at = row.debriefed_at or now()
        added = {"factors": said.left.strip(), "debrief": told}
        revise(seat, row, {name: _joined(row, name, words) for name, words in added.items() if words})


def _talks(episode_id: str):  # type: ignore[no-untyped-def]
    """The clock of the talk, while it runs."""
    return reports_of(episode_id).where(Report.kind == DEBRIEF, Report.ended.is_(None))


def _had(seat: Seat, report: Report, why: str) -> None:
    """Somebody talked with them: its clock ends, in time or late."""
    at = now()
    late = at > report.due_at
    if late and not why.strip():
        raise Refused("It is later than it was to be. Say why, in a sentence.", reason="no_reason", code=422)
    report.done_at, report.done_by, report.ended = at, seat.me.id, Ended.MADE
    report.words = replace(report.words, why=why.strip()[:1000] if late else "")
    clocks.over(report)


def _end_reports(case: Case, row: Episode, said: Back) -> list[str]:
    """End what is open. What was due before they came back and was not made was never made: why, is asked."""
    never = []
    for report in db.session.scalars(reports_of(row.id).with_for_update()):
        if report.ended is None:
            late = report.due_at < said.at
            if late:
                _never(case, report, said.why.get(report.id, ""))
                never.append(report.kind)
            report.ended = Ended.NEVER if late else Ended.BACK
        clocks.over(report)
    return never


def _never(case: Case, report: Report, why: str) -> None:
    if not why.strip():
        to = clocks.kind_of(case, report.kind).to
        raise Refused(f"Nobody has told {to}, and the time for it is over. Say why.", reason="no_reason", code=422)
    report.words = replace(report.words, why=why.strip()[:1000])


def _tell(seat: Seat, row: Episode, said: Back) -> None:
    for kind in seat.profile.episodes.contacts:
        if kind in said.told:
            contacts.keep(seat, row, kind, now(), "Told that they are back.")


def _look_anew(seat: Seat, case: Case, looks: Mapping[str, str]) -> None:
    """How they look now is a record of its own, so that the next search begins with it."""
    if looks:
        made = items.file(case, source=seat.case.lead_id, category=Category.PHOTO, values=looks, author=seat.me.id)
        told_of(seat, made)


def _joined(row: Episode, name: str, words: str) -> str:
    """What the record says already in this field, and this after it."""
    item = db.session.get(Item, row.item_id)
    held = items.held(item) if item else {}
    return "\n\n".join(one for one in (held.get(name, ""), words) if one)


def _on(seat: Seat, at: datetime) -> str:
    on: date = day(at, seat.zone)
    return f"{on:%B} {on.day}"


__all__ = ["LOOKS", "Back", "Talk", "are_said_back", "came_back", "not_so", "talked"]
