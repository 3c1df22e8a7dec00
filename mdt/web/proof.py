"""Proving again who one is, before what is protected most."""

from __future__ import annotations

from datetime import timedelta

from flask_login import current_user

from mdt.models import now

LATELY = timedelta(minutes=5)


def proved_lately() -> bool:
    """Whether this person signed in, or proved it again, within five minutes."""
    return current_user.proved_at is not None and now() - current_user.proved_at < LATELY


def proved_within(span: timedelta) -> bool:
    """Whether this person signed in, or proved it again, within this span: time enough to fill in what follows."""
    return current_user.proved_at is not None and now() - current_user.proved_at < span
