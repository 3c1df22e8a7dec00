"""Links that only both tables know, and two cases that become one and two again: what the others see at each step."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from mdt.models import (
    Agency,
    Case,
    Item,
    Lesson,
    Link,
    Meeting,
    Member,
    Merge,
    Release,
    Task,
    User,
    Youth,
    begin_writing,
    db,
    new_id,
    now,
)
from mdt.models.rescoping import sealed_names
from mdt.operations import access, facts, items
from mdt.operations.acts import Refused
from mdt.operations.demo import agencies, known, people
from mdt.operations.linking import merging
from mdt.sharing.facts import Case as CaseTerms
from mdt.sharing.facts import Person as Relative
from mdt.sharing.facts import Release as Consent
from mdt.sharing.vocabulary import USUAL_PURPOSES, Category, Role
from tests.fixtures_app import Person, today
from tests.http.test_releases import WREN, page

SignIn = Callable[[str], Person]
pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
JUNO, HERE = known("case.juno"), f"/linking/cases/{WREN}"
COUNTERS = {"epoch", "filed", "pulse", "version"}
NOT_STATE = {"ledger_entries", "ledger_head", "case_merges", "keys", "sign_ins", "letters"}


def test_a_link_is_known_at_both_tables_and_nowhere_else(app: Flask, signed_in: SignIn) -> None:
    casey, tomas = signed_in("casey"), signed_in("tomas")
    assert "No link that you may know of" in page(tomas.get(HERE))
    casey.get(HERE)
    assert casey.send(f"{HERE}/links", other=JUNO, kind="co_victim").status_code == 303
    mine = page(casey.get(HERE))
    assert "Juno" in mine and "harmed by the same people" in mine
    assert "Wren" in page(casey.get(f"/linking/cases/{JUNO}"))
    with app.app_context():
        tables = {
            one: set(
                db.session.scalars(select(Member.user_id).where(Member.case_id == one, Member.standing == "accepted"))
            )
            for one in (WREN, JUNO)
        }
    for slug in ("dee", "jo", "ruth", "sam", "imani", "marcus", "tomas", "ana", "alma", "lena"):
        who = people.id_of(slug)
        for case in (WREN, JUNO):
            told = signed_in(slug).get(f"/linking/cases/{case}")
            words = page(told)
            both = all(who in table for table in tables.values())
            if told.status_code == 200 and not both:
                assert "No link that you may know of" in words, slug
            if not both:
                assert ("Juno" if case == WREN else "Wren") not in words, slug
            assert ", harmed by the same people" not in words or slug == "dee", "why, is for those who lead"
    for slug in ("wren", "marisol", "imani"):
        assert signed_in(slug).get(HERE).status_code == 404, "families and quiet disciplines are not told"
    with app.app_context():
        link = db.session.execute(select(db.metadata.tables["case_links"].c.id)).scalar_one()
    assert tomas.get(HERE).status_code == 200
    assert tomas.send(f"{HERE}/links/{link}/end").status_code in (303, 404)
    casey.get(HERE)
    assert casey.send(f"{HERE}/links/{link}/end").status_code == 303
    assert "No link" in page(casey.get(HERE))


def a_case_of_the_next_county() -> str:
    """A case that Birch County leads. Casey sits at its table, Rowan at Wren's; Ruth at both, Imani at one."""
    begin_writing()
    birch, wren = db.session.get_one(Agency, known("agency.birch")), db.session.get_one(Case, WREN)
    youth = Youth(agency_id=birch.id)
    db.session.add(youth)
    db.session.flush()
    case = Case(youth=youth, lead=birch, terms=replace(wren.terms, id="sparrow", lead=birch.id, people={}, missing=()))
    db.session.add(case)
    db.session.flush()
    seats = [(case, "rowan", "PLAN"), (case, "casey", "PLAN"), (case, "ruth", "TREAT"), (wren, "rowan", "PLAN")]
    for table, slug, purpose in seats:
        user_id = people.id_of(slug)
        db.session.add(Member(case=table, user_id=user_id, purpose=purpose, standing="accepted", since=now()))
    items.file(case, source=birch.id, category=Category.ID, values={"name_in_use": "Sparrow"})
    db.session.commit()
    facts.forget_all()
    return str(case.id)


def test_a_link_between_two_leads_is_offered_answered_and_taken_back(app: Flask, signed_in: SignIn) -> None:
    casey, rowan, ruth, imani = (signed_in(one) for one in ("casey", "rowan", "ruth", "imani"))
    with app.app_context():
        sparrow = a_case_of_the_next_county()
    there = f"/linking/cases/{sparrow}"
    asks = "You are asked whether two cases belong together."

    def told() -> list[str]:
        """Who is told of it, and how they belong together: at either table, and at the desk."""
        found = []
        for slug, who in {"casey": casey, "rowan": rowan, "ruth": ruth, "imani": imani}.items():
            for url, name in ((HERE, "Sparrow"), (there, "Wren")):
                answer = who.get(url)
                listed = answer.text.split("Link another case")[0].split("Could it be")[0]
                if answer.status_code == 200 and name in listed.split("<main", 1)[1]:
                    found.append(f"{slug} {'why' if 'harmed by the same people' in listed else 'that'}")
            if asks in page(who.get("/", follow_redirects=True)):
                found.append(f"{slug} is asked")
        return sorted(set(found))

    def offered() -> str:
        casey.get(HERE)
        answer = casey.send(f"{HERE}/links", other=sparrow, kind="co_victim", follow=True)
        assert "until they say yes" in answer.text
        with app.app_context():
            rows = select(Link.id).where(Link.case_id == WREN, Link.ended_at.is_(None))
            return f"{HERE}/links/{db.session.scalars(rows).one()}"

    def answered(who: Person, link: str, said: str, *, at: str = HERE) -> int:
        who.get("/help")
        return int(who.send(f"{link.replace(HERE, at)}/{said}").status_code)

    assert told() == []
    link = offered()
    assert told() == ["casey why", "rowan is asked", "rowan why"]
    for who in (casey, ruth, imani):
        assert answered(who, link, "yes") == answered(who, f"{HERE}/links/{known('nothing')}", "yes") == 404
    assert answered(ruth, link, "end") == answered(imani, link, "end") == 404
    assert answered(rowan, link, "no", at=there) == 303 and told() == []
    assert answered(rowan, link, "yes", at=there) == 404, "a no is a no"

    link = offered()
    assert "Take it back" in page(casey.get(HERE)) and answered(casey, link, "end") == 303 and told() == []
    assert answered(rowan, link, "yes", at=there) == 404, "what was taken back cannot be taken"

    link = offered()
    assert answered(rowan, link, "yes") == 303, "from either of the two tables"
    assert told() == ["casey why", "rowan why", "ruth that"]
    assert "Sparrow" not in page(imani.get(f"/cases/{WREN}")) and imani.get(there).status_code == 404
    assert answered(ruth, link, "end") == 404 and answered(rowan, link, "end", at=there) == 303 and told() == []


def test_a_link_is_offered_only_where_somebody_could_answer(app: Flask, signed_in: SignIn) -> None:
    """Else the offer would tell who leads the other case that there is this one."""
    casey = signed_in("casey")
    with app.app_context():
        sparrow = a_case_of_the_next_county()
        begin_writing()
        mine = select(Member).where(Member.case_id == WREN, Member.user_id == people.id_of("rowan"))
        left = db.session.scalars(mine).one()
        left.standing, left.until = "ended", now()
        db.session.commit()
    casey.get(HERE)
    answer = casey.send(f"{HERE}/links", other=sparrow, kind="co_victim", follow=True)
    assert "Ask one of them to this team first." in answer.text
    assert "Wren" not in page(signed_in("rowan").get(f"/linking/cases/{sparrow}"))
    with app.app_context():
        assert not db.session.scalars(select(Link)).all()


def state() -> dict[str, Any]:
    """Everything that is stored, opened where it is sealed; without counters and what only grows."""
    found: dict[str, Any] = {}
    for mapper in db.Model.registry.mappers:
        cls = mapper.class_
        if cls.__tablename__ in NOT_STATE:
            continue
        names, columns = sealed_names(cls), [one for one in mapper.columns if not one.info.get("sealed")]
        for row in db.session.scalars(select(cls)):
            key = f"{cls.__tablename__} {mapper.primary_key_from_instance(row)}"
            plain = {
                one.name: getattr(row, mapper.get_property_by_column(one).key)
                for one in columns
                if one.name not in COUNTERS
            }
            found[key] = plain | {name: getattr(row, name) for name in names}
    for item in db.session.scalars(select(Item)):
        for group in item.groups:
            found[f"values {item.id} {group.group}"] = items.open_group(
                item.id, group.group, group.values_, items.value_scope(item)
            )
    return found


def twin(*, another_row: bool) -> str:
    """A second case of Wren, as an import without a number would make it, with records and a nurse of its own."""
    begin_writing()
    wren = db.session.get_one(Case, WREN)
    youth = wren.youth
    if another_row:
        youth = Youth(agency_id=wren.lead_id)
        db.session.add(youth)
        db.session.flush()
    aunt = Relative(id="aunt", relation="kin", rights=False)
    terms: CaseTerms = replace(wren.terms, id="twin", people={"aunt": aunt}, missing=())
    case = Case(youth=youth, lead=wren.lead, terms=terms)
    db.session.add(case)
    db.session.flush()
    for slug in ("casey", "ruth", "marcus"):
        db.session.add(
            Member(
                case=case,
                user_id=people.id_of(slug),
                purpose="PLAN" if slug == "casey" else "TREAT" if slug == "ruth" else "INVESTIGATE",
                standing="accepted",
                since=now(),
            )
        )
    county, mercy = agencies.id_of("county"), agencies.id_of("mercy")
    items.file(
        case,
        source=county,
        category=Category.ALLEGATION,
        values={"type": "A twin canary."},
        author=people.id_of("casey"),
    )
    items.file(
        case, source=mercy, category=Category.HEALTH, values={"note": "A mercy canary."}, author=people.id_of("ruth")
    )
    items.file(case, source=county, category=Category.ID, values={"name_in_use": "Wren B"})
    db.session.commit()
    facts.forget_all()
    return str(case.id)


@pytest.mark.parametrize("another_row", [False, True])
def test_merged_and_undone_is_as_it_was_and_nobody_gains_unseen(
    app: Flask, signed_in: SignIn, another_row: bool
) -> None:
    casey, tomas, marcus = signed_in("casey"), signed_in("tomas"), signed_in("marcus")
    with app.app_context():
        case_id = twin(another_row=another_row)
        before = state()
    url = f"{HERE}/merge/{case_id}"
    assert "Could it be the same young person?" in page(casey.get(HERE))
    shown = casey.get(url)
    assert "Tomas Herrera" in page(shown) and "Report and investigation" in page(shown)
    assert marcus.get(url).status_code == 404 and tomas.get(HERE).status_code == 200
    assert casey.send(url).status_code == 409, "nobody gains without a word of the lead"
    with app.app_context():
        assert state() == before
    gaining = [part.split('"')[0] for part in shown.text.split('name="who-')[1:]]
    assert people.id_of("tomas") in gaining
    stays = {f"who-{one}": "stays" for one in gaining}
    assert casey.send(url, **stays).status_code == 303
    assert "A twin canary." in page(casey.get(f"/cases/{WREN}")) and "A twin canary." in page(
        tomas.get(f"/cases/{WREN}")
    )
    assert casey.get(f"/cases/{case_id}").headers["Location"] == f"/cases/{WREN}"
    assert "canary" not in page(signed_in("imani").get(f"/cases/{WREN}"))
    with app.app_context():
        merge = db.session.scalars(select(Merge.id)).one()
    casey.get(HERE)
    assert casey.send(f"{HERE}/merges/{merge}/undo").status_code == 303
    with app.app_context():
        facts.forget_all()
        after = state()
        assert after.keys() == before.keys()
        assert not {key: (before[key], after[key]) for key in before if before[key] != after[key]}
    assert "A twin canary." not in page(tomas.get(f"/cases/{WREN}"))
    assert "A twin canary." in page(casey.get(f"/cases/{case_id}"))


def test_a_merge_can_be_undone_to_the_end_of_its_last_day(app: Flask, signed_in: SignIn) -> None:
    """The page says until which day, and that day is whole."""
    noon = datetime.combine(today() + timedelta(days=1), time(12), ZoneInfo("America/New_York"))
    with time_machine.travel(noon, tick=False) as clock:
        facts.forget_all()
        casey = signed_in("casey")
        with app.app_context():
            case_id = twin(another_row=False)
        shown = casey.get(f"{HERE}/merge/{case_id}").text
        stays = {f"who-{part.split(chr(34))[0]}": "stays" for part in shown.split('name="who-')[1:]}
        assert casey.send(f"{HERE}/merge/{case_id}", **stays).status_code == 303
        with app.app_context():
            row = db.session.scalars(select(Merge)).one()
            merge, last = row.id, row.until.astimezone(noon.tzinfo).date()
        clock.move_to(datetime.combine(last, time(23, 55), noon.tzinfo))
        casey = signed_in("casey")
        assert "Can be undone until today." in page(casey.get(HERE))
        casey.send(f"{HERE}/merges/{merge}/undo")
        with app.app_context():
            assert db.session.get_one(Merge, merge).undone_at
    facts.forget_all()


def test_what_was_made_since_goes_with_its_record_and_who_left_is_not_seated_again(
    app: Flask, signed_in: SignIn
) -> None:
    casey = signed_in("casey")
    with app.app_context():
        case_id = twin(another_row=True)
    url = f"{HERE}/merge/{case_id}"
    gaining = [part.split('"')[0] for part in casey.get(url).text.split('name="who-')[1:]]
    free = people.id_of("tomas")
    said = {f"who-{one}": "leaves" if one == free else "stays" for one in gaining}
    told = casey.send(url, **said)
    assert told.status_code in (303, 409)
    if told.status_code == 409:
        assert "holds something" in page(told)
        casey.get(url)
        assert casey.send(url, **dict.fromkeys(said, "stays")).status_code == 303
    else:
        assert signed_in("tomas").get(f"/cases/{WREN}").status_code == 404
    with app.app_context():
        merge = db.session.scalars(select(Merge.id)).one()
        begin_writing()
        member = db.session.scalars(
            select(Member).where(Member.case_id == WREN, Member.user_id == people.id_of("marcus"))
        ).one()
        member.standing, member.until = "ended", now()
        new = items.file(
            db.session.get_one(Case, WREN),
            source=agencies.id_of("county"),
            category=Category.PLAN,
            values={"note": "Since."},
        )
        kept = new.id
        db.session.commit()
    casey.get(HERE)
    assert casey.send(f"{HERE}/merges/{merge}/undo").status_code == 303
    with app.app_context():
        assert db.session.get_one(Item, kept).case_id == WREN, "what is about neither stays"
        back = db.session.scalars(
            select(Member).where(Member.case_id == case_id, Member.user_id == people.id_of("marcus"))
        ).one()
        assert back.standing == "ended", "put out since is not seated again"


def test_who_left_one_table_and_sits_at_the_other_is_named_before_they_gain(app: Flask, signed_in: SignIn) -> None:
    """Nor is it hidden by what somebody said last to look for: they can say another of their purposes tomorrow."""
    casey, marcus, sam = signed_in("casey"), people.id_of("marcus"), people.id_of("sam")
    more = []
    with app.app_context():
        case_id = twin(another_row=False)
        begin_writing()
        at_wren = select(Member).where(Member.case_id == WREN)
        left = db.session.scalars(at_wren.where(Member.user_id == marcus)).one()
        left.standing, left.until = "ended", now()
        db.session.commit()
        facts.forget_all()
        for purpose in USUAL_PURPOSES[Role(db.session.get_one(User, sam).role)]:
            begin_writing()
            db.session.scalars(at_wren.where(Member.user_id == sam)).one().purpose = purpose
            db.session.commit()
            named = casey.get(f"{HERE}/merge/{case_id}").text
            more.append(re.findall("Would read more of: ([^<.]*)", named))
    assert len(more) > 1 and more[0] and all(one == more[0] for one in more)
    assert f'name="who-{marcus}"' in named, "who was put out here would sit here again, and read what is here"


def test_who_stepped_out_since_stays_out_after_an_undo(app: Flask, signed_in: SignIn) -> None:
    casey, tomas = signed_in("casey"), people.id_of("tomas")
    with app.app_context():
        case_id = twin(another_row=False)
        begin_writing()
        mine = db.session.scalars(select(Member).where(Member.case_id == WREN, Member.user_id == tomas)).one()
        mine.standing, mine.until = "ended", now()
        here = db.session.get_one(Case, case_id)
        db.session.add(Member(case=here, user_id=tomas, purpose="PLAN", standing="accepted", since=now()))
        db.session.commit()
        facts.forget_all()
    url = f"{HERE}/merge/{case_id}"
    gaining = [part.split('"')[0] for part in casey.get(url).text.split('name="who-')[1:]]
    assert casey.send(url, **{f"who-{one}": "stays" for one in gaining}).status_code == 303
    with app.app_context():
        begin_writing()
        at_wren = select(Member).where(Member.case_id == WREN, Member.user_id == tomas)
        db.session.scalars(at_wren).one().recused_at = now()
        db.session.commit()
        merge = db.session.scalars(select(Merge.id)).one()
    casey.get(HERE)
    assert casey.send(f"{HERE}/merges/{merge}/undo").status_code == 303
    with app.app_context():
        both = db.session.scalars(select(Member).where(Member.user_id == tomas, Member.case_id.in_((WREN, case_id))))
        assert all(one.recused_at for one in both), "a conflict is not forgotten with a merge"


def test_a_merge_says_who_learns_of_a_link_and_asks_about_what_came_meanwhile(app: Flask, signed_in: SignIn) -> None:
    casey, tomas = signed_in("casey"), people.id_of("tomas")
    with app.app_context():
        case_id = twin(another_row=False)
    url = f"{HERE}/merge/{case_id}"

    def gains() -> str:
        return " ".join(re.findall("Would read more of: ([^<.]*)", casey.get(url).text))

    assert "Linked cases" not in gains()
    casey.get(f"/linking/cases/{case_id}")
    assert casey.send(f"/linking/cases/{case_id}/links", other=JUNO, kind="co_victim").status_code == 303
    assert "Linked cases" in gains(), "who sits with Juno and here would learn of it"
    with app.app_context():
        me = db.session.get_one(User, people.id_of("casey"))
        begin_writing()
        left = db.session.scalars(select(Member).where(Member.case_id == WREN, Member.user_id == tomas)).one()
        left.standing, left.until = "ended", now()
        db.session.commit()
        before = access.admit_quietly(WREN, access.person(me))
        assert before
        named = {one.user_id: "stays" for one in merging.preview(before, case_id).gains}
        assert tomas not in named
        begin_writing()
        left.standing, left.until = "accepted", None
        db.session.commit()
        begin_writing()
        with pytest.raises(Refused, match="each person"):
            merging.merge(before, case_id, named)


def test_who_is_asked_and_what_takes_effect_later_stand_in_the_preview(app: Flask, signed_in: SignIn) -> None:
    """Whoever is asked would read more than they were told when they were asked, at a word of theirs; and what a paper
    of the one case opens next week in the other is a gain of today."""
    casey, ngozi, lena = signed_in("casey"), people.id_of("ngozi"), people.id_of("lena")
    with app.app_context():
        case_id = twin(another_row=False)
        begin_writing()
        wren, gone = db.session.get_one(Case, WREN), db.session.get_one(Case, case_id)
        db.session.add(Member(case=wren, user_id=ngozi, purpose="PROSECUTE", standing="invited"))
        soon = today() + timedelta(days=3)
        paper = Consent(
            id=new_id(), type="HIPAA", discloser=agencies.id_of("mercy"), recipients=(agencies.id_of("probation"),),
            categories=(Category.HEALTH,), signed_on=today(), signed_by=("youth", "marisol", "agency"), effective=soon,
            expires=today() + timedelta(days=30),
        )  # fmt: skip
        db.session.add(Release(id=paper.id, case=gone, terms=paper))
        db.session.commit()
        facts.forget_all()
    url = f"{HERE}/merge/{case_id}"
    shown = casey.get(url)
    hints = dict(re.findall(r'id="who-([0-9a-f-]{36})-hint">([^<]*)', shown.text))
    assert "Asked to this table, and has not answered." in hints[ngozi] and "Report and investigation" in hints[ngozi]
    today_on, _, later = hints[lena].partition(f"From {soon:%B} {soon.day}")
    assert "Physical health" in later and "Physical health" not in today_on
    stays = {f"who-{one}": "stays" for one in hints}
    young = casey.send(url, **stays | {f"who-{people.id_of('wren')}": "leaves"})
    assert young.status_code == 409 and "the young person does" in young.text, "it is about them"
    assert casey.send(url, **stays | {f"who-{ngozi}": "leaves"}).status_code == 303

    def standing() -> str:
        with app.app_context():
            mine = select(Member.standing).where(Member.case_id == WREN, Member.user_id == ngozi)
            return str(db.session.scalars(mine).one())

    assert standing() == "ended"
    with app.app_context():
        merge = db.session.scalars(select(Merge.id)).one()
    casey.get(HERE)
    assert casey.send(f"{HERE}/merges/{merge}/undo").status_code == 303 and standing() == "invited"


def test_what_the_lead_may_not_know_of_is_not_told_by_who_would_read_it(app: Flask, signed_in: SignIn) -> None:
    """As when somebody is asked to a table."""
    casey, jo = signed_in("casey"), people.id_of("jo")
    with app.app_context():
        case_id = twin(another_row=False)
        url = f"{HERE}/merge/{case_id}"
    before = page(casey.get(url))
    with app.app_context():
        begin_writing()
        gone = db.session.get_one(Case, case_id)
        items.file(
            gone, source=agencies.id_of("opendoor"), category=Category.ADVOCATE, values={"note": "A word."}, author=jo
        )
        db.session.commit()
    assert page(casey.get(url)) == before


def test_what_belongs_to_a_merged_case_is_found_afterwards(app: Flask, signed_in: SignIn) -> None:
    casey, dee, ngozi = signed_in("casey"), signed_in("dee"), signed_in("ngozi")
    with app.app_context():
        case_id = twin(another_row=True)
        begin_writing()
        gone, me = db.session.get_one(Case, case_id), people.id_of("casey")
        meeting = Meeting(
            case=gone, facilitator_id=me, title="A canary of a meeting", starts_at=now() + timedelta(days=1)
        )
        lesson = Lesson(case=gone, agency_id=agencies.id_of("county"), made_by=me, words="A canary of a lesson")
        item = items.file(
            gone, source=agencies.id_of("county"), category=Category.MEETING, values={"decision": "A canary of a task"}
        )
        db.session.flush()
        task = Task(case=gone, item=item, item_id=item.id, owner_id=me)
        db.session.add_all([meeting, lesson, task])
        db.session.commit()
        places = {
            f"/meetings/cases/{case_id}/{meeting.id}": "A canary of a meeting",
            f"/recovery/cases/{case_id}": "A canary of a lesson", f"/cases/{case_id}": "A canary of a task",
        }  # fmt: skip
        task_id = task.id
    url = f"{HERE}/merge/{case_id}"
    gaining = [part.split('"')[0] for part in casey.get(url).text.split('name="who-')[1:]]
    assert casey.send(url, **{f"who-{one}": "stays" for one in gaining}).status_code == 303
    for who in (casey, dee):
        for place, words in places.items():
            answer = who.get(place)
            assert answer.status_code == 303 and answer.headers["Location"] == place.replace(case_id, WREN), place
            assert words in page(who.get(place, follow_redirects=True)), place
    assert "A canary of a task" in page(casey.get(f"/tasks/{task_id}"))
    desk = page(casey.get("/", follow_redirects=True))
    assert "A canary of a task" in desk and "A canary of a meeting" in page(casey.get("/meetings/"))
    for place in places:
        assert ngozi.get(place).status_code == 404, "an old address says nothing to whoever does not sit there"
    assert casey.get(f"{HERE}?x=1".replace(WREN, case_id)).headers["Location"].endswith(f"{HERE}?x=1")
    with app.app_context():
        merge = db.session.scalars(select(Merge.id)).one()
    casey.get(HERE)
    assert casey.send(f"{HERE}/merges/{merge}/undo").status_code == 303
    assert casey.get(f"/cases/{case_id}").status_code == 200 and dee.get(f"/cases/{case_id}").status_code == 404
