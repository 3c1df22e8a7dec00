"""Where an upload stands."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """ARRIVING while its bytes come in; READING into a plan; READY to be confirmed; IMPORTING; DONE; REFUSED whole."""

    ARRIVING = "arriving"
    READING = "reading"
    READY = "ready"
    IMPORTING = "importing"
    DONE = "done"
    REFUSED = "refused"


WORKING = (State.READING, State.IMPORTING)
"""States in which somebody or something should be at work."""
