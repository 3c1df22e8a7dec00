"""The effective matrix of a profile, derived from its cells alone."""

from __future__ import annotations

from mdt.sharing.profile import Profile
from mdt.sharing.vocabulary import Role


def text(profile: Profile) -> str:
    """The matrix as plain text, one line a cell."""
    return "\n".join(
        f"{category:<12} {role:<4} {', '.join(map(str, rule.cells[role]))}"
        for category, rule in profile.categories.items()
        for role in Role
    )
