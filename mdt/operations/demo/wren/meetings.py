"""Wren's meetings: one that was held, one tonight, and what is to be done between them."""

from __future__ import annotations

from mdt.models import Case, Meeting
from mdt.operations.demo.entries import Entry
from mdt.operations.demo.gatherings import Topic, ask, ask_agencies, hand, hold, plan
from mdt.operations.demo.when import When
from mdt.sharing.vocabulary import Category

HELD = 7
CAME = ("casey", "dee", "tomas", "jo", "ruth", "sam", "imani", "marcus")
TONIGHT = "wren.meeting.tonight"
ASKED = ("casey", "dee", "tomas", "marcus", "ruth", "imani", "sam", "lena", "jo", "marisol", "wren")
WRITING: dict[str, str | None] = {
    "guardian": "wren.minutes.return", "county": None, "police": None, "mercy": None, "school": None, "harbor": None,
    "probation": None, "opendoor": None,
}  # fmt: skip
"""The agencies that are asked to write before tonight, and the record by which one has."""
SAID = (
    (1, "note", "wren.minutes.words"),
    (2, "note", "wren.minutes.school"),
    (3, "decision", "wren.minutes.phone"),
    (3, "decision", "wren.minutes.nurse"),
    (3, "decision", "wren.minutes.station"),
)


def record(when: When) -> tuple[Entry, ...]:
    """What was noted and decided, each as its own record."""
    return (_words(), _school(), _phone(), _nurse(when), _station(when), _return())


def held(case: Case, when: When) -> Meeting:
    """Last week's meeting."""
    agenda = (Topic("Her words", 10), Topic("School", 15), Topic("Who does what", 20))
    meeting = plan(case, "wren.meeting.held", "Care plan", when.time(-HELD, "09:30"), agenda, "ongoing")
    hold(meeting, CAME, SAID)
    return meeting


def tonight(case: Case, when: When) -> Meeting:
    """This evening's meeting: five points, three with a record to put on the table. Dee cannot come; the guardian ad
    litem has written already, the others have not."""
    agenda = (
        Topic("How Wren is", 8),
        Topic("Safe this week", 10, "wren.week"),
        Topic("Staying well", 12, "wren.checkup"),
        Topic("School from next week", 10, "wren.school"),
        Topic("Who does what", 10),
    )
    meeting = plan(case, TONIGHT, "Care plan", when.evening(), agenda, "ongoing")
    ask(meeting, TONIGHT, ASKED, away=("dee",), when=when)
    ask_agencies(meeting, TONIGHT, WRITING, when)
    return meeting


def hand_on(case: Case, when: When) -> None:
    """What waits for somebody's answer, and what somebody holds."""
    hand(
        case, "wren.task.nurse", owner="casey", to="ruth", about="wren.minutes.nurse",
        created_at=when.ago(minutes=50), due_at=when.time(3, "17:00"),
    )  # fmt: skip
    hand(
        case, "wren.task.station", owner="marcus", to="casey", about="wren.minutes.station",
        created_at=when.ago(hours=2), due_at=when.time(2, "12:00"),
    )  # fmt: skip
    hand(
        case, "wren.task.phone", owner="marcus", to=None, about="wren.minutes.phone",
        created_at=when.time(-HELD, "10:10"), due_at=when.time(-1, "17:00"),
    )  # fmt: skip


def _said(name: str, clock: str, author: str, source: str, **more: object) -> Entry:
    return Entry(
        name=f"wren.minutes.{name}", category=Category.MEETING, source=source, author=author,
        days=HELD, clock=clock, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def _words() -> Entry:
    text = "Casey read out what Wren asked for. Everybody heard it, and nobody asked why."
    return _said("words", "09:36", "casey", "county", values={"text": text}, quotes=("wren.asked",))


def _school() -> Entry:
    text = "Grades are better than she thinks. Imani keeps the quiet room free for her."
    return _said("school", "09:47", "imani", "school", values={"text": text}, quotes=("wren.grades",))


def _phone() -> Entry:
    return _said("phone", "10:02", "marcus", "police", values={
        "decision": "Wren’s phone goes back as soon as it is copied.",
        "tasks": ["Marcus Bell: say the day"],
    })  # fmt: skip


def _nurse(when: When) -> Entry:
    return _said("nurse", "10:06", "casey", "county", values={
        "decision": f"See Wren once more by {when.said(3)}, Ruth herself if she can.",
        "tasks": ["Ruth Castellano: a short visit"],
    })  # fmt: skip


def _station(when: When) -> Entry:
    return _said("station", "10:09", "marcus", "police", values={
        "decision": f"Sign for Wren’s phone at the station by {when.said(2)}.",
        "tasks": ["Casey Lindqvist: sign"],
    })  # fmt: skip


def _return() -> Entry:
    text = (
        "What the young person wants the team to know:\nShe would like the meeting to be short, and to be asked last."
        "\n\nWhat you ask for on their behalf:\nA ride to court that is not a marked car."
    )
    return Entry(
        name="wren.minutes.return", category=Category.MEETING, source="guardian", author="tomas", days=0, clock="06:30",
        values={"text": text},
    )  # fmt: skip


__all__ = ["SAID", "hand_on", "held", "record", "tonight"]
