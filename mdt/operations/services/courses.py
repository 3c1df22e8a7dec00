"""The course of a referral: which step leads from where to where, and how it stands when its task has moved meanwhile.
Pure."""

from __future__ import annotations

from dataclasses import dataclass

from mdt.models import Course, Event, Step, Task
from mdt.models.tasks import MINE

WORDS: dict[Course, str] = {
    Course.SAID_NO: "The young person said no",
    Course.AGREED: "Not sent yet",
    Course.REFERRED: "Sent, not answered",
    Course.ACCEPTED: "They said yes",
    Course.REFUSED: "They said no",
    Course.WAITING: "On the waiting list",
    Course.SCHEDULED: "There is an appointment",
    Course.ATTENDED: "They went",
    Course.NOT_ATTENDED: "They did not go",
    Course.ENDED: "Over",
}
"""How a referral stands, in words."""
TAKEN = (Event.ACCEPTED, Event.BEGUN, Event.TAKEN)
BACK = (Event.RETURNED, Event.NOT_POSSIBLE, Event.DECLINED)
ON_THE_WAY = (Course.REFERRED, Course.ACCEPTED, Course.WAITING, Course.SCHEDULED, Course.NOT_ATTENDED)
OPEN = (Course.AGREED, *ON_THE_WAY)
"""Where something can still come of it, and the young person can still say no."""


@dataclass(frozen=True, slots=True)
class Way:
    """A step that whoever has it can take: from where, to where, and in which words."""

    name: str
    words: str
    come_from: tuple[Course, ...]
    to: Course


WAYS = {
    one.name: one
    for one in (
        Way("accept", "Yes, we take them", (Course.REFERRED,), Course.ACCEPTED),
        Way(
            "wait", "There is a waiting list",
            (Course.REFERRED, Course.ACCEPTED, Course.SCHEDULED, Course.NOT_ATTENDED), Course.WAITING,
        ),
        Way(
            "schedule", "There is an appointment",
            (Course.REFERRED, Course.ACCEPTED, Course.WAITING, Course.SCHEDULED, Course.NOT_ATTENDED), Course.SCHEDULED,
        ),
        Way(
            "attended", "They came", (Course.ACCEPTED, Course.WAITING, Course.SCHEDULED, Course.NOT_ATTENDED),
            Course.ATTENDED,
        ),
        Way("missed", "They did not come", (Course.SCHEDULED,), Course.NOT_ATTENDED),
        Way(
            "refuse", "No, we cannot",
            (Course.REFERRED, Course.ACCEPTED, Course.WAITING, Course.SCHEDULED, Course.NOT_ATTENDED), Course.REFUSED,
        ),
    )
}  # fmt: skip


def stands(state: str, task: Task | None) -> Course:
    """How it stands: as it was said here, unless its task went another way since. A task that was never offered to
    anybody is of a service that was rung: from hand to hand it tells nothing of what the service says."""
    said = Course(state)
    if task is None or said not in ON_THE_WAY:
        return said
    if task.step == Step.NOT_POSSIBLE or (task.step in MINE and task.how in BACK):
        return Course.REFUSED
    if task.step == Step.DONE:
        return Course.ENDED
    if said is Course.REFERRED and task.step in MINE and task.offered_by is not None:
        return Course.ACCEPTED if task.how in TAKEN else Course.AGREED
    return said


__all__ = ["ON_THE_WAY", "OPEN", "WAYS", "WORDS", "Way", "stands"]
