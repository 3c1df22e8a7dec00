"""An episode: begun when the agency was told, and how it stands.

What the team may know of it is the record it makes, decided like any other, and the spell among the facts of the case,
by which the law opens what it opens. The rest is the lead agency's own work, and shown to nobody else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from mdt.models import Case, Contact, Ended, Episode, EpisodeWords, Item, Report, User, db, new_id, now
from mdt.models.among import among
from mdt.models.base import locked
from mdt.operations import drafts, duties, facts, guarding, items, ledger, team, views
from mdt.operations.access import Person, Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.at_once import Of, Question
from mdt.operations.duties import Duty
from mdt.operations.missing import clocks
from mdt.operations.views import Shown
from mdt.sharing import facts as fact
from mdt.sharing.episodes import DEBRIEF, ReportKind
from mdt.sharing.gate import admitted
from mdt.sharing.moments import begins, birthday, running
from mdt.sharing.vocabulary import Category, Role

LONGEST = 4000
SLACK = timedelta(minutes=2)
"""How far the clock of whoever notices may be ahead of ours."""
NOTHING: Mapping[str, str] = {}
LOOKS = ("height_weight", "hair_eyes", "image")
COPIED_AS = {"image": "photo"}
"""What the record of a search calls it, where that is another name."""
TALK = "Somebody came back. Talk with them about the time away, when they are ready."
TOLD = ("last_seen", "clothing", "endangerment", "factors", "note", "le_contact")
"""What the record says in the words of whoever writes it down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """What was noticed. `received_at`: when the agency was told; `gone_since`: since when they are gone, if that is
    known; `values`: of the record, by field; `also`: reports that are due only where their question is answered yes."""

    kind: str
    received_at: datetime
    gone_since: datetime | None = None
    noticed_by: str = ""
    values: Mapping[str, str]
    also: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report as the lead agency sees it."""

    id: str
    kind: ReportKind
    started_at: datetime
    due_at: datetime
    wants_at: datetime | None
    done_at: datetime | None
    done_by: str
    confirmed_at: datetime | None
    ended: str | None
    late: bool
    overdue: bool
    whom: str
    number: str
    entry: str
    why: str

    @property
    def to_make(self) -> bool:
        return self.done_at is None and self.ended is None

    @property
    def to_confirm(self) -> bool:
        return self.wants_at is not None and self.done_at is not None


@dataclass(frozen=True, slots=True)
class ContactView:
    """A line of the contact log."""

    at: datetime
    kind: str
    by: str
    words: str


@dataclass(frozen=True, slots=True)
class EpisodeView:
    """An episode as the lead agency sees it. `record`: what it says of the young person, as this reader may see it."""

    id: str
    case_id: str
    kind: str
    since: datetime
    received_at: datetime
    recovered_at: datetime | None
    debriefed_at: datetime | None
    worker: str
    mine: bool
    noticed_by: str
    record: Shown | None
    reports: tuple[ReportView, ...] = ()
    talk: ReportView | None = None
    """The clock of the talk about the time away, where it has one."""
    contacts: tuple[ContactView, ...] = ()
    officer: str | None = None
    officer_id: str | None = None
    officers: tuple[tuple[str, str], ...] = ()
    alert: bool = False
    said_back: datetime | None = None
    """When they came back by a file of the agency, while it runs and nobody said whether that is so."""
    also: tuple[ReportKind, ...] = ()
    """Reports that are not due, because their question was not answered yes."""

    @property
    def open(self) -> bool:
        return self.recovered_at is None


def notice(seat: Seat, said: Noticed, *, key: str, heeded: Collection[str] = (), proved: bool = False) -> str:
    """Write down that somebody noticed, and start the clocks. The same key twice is once. Its id. `guarding.Repeats`
    if the words tell a reader what they may not see, and that is not among what is `heeded`."""
    lead_only(seat)
    with recorded("missing.noticed", by=seat.me, case=seat.id, episode=key, kind=said.kind) as record:
        kept = db.session.get(Episode, key)
        if kept is not None:
            return _the_same(seat, kept)
        _check(seat, said)
        values = {name: words for name, words in said.values.items() if words.strip()}
        guard(seat, values, heeded=heeded, proved=proved)
        case = db.session.get_one(Case, seat.id)
        item = items.file(
            case, source=seat.case.lead_id, category=Category.MISSING, values=_described(seat, said) | values,
            author=seat.me.id,
        )  # fmt: skip
        episode = _begun(seat, case, said, key, item.id)
        record["reports"] = _clocks(seat, case, episode, said)
        told_of(seat, item)
    return key


def running_of(seat: Seat) -> fact.Missing | None:
    """The spell that is running now, by the facts of the case."""
    zone = seat.zone
    spells = seat.case.facts.case.missing
    return next((one for one in spells if running(one.since, one.until, seat.at, zone)), None)


def history(seat: Seat) -> tuple[EpisodeView, ...]:
    """The episodes of this case, the latest first; with their records, as this reader may see them. For the lead."""
    lead_only(seat)
    rows = list(db.session.scalars(_of_case(seat.id)))
    shown = _records(seat, rows)
    names = _names({row.worker_id for row in rows})
    return tuple(_outline(seat, row, shown.get(row.item_id), names) for row in rows)


def unwritten(seat: Seat) -> tuple[fact.Missing, ...]:
    """Spells among the facts that no episode was written down for: what came with a caseload. The latest first."""
    zone = seat.zone
    known = {row.since for row in db.session.scalars(_of_case(seat.id))}
    spells = [one for one in seat.case.facts.case.missing if begins(one.since, zone) not in known]
    return tuple(sorted(spells, key=lambda one: begins(one.since, zone), reverse=True))


def read(seat: Seat, episode_id: str) -> EpisodeView:
    """One episode, whole. For the lead; recorded."""
    row = find(seat, episode_id)
    ledger.submit("missing.read", seat.id, seat.me.id, {"episode": row.id, "purpose": seat.purpose}).hold_answer()
    reports = list(db.session.scalars(reports_of(row.id)))
    log = list(db.session.scalars(_log_of(row.id)))
    who = {row.worker_id, *(one.done_by for one in reports), *(one.made_by for one in log)}
    names, spell = _names(who), _spell(seat, row)
    kinds = seat.profile.episodes.contacts
    talks = (_report(seat, one, names) for one in reports if one.kind == DEBRIEF)
    return replace(
        _outline(seat, row, _records(seat, [row]).get(row.item_id), names),
        reports=tuple(_report(seat, one, names) for one in reports if one.kind != DEBRIEF),
        talk=next(talks, None),
        contacts=tuple(
            ContactView(one.at, kinds.get(one.kind, one.kind), names.get(one.made_by or "", ""), one.words)
            for one in log
        ),
        officer=seat.case.people_names.get(str(spell.lead_officer)) if spell and spell.lead_officer else None,
        officer_id=spell.lead_officer if spell else None,
        officers=tuple(officers(seat)),
        alert=bool(spell and spell.alert_approved_by),
        said_back=None if row.recovered_at else row.words.to_confirm,
        also=tuple(
            one
            for one in seat.profile.episodes.reports.values()
            if one.when and one.name not in {made.kind for made in reports}
        ),
    )


def find(seat: Seat, episode_id: str, *, lock: bool = False) -> Episode:
    """The row of an episode of this case, for the lead; or as if there were none."""
    lead_only(seat)
    row = locked(Episode, episode_id) if lock else db.session.get(Episode, episode_id)
    if row is None or row.case_id != seat.id:
        raise not_there()
    return row


def officers(seat: Seat) -> Iterable[tuple[str, str]]:
    """Who of law enforcement is on the team: whom the search can be given to."""
    case = seat.case
    for user_id in case.facts.members:
        user = case.facts.users[user_id]
        if user.role is Role.LE and admitted(case.facts, user_id, seat.at):
            yield user_id, f"{case.people_names[user_id]}, {case.agency_names.get(user.org or '', '')}"


def name_officer(seat: Seat, episode_id: str, user_id: str | None) -> None:
    """Say who of law enforcement leads the search; None: nobody of the team. While the episode runs they read what the
    rules give its named officer, and nobody else of their agency does."""
    with recorded("missing.officer", by=seat.me, case=seat.id, episode=episode_id, officer=user_id):
        row = open_one(seat, episode_id)
        if user_id is not None and user_id not in dict(officers(seat)):
            raise not_there()
        change_spell(seat, row, lead_officer=user_id)


def describe(
    seat: Seat, episode_id: str, values: Mapping[str, str], *, heeded: Collection[str] = (), proved: bool = False
) -> None:
    """Say more of how they look, when they were seen, what puts them in danger: the record of the episode."""
    with recorded("missing.described", by=seat.me, case=seat.id, episode=episode_id, fields=sorted(values)):
        row = find(seat, episode_id)
        guard(seat, values, heeded=heeded, proved=proved)
        revise(seat, row, values)


def also(seat: Seat, episode_id: str, kind: str) -> None:
    """One more report is due: what its question asks was found out now, and its clock runs from now. Twice is once."""
    with recorded("missing.also", by=seat.me, case=seat.id, episode=episode_id, kind=kind):
        row = open_one(seat, episode_id)
        known = seat.profile.episodes.reports.get(kind)
        if known is None or known.when is None:
            raise not_there()
        if kind not in {one.kind for one in db.session.scalars(reports_of(row.id))}:
            start(seat, db.session.get_one(Case, seat.id), row, known, now())


def take_over(seat: Seat, episode_id: str) -> None:
    """Make the reports of an episode one's own: they are on one's own screens from now."""
    with recorded("missing.taken_over", by=seat.me, case=seat.id, episode=episode_id):
        row = find(seat, episode_id, lock=True)
        row.worker_id = seat.me.id
        for report in db.session.scalars(reports_of(row.id)):
            if report.wants_at is not None:
                clocks.heed(report, [seat.me.id])


def lead_only(seat: Seat) -> None:
    """As if there were no such page, for whoever does not act for the lead."""
    if not seat.leads:
        raise not_there()


def open_one(seat: Seat, episode_id: str) -> Episode:
    """The row of an episode that is not over."""
    row = find(seat, episode_id, lock=True)
    if row.recovered_at is not None:
        raise Refused("They are back: this episode is over.", reason="over")
    return row


def reports_of(episode_id: str):  # type: ignore[no-untyped-def]
    return select(Report).where(Report.episode_id == episode_id).order_by(Report.due_at, Report.id)


def revise(seat: Seat, row: Episode, values: Mapping[str, str]) -> None:
    """Put words into the record of an episode, within an act."""
    item = db.session.get(Item, row.item_id)
    if item is None:
        raise Refused("The record of this episode was deleted.", reason="no_record")
    items.revise(item, {name: words.strip() for name, words in values.items()})
    told_of(seat, item)


def told_of(seat: Seat, item: Item) -> None:
    """Move the case up for whoever sees this record, within an act."""
    db.session.flush()
    known = facts.load(seat.id)
    assert known
    team.noticed(known, item.terms, by=seat.me.id)


def guard(
    seat: Seat, values: Mapping[str, str], *, looks: Mapping[str, str] = NOTHING, heeded: Collection[str], proved: bool
) -> None:
    """Before words are kept: what they repeat of what those who could read these fields may not see. `looks` go into
    the record of how they look, which others read."""
    found: dict[tuple[str, tuple[str, ...]], guarding.Repeat] = {}
    for category, fields in ((Category.MISSING, values), (Category.PHOTO, looks)):
        said = {name: words for name, words in fields.items() if words.strip()}
        if any(len(words) > LONGEST for words in said.values()):
            raise Refused(f"Write at most {LONGEST} characters.", reason="long", code=422)
        draft = fact.Item(
            id=new_id(), category=category, source=seat.case.lead_id, fields=tuple(said), author=seat.me.id
        )
        repeated = guarding.repeats(seat, draft, "\n".join(said.values()), proved=proved) if said else ()
        found |= {(one.key, one.words): one for one in repeated}
    if open_ones := [one for one in found.values() if one.quote or one.key not in heeded]:
        raise guarding.Repeats(open_ones)


def change_spell(seat: Seat, row: Episode, **changes: object) -> None:
    """Change the spell of this episode among the facts of its case, within an act."""
    case = db.session.get_one(Case, seat.id)
    zone, spells = case.terms.zone, case.terms.missing
    new = tuple(replace(one, **changes) if begins(one.since, zone) == row.since else one for one in spells)
    if new != spells:
        case.terms = replace(case.terms, missing=new)


def _of_case(case_id: str):  # type: ignore[no-untyped-def]
    return select(Episode).where(Episode.case_id == case_id).order_by(Episode.received_at.desc(), Episode.id)


def _log_of(episode_id: str):  # type: ignore[no-untyped-def]
    return select(Contact).where(Contact.episode_id == episode_id).order_by(Contact.at.desc(), Contact.id)


def _the_same(seat: Seat, kept: Episode) -> str:
    if (kept.case_id, kept.made_by) != (seat.id, seat.me.id):
        raise Refused("Reload this page, then send it again.", reason="key", code=422)
    return kept.id


def _check(seat: Seat, said: Noticed) -> None:
    rules = seat.profile.episodes
    if said.kind not in rules.kinds or set(said.also) - {one.name for one in rules.reports.values() if one.when}:
        raise Refused("Choose from what is on the page.", reason="kind", code=422)
    if said.received_at > now() + SLACK or (said.gone_since and said.gone_since > now() + SLACK):
        raise Refused("That is still to come. Look at the day and the time once more.", reason="future", code=422)
    if set(said.values) - set(TOLD):
        raise Refused("Choose from what is on the page.", reason="field", code=422)
    mine = db.session.scalars(_of_case(seat.id).where(Episode.recovered_at.is_(None)))
    if mine.first() is not None:
        raise Refused("They are written down as missing already. Go on there.", reason="running")


def _described(seat: Seat, said: Noticed) -> dict[str, str]:
    """What the lead agency itself has on record of how they are called and look. Of what others filed nothing is
    copied: it would stand there as the lead's own."""
    born, on = seat.case.facts.case.youth.born, said.received_at.astimezone(seat.zone).date()
    wanted = {Category.ID: ("legal_name",), Category.PHOTO: LOOKS}
    mine = [
        (item, views.narrowed(one, wanted[item.category]))
        for item, one in views.look(seat, categories=frozenset(wanted)).items
        if one.opens and item.source == seat.case.lead_id
    ]
    mine = [(item, one) for item, one in mine if one.fields]
    views.disclose(seat, "record.read", mine).hold_answer()
    shown = views.open_all(seat, mine, photos=True)
    found = {COPIED_AS.get(value.name, value.name): str(value.value) for one in shown for value in one.values}
    return {"age": str(_years(born, on))} | found


def _years(born: date, on: date) -> int:
    years = on.year - born.year
    return years if birthday(born, years) <= on else years - 1


def _begun(seat: Seat, case: Case, said: Noticed, key: str, item_id: str) -> Episode:
    """The row, and the spell among the facts: one that a caseload told of already is this one."""
    zone, spells = case.terms.zone, case.terms.missing
    before = next((one for one in spells if one.until is None), None)
    since = begins(before.since, zone) if before else min(said.gone_since or said.received_at, said.received_at)
    if before is None:
        every = [*spells, fact.Missing(since=since.astimezone(UTC))]
        case.terms = replace(case.terms, missing=tuple(sorted(every, key=lambda one: begins(one.since, zone))))
    episode = Episode(
        id=key, case=case, agency_id=seat.case.lead_id, made_by=seat.me.id, kind=said.kind, since=since,
        received_at=said.received_at, worker_id=seat.me.id, item_id=item_id,
        words=EpisodeWords(noticed_by=said.noticed_by.strip()[:200]),
    )  # fmt: skip
    db.session.add(episode)
    db.session.flush()
    return episode


def _clocks(seat: Seat, case: Case, episode: Episode, said: Noticed) -> list[str]:
    """A report for each that the law wants, each with its clock."""
    wanted = [one for one in seat.profile.episodes.reports.values() if one.when is None or one.name in said.also]
    for kind in wanted:
        start(seat, case, episode, kind, said.received_at)
    return [one.name for one in wanted]


def start(seat: Seat, case: Case, episode: Episode, kind: ReportKind, at: datetime) -> None:
    """A report and its clock, from this moment; it stands on the screens of whose the episode is."""
    due = seat.profile.clocks.due(kind.deadline, at, case.terms.zone)
    report = Report(
        case=case, agency_id=episode.agency_id, made_by=seat.me.id, episode_id=episode.id, kind=kind.name,
        started_at=at, due_at=due, wants_at=due,
    )  # fmt: skip
    db.session.add(report)
    db.session.flush()
    clocks.begin(case, report, episode.worker_id)


def _spell(seat: Seat, row: Episode) -> fact.Missing | None:
    zone = seat.zone
    return next((one for one in seat.case.facts.case.missing if begins(one.since, zone) == row.since), None)


def _records(seat: Seat, rows: Collection[Episode]) -> dict[str, Shown]:
    """The records of these episodes, as this reader may see them; recorded."""
    wanted = {row.item_id for row in rows}
    seen = views.look(seat, categories=frozenset({Category.MISSING})).items
    mine = [(item, one) for item, one in seen if item.id in wanted and one.opens]
    views.disclose(seat, "record.read", mine).hold_answer()
    return {one.id: one for one in views.open_all(seat, mine)}


def _names(ids: Iterable[str | None]) -> dict[str, str]:
    rows = db.session.scalars(select(User).where(User.id.in_([one for one in ids if one])))
    return {row.id: row.name for row in rows}


def _outline(seat: Seat, row: Episode, record: Shown | None, names: Mapping[str, str]) -> EpisodeView:
    return EpisodeView(
        row.id, row.case_id, seat.profile.episodes.kinds.get(row.kind, row.kind), row.since, row.received_at,
        row.recovered_at, row.debriefed_at, names.get(row.worker_id, ""), row.worker_id == seat.me.id,
        row.words.noticed_by, record,
    )  # fmt: skip


def _report(seat: Seat, row: Report, names: Mapping[str, str]) -> ReportView:
    said = row.words
    overdue = row.ended is None and row.done_at is None and row.due_at < seat.at
    return ReportView(
        row.id, seat.profile.episodes.report(row.kind), row.started_at, row.due_at, row.wants_at, row.done_at,
        names.get(row.done_by or "", ""), row.confirmed_at, row.ended, row.late, overdue,
        said.whom, said.number, said.entry, said.why,
    )  # fmt: skip


WANTED = Question(
    Of.CASE,
    select(Report).where(among(Report.case_id), Report.wants_at.is_not(None)).order_by(Report.wants_at),
    lambda row: [row.case_id],
)
NOT_TALKED = Question(
    Of.CASE,
    select(Episode).where(among(Episode.case_id), Episode.debriefed_at.is_(None)).order_by(Episode.id),
    lambda row: [row.case_id],
)


@duties.found_by
def _open(_me: Person, seats: Mapping[str, Seat]) -> Iterable[Duty]:
    """The reports that wait at this person's agency in their cases, and whom nobody has talked with yet."""
    led = {seat.id: seat for seat in seats.values() if seat.leads}
    timed = set[str]()
    for row in WANTED.about(led):
        timed |= {row.episode_id} if row.kind == DEBRIEF else set()
        kind = led[row.case_id].profile.episodes.report(row.kind)
        yield Duty("missing_report", row.id, row.case_id, words_of(kind, row.done_at is not None), row.wants_at)
    for episode in NOT_TALKED.about(led):
        if episode.recovered_at is not None:
            if episode.id not in timed:
                yield Duty("missing_debrief", episode.id, episode.case_id, TALK)
        elif episode.words.to_confirm:
            words = "A file of your agency says that somebody is back. Is it so?"
            yield Duty("missing_said_back", episode.id, episode.case_id, words)


def words_of(kind: ReportKind, made: bool) -> str:
    """What has to be done about a report, in a sentence that names nobody."""
    if kind.name == DEBRIEF:
        return TALK
    return f"Ask {kind.to} for {kind.confirm}." if made else f"Tell {kind.to} that a young person is missing."


def may_write(seat: Seat, subject: str) -> bool:
    """Whether this member may write at a place of this case that is about it, or one of its episodes or reports."""
    if not seat.leads:
        return False
    row = db.session.get(Episode, subject) or db.session.get(Report, subject)
    return subject == seat.id or (row is not None and row.case_id == seat.id)


for _place in ("missing_notice", "missing_words", "missing_report", "missing_contact", "missing_back",
               "missing_debrief", "missing_plan"):  # fmt: skip
    drafts.place(_place, may_write)

__all__ = [
    "ContactView", "Ended", "EpisodeView", "Noticed", "ReportView", "change_spell", "describe", "find", "guard",
    "history", "lead_only", "name_officer", "notice", "open_one", "read", "reports_of", "revise", "running_of",
    "start", "take_over", "told_of", "unwritten", "words_of",
]  # fmt: skip
