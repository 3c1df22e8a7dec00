"""Juno, sixteen: missing since this morning. A small team, and a clock that runs."""

from __future__ import annotations

from datetime import timedelta

from mdt.models import Case, Contact, Ended, Episode, EpisodeWords, Report, ReportWords, db
from mdt.operations.access import profile
from mdt.operations.demo import known, people
from mdt.operations.demo.entries import Entry, Place, file_all, open_case, seat_all
from mdt.operations.demo.gatherings import hand
from mdt.operations.demo.when import When
from mdt.operations.missing import clocks
from mdt.sharing.facts import Missing, Person, Youth
from mdt.sharing.vocabulary import Category, Purpose

OPENED = 31
TEAM = (
    Place(who="casey", purpose=Purpose.LOCATE, days=31),
    Place(who="dee", purpose=Purpose.PLAN, days=31),
    Place(who="ana", purpose=Purpose.PLAN, days=29, why="Juno lives at Hearth House."),
    Place(who="alma", purpose=Purpose.COURT, days=28, why="The court holds the file."),
    Place(who="marcus", purpose=Purpose.LOCATE, days=0, why="You lead the search."),
)


def tell(when: When) -> str:
    """Put Juno's case into the database, within an act; what was put there, in a sentence."""
    case = open_case("juno", when, _terms(when), reference="CW-25016")
    entries = record(when)
    file_all(case, entries, when)
    seat_all(case, TEAM, when)
    _search_for_her(case, when)
    _hand_on(case, when)
    return f"Juno, 16: {len(entries)} records, missing since this morning, Detective Bell leads."


def record(when: When) -> tuple[Entry, ...]:
    return (
        _identity(when), _looks(), _away(when), _home(), _inhaler(), _screening(when),
        _plan(), _order(when), _camera(),
    )  # fmt: skip


def _terms(when: When) -> dict[str, object]:
    return {
        "youth": Youth(born=when.born(years=16, days=75)),
        "opened": when.day(-OPENED),
        "report_received": when.day(-OPENED),
        "custody": "agency",
        "people": {"father": Person(id="father", relation="parent", rights=True)},
        "missing": (_episode(when),),
    }


def _episode(when: When) -> Missing:
    return Missing(
        since=when.morning(),
        lead_officer=people.id_of("marcus"),
        alert_approved_by=people.id_of("casey"),
    )


def _search_for_her(case: Case, when: When) -> None:
    """Hearth House rang; the police know and have entered it, the national center does not know yet."""
    told, dee = when.time(0, "09:20"), people.id_of("dee")
    mine = {"case": case, "agency_id": case.lead_id, "made_by": dee, "made_at": told}
    db.session.add(
        Episode(
            id=known("juno.episode"), kind="left", since=when.morning(), received_at=told, worker_id=dee,
            item_id=known("juno.away"), words=EpisodeWords(noticed_by="Ana at Hearth House"), **mine,
        )
    )  # fmt: skip
    db.session.flush()
    rules, half = profile(case.profile), min(told + timedelta(minutes=25), when.at)
    done = {"done_at": half, "done_by": dee, "confirmed_at": when.at, "ended": Ended.MADE}
    said = {"words": ReportWords(whom="Detective Bell", entry="M482213906")}
    for kind, more in (("law_enforcement", {"wants_at": None} | done | said), ("ncmec", {})):
        due = rules.clocks.due(rules.episodes.report(kind).deadline, told, case.terms.zone)
        row = {"id": known(f"juno.report.{kind}"), "episode_id": known("juno.episode"), "kind": kind}
        made = Report(**row, **{"started_at": told, "due_at": due, "wants_at": due} | mine | more)
        db.session.add(made)
        db.session.flush()
        if kind == "ncmec":
            clocks.begin(case, made, dee)
    db.session.add(
        Contact(
            id=known("juno.contact"), episode_id=known("juno.episode"), kind="family", at=half,
            words="Her father has not seen her. He looks by the pool tonight.", **mine,
        )
    )  # fmt: skip
    db.session.flush()


def _hand_on(case: Case, when: When) -> None:
    hand(
        case, "juno.task.camera", owner="casey", to="marcus", about="juno.minutes.camera",
        created_at=when.ago(hours=1), due_at=when.evening(),
    )  # fmt: skip


def _identity(when: When) -> Entry:
    return Entry(
        name="juno.identity",
        category=Category.ID,
        source="county",
        author="dee",
        days=30,
        values={
            "name_in_use": "Juno",
            "legal_name": "Junia Ellen Vance",
            "date_of_birth": when.born(years=16, days=75).isoformat(),
            "legal_sex": "female",
            "race_language_tribe": "Black. English.",
            "case_numbers": ["CW-25016, Child Welfare"],
            "assigned_worker": "Dee Moreno, 555-0117",
        },
    )


def _looks() -> Entry:
    return Entry(
        name="juno.looks",
        category=Category.PHOTO,
        source="county",
        author="dee",
        days=12,
        values={
            "height_weight": "5 feet 6, about 130 pounds",
            "hair_eyes": "Long black braids, brown eyes, round glasses",
            "marks": "Star drawn on the left hand, most days",
        },
    )


def _away(when: When) -> Entry:
    since = when.morning().astimezone(when.zone)
    left = f"{since:%I:%M %p}".lstrip("0").lower()
    return Entry(
        name="juno.away",
        category=Category.MISSING,
        source="county",
        author="casey",
        days=0,
        clock="09:20",
        values={
            "legal_name": "Junia Ellen Vance",
            "age": "16",
            "height_weight": "5 feet 6, about 130 pounds",
            "hair_eyes": "Long black braids, brown eyes, round glasses",
            "last_seen": f"Front door of Hearth House, {when.said(0)}, about {left}",
            "clothing": "Yellow raincoat, black jeans, grey backpack",
            "le_contact": "Detective Marcus Bell, Alder Police, 555-0140",
            "endangerment": "Asthma, and her inhaler is nearly empty. Someone online writes.",
            "factors": "She had a bad call last night and did not want breakfast.",
        },
    )


def _home() -> Entry:
    return Entry(
        name="juno.home",
        category=Category.SAFE_ADDR,
        source="county",
        author="dee",
        days=29,
        values={
            "placement_name": "Hearth House",
            "address": "77 Quarry Lane, Alder",
            "access_notes": "Side door. Somebody is up all night.",
            "zone": "Zone 2",
        },
    )


def _inhaler() -> Entry:
    return Entry(
        name="juno.inhaler",
        category=Category.HEALTH,
        source="mercy",
        author="ruth",
        days=26,
        values={
            "medications": ["Albuterol inhaler, two puffs when she wheezes"],
            "precautions": "Cold air and running bring it on.",
            "blood_type": "A positive",
            "diagnoses": ["Asthma"],
        },
    )


def _screening(when: When) -> Entry:
    return Entry(
        name="juno.screening",
        category=Category.TRAFFICKING,
        source="county",
        author="dee",
        days=10,
        values={
            "status": "under review",
            "kind": "not known",
            "safety_needs": "Ask before she goes out alone. Believe her first, then ask.",
            "tool_answers": f"Half done on {when.said(-10)}. She asked to go on another day.",
        },
    )


def _plan() -> Entry:
    return Entry(
        name="juno.plan",
        category=Category.PLAN,
        source="county",
        author="dee",
        days=10,
        values={
            "goals": ["See my father on Sundays", "Swim again"],
            "tasks": ["Ana: her bed stays hers, whatever the hour"],
            "safety_plan_items": ["If she rings, ask where it is warm, then ring Dee."],
        },
    )


def _order(when: When) -> Entry:
    return Entry(
        name="juno.order",
        category=Category.COURT,
        source="court",
        author="alma",
        days=0,
        clock="12:00",
        values={
            "custody": f"The county. Pick-up order of {when.said(0)}: to Hearth House, no cell.",
            "orders_text": "Whoever finds her brings her to Hearth House or to the county.",
        },
    )


def _camera() -> Entry:
    return Entry(
        name="juno.minutes.camera",
        category=Category.MEETING,
        source="county",
        author="casey",
        days=0,
        clock="13:00",
        values={
            "decision": "Ask the bus company for this morning’s camera, Quarry Lane stop.",
            "tasks": ["Marcus Bell, tonight"],
        },
    )


__all__ = ["TEAM", "record", "tell"]
