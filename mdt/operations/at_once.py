"""Questions to the database that many looks share: asked for one desk, or once for all that are looked at together.

A desk is some twenty questions. When a case of fifty people changes, fifty desks are looked at, and what a case, an
agency or a person has is asked for all of them in one go (`together`, `announce`). Rows are shared so, and nothing
else: what of them is on a desk is decided for each of its readers, and nothing that is read so leaves through a door.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Select, bindparam

from mdt.models import db, now
from mdt.models.base import UtcTime

T = TypeVar("T")
NOW: BindParameter[datetime] = bindparam("now", type_=UtcTime())


class Of(Enum):
    """What a question is asked of."""

    CASE = "case"
    AGENCY = "agency"
    PERSON = "person"


class _Shared:
    """What the looks under way share: whom and what they may ask of, and what was found."""

    def __init__(self) -> None:
        self.ids: dict[Of, set[str]] = {kind: set() for kind in Of}
        self.rows: dict[Question, dict[str, list[Any]]] = {}
        self.kept: dict[Hashable, Any] = {}


_shared: ContextVar[_Shared | None] = ContextVar("shared", default=None)


class Question:
    """Rows of cases, agencies or people: `asked` selects those `among` the identifiers that are asked about, as it is
    `NOW`; `belongs` says of which of these a row is.

    A statement that selects one thing gives things; one that selects several gives rows. They come one identifier
    after the other, in the order of the identifiers, and of each in the statement's: whoever asks for one desk has
    them in the order in which they come when many are asked for.
    """

    def __init__(self, of: Of, asked: Select[*tuple[Any, ...]], belongs: Callable[[Any], Iterable[str | None]]) -> None:
        self._of, self._asked, self._belongs = of, asked, belongs
        self._things = len(asked.column_descriptions) == 1

    def about(self, ids: Collection[str]) -> list[Any]:
        """What there is of these, in the database or among what was asked for before."""
        shared = _shared.get()
        known = shared.rows.setdefault(self, {}) if shared else {}
        try:
            return [row for one in ids for row in known[one]]
        except KeyError:
            also = shared.ids[self._of] if shared else ()
            self._learn(known, {*ids, *also}.difference(known))
        return [row for one in ids for row in known[one]]

    def _learn(self, known: dict[str, list[Any]], ids: Collection[str]) -> None:
        found: dict[str, list[Any]] = {one: [] for one in ids}
        for row in self._read(ids):
            for one in set(self._belongs(row)):
                if one is not None and one in found:
                    found[one].append(row)
        known |= found  # all or nothing: what could not be read is asked for again

    def _read(self, ids: Collection[str]) -> Iterable[Any]:
        found = db.session.execute(self._asked, {"ids": list(ids), "now": now()})
        return found.scalars() if self._things else found


@contextmanager
def together() -> Iterator[None]:
    """Within this, whoever asks is given what was found when it was first asked for: for many looks at once, of which
    none leaves through a door; not for pages."""
    before = _shared.set(_Shared())
    try:
        yield
    finally:
        _shared.reset(before)


def announce(of: Of, ids: Iterable[str | None]) -> None:
    """The looks to come will ask of these, too: whoever asks first asks for all of them."""
    if shared := _shared.get():
        shared.ids[of].update(one for one in ids if one)


def once(name: Hashable, work: Callable[[], T]) -> T:
    """What this comes to; worked out once for all looks under way, and each time where there are none."""
    shared = _shared.get()
    if shared is None:
        return work()
    if name not in shared.kept:
        shared.kept[name] = work()
    found: T = shared.kept[name]
    return found


def each(name: Hashable, wanted: Sequence[str], work: Callable[[Sequence[str]], dict[str, T]]) -> dict[str, T]:
    """The same for several things by their identifiers: `work` is asked for those that are not known yet. What is not
    there is not among what is found."""
    shared = _shared.get()
    if shared is None:
        return work(wanted)
    known: dict[str, T | None] = shared.kept.setdefault(name, {})
    if missing := [one for one in wanted if one not in known]:
        known |= dict.fromkeys(missing) | work(missing)
    return {one: found for one in wanted if (found := known[one]) is not None}


__all__ = ["NOW", "Of", "Question", "announce", "each", "once", "together"]
