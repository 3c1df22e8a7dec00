"""How a referral stands when its task went another way since: by the pages of a task, or by its clock."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from mdt.models import Course, Event, Step
from mdt.operations.services.courses import OPEN, WAYS, stands

HELD, OFFERED, DONE, NOT_POSSIBLE = Step.HELD, Step.OFFERED, Step.DONE, Step.NOT_POSSIBLE


RUNG = (Event.MADE, Event.TAKEN, Event.MOVED)
"""What can have happened to a task that was offered to nobody."""


def task(step: Step, how: Event, *, rung: bool = False) -> Any:
    return SimpleNamespace(step=step, how=how, offered_by=None if rung or how is Event.MADE else "somebody")


@pytest.mark.parametrize(
    ("said", "step", "how", "is_"),
    [
        (Course.REFERRED, OFFERED, Event.OFFERED, Course.REFERRED),
        (Course.REFERRED, OFFERED, Event.REFERRED, Course.REFERRED),
        (Course.REFERRED, HELD, Event.ACCEPTED, Course.ACCEPTED),
        (Course.REFERRED, HELD, Event.DECLINED, Course.REFUSED),
        (Course.REFERRED, HELD, Event.LAPSED, Course.AGREED),
        (Course.REFERRED, HELD, Event.WITHDRAWN, Course.AGREED),
        (Course.REFERRED, HELD, Event.MADE, Course.REFERRED),
        (Course.WAITING, HELD, Event.RETURNED, Course.REFUSED),
        (Course.SCHEDULED, DONE, Event.DONE, Course.ENDED),
        (Course.WAITING, NOT_POSSIBLE, Event.NOT_POSSIBLE, Course.REFUSED),
        (Course.WAITING, HELD, Event.BEGUN, Course.WAITING),
        (Course.ATTENDED, DONE, Event.DONE, Course.ATTENDED),
        (Course.SAID_NO, NOT_POSSIBLE, Event.NOT_POSSIBLE, Course.SAID_NO),
        (Course.AGREED, HELD, Event.MADE, Course.AGREED),
    ],
)
def test_its_task_says_where_it_went_since(said: Course, step: Step, how: Event, is_: Course) -> None:
    assert stands(said, task(step, how)) is is_


@pytest.mark.parametrize("how", RUNG)
def test_a_service_that_was_rung_stays_so_whoever_has_the_task_now(how: Event) -> None:
    assert stands(Course.REFERRED, task(HELD, how, rung=True)) is Course.REFERRED


def test_no_step_leads_out_of_a_no_and_each_leads_on_from_what_is_open() -> None:
    for way in WAYS.values():
        assert set(way.come_from) <= set(OPEN) and Course.AGREED not in way.come_from
    assert stands(Course.SAID_NO, None) is Course.SAID_NO
