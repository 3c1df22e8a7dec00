"""What a decision says: the answer, by which right, with what duties, until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mdt.sharing.vocabulary import Outcome


@dataclass(frozen=True, slots=True)
class Ground:
    """One basis that opened something. `rule` is the cell it stands in, in the profile's words."""

    alternative: str
    rule: str
    basis: str
    fields: tuple[str, ...]
    release: str | None = None
    order: str | None = None
    emergency: str | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """What would open a withheld item: a release or an order, of this type."""

    kind: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one viewer gets of one item, now, for one purpose.

    `fields` in catalog order; `code` is for people with rights to the consent; `step` is where it
    was settled; `until` is when what opened it ends by its own facts (aware, UTC), if that is known.
    """

    item: str
    outcome: Outcome
    profile: str
    version: str
    step: str
    fields: tuple[str, ...] = ()
    code: str | None = None
    grounds: tuple[Ground, ...] = ()
    duties: frozenset[str] = frozenset()
    ways: tuple[Way, ...] = ()
    until: datetime | None = None

    @property
    def opens(self) -> bool:
        """Whether anything of the item is shown."""
        return self.outcome in (Outcome.SHOW, Outcome.PART)
