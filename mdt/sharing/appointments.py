"""What a profile says of the dates that are arranged with a young person: interviews, exams, lawyers, court.

A date is a record of a category, so that what lets that be read lets the date be read. All of it is optional: where
nothing is said, nothing is arranged here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mdt.sharing.fields import names_of
from mdt.sharing.reading import Table, Unreadable
from mdt.sharing.tables import each_of, enum, inner, needed, number, only, text, texts, word_of, yes_no
from mdt.sharing.vocabulary import Category, Role

KEYS = ("appointments",)
LONGEST_NAME = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of date. `into`: the field of its category that says when; `by`: the disciplines that arrange it; `asks`:
    whether others leave questions beforehand, and members can be kept from them until it is done."""

    name: str
    title: str
    category: Category
    into: str
    by: tuple[Role, ...]
    minutes: int
    asks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointments:
    """The dates of a profile. `remind_hours`: how long before those who go along are reminded."""

    kinds: Mapping[str, Kind] = field(default_factory=dict)
    remind_hours: int = 24


def appointments(raw: Table) -> Appointments:
    """What these tables say of dates; Unreadable, with file and line, for what cannot stand."""
    said = inner(raw, "appointments")
    if not said:
        return Appointments()
    only(said, ("remind_hours", "kinds"), "appointments")
    each_of(said, ("remind_hours", "kinds"), "appointments")
    kinds = needed(said, "kinds")
    return Appointments(
        kinds={name: _kind(name, needed(kinds, name)) for name in kinds}, remind_hours=number(said, "remind_hours")
    )


def _kind(name: str, said: Table) -> Kind:
    only(said, ("title", "category", "into", "by", "minutes", "asks"), f"appointment {name}")
    if len(name) > LONGEST_NAME:
        raise Unreadable(said.place, f"appointment {name}: a name has at most {LONGEST_NAME} characters")
    category, into = enum(said, "category", Category), text(said, "into")
    if into not in names_of(category):
        raise Unreadable(said.at("into"), f"appointment {name}: {category} has no field {into!r}")
    roles = [one for words in texts(said, "by") for one in words.replace(",", " ").split()]
    return Kind(
        name=name, title=text(said, "title"), category=category, into=into, minutes=number(said, "minutes"),
        by=tuple(word_of(one, Role, said.at("by")) for one in roles), asks=yes_no(said, "asks", False),
    )  # fmt: skip


__all__ = ["KEYS", "Appointments", "Kind", "appointments"]
