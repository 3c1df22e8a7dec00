"""What has to be done by time and not by anybody: marks of deadlines, letters that wait, drafts whose time is over,
what a date took from its owner, and what a quarter came to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mdt.operations import deadlines, drafts, handoffs, letters
from mdt.operations.meeting import invites
from mdt.operations.services import gaps

SWEPT_EVERY = timedelta(seconds=10)
_swept = datetime.min.replace(tzinfo=UTC)


def make(at: datetime) -> int:
    """One round; how much was done. Any number of processes may make rounds: each thing is done once."""
    return deadlines.pass_due(at) + _sweep(at) + letters.send_waiting(at) + drafts.expire(at)


def _sweep(at: datetime) -> int:
    """Every ten seconds: what ends by a date ends without anybody's act, and a quarter whose time has come is
    counted."""
    global _swept
    if _swept <= at < _swept + SWEPT_EVERY:
        return 0
    _swept = at
    gaps.count_due(at)
    return handoffs.sweep(at) + invites.sweep(at)


__all__ = ["make"]
