"""Random worlds: `making.pair(ground, seed)` lays one world with a case in it, and then another beside it.

The two have everything in common but what the viewer may not see. What that is, is asked of the kernel
(`sight`) and of the few rules the house has beside it (`docs/adr/0007`), never of a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import time_machine

from mdt.models import (
    Attendance,
    Case,
    Emergency,
    Item,
    Meeting,
    Member,
    Order,
    Point,
    Release,
    Restriction,
    Segment,
    Standing,
    Task,
    User,
    Youth,
    begin_writing,
    db,
)  # fmt: skip
from mdt.operations import access, facts, items, views
from mdt.sharing import facts as fact
from mdt.sharing import fields as catalog
from mdt.sharing.declare import Kind
from mdt.sharing.vocabulary import USUAL_PURPOSES, Category, Purpose, Regime, Role
from tests.worlds.ground import ADMINISTRATOR, AT, COUNSEL, FAMILY, OFFICES, OUTSIDER, Ground, known, staff

NATURAL: dict[Category, str] = {
    Category.ID: "county", Category.CONTACT: "county", Category.SAFE_ADDR: "county opendoor",
    Category.PHOTO: "county police", Category.FAMILY: "county", Category.ALLEGATION: "county police",
    Category.REPORTER: "county", Category.TRAFFICKING: "county opendoor clinic", Category.FORENSIC: "police attorney",
    Category.CRIMINAL: "police attorney", Category.COURT: "court county", Category.HEALTH: "clinic hospital",
    Category.REPRO: "clinic", Category.BEHAVIORAL: "harbor county", Category.PSYNOTES: "harbor",
    Category.SUD_P2: "newpath hospital", Category.EDUCATION: "school", Category.EMPLOYMENT: "county hearth",
    Category.ADVOCATE: "opendoor safehouse runaway", Category.IMMIGRATION: "opendoor county",
    Category.JUVENILE: "probation court", Category.SOGI: "county opendoor", Category.PLAN: "county hearth opendoor",
    Category.MISSING: "county", Category.MEETING: "county school opendoor harbor",
    Category.LEGAL_PRIV: "county attorney guardians",
}  # fmt: skip
"""Which agencies usually hold a kind of record."""
WORDS = ("amber", "birch", "cobalt", "delta", "ember", "flint", "grove", "heron", "iris", "juniper", "kestrel", "larch")
APART = ("outsider", "administrator", "counsel")
"""Who has no part in the case at all."""
LATEST_ACT = 22
"""The step of a session before which others have acted."""
RELATIONS = ("recused", "ended", "invited", *APART)
"""How a viewer can stand to the case who is no member of it: every fourth of them, one after the other. The members
are of every discipline, one after the other."""


@dataclass
class Pair:
    """Two worlds, the viewer, what differs, and what there is to be guessed.

    `common` and `other` are snapshots; `acts` are what others do meanwhile in the other world alone, by step.
    `lines` are category and source of what is concealed. With `first`, a session is these pages and no more. So many
    sessions ask every route of the application `among` them.
    """

    seed: int
    viewer: str
    relation: str
    role: str
    case_id: str
    common: Any = None
    other: Any = None
    kinds: list[str] = field(default_factory=list)
    hidden: dict[str, list[str]] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    lines: list[tuple[str, str]] = field(default_factory=list)
    first: list[str] = field(default_factory=list)
    acts: dict[int, Callable[[], None]] = field(default_factory=dict)
    among: int = 100

    def hide(self, name: str, identifier: str) -> None:
        """Note the identifier of something that is in the other world alone."""
        self.hidden.setdefault(name, []).append(identifier)


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person of the ground, as access asks."""

    id: str
    role: Role | None
    agency_id: str | None


class Maker:
    """A seeded source of choices, identifiers and words."""

    def __init__(self, seed: int) -> None:
        self.seed, self.rng, self._made = seed, Random(seed), 0

    def id(self) -> str:
        self._made += 1
        return known(f"{self.seed} {self._made}")

    def maybe(self, chance: float) -> bool:
        return self.rng.random() < chance

    def pick(self, options: Any) -> Any:
        return self.rng.choice(list(options))

    def some(self, options: Any, low: int, high: int) -> list[Any]:
        options = list(options)
        return self.rng.sample(options, min(len(options), self.rng.randint(low, high)))

    def ago(self, low: int, high: int) -> date:
        return (AT - timedelta(days=self.rng.randint(low, high))).date()

    def words(self) -> str:
        return f"{self.pick(WORDS)} {self.pick(WORDS)} {self.rng.randint(100, 999)}"

    def value(self, one: catalog.Field) -> Any:
        """Something this field may hold."""
        plain: dict[Kind, Callable[[], Any]] = {
            Kind.DATE: lambda: self.ago(200, 6000).isoformat(), Kind.LIST: lambda: [self.words(), self.words()],
            Kind.CHOICE: lambda: self.pick(one.choices), Kind.YES_NO: lambda: self.pick(["yes", "no"]),
            Kind.PHONE: lambda: f"555-0{self.rng.randint(100, 999)}", Kind.TIME: lambda: AT.isoformat(),
            Kind.PHOTO: lambda: "",
        }  # fmt: skip
        return plain.get(one.kind, self.words)()

    def values(self, category: Category, names: Sequence[str]) -> dict[str, Any]:
        found = {name: self.value(catalog.field(category, name)) for name in names}
        return {name: value for name, value in found.items() if value}

    def fields(self, category: Category) -> tuple[str, ...]:
        names = [one.name for one in catalog.fields_of(category) if one.kind is not Kind.PHOTO]
        chosen = names if self.maybe(0.6) else self.some(names, 1, len(names))
        return catalog.in_order(category, chosen)


def pair(ground: Ground, seed: int, *, relation: str | None = None, viewer: str | None = None,
         kinds: Sequence[str] | None = None, acts: Sequence[str] | None = None) -> Pair:  # fmt: skip
    """The two worlds of a seed: always the same. `relation`, `viewer` and `kinds` of difference may be asked for."""
    return beside(ground, seed, 1, relation=relation, viewer=viewer, kinds=kinds, acts=acts)[0]


def beside(ground: Ground, seed: int, others: int, *, relation: str | None = None, viewer: str | None = None,
           kinds: Sequence[str] | None = None, acts: Sequence[str] | None = None) -> list[Pair]:  # fmt: skip
    """The common world of a seed and so many others beside it, each apart from it in something of its own: a pair
    for each. The first is the one of `pair`."""
    m = Maker(seed)
    made = _cast(m, relation, viewer)
    ground.fresh(ground.pristine)
    with time_machine.travel(AT - timedelta(minutes=1), tick=False):
        with ground.app.app_context():
            Common(m, made).lay()
        made.common = ground.snapshot()
        return [_other(ground, made, Maker(seed * 1000 + n) if n else m, kinds, acts) for n in range(others)]


def _other(ground: Ground, made: Pair, m: Maker, kinds: Sequence[str] | None, acts: Sequence[str] | None) -> Pair:
    """One more world beside the common one, which is at hand only for the first."""
    from tests.worlds import acting, differing

    if m.seed != made.seed:
        ground.fresh(made.common)
    one = replace(made, kinds=[], hidden={}, words=[], lines=[], acts={})
    with ground.app.app_context():
        other = differing.Differing(m, one)
        other.differ(kinds)
        acting.Acting(other).plan(LATEST_ACT, acts)
    one.other = ground.snapshot()
    return one


def together(pairs: Sequence[Pair]) -> Pair:
    """These pairs of one common world as one session may guess at them: whatever is hidden in any of the others."""
    asked = replace(pairs[0], hidden={}, acts={})
    for name in sorted({name for one in pairs for name in one.hidden}):
        asked.hidden[name] = [known for one in pairs for known in one.hidden.get(name, ())]
    asked.words = [word for one in pairs for word in one.words]
    asked.lines = [line for one in pairs for line in one.lines]
    return asked


def _cast(m: Maker, relation: str | None, viewer: str | None) -> Pair:
    turn, fourth = divmod(m.seed, 4)
    relation = relation or (RELATIONS[turn % len(RELATIONS)] if fourth == 3 else "member")
    apart = {"administrator": ADMINISTRATOR, "outsider": OUTSIDER, "counsel": COUNSEL}
    roles = list(Role)
    role = roles[(3 * turn + fourth) % len(roles)] if relation == "member" else m.pick(roles)
    anybody = [*(staff(office)[0] for office in OFFICES), *map(known, FAMILY)]
    viewer = viewer or apart.get(relation) or m.pick([one for one in anybody if role_of(one) == role])
    return Pair(m.seed, viewer, relation, role_of(viewer), m.id())


def role_of(user_id: str) -> str:
    """The discipline of somebody of the ground, by identifier."""
    found = next((about["role"] for office, about in OFFICES.items() if user_id in staff(office)), None)
    family = next((role for person, role in FAMILY.items() if known(person) == user_id), None)
    return str(found or family or ("NP" if user_id == OUTSIDER else ""))


def office_of(user_id: str) -> str | None:
    """The agency of somebody of the ground, by short name."""
    return next((office for office in OFFICES if user_id in staff(office)), None)


@contextmanager
def writing() -> Iterator[None]:
    """One transaction that is committed."""
    begin_writing()
    yield
    db.session.commit()


class Common:
    """What both worlds have: the viewer's cases, with everything that can be in a case."""

    def __init__(self, m: Maker, made: Pair) -> None:
        self.m, self.made = m, made
        self.team: list[str] = []
        self.filed: list[str] = []

    def lay(self) -> None:
        with writing():
            case = self._case(self.made.case_id, "county")
            self._seat_all(case)
            self._file_all(case)
            self._papers(case)
            db.session.flush()
            self._meet(case)
            self._tasks(case)
            self._further()
        with time_machine.travel(AT - timedelta(hours=11), tick=False):
            self._work()
        self._looks()

    def _case(self, case_id: str, lead: str) -> Case:
        m = self.m
        born = (AT - timedelta(days=365 * m.pick([12, 14, 15, 15, 16, 17, 18]) + m.rng.randint(0, 300))).date()
        people = {
            "mother": fact.Person(id="mother", relation="parent", rights=m.maybe(0.8)),
            "aunt": fact.Person(id="aunt", relation="kin", rights=False),
            "father": fact.Person(id="father", relation="parent", rights=m.maybe(0.5)),
        }  # fmt: skip
        missing = (fact.Missing(since=AT - timedelta(hours=5), lead_officer=staff("police")[0],
                                alert_approved_by=known("county")),) if m.maybe(0.3) else ()  # fmt: skip
        terms = fact.Case(
            id=case_id, lead=known(lead), youth=fact.Youth(born=born), opened=m.ago(40, 80), people=people,
            custody=m.pick(["agency", "agency", "parent"]), missing=missing,
            report_received=m.ago(5, 60) if m.maybe(0.5) else None,
        )  # fmt: skip
        youth = Youth(id=m.id(), agency_id=known(lead))
        db.session.add(youth)
        case = Case(id=case_id, youth=youth, lead_id=known(lead), lead=_agency(lead), terms=terms)
        db.session.add(case)
        db.session.flush()
        return case

    def _seat_all(self, case: Case) -> None:
        m, made = self.m, self.made
        offices = m.some([one for one in OFFICES if one != "county"], 5, 9)
        self.team = [staff("county")[0], *(staff(office)[0] for office in offices)]
        self.team += [known(person) for person in FAMILY if m.maybe(0.5)]
        self.team = [one for one in self.team if one != made.viewer]
        for user_id in self.team:
            self.seat(case, user_id)
        if made.relation not in APART:
            self.seat(case, made.viewer, made.relation)
        if made.relation == "member":
            self.team.append(made.viewer)

    def seat(self, case: Case, user_id: str, relation: str = "member") -> Member:
        """A place on the team of this case."""
        m, asked = self.m, relation == "invited"
        purposes = USUAL_PURPOSES[Role(role_of(user_id))]
        member = Member(
            id=m.id(), case=case, user_id=user_id, purpose=m.pick(purposes), why=m.words(),
            invited_by=staff("county")[0], invited_at=AT - timedelta(days=30),
            since=None if asked else AT - timedelta(days=m.rng.randint(2, 29)),
            standing={"invited": Standing.INVITED, "ended": Standing.ENDED}.get(relation, Standing.ACCEPTED),
            until=AT - timedelta(days=1) if relation == "ended" else None,
            recused_at=AT - timedelta(days=1) if relation == "recused" else None,
            changed_at=AT - timedelta(hours=m.rng.randint(1, 99)),
        )  # fmt: skip
        db.session.add(member)
        return member

    def _file_all(self, case: Case) -> None:
        m = self.m
        self.file(case, Category.ID, "county")
        for category in m.some([one for one in Category if one is not Category.ID], 9, 14):
            self.file(case, category)
        for _ in range(m.rng.randint(1, 3)):
            self.file(case, m.pick(Category))

    def file(self, case: Case, category: Category, source: str | None = None, **more: Any) -> fact.Item:
        """File a random record."""
        record = record_of(self.m, category, source, quotable=self.filed, **more)
        filed = file_record(self.m, case, record)
        self.filed.append(record.id)
        return filed

    def _papers(self, case: Case) -> None:
        m = self.m
        rows = [Release(id=one.id, case=case, terms=one, form={"description": m.words()}, written_by=self.team[0])
                for one in (release_of(m, self.team) for _ in range(m.rng.randint(1, 5)))]  # fmt: skip
        if m.maybe(0.4):
            rows.append(Order(case=case, terms=order_of(m, self.team)))  # type: ignore[arg-type]
        if m.maybe(0.4):
            rows.append(Restriction(case=case, terms=restriction_of(m, self.team)))  # type: ignore[arg-type]
        if m.maybe(0.2):
            by = m.pick(self.team)
            terms = fact.Emergency(id=m.id(), by=by, at=AT - timedelta(minutes=20), kind=m.pick(["medical", "threat"]),
                                   categories=tuple(m.some(Category, 1, 3)), facts="x")  # fmt: skip
            rows.append(Emergency(case=case, terms=terms))  # type: ignore[arg-type]
        db.session.add_all(rows)

    def _meet(self, case: Case) -> None:
        for phase in self.m.some(["planned", "open", "adjourned"], 1, 3):
            self.meet(case, phase)

    @property
    def facilitator(self) -> str:
        return next((one for one in self.team if office_of(one) == "county"), self.team[0])

    def meet(self, case: Case, phase: str) -> Meeting:
        """A meeting with an agenda, people in it, and what was said."""
        m, begun = self.m, {"open": AT - timedelta(minutes=10), "adjourned": AT - timedelta(days=3)}.get(phase)
        meeting = Meeting(
            id=m.id(), case=case, facilitator_id=self.facilitator, phase=phase, title=m.words(),
            starts_at=begun or AT + timedelta(days=1), opened_at=begun,
            adjourned_at=begun + timedelta(hours=1) if begun and phase == "adjourned" else None,
        )  # fmt: skip
        db.session.add(meeting)
        for place in range(1, m.rng.randint(3, 5)):
            about = m.pick(self.filed) if m.maybe(0.6) else None
            meeting.agenda.append(Point(id=m.id(), meeting=meeting, position=place, title=m.words(), item_id=about))
        db.session.flush()
        if begun:
            self._hold(case, meeting, begun)
        return meeting

    def _hold(self, case: Case, meeting: Meeting, begun: datetime) -> None:
        m, opened = self.m, meeting.phase == "open"
        here = [one for one in self.team if m.maybe(0.6)]
        for user_id in here:
            user = db.session.get_one(User, user_id)
            db.session.add(Attendance(id=m.id(), meeting=meeting, user=user, acknowledged_at=begun, here=opened,
                                      seen_at=AT))  # fmt: skip
        if opened:
            current = m.pick(meeting.agenda)
            meeting.current_id, current.begun_at = current.id, begun
        for n in range(m.rng.randint(1, 4)):
            author = m.pick(here or self.team)
            self.say(case, meeting, m.pick(meeting.agenda), author, begun + timedelta(minutes=n))

    def say(self, case: Case, meeting: Meeting, point: Point, author: str, at: datetime) -> fact.Item:
        """A note or a decision of a meeting."""
        m, kind = self.m, self.m.pick(["note", "note", "decision"])
        quotes = (point.item_id,) if point.item_id and m.maybe(0.6) else ()
        named = {"note": ("text",), "decision": ("decision",)}[kind]
        said = record_of(m, Category.MEETING, office_of(author) or "county", names=named, author=author, quotes=quotes)
        file_record(m, case, said)
        self.filed.append(said.id)
        db.session.flush()
        db.session.add(
            Segment(id=m.id(), meeting_id=meeting.id, point_id=point.id, item_id=said.id, kind=kind, said_at=at)
        )
        return said

    def _tasks(self, case: Case) -> None:
        for _ in range(self.m.rng.randint(2, 5)):
            self.hand(case, self.m.pick(self.filed))

    def hand(self, case: Case, item_id: str, holders: Sequence[str] = ()) -> Task:
        """A task about a record, held by somebody and perhaps offered to somebody else."""
        m, people = self.m, list(holders or self.team)
        owner, other = m.pick(people), m.pick(people)
        offer = {"step": "offered", "offered_to": other, "offered_by": owner} if other != owner and m.maybe(0.5) else {}
        task = Task(id=m.id(), case=case, item=db.session.get_one(Item, item_id), owner_id=owner,
                    due_at=AT + timedelta(hours=m.rng.randint(1, 40)) if m.maybe(0.5) else None, **offer)  # fmt: skip
        db.session.add(task)
        return task

    def _further(self) -> None:
        """Two more cases of the viewer's, so that there is something to list, search and sort."""
        if self.made.relation in APART or self.made.viewer in map(known, FAMILY):
            return
        for _ in range(2):
            case = self._case(self.m.id(), "county")
            self.seat(case, self.made.viewer)
            self.seat(case, staff("county")[1])
            self.file(case, Category.ID, "county")
            self.filed.pop()

    def _work(self) -> None:
        """Some of the team have done what casework asks for."""
        from tests.worlds import casework

        for kind in self.m.some(casework.DEEDS, 3, 6):
            for user_id in self.m.some(self.team, 3, 3):
                seat = seat_of(self.made.case_id, user_id)
                deed = seat and casework.DEEDS[kind](self.m, seat)
                if deed and casework.do(deed, seat):
                    break

    def _looks(self) -> None:
        """Some of the team have looked already."""
        for user_id in self.m.some([one for one in self.team if one != self.made.viewer], 1, 2):
            seat = seat_of(self.made.case_id, user_id)
            if seat:
                begin_writing()
                views.disclose_look(seat, "case.read", views.look(seat)).settle()


def _agency(slug: str) -> Any:
    from mdt.models import Agency

    return db.session.get_one(Agency, known(slug))


def seat_of(case_id: str, user_id: str) -> access.Seat | None:
    """The seat of somebody of the ground at a case."""
    office, case = office_of(user_id), facts.load(case_id)
    me = Somebody(user_id, Role(role_of(user_id)), known(office) if office else None)
    return access.seat_at(case, me) if case else None


def record_of(
    m: Maker, category: Category, source: str | None = None, *, names: Sequence[str] = (), quotable: Sequence[str] = (),
    **terms: Any,
) -> fact.Item:  # fmt: skip
    """A random record that is not filed yet."""
    source = source or m.pick(NATURAL[category].split() if m.maybe(0.8) else OFFICES)
    fields = tuple(names) or m.fields(category)
    entry = catalog.CATEGORIES[category]
    random_terms: dict[str, Any] = {
        "recorded": m.ago(0, 60) if m.maybe(0.9) else None,
        "labels": tuple(m.some(entry.labels, 0, 1)) if m.maybe(0.4) else (),
        "regimes": (m.pick([Regime.HIPAA, Regime.FERPA, Regime.JUV]),) if m.maybe(0.06) else (),
        "third_party": {"sister": (fields[-1],)} if m.maybe(0.1) else {},
        "subject": "sister" if m.maybe(0.04) else fact.YOUTH,
        "sealed": m.ago(-3, 9) if m.maybe(0.05) else None,
        "consented_by": m.pick(["youth", "parent"]) if m.maybe(0.3) else None,
        "author": m.pick(staff(source)) if m.maybe(0.7) else None,
        "quotes": (m.pick(quotable),) if quotable and m.maybe(0.1) else (),
    }  # fmt: skip
    return fact.Item(id=m.id(), category=category, source=known(source), fields=fields, **random_terms | terms)


def file_record(m: Maker, case: Case, record: fact.Item, at: datetime | None = None) -> fact.Item:
    """File it with random values, as the product files things."""
    values = m.values(record.category, record.fields)
    terms = {name: getattr(record, name) for name in record.__dataclass_fields__
             if name not in ("id", "category", "source", "fields")}  # fmt: skip
    item = items.file(case, id=record.id, source=record.source, category=record.category, values=values, **terms)
    item.created_at = item.changed_at = at or AT - timedelta(days=m.rng.randint(0, 20), minutes=5)
    for group in item.groups:
        group.changed_at = item.changed_at
    return item.terms  # type: ignore[no-any-return]


def release_of(m: Maker, team: Sequence[str], discloser: str | None = None, **terms: Any) -> fact.Release:
    """A release that mostly counts."""
    discloser = discloser or m.pick([one for one in OFFICES if one not in ("survivors", "policy")])
    offices = [known(office) for one in team if (office := office_of(one))]
    types = {"BH": ["HIPAA", "P2", "PSY", "TPO"], "HC": ["HIPAA", "MIN"], "ED": ["FERPA"], "VC": ["VSP", "RHY"],
             "NP": ["RHY", "MDT"]}.get(OFFICES[discloser]["role"], ["MDT", "HIPAA", "SOGI", "IMM"])  # fmt: skip
    usual: dict[str, Any] = {
        "type": m.pick(types), "categories": tuple(m.some(Category, 2, 8)),
        "recipients": tuple(dict.fromkeys(m.some([*offices, *team], 1, 3))), "signed_on": m.ago(1, 25),
        "signed_by": tuple(m.some(["youth", "mother", "agency"], 1, 3)), "expires": m.ago(-60, -2),
        "labels": tuple(m.some(["HIV", "SUD_NOTES", "PREGNANCY"], 0, 2)),
        "revoked": (fact.Revocation(at=AT - timedelta(days=1), mode="verbal"),) if m.maybe(0.15) else (),
    }  # fmt: skip
    return fact.Release(id=m.id(), discloser=known(discloser), **usual | terms)


def order_of(m: Maker, team: Sequence[str], **terms: Any) -> fact.Order:
    usual: dict[str, Any] = {
        "type": m.pick(["REC", "HIP", "P2N", "P2C", "PRV", "EDU", "DISC"]), "categories": tuple(m.some(Category, 1, 4)),
        "recipients": tuple(m.some(team, 1, 2)), "issued": m.ago(1, 20), "findings": m.maybe(0.7),
        "process": m.pick(["none", "subpoena"]),
    }  # fmt: skip
    return fact.Order(id=m.id(), **usual | terms)


def restriction_of(m: Maker, team: Sequence[str], **terms: Any) -> fact.Restriction:
    usual: dict[str, Any] = {"by": m.pick(["youth", "mother"]), "on": m.ago(0, 9), "against": tuple(m.some(team, 1, 1)),
                             "categories": tuple(m.some(Category, 1, 3))}  # fmt: skip
    return fact.Restriction(id=m.id(), **usual | terms)


def purposes_of(role: str) -> tuple[Purpose, ...]:
    """What a discipline may say it looks for."""
    return USUAL_PURPOSES[Role(role)]


__all__ = [
    "Common", "Maker", "Pair", "beside", "file_record", "office_of", "order_of", "pair", "purposes_of", "record_of",
    "release_of", "restriction_of", "role_of", "seat_of", "together", "writing",
]  # fmt: skip
