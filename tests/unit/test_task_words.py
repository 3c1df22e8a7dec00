"""How a task stands, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mdt.models import Step
from mdt.operations.tasks import TaskView

TASK = TaskView(
    id="t", case_id="c", words="Find a bed", step=Step.HELD, version=1, due_at=None, answer_by=None, owner="Dee Moreno",
    queue=None, offered_to=None, offered_by=None, referred=None, handed_by=None, how="", mine=False,
    offered_to_me=False, offered_by_me=False, waits=False, leads=False, overdue=False, reason=None, why="",
    created_at=datetime(2026, 3, 10, tzinfo=UTC),
)  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "stands", "how_far"),
    [
        ({}, "Dee Moreno holds it", "not begun"),
        ({"mine": True}, "You hold it", "not begun"),
        ({"step": Step.IN_PROGRESS}, "Dee Moreno has begun", "begun"),
        ({"step": Step.IN_PROGRESS, "mine": True}, "You have begun", "begun"),
        ({"step": Step.IN_PROGRESS, "mine": True, "referred": "Hearth House"}, "Dee Moreno has begun", "begun"),
        ({"owner": "the queue of Cedar County", "queue": "x"}, "The queue of Cedar County", "not begun"),
        ({"step": Step.DONE}, "Done by Dee Moreno", "done"),
        ({"step": Step.NOT_POSSIBLE}, "Not possible", "not possible"),
        (
            {"step": Step.OFFERED, "offered_to": "Jo Reyes"},
            "Offered to Jo Reyes; Dee Moreno holds it until they take it",
            "offered to Jo Reyes, not answered",
        ),
        (
            {"step": Step.OFFERED, "referred": "Hearth House", "mine": True},
            "Offered to Hearth House; you hold it until they take it",
            "offered to Hearth House, not answered",
        ),
        (
            {"step": Step.OFFERED, "owner": "the queue of Cedar County", "queue": "x"},
            "Offered to somebody; the queue of Cedar County until they take it",
            "offered to somebody, not answered",
        ),
    ],
)
def test_a_task_says_who_has_it_and_how_far_it_is(changed: dict[str, object], stands: str, how_far: str) -> None:
    task = replace(TASK, **changed)  # type: ignore[arg-type]
    assert (task.stands, task.how_far) == (stands, how_far)
