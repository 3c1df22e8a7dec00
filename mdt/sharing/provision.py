"""What a profile says of services: which words of a directory answer which need, and why a service may say no.

All of it is optional. The needs are those of `needs:` (mdt.sharing.needs), with their titles. A need is found in the
directory by the terms of taxonomies that stand for it: the code or the name of a term, in any taxonomy the county's
directory uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mdt.sharing.needs import needs as asked_about
from mdt.sharing.reading import Table, Unreadable
from mdt.sharing.tables import inner, one_of, only, text, texts

KEYS = ("services",)
CODE = 20
"""Characters of a code at most."""


@dataclass(frozen=True, slots=True)
class Need:
    """A need, as it is said, and the terms of a directory that answer it."""

    code: str
    title: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Provision:
    """The services of a profile: needs and reasons for a no, by code, in the order in which they are offered.
    `sensitive`: the needs of which larger numbers are left out of a report (`aggregates.sensitive_small_cell`)."""

    needs: Mapping[str, Need] = field(default_factory=dict)
    refusals: Mapping[str, str] = field(default_factory=dict)
    sensitive: frozenset[str] = frozenset()

    def need(self, code: str) -> str:
        """The words of a need; of one that the county no longer has, its code."""
        found = self.needs.get(code)
        return found.title if found else code.replace("_", " ").capitalize()

    def refusal(self, code: str | None) -> str:
        """The words of a reason."""
        return self.refusals.get(code or "", "No reason was given")


def provision(raw: Table) -> Provision:
    """What these tables say of services; Unreadable, with file and line, for a key that nobody reads."""
    said = inner(raw, "services")
    if not said:
        return Provision()
    only(said, ("needs", "refusals", "sensitive"), "services")
    needs, refusals = inner(said, "needs"), inner(said, "refusals")
    known, sensitive = asked_about(raw).kinds, texts(said, "sensitive")
    for code in needs:
        one_of(code, known, "need of this profile", needs.at(code))
    for code in refusals:
        if not 0 < len(code) <= CODE:
            raise Unreadable(refusals.at(code), f"the code of a reason has at most {CODE} characters")
    return Provision(
        {code: Need(code, known[code].title, tuple(texts(needs, code))) for code in needs},
        {code: text(refusals, code) for code in refusals},
        frozenset(one_of(code, needs, "need of this profile", said.at("sensitive")) for code in sensitive),
    )


__all__ = ["CODE", "KEYS", "Need", "Provision", "provision"]
