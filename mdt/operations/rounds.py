"""What has to be done by time and not by anybody: marks of deadlines, letters that wait, drafts whose time is over."""

from __future__ import annotations

from datetime import datetime

from mdt.operations import deadlines, drafts, letters


def make(at: datetime) -> int:
    """One round; how much was done. Any number of processes may make rounds: each thing is done once."""
    return deadlines.pass_due(at) + letters.send_waiting(at) + drafts.expire(at)


__all__ = ["make"]
