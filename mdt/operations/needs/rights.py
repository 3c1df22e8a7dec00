"""What a young person may ask of those who work with them: the other side of what workers are advised.

Nothing of it is a right that a law of one place gives: what that is, their lawyer tells them. It is what these pages
can do for them, and what the guide asks of everybody.
"""

from __future__ import annotations

MAY_ASK = (
    "To have somebody you trust beside you, in any talk and on any day that is arranged.",
    "To stop, to take a break, or to go on another day. You need not say why.",
    "Not to answer. Nobody is helped less because of it.",
    "For an interpreter, or for somebody else to talk to.",
    "What is written down, who can read it, and to have it put right.",
    "What happens next, and who decides it.",
    "For something to eat, a warm place, a phone call.",
)
"""Short, to be read on a borrowed phone."""

__all__ = ["MAY_ASK"]
