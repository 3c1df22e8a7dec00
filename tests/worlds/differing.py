"""What the other world has beside the common one: things, values and people that the viewer may not know of.

Each method of `Differing` named in KINDS tries to add one such difference, and says whether it found one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from mdt.models import (
    Agency,
    Asked,
    Case,
    CaseMove,
    Item,
    Link,
    LinkTerms,
    Meeting,
    Member,
    Offer,
    Order,
    Point,
    Release,
    Request,
    Restriction,
    Segment,
    Task,
    Training,
    User,
    db,
)  # fmt: skip
from mdt.operations import facts as loaded
from mdt.operations import items, ledger
from mdt.sharing import copied
from mdt.sharing import facts as fact
from mdt.sharing import fields as catalog
from mdt.sharing.vocabulary import Category, Purpose, Role
from tests.worlds import sight
from tests.worlds.ground import AT, OFFICES, known, staff
from tests.worlds.making import (
    Common,
    Maker,
    Pair,
    file_record,
    office_of,
    order_of,
    purposes_of,
    record_of,
    release_of,
    restriction_of,
    role_of,
    writing,
)  # fmt: skip

TRIES = 12
KINDS: dict[str, int] = {
    "item": 6, "value": 6, "field": 3, "held": 3, "member": 3, "asked": 2, "release": 3, "order": 2, "restriction": 2,
    "task": 3, "point": 3, "said": 3, "entry": 3, "entries": 1, "apart": 2, "flag": 1, "why": 1, "request": 2,
    "linked": 2, "going": 1, "trained": 1,
}  # fmt: skip
"""The kinds of difference, and how often each is tried."""


class Differing:
    """Adds to the world at hand what its viewer may not see."""

    def __init__(self, m: Maker, made: Pair) -> None:
        self.m, self.made = m, made
        case = loaded.load(made.case_id)
        assert case
        self.purposes: tuple[Purpose, ...] = purposes_of(made.role) if made.role else ()
        self.facts = sight.seated(case.facts, made.viewer, made.role, self.purposes)
        self.leads = made.role == Role.CW and made.viewer in staff("county")
        self.office = office_of(made.viewer)
        self.sources = sight.sources(self.facts, made.viewer, self.purposes)
        self.before = self._sight(self.facts)
        self.concealed = sight.concealed(self.facts, made.viewer, self.purposes)
        mine = Task.owner_id == made.viewer, Task.case_id == made.case_id
        held = set(db.session.scalars(select(Task.item_id).where(*mine)))
        self.read = [one for one in self.facts.items if one not in self.concealed or one in held]

    def differ(self, kinds: Sequence[str] | None = None) -> None:
        """Add these kinds of difference, or some; what cannot be added to this world is left out."""
        wanted = kinds or self.m.rng.choices(list(KINDS), list(KINDS.values()), k=self.m.rng.randint(3, 8))
        with writing():
            self.case = db.session.get_one(Case, self.made.case_id)
            for kind in wanted:
                name, *about = kind.split(":")
                if getattr(self, name)(*map(Category, about)):
                    self.made.kinds.append(kind)
                    db.session.flush()

    def _sight(self, facts: fact.Facts) -> list[Any]:
        return sight.of_items(facts, self.made.viewer, self.purposes, facts.items)

    def _conceals(self, facts: fact.Facts, item: str) -> bool:
        return sight.conceals(facts, self.made.viewer, self.purposes, item)

    def _keep(self, **changed: Any) -> bool:
        """Keep these facts, if they are nothing to the viewer."""
        changed_facts = replace(self.facts, **changed)
        if self._sight(changed_facts) != self.before:
            return False
        self.facts = changed_facts
        return True

    def _keep_paper(self, **changed: Any) -> bool:
        """Keep these papers, if what others may read of what the viewer reads stays as it is, too: whoever writes
        is told how many of their readers may not see what they repeat."""
        changed_facts = replace(self.facts, **changed)
        for user_id in self.facts.members:
            if sight.of_items(changed_facts, user_id, self.purposes_of(user_id), self.read) != sight.of_items(
                self.facts, user_id, self.purposes_of(user_id), self.read
            ):
                return False
        return self._keep(**changed)

    def purposes_of(self, user_id: str) -> tuple[Purpose, ...]:
        """What a member is here for."""
        return (self.facts.members[user_id].purpose or purposes_of(role_of(user_id))[0],)

    def _with_item(self, record: fact.Item) -> fact.Facts:
        source = db.session.get_one(Agency, record.source).fact
        orgs = {**self.facts.orgs, record.source: source}
        return replace(self.facts, orgs=orgs, items={**self.facts.items, record.id: record})

    # what is filed

    def item(self, category: Category | None = None) -> bool:
        """A record that is concealed."""
        return self._hidden_record(category) is not None

    def _hidden_record(self, category: Category | None = None, **terms: Any) -> fact.Item | None:
        for _ in range(TRIES):
            record = record_of(self.m, category or self.m.pick(Category), quotable=list(self.facts.items), **terms)
            if self._conceals(self._with_item(record), record.id):
                return self._file(record)
        return None

    def _file(self, record: fact.Item) -> fact.Item:
        self.facts = self._with_item(record)
        self.concealed.append(record.id)
        self.made.hide("item_id", record.id)
        self.made.lines.append((record.category, record.source))
        file_record(self.m, self.case, record, at=AT - timedelta(minutes=self.m.rng.randint(2, 600)))
        return record

    def held(self) -> bool:
        """One more of what a quiet line is there for already."""
        quiet = [one for one in self.facts.items.values() if one.id not in self.concealed]
        for _ in range(TRIES if quiet else 0):
            like = self.m.pick(quiet)
            record = replace(record_of(self.m, like.category), source=like.source, regimes=like.regimes,
                             labels=like.labels, subject=like.subject, quotes=like.quotes)  # fmt: skip
            if self._keep(items={**self.facts.items, record.id: record}):
                self.made.hide("item_id", record.id)
                file_record(self.m, self.case, record)
                return True
        return False

    def value(self, category: Category | None = None) -> bool:
        """Other values where nothing is shown, changed later."""
        records = [one for one in self.facts.items.values() if category in (None, one.category)]
        for _ in range(TRIES if records else 0):
            record = self.m.pick(records)
            hidden = self._groups_not_shown(record)
            if hidden:
                self._revise(record, hidden)
                return True
        return False

    def _groups_not_shown(self, record: fact.Item) -> list[str]:
        """The fields of the groups of which nothing is ever shown."""
        shown = {catalog.field(record.category, name).group for name in self._ever_shown(record)}
        return [name for name in record.fields if catalog.field(record.category, name).group not in shown]

    def _ever_shown(self, record: fact.Item) -> set[str]:
        told = sight.of_items(self.facts, self.made.viewer, self.purposes, [record.id])
        return {name for some in told[::2] for one in some for name in one[0].fields}

    def _revise(self, record: fact.Item, names: Sequence[str], **terms: Any) -> None:
        row = db.session.get_one(Item, record.id)
        said = self.m.values(record.category, names)
        self.made.words += [one for one in said.values() if isinstance(one, str) and len(one) > 4]
        items.revise(row, said, **terms)

    def field(self) -> bool:
        """A field more where it is not shown."""
        for _ in range(TRIES):
            record = self.m.pick(self.facts.items.values())
            missing = [name for name in catalog.names_of(record.category) if name not in record.fields]
            if not missing or not self._groups_not_shown(record):
                continue
            more = self.m.pick(missing)
            fuller = replace(record, fields=catalog.in_order(record.category, {*record.fields, more}))
            if self.m.values(record.category, [more]) and self._keep(items={**self.facts.items, record.id: fuller}):
                group = catalog.field(record.category, more).group
                if group in {catalog.field(record.category, name).group for name in self._ever_shown(record)}:
                    continue
                self._revise(record, [more])
                return True
        return False

    # who is there

    def member(self) -> bool:
        """Somebody on the team whom the viewer may not know of."""
        for _ in range(TRIES):
            office = self.m.pick(OFFICES)
            user_id = staff(office)[1]
            if not self._may_hide(user_id, office):
                continue
            user = db.session.get_one(User, user_id)
            joined = fact.Member(user=user_id, since=AT - timedelta(days=5))
            orgs = {**self.facts.orgs, known(office): user.agency.fact}  # type: ignore[union-attr]
            added = replace(self.facts, orgs=orgs, users={**self.facts.users, user_id: user.fact},
                            members={**self.facts.members, user_id: joined})  # fmt: skip
            if sight.reads_drafts(added, user_id, known(self.office or "county"), purposes_of(role_of(user_id))):
                continue
            if self._keep(orgs=added.orgs, users=added.users, members=added.members):
                self._seat(user_id)
                return True
        return False

    def _may_hide(self, user_id: str, office: str) -> bool:
        """Whether the house keeps from the viewer that this person is there (`docs/adr/0007`)."""
        org, about = known(office), OFFICES[office]
        if self.leads or user_id in self.facts.users or office in ("county", self.office) or org in self.sources:
            return False
        if self._seated(user_id):
            return False
        if any({user_id, org} & {*one.recipients} for one in self.facts.releases):
            return False
        if self.made.role in sight.PROFILE.quiet_roles:
            return about["role"] not in (Role.GAL, Role.CG) or self.made.role == Role.SC
        return bool(about.get("vsp") or about.get("rhy") or about.get("part2"))

    def _seat(self, user_id: str, relation: str = "member") -> None:
        member = Common(self.m, self.made).seat(self.case, user_id, relation)
        self.made.hide("member_id", member.id)
        self.made.hide("user_id", user_id)

    def asked(self) -> bool:
        """Somebody who was asked, and has not come: that is the lead's to know."""
        user_id = staff(self.m.pick(OFFICES))[1]
        if self.leads or user_id in (*self.facts.users, self.made.viewer) or self._seated(user_id):
            return False
        self._seat(user_id, "invited")
        return True

    def _seated(self, user_id: str) -> bool:
        here = select(Member.id).where(Member.case_id == self.case.id, Member.user_id == user_id)
        return db.session.scalar(here) is not None

    def why(self) -> bool:
        """What somebody else was asked for, in words."""
        others = select(Member).where(Member.case_id == self.case.id, Member.user_id != self.made.viewer)
        for one in () if self.leads else db.session.scalars(others):
            one.why = self.m.words()
        return not self.leads

    # what opens and closes

    def release(self) -> bool:
        """A release that the viewer neither gave, got nor keeps, and that opens them nothing."""
        if self.made.role == Role.YT:
            return False
        for _ in range(TRIES):
            office = self.m.pick(["opendoor", "safehouse", "newpath", "runaway", "hospital"] if self.leads else OFFICES)
            others = [one for one in self.facts.members if one != self.made.viewer and office_of(one) != self.office]
            if office in (self.office, "survivors", "policy") or not others:
                continue
            one = release_of(self.m, others, office, signed_by=("youth",))
            if self._keep_paper(releases=(*self.facts.releases, one)):
                db.session.add(Release(id=one.id, case=self.case, terms=one, form={"description": self.m.words()}))
                self.made.hide("release_id", one.id)
                return True
        return False

    def order(self) -> bool:
        """An order about what is concealed, to somebody else."""
        others = [one for one in self.facts.members if one != self.made.viewer]
        if not self.concealed or not others:
            return False
        one = order_of(self.m, others, items=(self.m.pick(self.concealed),), categories=tuple(Category))
        if self._keep_paper(orders=(*self.facts.orders, one)):
            db.session.add(Order(id=one.id, case=self.case, terms=one))  # type: ignore[arg-type]
            self.made.hide("order_id", one.id)
            return True
        return False

    def restriction(self) -> bool:
        """An objection against the viewer, where they see nothing anyway."""
        if not self.made.role or self.made.role == Role.YT:
            return False
        for _ in range(TRIES):
            one = restriction_of(self.m, [self.made.viewer], by="youth")
            if self._keep_paper(restrictions=(*self.facts.restrictions, *copied.reaching([one]))):
                db.session.add(Restriction(id=one.id, case=self.case, terms=one))  # type: ignore[arg-type]
                self.made.hide("restriction_id", one.id)
                return True
        return False

    def flag(self) -> bool:
        """A suspicion about somebody of the family who has no account. Whoever keeps releases is told who signs."""
        father = fact.Person(id="father", relation="parent", rights=self.facts.case.people["father"].rights,
                             flags=(fact.Flag(flag="suspected_offender", since=AT - timedelta(days=9)),))  # fmt: skip
        named = any("father" in one.signed_by for one in self.facts.releases)
        case = replace(self.facts.case, people={**self.facts.case.people, "father": father})
        keeps = self.office is not None and self.made.role not in (Role.SC, Role.PM)
        if keeps or named or not self._keep(case=case):
            return False
        self.case.terms = case
        return True

    # what is done

    def task(self) -> bool:
        """A task about what is concealed, between others."""
        others = [one for one in self.facts.members if one != self.made.viewer]
        if not self.concealed or not others:
            return False
        task = Common(self.m, self.made).hand(self.case, self.m.pick(self.concealed), others)
        self.made.hide("task_id", task.id)
        return True

    def _meeting(self) -> Meeting | None:
        """A meeting that the viewer does not lead, of this case."""
        found = db.session.scalars(
            select(Meeting)
            .where(Meeting.case_id == self.case.id, Meeting.facilitator_id != self.made.viewer)
            .order_by(Meeting.id)
        ).all()
        return self.m.pick(found) if found else None

    def point(self) -> bool:
        """A point of the agenda about what is concealed."""
        meeting = self._meeting()
        if meeting is None or not self.concealed or meeting.facilitator_id == self.made.viewer:
            return False
        place, title = len(meeting.agenda) + 1, self.m.words()
        point = Point(id=self.m.id(), meeting=meeting, position=place, title=title, minutes=7,
                      item_id=self.m.pick(self.concealed))  # fmt: skip
        meeting.agenda.append(point)
        self.made.words.append(title)
        self.made.hide("point_id", point.id)
        return True

    def said(self) -> bool:
        """A note that is concealed."""
        meeting = self._meeting()
        if meeting is None or meeting.phase == "planned" or not meeting.agenda:
            return False
        authors = [one for one in self.facts.members if office_of(one) and one != self.made.viewer]
        for _ in range(TRIES if authors else 0):
            author, point = self.m.pick(authors), self.m.pick(meeting.agenda)
            quotes = (self.m.pick(self.concealed),) if self.concealed and self.m.maybe(0.7) else ()
            record = record_of(
                self.m, Category.MEETING, office_of(author), names=("text",), author=author, quotes=quotes
            )
            if not self._conceals(self._with_item(record), record.id):
                continue
            self._file(record)
            db.session.flush()
            db.session.add(
                Segment(
                    id=self.m.id(),
                    meeting_id=meeting.id,
                    point_id=point.id,
                    item_id=record.id,
                    kind=self.m.pick(["note", "decision"]),
                    said_at=AT - timedelta(minutes=3),
                )
            )
            return True
        return False

    def entry(self) -> bool:
        """That somebody looked at what is concealed; for most, that anybody looked at all."""
        others = [one for one in self.facts.members if one != self.made.viewer]
        if not self.concealed or not others:
            return False
        for _ in range(self.m.rng.randint(1, 4)):
            self._write(self.m.pick(others), self.m.pick(self.concealed))
        return True

    def entries(self) -> bool:
        """So many of them that they fill pages."""
        others = [one for one in self.facts.members if one != self.made.viewer]
        for _ in range(130 if self.concealed and others else 0):
            self._write(self.m.pick(others), self.m.pick(self.concealed))
        return bool(self.concealed and others)

    def request(self) -> bool:
        """That somebody asked another agency for what it withholds."""
        others = [one for one in self.facts.members if one != self.made.viewer]
        offices = [one for one in OFFICES if one != self.office]
        if self.leads or not others:
            return False
        one = Request(
            id=self.m.id(),
            case=self.case,
            source_id=known(self.m.pick(offices)),
            asked_by=self.m.pick(others),
            due_at=AT + timedelta(days=2),
            terms=Asked(category=self.m.pick(Category), why=self.m.words()),
        )
        db.session.add(one)
        self.made.hide("request_id", one.id)
        return True

    def _write(self, actor: str, item: str) -> None:
        record = self.facts.items[item]
        line = [item, record.category, record.source, list(record.fields), ["A.rule"], [], [], [], []]
        about = {"purpose": "PLAN", "role": role_of(actor), "profile": "us-baseline 1", "shown": [line], "refused": []}
        ledger.write("case.read", self.case.id, actor, about)

    # what lies apart

    def linked(self) -> bool:
        """That this case belongs with one of which the viewer is not: offered, or said for good."""
        other = self._apart()
        link = Link(
            id=self.m.id(), case=self.case, other_id=other.id, state=self.m.pick([Offer.OFFERED, Offer.ACCEPTED]),
            made_by=staff("county")[0],
            terms=LinkTerms(kind=self.m.pick(sight.PROFILE.caseworking.kinds), said_on=AT.date()),
        )  # fmt: skip
        db.session.add(link)
        self.made.hide("link_id", link.id)
        self.made.hide("other_id", other.id)
        return True

    def going(self) -> bool:
        """That the case is offered to another agency: for the two agencies to know."""
        if self.office in ("county", "tribe"):
            return False
        move = CaseMove(id=self.m.id(), case=self.case, from_agency=known("county"), from_user=staff("county")[0],
                        to_agency=known("tribe"), offered_by=staff("county")[0], why=self.m.words())  # fmt: skip
        db.session.add(move)
        self.made.hide("move_id", move.id)
        return True

    def trained(self) -> bool:
        """In what somebody of the team was trained: for them, and whoever convenes."""
        others = [one for one in self.facts.members if one != self.made.viewer and office_of(one)]
        if self.leads or self.made.relation == "administrator" or not others:
            return False
        who, kind = self.m.pick(others), self.m.pick(sight.PROFILE.caseworking.courses)
        if db.session.scalar(select(Training.id).where(Training.user_id == who, Training.kind == kind)):
            return False
        db.session.add(Training(id=self.m.id(), user_id=who, kind=kind, on=self.m.ago(1, 900),
                                by_id=known("administrator")))  # fmt: skip
        return True

    def apart(self) -> bool:
        """Another case altogether, of which the viewer is not."""
        return self._apart() is not None

    def _apart(self) -> Case:
        common = Common(self.m, self.made)
        case = common._case(self.m.id(), "tribe" if self.office == "county" else self.m.pick(["county", "tribe"]))
        others = [one for one in (*(staff(office)[1] for office in OFFICES), known("aunt")) if one != self.made.viewer]
        common.team = self.m.some(others, 2, 5)
        for user_id in common.team:
            common.seat(case, user_id)
        for _ in range(3):
            common.file(case, self.m.pick(Category))
        db.session.flush()
        meeting = common.meet(case, self.m.pick(["planned", "adjourned"]))
        task = common.hand(case, common.filed[0])
        for name, one in (("case_id", case.id), ("meeting_id", meeting.id), ("task_id", task.id),
                          ("item_id", common.filed[0])):  # fmt: skip
            self.made.hide(name, one)
        return case


__all__ = ["KINDS", "Differing"]
