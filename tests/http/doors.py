"""Who may pass which door, written down by hand and apart from the application, and the people who try.

A route that is not in TABLE fails the tests of the doors: decide here who may come in, then build it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from mdt.models import (
    Assessment,
    Case,
    CaseMove,
    Correction,
    CorrectionState,
    Draft,
    Drawn,
    Emergency,
    Entrance,
    Episode,
    EpisodeWords,
    Hold,
    Identification,
    Item,
    Link,
    LinkTerms,
    Meeting,
    Member,
    Minutes,
    Notice,
    OnCall,
    Paper,
    PaperTerms,
    Report,
    Screening,
    Standing,
    Task,
    User,
    Visit,
    begin_writing,
    db,
    new_id,
    now,
)
from mdt.models.sealing import hash_of
from mdt.operations import facts
from mdt.operations.demo import agencies, known, people
from mdt.operations.screening import instruments
from mdt.sharing.facts import Emergency as EmergencyTerms
from mdt.sharing.vocabulary import Category
from tests.fixtures_app import Person, today

PERSONAS = {
    "signed out": None,
    "suspended": "sam",
    "elsewhere": "ana",
    "recused": "ruth",
    "ended": "lena",
    "invited": "delia",
    "no case": "noor",
    "administrator": "robin",
    "counsel": "gwen",
    "member": "imani",
    "caregiver": "marisol",
    "young": "wren",
    "lead": "casey",
}
"""Who tries, as seen from Wren's case: of another case only; stepped out; put out; asked and not come; on it; leads."""
NOBODY = frozenset({"signed out", "suspended"})
ALL = frozenset(PERSONAS)
SIGNED_IN = ALL - NOBODY
PARTNERS = SIGNED_IN - {"administrator", "counsel"}
TEAM = frozenset({"member", "caregiver", "young", "lead"})
LEAD = frozenset({"lead"})
AGENTS = PARTNERS - {"caregiver", "young"}
"""Who works for a partner agency."""
HOLDERS = frozenset({"lead", "member"})
"""Who has a part in the task of the tests: its owner, and whom it is offered to."""
KNOWING = frozenset({"lead", "young"})
"""Who may know of the release of the tests, and read the accounting."""
STAFF = frozenset({"lead", "member"})
"""Who works for an agency that papers can come to."""
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Door:
    """Who comes in; for whom it may be either; what the form says; whether the sign-in changes by it."""

    who: frozenset[str]
    form: dict[str, Any] = field(default_factory=dict)
    perhaps: frozenset[str] = NONE
    leaves: bool = False
    query: str = ""


def a_key() -> str:
    """A key of its own for each form."""
    return str(uuid4())


CW = Door(LEAD)
COUNSEL = Door(frozenset({"counsel"}))
TABLE: dict[str, Door] = {
    "static": Door(ALL),
    "auth.home": Door(ALL),
    "auth.door": Door(ALL, {"login": "x"}),
    "auth.help_page": Door(ALL),
    "welcome.choose": Door(ALL),
    "auth.stay": Door(SIGNED_IN),
    "auth.again": Door(SIGNED_IN),
    "demo.door": Door(ALL),
    # desks
    "admin.desk": Door(frozenset({"administrator"})),
    "agencies.new": Door(frozenset({"administrator"})),
    "agencies.change": Door(frozenset({"administrator"})),
    "staff.add": Door(frozenset({"administrator"})),
    "staff.change": Door(frozenset({"administrator"})),
    "staff.move": Door(frozenset({"administrator"})),
    "child_welfare.desk": CW,
    "law_enforcement.desk": Door(NONE),
    "prosecution.desk": Door(frozenset({"invited"})),
    "courts.desk": Door(NONE),
    "juvenile_justice.desk": Door(frozenset({"ended"})),
    "health.desk": Door(frozenset({"recused"})),
    "education.desk": Door(frozenset({"member"})),
    "advocates.desk": Door(NONE),
    "community.desk": Door(frozenset({"elsewhere"})),
    "survivors.desk": Door(frozenset({"no case"})),
    "caregivers.desk": Door(frozenset({"caregiver"})),
    "youth.desk": Door(frozenset({"young"})),
    "policy.desk": Door(NONE),
    # the rules, and their draft
    "rules.show": Door(SIGNED_IN),
    "rules.cell": Door(SIGNED_IN),
    "rules.all_versions": Door(SIGNED_IN),
    "rules.file": Door(SIGNED_IN),
    "drafting.begin": COUNSEL,
    "drafting.show": COUNSEL,
    "drafting.cell": Door(frozenset({"counsel"}), {"says": "own", "step": "keep"}),
    "drafting.entry": COUNSEL,
    "drafting.file": COUNSEL,
    "drafting.scenarios": COUNSEL,
    "drafting.review": COUNSEL,
    "drafting.undo": Door(frozenset({"counsel"}), {"change": "ages"}),
    "drafting.sign": Door(frozenset({"counsel"}), {"mark": "another"}),
    "drafting.drop": COUNSEL,
    # what every partner has
    "cases.list_cases": Door(PARTNERS),
    "meetings.list_meetings": Door(PARTNERS),
    "ledger.mine": Door(PARTNERS),
    "api.changed": Door(PARTNERS, query="topic=desk&tag=x"),
    # one case
    "cases.show": Door(TEAM),
    "cases.address": Door(LEAD, perhaps=TEAM),
    "cases.purpose": Door(TEAM - {"member"}, {"purpose": "PLAN"}, perhaps=frozenset({"member"})),
    "cases.update": Door(TEAM, {"category": "PLAN", "note": "A word.", "key": str(uuid4())}),
    "cases.see_as": Door(LEAD, perhaps=TEAM),
    "cases.photo": Door(NONE),
    "cases.copy": Door(TEAM),
    "cases.file": Door(TEAM),
    "cases.readers": Door(TEAM, {"category": "PLAN", "note": "A word."}),
    "ledger.of_case": Door(KNOWING),
    "releases.list_releases": Door(TEAM),
    "releases.new": Door(TEAM),
    "releases.show": Door(KNOWING),
    "releases.stop": Door(KNOWING, {"how": "verbal"}),
    "releases.happened": Door(KNOWING, perhaps=KNOWING),
    "consents.new": Door(HOLDERS),
    "consents.receive": Door(HOLDERS),
    "consents.show": Door(NONE),
    "consents.stop": Door(NONE),
    "consents.put_away": Door(NONE),
    "consents.written": Door(KNOWING),
    "releases.ask": Door(NONE, perhaps=TEAM),
    "releases.asked": Door(NONE),
    "releases.refuse": Door(NONE, {"reason": "No."}),
    "releases.withdraw": Door(NONE),
    "convening.convene": Door(LEAD),
    "convening.team": Door(LEAD),
    "needs.show": Door(TEAM),
    "needs.copy": Door(TEAM),
    "needs.say": Door(TEAM - {"caregiver"}, {"says": "A word.", "key": a_key}, query="need=basic"),
    "needs.order": Door(frozenset({"young", "lead"}), {"place_1": "basic"}),
    "words.show": Door(frozenset({"young", "lead"}), perhaps=TEAM),
    "joins.show": Door(LEAD, {"who": people.id_of("ngozi")}),
    "joins.answer": Door(NONE, {"ok": "no"}),
    "dates.list_dates": Door(TEAM),
    "dates.new": Door(LEAD, query="kind=hearing"),
    "dates.want": Door(LEAD, {"to": people.id_of("marcus"), "key": a_key}, perhaps=TEAM),
    "dates.show": Door(NONE),
    "dates.ask": Door(NONE),
    "dates.wish": Door(NONE),
    "dates.move": Door(NONE),
    "dates.off": Door(NONE),
    "dates.done": Door(NONE),
    "dates.calendar": Door(NONE),
    "needs.step": Door(STAFF, {"what": "Ring them.", "key": a_key}, query="need=basic"),
    # a meeting
    "meetings.plan": Door(LEAD),
    "meetings.open_meeting": Door(LEAD),
    "meetings.show": Door(TEAM),
    "meetings.join": Door(TEAM, {"acknowledged": "y"}),
    "meetings.turn": Door(TEAM, {"point": known("wren.meeting.tonight.2")}),
    "meetings.out": Door(TEAM),
    "meetings.back_in": Door(TEAM),
    "meetings.note": Door(TEAM, {"text": "A note.", "key": str(uuid4())}),
    "meetings.decide": Door(TEAM, {"what": "Something.", "key": str(uuid4())}),
    "meetings.write_together": Door(TEAM, {"text": "A note.", "key": str(uuid4())}),
    "before.time": Door(LEAD),
    "before.answer": Door(TEAM),
    "before.calendar": Door(TEAM),
    "before.give_return": Door(STAFF),
    "before.want": Door(TEAM),
    "before.review": Door(LEAD),
    "before.watch": Door(AGENTS),
    "before.watch_over": Door(LEAD),
    "floor.hand": Door(TEAM),
    "floor.hand_down": Door(TEAM),
    "floor.motion": Door(TEAM, {"motion-text": "That we meet again.", "motion-key": str(uuid4())}),
    "floor.second": Door(TEAM, {"motion": known("doors.motion")}, perhaps=TEAM),
    "floor.take_on": Door(TEAM, {"action-text": "Ring them.", "action-key": str(uuid4())}),
    "floor.dissent": Door(TEAM, {"dissent-text": "No.", "dissent-key": str(uuid4())}),
    "floor.readers": Door(TEAM, {"text": "A note."}),
    "floor.guests": Door(LEAD),
    "floor.take_over": Door(LEAD),
    "floor.guest_out": Door(LEAD),
    "floor.visit": Door(frozenset({"elsewhere"})),
    "before.cancel": Door(LEAD),
    "meetings.leave": Door(TEAM),
    "meetings.adjourn": Door(TEAM),
    "after.draw": Door(TEAM),
    "after.minutes": Door(TEAM),
    "after.copy": Door(TEAM),
    "after.agree": Door(TEAM, {"version": "1"}),
    "after.remark": Door(TEAM, {"text": "A word.", "key": str(uuid4())}),
    "after.finalise": Door(TEAM, {"version": "1"}),
    # what is being written: a draft of the lead's, which nobody else has heard of
    "drafts.keep": Door(PARTNERS | {"counsel"}, {"number": "1"}),
    "drafts.show": Door(NONE),
    "drafts.drop": Door(LEAD, perhaps=LEAD),
    # a task
    "tasks.show": Door(HOLDERS),
    "tasks.decline": Door(HOLDERS, {"reason": "No time.", "key": a_key}),
    "tasks.returned": Door(PARTNERS),
    "tasks.refer": Door(LEAD),
    "tasks.of_agency": Door(NONE),
    "tasks.withdraw": Door(LEAD, {"key": a_key}),
    "tasks.offer": Door(LEAD, {"to": people.id_of("imani"), "key": a_key}),
    "tasks.accept": Door(LEAD, {"key": a_key}),
    "tasks.take": Door(LEAD, {"key": a_key}),
    "tasks.begin": Door(LEAD, {"key": a_key}),
    "tasks.not_possible": Door(LEAD, {"reason": "No time.", "key": a_key}),
    "tasks.done": Door(LEAD, {"key": a_key}),
    "tasks.give_back": Door(LEAD, {"reason": "No time.", "key": a_key}),
    # the caseload of the lead's agency
    "importing.begin": CW,
    "importing.receive": Door(LEAD, {"caseload": lambda: (BytesIO(b"record,youth_id\n"), "x.csv")}),
    "importing.columns": CW,
    "importing.example": CW,
    "importing.show": Door(NONE),
    "importing.progress": Door(NONE),
    "importing.confirm": Door(NONE),
    "importing.go_on": Door(NONE),
    "importing.forget": Door(NONE),
    # services, their directory, and referrals
    "services.search": Door(PARTNERS),
    "services.find": Door(TEAM),
    "services.show": Door(PARTNERS),
    "services.export": Door(SIGNED_IN),
    "services.gaps": CW,
    "keeping.show": Door(frozenset({"administrator"})),
    "keeping.receive": Door(frozenset({"administrator"}), {"whole": "part"}),
    "keeping.preview": Door(NONE),
    "keeping.put_in_force": Door(NONE),
    "keeping.forget": Door(NONE),
    "keeping.go_back": Door(NONE),
    "keeping.partner": Door(frozenset({"administrator"})),
    "keeping.change": Door(frozenset({"administrator"})),
    "keeping.change_place": Door(frozenset({"administrator"})),
    "referrals.of_case": Door(TEAM),
    "referrals.refer": Door(STAFF),
    "referrals.show": Door(NONE),
    "referrals.send": Door(NONE),
    "referrals.take": Door(NONE),
    "referrals.stop": Door(NONE),
    "referrals.tell": Door(NONE),
    "referrals.close": Door(NONE),
    # an emergency, a wrong label, a legal paper
    "emergencies.declare": Door(frozenset({"member"})),
    "emergencies.show": Door(STAFF),
    "emergencies.end": Door(frozenset({"member"})),
    "emergencies.review": Door(LEAD),
    "emergencies.notice": Door(LEAD),
    "emergencies.note": Door(LEAD),
    "screening.of_case": Door(STAFF),
    "screening.begin": Door(STAFF, {"instrument": "indicators"}),
    "screening.notice": Door(STAFF),
    "screening.fill": Door(LEAD),
    "screening.keep": Door(LEAD, {"version": "1"}),
    "screening.asked": Door(LEAD, {"asked": "0"}),
    "screening.finish": Door(LEAD),
    "screening.aside": Door(LEAD),
    "screening.arrive": Door(LEAD),
    "screening.response": Door(NONE),
    "screening.deeper": Door(LEAD, perhaps=LEAD),
    "screening.identify": Door(LEAD),
    "screening.identified": Door(LEAD),
    "screening.packet": Door(LEAD),
    "screening.loaded": Door(AGENTS),
    "screening.instrument": Door(AGENTS),
    "screening.retire": Door(NONE),
    "corrections.correct": Door(LEAD),
    "corrections.show": Door(LEAD),
    "corrections.confirm": Door(LEAD),
    "corrections.refuse": Door(LEAD),
    "corrections.false_release": Door(LEAD),
    "corrections.assessment": Door(LEAD),
    "legal.list_papers": Door(STAFF),
    "legal.new": Door(STAFF),
    "legal.show": Door(LEAD),
    "legal.step": Door(LEAD),
    "legal.hold": Door(STAFF, {"why": "A trial."}),
    "legal.past": Door(STAFF),
    "counsel.folder": COUNSEL,
    "counsel.paper": COUNSEL,
    "counsel.ended": COUNSEL,
    "counsel.lift": COUNSEL,
    # missing from care
    "missing.on_the_board": CW,
    "missing.band_alone": CW,
    "missing.of_case": Door(LEAD),
    "missing.notice": Door(LEAD),
    "missing.show": Door(LEAD),
    "missing.describe": Door(LEAD),
    "missing.report": Door(LEAD),
    "missing.confirm": Door(LEAD),
    "missing.report_packet": Door(NONE),
    "missing.report_file": Door(NONE),
    "missing.card": Door(NONE),
    "missing.packet_photo": Door(NONE),
    "missing.card_photo": Door(NONE),
    "missing.pictures": Door(LEAD),
    "missing.take_picture_away": Door(NONE),
    "missing.alert": Door(LEAD, {"up": "yes"}),
    "missing.officer": Door(LEAD),
    "missing.take_over": Door(LEAD),
    "missing.also": Door(LEAD, {"kind": "hhs"}),
    "missing.contact": Door(LEAD),
    "missing.back": Door(LEAD),
    "missing.not_back": Door(LEAD),
    "missing.debrief": Door(LEAD),
    "missing.plan": Door(LEAD),
    # cases that go to somebody else
    "training.listed": Door(SIGNED_IN),
    "training.show": Door(frozenset({"administrator"}), {"kind": "trauma", "on-trauma": "2026-01-05"}),
    "recovery.show": Door(STAFF),
    "recovery.outreach": Door(STAFF, {
        "key": a_key, "on": "2026-11-01", "at": "10:00", "how": "call", "outcome": "reached", "words": "A word.",
    }),
    "recovery.learned": Door(STAFF, {"key": a_key, "words": "A word."}),
    "linking.htcds": Door(TEAM),
    "linking.show": Door(LEAD, perhaps=frozenset({"member"})),
    "linking.link": Door(LEAD, {"other": known("case.juno"), "kind": "other"}),
    "linking.answer_link": Door(LEAD, perhaps=frozenset({"member"})),
    "linking.merge": Door(LEAD),
    "linking.undo": Door(NONE),
    "linking.move": Door(LEAD),
    "linking.answer_move": Door(LEAD, {"answer": "no", "words": "Not now."}),
    "linking.withdraw_move": Door(LEAD),
    # what ends something, last
    "cases.invitation": Door(frozenset({"invited"}), {"answer": "no"}),
    "convening.leave": Door(LEAD),
    "releases.step_out": Door(TEAM - {"young"}),
    "staff.link": Door(frozenset({"administrator"})),
    "admin.suspend": Door(frozenset({"administrator"})),
    "admin.restore": Door(frozenset({"administrator"})),
    "admin.supervisor": Door(frozenset({"administrator"})),
    "admin.counsel": Door(frozenset({"administrator"})),
    "admin.counsel_no_more": Door(frozenset({"administrator"})),
    "demo.become": Door(ALL, leaves=True),
    "auth.leave": Door(ALL, leaves=True),
    "auth.exit_page": Door(ALL, leaves=True),
}
"""By endpoint, in the order in which they are tried: what ends something comes last."""
VALUES: dict[str, str] = {
    "case_id": known("case.wren"),
    "meeting_id": known("wren.meeting.tonight"),
    "draft_id": str(uuid4()),
    "date_id": known("no such date"),
    "join_id": known("no such question"),
    "task_id": known("wren.task.nurse"),
    "request_id": known("no such request"),
    "release_id": known("wren.release.checkups"),
    "item_id": known("wren.home"),
    "member_id": known(f"member.{known('case.wren')}.delia"),
    "user_id": people.id_of("harriet"),
    "consent_id": known("no such consent"),
    "upload_id": known("no such upload"),
    "emergency_id": known("doors.emergency"),
    "notice_id": known("doors.notice"),
    "correction_id": known("doors.correction"),
    "assessment_id": known("doors.assessment"),
    "paper_id": known("doors.paper"),
    "hold_id": known("doors.hold"),
    "visit_id": known("doors.visit"),
    "watch_id": known("doors.watch"),
    "move_id": known("doors.move"),
    "link_id": known("doors.link"),
    "merge_id": known("no such merge"),
    "other_id": known("case.juno"),
    "said": "end",
    "layout": "csv",
    "field": "image",
    "episode_id": known("doors.episode"),
    "report_id": known("doors.report"),
    "service_id": known("service.clinic"),
    "organization_id": known("organization.Mercy Clinic"),
    "edition_id": known("no such edition"),
    "place_id": known("place.clinic"),
    "referral_id": known("no such referral"),
    "form": "hsds.zip",
    "step": "accept",
    "reply": "coming",
    "act": "end",
    "screening_id": known("doors.screening"),
    "identification_id": known("doors.identification"),
    "instrument_id": next(iter(instruments.shipped().values())).id,
    "role": "ED",
    "entry": "ages",
    "category": "BEHAVIORAL",
    "source_id": agencies.id_of("harbor"),
    "agency_id": agencies.id_of("survivors"),
    "token": "a-link-of-the-tests",
    "filename": "favicon.svg",
}
"""What stands in the place of a parameter."""
UNSTABLE = re.compile(
    rb'(name="csrf_token"[^>]*value=|data-token=)"[^"]*"|given?ve this reference: <b class="num">[0-9a-f]+'
)
NOT_COMPARED = {"ledger_entries", "ledger_head", "sign_ins"}


@dataclass
class World:
    """Wren's case with everybody who tries its doors, each in a browser."""

    app: Flask
    come_in: Callable[[str], Person]
    browsers: dict[str, Person] = field(default_factory=dict)

    def browser(self, persona: str) -> Person:
        """Their browser; a new one if they left."""
        if persona not in self.browsers:
            slug = PERSONAS[persona]
            self.browsers[persona] = self.come_in(slug) if slug and persona != "suspended" else self.app.test_client()  # type: ignore[assignment]
            self.browsers[persona].get("/people")
        return self.browsers[persona]

    def ask(
        self, persona: str, method: str, path: str, form: dict[str, Any] | None = None, **more: Any
    ) -> TestResponse:
        """Go to an address, with the token of the page before."""
        browser = self.browser(persona)
        filled = {name: value() if callable(value) else value for name, value in (form or {}).items()}
        said = {} if method == "GET" else {"data": {"csrf_token": browser.token} | filled}
        answer = browser.open(path, method=method, **said, **more)
        answer.get_data()
        answer.close()
        return answer


def settle(app: Flask, come_in: Callable[[str], Person]) -> World:
    """Everybody comes in; then one steps out, one is put out, one is suspended; the meeting begins."""
    world = World(app, come_in)
    suspended = come_in("sam")
    suspended.get("/people")
    for persona in ALL - {"suspended"}:
        world.browser(persona)
    world.browsers["suspended"] = suspended
    with app.app_context():
        _change_the_team()
        _give_them_duties()
    for persona in ("lead", "member", "caregiver", "young"):
        act, form = ("open", {}) if persona == "lead" else ("join", {"acknowledged": "y"})
        came = world.ask(persona, "POST", f"/meetings/cases/{VALUES['case_id']}/{VALUES['meeting_id']}/{act}", form)
        assert came.status_code == 303
    return world


def _change_the_team() -> None:
    begin_writing()
    members = {
        row.user_id: row for row in db.session.scalars(select(Member).where(Member.case_id == VALUES["case_id"]))
    }
    members[people.id_of("ruth")].recused_at = now()
    ended = members[people.id_of("lena")]
    ended.standing, ended.until = Standing.ENDED, now()
    task = db.session.get_one(Task, VALUES["task_id"])
    task.offered_to = people.id_of("imani")
    db.session.get_one(User, people.id_of("sam")).active = False
    db.session.commit()
    facts.forget_all()


def _give_them_duties() -> None:
    """The member declared an emergency; the lead has to know of it, to confirm a label, to judge, to answer a paper."""
    begin_writing()
    case, lead = db.session.get_one(Case, VALUES["case_id"]), agencies.id_of("county")
    member, before = people.id_of("imani"), db.session.get_one(Item, known("wren.looks")).terms
    mine: dict[str, Any] = {"case": case, "agency_id": lead, "made_by": people.id_of("dee")}
    said = EmergencyTerms(
        id=VALUES["emergency_id"], by=member, at=now(), kind="threat", categories=(Category.HEALTH,), facts="Words."
    )
    db.session.add(Emergency(id=said.id, case=case, terms=said, written_by=member, due_at=now()))
    after, waits = replace(before, category=Category.PLAN, fields=("note",)), CorrectionState.WAITING
    asked = PaperTerms(
        kind="order",
        effect="seal",
        issuer="A court",
        words="Words.",
        categories=(Category.IMMIGRATION,),
        sources=(lead,),
    )
    db.session.add_all([
        Correction(
            id=VALUES["correction_id"], item_id=before.id, before=before, after=after, why="Words.", state=waits, **mine
        ),
        Paper(id=VALUES["paper_id"], terms=asked, received_at=now(), **mine),
        Hold(id=VALUES["hold_id"], why="Words.", **mine),
        Draft(
            id=VALUES["draft_id"], case=case, agency_id=lead, user_id=people.id_of("casey"), place="update",
            subject_id=case.id, words={"note": "Words."},
        ),
    ])  # fmt: skip
    meeting = db.session.get_one(Meeting, VALUES["meeting_id"])
    point, guest, until = known("wren.meeting.tonight.5"), people.id_of("ana"), now() + timedelta(days=1)
    db.session.add(Visit(id=VALUES["visit_id"], meeting=meeting, point_id=point, user_id=guest))
    link = hash_of(VALUES["token"], "entrance")
    db.session.add(Entrance(user_id=VALUES["user_id"], token_hash=link, expires_at=until))
    db.session.add(OnCall(id=VALUES["watch_id"], agency_id=lead, user_id=people.id_of("dee"), since=now(), until=until))
    by_casey = {"other_id": known("case.ash"), "made_by": people.id_of("casey"), "state": "accepted"}
    said_of_it = LinkTerms(kind="other", said_on=today())
    db.session.add(Link(id=VALUES["link_id"], case=case, terms=said_of_it, **by_casey))
    lead_to = {"from_agency": lead, "to_user": people.id_of("casey"), "offered_by": people.id_of("dee")}
    db.session.add(CaseMove(id=VALUES["move_id"], case=case, why="Words.", **lead_to))
    db.session.add(Minutes(id=known("doors.minutes"), meeting=meeting, drawn_by=mine["made_by"], drawn=Drawn()))
    db.session.add(Episode(
        id=VALUES["episode_id"], kind="left", since=now(), received_at=now(), worker_id=people.id_of("casey"),
        item_id=new_id(), words=EpisodeWords(), **mine,
    ))  # fmt: skip
    db.session.flush()
    work: dict[str, Any] = {"case": case, "agency_id": lead}
    db.session.add_all([
        Screening(id=VALUES["screening_id"], event="by_hand", asks="first-look", **work),
        Identification(
            id=VALUES["identification_id"], item_id=known("wren.screening"), by_id=people.id_of("dee"), due_at=until,
            why="Words.", **work,
        ),
        Report(
            id=VALUES["report_id"], episode_id=VALUES["episode_id"], kind="law_enforcement", started_at=now(),
            due_at=until, wants_at=until, **mine,
        ),
        Notice(id=VALUES["notice_id"], subject_id=said.id, **mine),
        Assessment(id=VALUES["assessment_id"], kind="label", subject_id=VALUES["correction_id"], due_at=now(), **mine),
    ])  # fmt: skip
    db.session.commit()
    facts.forget_all()


def address(rule: Rule, **other: str) -> str:
    """The address of a route with the values of the world in it."""
    values = VALUES | other
    built = re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda found: values[found[1]], rule.rule)
    door = TABLE.get(rule.endpoint)
    return f"{built}?{door.query}" if door and door.query else built


def in_order(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every route and method, in the order of the table."""
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: list(TABLE).index(rule.endpoint))
    for rule in rules:
        for method in ("GET", "POST"):
            if method in (rule.methods or ()):
                yield rule, method


def stable(answer: TestResponse) -> bytes:
    """The bytes of a page without its token."""
    return UNSTABLE.sub(b"", answer.get_data())


def state(app: Flask) -> dict[str, str]:
    """A hash of every table but the ledger and the sign-ins."""
    with app.app_context(), db.engine.connect() as connection:
        return {
            name: hashlib.sha256(repr(sorted(map(repr, connection.execute(select(table))))).encode()).hexdigest()
            for name, table in db.metadata.tables.items() if name not in NOT_COMPARED
        }  # fmt: skip


__all__ = [
    "ALL",
    "PERSONAS",
    "TABLE",
    "VALUES",
    "Meeting",
    "World",
    "address",
    "agencies",
    "in_order",
    "new_id",
    "settle",
    "stable",
    "state",
]
