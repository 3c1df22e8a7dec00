"""The policy table over HTTP: everybody reads the rules, counsel drafts and signs, and what is signed acts at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from mdt import create_app
from mdt.models import Case, Entry, Rules, User, begin_writing, db, now
from mdt.operations import access, desks, facts, ledger, views
from mdt.operations.demo import known, people
from mdt.operations.rules import drafts, effect, force
from mdt.sharing.profile import load
from mdt.sharing.vocabulary import Category, Purpose, Role
from mdt.sharing.writing import bare, text_of
from mdt.web.sign_ins import find_me
from tests.fixtures_app import Person, close

SignIn = Callable[[str], Person]
WREN = known("case.wren")
PLAN_ED = "/rules/draft/cells/PLAN/ED"
sqlite_only = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def page(response: TestResponse) -> str:
    """The words of a page, as they are read."""
    main = response.get_data(as_text=True).partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def mark(gwen: Person) -> str:
    """What the page of the draft's effect sends along when it is signed."""
    found = re.search(r'name="mark" value="([^"]+)"', gwen.get("/rules/draft/review").text)
    assert found
    return found[1]


def mark_of(app: Flask) -> str:
    with app.app_context():
        return drafts.need("us-baseline").mark


def put(gwen: Person, path: str, /, **form: str) -> None:
    """Put something into the draft, and see that it is there."""
    answer = gwen.send(path, **form)
    assert answer.status_code == 303, page(answer)


def drafted(gwen: Person, says: str = "law B1", path: str = PLAN_ED) -> None:
    """A draft that changes one cell."""
    gwen.get("/rules")
    assert gwen.send("/rules/draft").status_code == 303
    put(gwen, path, says=says, step="keep")


def signs(gwen: Person) -> None:
    answer = gwen.send("/rules/draft/sign", mark=mark_of(gwen.application))
    assert answer.location == "/rules?of=us-baseline"


def fields_of(app: Flask, slug: str, category: Category = Category.PLAN) -> set[str]:
    """What this person's view of Wren's case shows of a category."""
    with app.app_context():
        me = find_me(people.id_of(slug))
        assert me
        seat = access.admit_quietly(WREN, me)
        assert seat
        return {name for item, one in views.look(seat).items if item.category is category for name in one.fields}


@pytest.fixture
def beside(app: Flask) -> Iterator[Flask]:
    """A second instance over the same database, as another process would be: with caches of its own."""
    other = create_app(app.extensions["mdt.settings"])
    yield other
    close(other)


def test_a_signed_version_acts_on_the_next_read_and_a_draft_opens_nothing(
    app: Flask, signed_in: SignIn, beside: Flask
) -> None:
    gwen, imani = signed_in("gwen"), signed_in("imani")
    before = fields_of(app, "imani")
    assert before == fields_of(beside, "imani") == {"education_goals"}
    desk = imani.get("/", follow_redirects=True)
    drafted(gwen)
    assert fields_of(app, "imani") == before, "a draft opens nothing"
    review = page(gwen.get("/rules/draft/review"))
    assert "School sees more in fewer than 5 present cases (fewer than 5 people)." in review
    assert "Nobody sees less than today." in review and "school goals" in review
    assert "640 of 640" in review or "questions come out as under the rules in force" in review
    signs(gwen)
    kept = dict(facts._kept)
    assert fields_of(app, "imani") > before, "the memo does not outlive the version"
    facts._kept.clear()
    facts._kept.update(kept)
    with app.app_context():
        db.session.execute(update(Case).values(epoch=Case.epoch - 1))
        db.session.commit()
    assert all(one.rules_id is None for one in kept.values()), "kept under the old rules; as a case made meanwhile"
    assert fields_of(beside, "imani") > before, "nor does it in a process that read under the old one"
    assert "Version 2 is in force since" in page(imani.get("/rules"))
    changed = page(imani.get("/", follow_redirects=True))
    assert "sharing rules changed on" in changed and "sharing rules changed on" not in page(desk)
    assert "Wren" not in changed.partition("rules changed")[2][:80]
    for slug in ("marcus", "wren", "casey", "noor"):
        assert "sharing rules changed" not in page(signed_in(slug).get("/", follow_redirects=True)), slug
    with app.app_context():
        said = [ledger.body(one.id, one.body_) for one in db.session.scalars(
            select(Entry).where(Entry.event.like("rules.%")).order_by(Entry.seq))]  # fmt: skip
        assert {"rules.drafted", "rules.changed", "rules.measured", "rules.signed"} == {one["event"] for one in said}
        assert said[-1]["version"] == 2 and said[-1]["actor"] == people.id_of("gwen")
        assert not {"law B1", "Wren"} & {str(value) for one in said for value in one.values()}
    imani.get(f"/cases/{WREN}")
    with app.app_context():
        looked = db.session.scalars(select(Entry).where(Entry.event == "case.read").order_by(Entry.seq.desc())).first()
        assert looked and ledger.body(looked.id, looked.body_)["profile"] == "us-baseline 2"


def test_only_counsel_drafts_and_signs_and_only_what_was_looked_over(app: Flask, signed_in: SignIn) -> None:
    gwen = signed_in("gwen")
    drafted(gwen)
    seen = mark(gwen)
    for slug in ("robin", "harriet", "ngozi", "casey"):
        other = signed_in(slug)
        other.get("/rules")
        assert other.get("/rules/draft").status_code == 404
        assert other.get("/rules/draft/review").status_code == 404
        assert other.send("/rules/draft/sign", mark=seen).status_code == 404, slug
    put(gwen, "/rules/draft/cells/PLAN/DA", says="never", step="keep")
    gwen.send("/rules/draft/sign", mark=seen)
    assert "Nobody here has signed a version yet" in page(gwen.get("/rules")), "it is not the draft that was seen"
    with time_machine.travel(now() + timedelta(minutes=6)):
        answer = gwen.send("/rules/draft/sign", mark=mark_of(app))
        assert answer.location.startswith("/again?then="), "who one is has to be proved again"
        assert "Prove again who you are" in page(gwen.get("/rules/draft/review"))
    robin = signed_in("robin")
    robin.get("/admin")
    for slug, code in (("dee", 200), ("harriet", 404), ("robin", 404)):
        robin.send(f"/admin/people/{people.id_of(slug)}/counsel")
        assert signed_in(slug).get("/rules/draft/review").status_code == code, slug
    robin.send(f"/admin/people/{people.id_of('dee')}/counsel/end")
    assert signed_in("dee").get("/rules/draft/review").status_code == 404
    with app.app_context():
        db.session.execute(update(User).where(User.id == people.id_of("gwen")).values(admin=True))
        db.session.commit()
    assert gwen.get("/rules/draft").status_code == 404, "who runs the system signs no rules, whatever else they are"


@sqlite_only
def test_what_cannot_stand_is_refused_with_its_place_and_nothing_typed_is_lost(app: Flask, signed_in: SignIn) -> None:
    gwen = signed_in("gwen")
    gwen.get("/rules")
    gwen.send("/rules/draft")
    wrong = gwen.send(PLAN_ED, says="law B1\nlaw B99 part PLAN-own", step="keep")
    assert wrong.status_code == 422 and "Line 2: 'B99' is no legal basis; choose from B1, B12" in page(wrong)
    assert "law B1\nlaw B99 part PLAN-own</textarea>" in wrong.text
    empty = gwen.send(PLAN_ED, says=" ", step="keep")
    assert empty.status_code == 422 and "write [never] if that is meant" in page(empty)
    words = gwen.send(PLAN_ED, says="release HIPAA", step="look")
    assert "With a signed release (health authorization)." in page(words) and "release HIPAA</textarea>" in words.text
    ages = gwen.send("/rules/draft/entries/ages", **{"k.majority": "nineteen", "k.extended_foster_care_to": "21"})
    assert ages.status_code == 422 and "Ages.majority is a whole number, not 'nineteen'" in page(ages)
    assert 'value="nineteen"' in ages.text and 'value="21"' in ages.text
    text = "mdt_statute:\n  window_days: 30\n  window_days: 31\n"
    file = gwen.send("/rules/draft/file", text=text)
    assert file.status_code == 422 and "Line 3: window_days stands here and on line 2" in page(file)
    assert "window_days: 31" in file.text
    assert "Line 1: a draft does not say version" in page(gwen.send("/rules/draft/file", text="version: 9"))
    assert "are not read" in page(gwen.send("/rules/draft/file", text="ages: &a {majority: 19}"))
    own = gwen.send("/rules/draft/scenarios", text="- id: X\n  items: {a: {category: NOTHING}}\n")
    assert own.status_code == 422 and "Line 2: 'NOTHING' is no category" in page(own)
    assert "It changes nothing yet" in page(gwen.get("/rules/draft"))
    assert gwen.send("/rules/draft/sign", mark=mark_of(app)).status_code == 303
    assert "Nobody here has signed" in page(gwen.get("/rules")), "an empty draft is not signed"


@sqlite_only
def test_entries_are_confirmed_one_by_one_with_day_and_citation(app: Flask, signed_in: SignIn) -> None:
    gwen = signed_in("gwen")
    gwen.get("/rules")
    gwen.send("/rules/draft")
    path = "/rules/draft/entries/juvenile_sharing"
    answers = {"k.school_records": "true", "k.school_notice": "false", "k.cite": ""}
    no = page(gwen.send(path, confirmed="yes", on="2999-01-01", **answers))
    assert "it is not still to come" in no and "A confirmation rests on a citation" in no
    put(gwen, path, **answers)
    assert "“Juvenile justice and schools” is not confirmed any more; the stricter rule holds." in page(
        gwen.get("/rules/draft")
    ), "what changes has to be confirmed anew"
    answers["k.cite"] = "Code 12.3"
    put(gwen, path, confirmed="yes", on="2026-01-05", note="Opinion 7.", **answers)
    signs(gwen)
    rules = page(gwen.get("/rules"))
    assert "Confirmed by Gwen Tallis, county attorney on January 5, 2026. Opinion 7." in rules
    cell = page(gwen.get("/rules/EDUCATION/JJ"))
    assert "Code 12.3" in cell and "Confirmed by Gwen Tallis, county attorney on January 5, 2026." in cell
    gwen.send("/rules/draft")
    put(gwen, path, confirmed="no", **answers)
    signs(gwen)
    assert "Not confirmed: the stricter rule holds." in page(gwen.get("/rules/EDUCATION/JJ"))
    history = page(gwen.get("/rules/versions?old=1&new=3"))
    assert "Version 3 Signed by Gwen Tallis, county attorney, on" in history
    assert "juvenile_sharing.cite was not set, is Code 12.3." in history
    assert gwen.get("/rules/versions?old=1&new=9").status_code == 404
    others = page(signed_in("casey").get("/rules/versions"))
    assert "Version 3 Signed by" in others and "present case" not in others and "present case" in history
    with app.app_context():
        assert force.in_force("us-baseline").profile.confirmed("juvenile_sharing") is False
        assert db.session.scalar(select(Rules.version).where(Rules.signed_at.is_(None))) is None


@sqlite_only
def test_the_rules_are_read_by_role_by_kind_and_as_a_file_that_stands_alone(
    app: Flask, signed_in: SignIn, tmp_path: Path
) -> None:
    gwen, wren = signed_in("gwen"), signed_in("wren")
    assert "School" in page(wren.get("/rules")) and "mdt" not in wren.get("/rules/HEALTH/ED").text.partition("<main")[2]
    assert "What school may see" in page(wren.get("/rules?role=ED"))
    assert "are not told that it exists" in page(wren.get("/rules?category=ADVOCATE"))
    assert "45 CFR 164.512(j)" in page(wren.get("/rules/BEHAVIORAL/ED"))
    assert wren.get("/rules/BEHAVIORAL/XX").status_code == wren.get("/rules?of=us-zz").status_code == 404
    assert "Not confirmed: the stricter rule holds." in page(wren.get("/rules/ID/LE?of=us-ca"))
    drafted(gwen)
    put(gwen, "/rules/draft/entries/emergency", **{"k.minutes": "30", "k.review_business_days": "1"})
    changes = gwen.get("/rules/draft/file").text
    assert "ED: [law B1]" in changes and "minutes: 30" in changes
    put(gwen, "/rules/draft/undo", change="emergency.minutes")
    assert "minutes:" not in gwen.get("/rules/draft/file").text
    put(gwen, PLAN_ED, says=str(load("us-baseline").cell(Category.PLAN, Role.ED).text).replace(", ", "\n"), step="keep")
    assert "It changes nothing yet" in page(gwen.get("/rules/draft")), "what is in force anyway is no change"
    put(gwen, "/rules/draft/file", text="categories: {PLAN: {cells: {ED: [law B1]}}}\n")
    own = "- id: OURS\n  orgs: {school: {role: ED}, cw: {role: CW}}\n  users: {ellis: {org: school}}\n"
    own += "  items: {plan: {category: PLAN, source: cw}}\n  ask:\n"
    own += "    - {who: ellis, item: plan, purpose: EDUCATE, at: 2025-03-03T10:00:00, expect: part}\n"
    put(gwen, "/rules/draft/scenarios", text=own)
    review = page(gwen.get("/rules/draft/review"))
    assert "OURS: ellis plan for EDUCATE at 2025-03-03T10:00:00" in review and "expected part, came show" in review
    signs(gwen)
    (tmp_path / "county.yaml").write_text(wren.get("/rules/file").text)
    alone = load(tmp_path / "county.yaml")
    assert (alone.version, alone.cell(Category.PLAN, Role.ED).text) == ("2", "law B1")
    assert load("us-baseline").cell(Category.PLAN, Role.ED).text != "law B1"
    result = app.test_cli_runner().invoke(args=["sharing", "matrix"])
    assert "version 2" in result.output, result.output
    gwen.send("/rules/draft")
    put(gwen, "/rules/draft/drop")
    assert gwen.get("/rules/draft").status_code == 302 and "Version 2 is in force" in page(gwen.get("/rules"))


@sqlite_only
def test_the_effect_is_what_deciding_every_case_says(app: Flask, signed_in: SignIn) -> None:
    """Beside the figures: every member of every case asked by themselves, under both."""
    with app.app_context():
        old = load("us-baseline")
        new = old.with_changes({"categories.PLAN.cells.ED": ["law B1"], "categories.COURT.cells.GAL": ["never"]})
        found = effect.measured("us-baseline", old, new)
        cases = [case for case_id in db.session.scalars(select(Case.id)) if (case := facts.load(case_id))]
        assert found.of == found.looked == len(cases) == 3
        more, less = by_hand(cases, old, new)
        assert {one.role: (one.cases, one.people) for one in found.gains} == more == {Role.ED: (1, 1)}
        assert {one.role: (one.cases, one.people) for one in found.loses} == less and Role.GAL in less
        some = effect.effect(cases[:1], old, new, of=3)
        assert not some.whole and "1 of 3 present cases" in some.reach()
        assert effect.blurred(4) == "fewer than 5" and effect.blurred(5) == "5" and effect.blurred(0) == "none"
        assert effect.measured("us-baseline", old, old).words()["gains"] == []


def by_hand(cases: list[facts.CaseFacts], old: object, new: object) -> tuple[dict[Role, object], dict[Role, object]]:
    from mdt.sharing.decide import decide

    more: dict[Role, list[tuple[str, str]]] = {}
    less: dict[Role, list[tuple[str, str]]] = {}
    for case in cases:
        for user, member in case.facts.members.items():
            role, purpose = case.facts.users[user].role, member.purpose or Purpose.PLAN
            seen = [
                {(item, name) for item in case.facts.items
                 for name in decide(case.facts, user, item, purpose, now(), profile=rules).fields}  # type: ignore[arg-type]
                for rules in (old, new)
            ]  # fmt: skip
            for kept, is_so in ((more, seen[1] - seen[0]), (less, seen[0] - seen[1])):
                if is_so:
                    kept.setdefault(role, []).append((case.id, user))
    return tuple(  # type: ignore[return-value]
        {role: (len({c for c, _ in pairs}), len({u for _, u in pairs})) for role, pairs in kept.items()}
        for kept in (more, less)
    )


@sqlite_only
def test_a_version_signed_before_the_software_knew_something_stands_and_counsel_is_told(
    app: Flask, signed_in: SignIn
) -> None:
    gwen, imani = signed_in("gwen"), signed_in("imani")
    drafted(gwen)
    signs(gwen)
    assert "was signed before this version" not in gwen.get("/rules").text
    with app.app_context():
        begin_writing()
        row = db.session.scalars(select(Rules).where(Rules.signed_at.is_not(None))).one()
        said = bare(force.as_tables(row.whole, "v2"))
        assert "medications" in said["categories"]["HEALTH"]["fields"], "it is signed over these fields"
        said["categories"].pop("EDUCATION"), said["categories"]["HEALTH"]["fields"].remove("medications")
        row.whole = text_of(said)
        db.session.commit()
        force._kept.clear(), facts.forget_all()
    case = f"/cases/{known('case.wren')}"
    assert imani.get(case).status_code == 200 and not fields_of(app, "imani", Category.EDUCATION)
    told = page(gwen.get("/rules"))
    assert "a kind of record it does not know" in told and "Physical health: Medicines" in told, told
    assert "Read what they do not speak of" in page(gwen.get("/counsel"))
    gwen.send("/rules/draft")
    put(gwen, "/rules/draft/cells/EDUCATION/ED", says="own", step="keep")
    signs(gwen)
    assert "a kind of record it does not know" not in page(gwen.get("/rules")), "the next version speaks of it"


@sqlite_only
def test_only_the_desk_of_those_whose_view_changed_changes(app: Flask, signed_in: SignIn) -> None:
    """The tag of a desk decides who gets the bell: it moves for the school, and for nobody else."""
    slugs = ("imani", "marcus", "tomas", "jo", "ana", "noor", "harriet")

    def tags() -> dict[str, str]:
        with app.app_context():
            every = {slug: find_me(people.id_of(slug)) for slug in slugs}
            return {slug: str(desks.skeleton(me)) for slug, me in every.items() if me}

    before = tags()
    gwen = signed_in("gwen")
    drafted(gwen)
    with app.app_context():
        epochs = {row.id: (row.epoch, row.pulse) for row in db.session.execute(select(Case.id, Case.epoch, Case.pulse))}
    signs(gwen)
    after = tags()
    assert {slug for slug in slugs if before[slug] != after[slug]} == {"imani"}
    with app.app_context():
        for row in db.session.execute(select(Case.id, Case.epoch, Case.pulse)):
            assert (row.epoch, row.pulse) == tuple(one + 1 for one in epochs[row.id]), "every case is decided anew"
    with time_machine.travel(now() + timedelta(days=15)):
        assert "sharing rules changed" not in page(signed_in("imani").get("/", follow_redirects=True))


@sqlite_only
def test_counsel_of_another_agency_never_touches_the_rules(app: Flask, signed_in: SignIn) -> None:
    with app.app_context():
        begin_writing()
        db.session.get_one(User, people.id_of("sam")).counsel = True
        db.session.commit()
    sam, gwen = signed_in("sam"), signed_in("gwen")
    drafted(gwen)
    assert sam.get("/counsel").status_code == 200
    assert (
        "Draft the next version" not in sam.get("/rules").text and "Go on with the draft" not in sam.get("/rules").text
    )
    for path in ("/rules/draft", "/rules/draft/review", "/rules/draft/file", PLAN_ED):
        assert sam.get(path).status_code == 404, path
    told = {"mark": mark_of(app), "says": "law B1", "step": "keep", "text": "", "change": "emergency.minutes"}
    for path in (
        "/rules/draft",
        "/rules/draft/sign",
        "/rules/draft/drop",
        "/rules/draft/undo",
        "/rules/draft/file",
        PLAN_ED,
    ):
        assert sam.send(path, **told).status_code == 404, path
    assert "law B1" in gwen.get("/rules/draft/file").text
