"""How a field of the case is declared: the types behind the catalog."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mdt.sharing.vocabulary import Category


class Kind(StrEnum):
    """What a field holds, and so which control a form gives it."""

    LINE = "line"
    PARAGRAPH = "paragraph"
    DATE = "date"
    TIME = "time"
    LIST = "list"
    CHOICE = "choice"
    YES_NO = "yes_no"
    PHONE = "phone"
    PHOTO = "photo"


class Chapter(StrEnum):
    """The part of the work a category belongs to; the order of a case page."""

    PERSON = "Person"
    SAFETY = "Safety"
    HEALTH = "Health"
    SCHOOL = "School and work"
    JUSTICE = "Justice"
    PLAN = "Plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of one category. `group` is the envelope it is sealed in; a CHOICE has choices."""

    name: str
    label: str
    category: Category
    kind: Kind
    group: str
    hint: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryEntry:
    """A category as people meet it: plain title, chapter, fields, and the labels it can carry."""

    category: Category
    title: str
    chapter: Chapter
    fields: tuple[Field, ...]
    labels: tuple[str, ...] = ()


Row = tuple[str, str, Kind, str, str] | tuple[str, str, Kind, str, str, tuple[str, ...]]
"""name, label, kind, group, hint and, for a choice, what may be chosen."""


def category(code: Category, title: str, chapter: Chapter, *rows: Row, labels: tuple[str, ...] = ()) -> CategoryEntry:
    """A category declared by its rows, one line a field."""
    fields = tuple(_field(code, row) for row in rows)
    return CategoryEntry(category=code, title=title, chapter=chapter, fields=fields, labels=labels)


def _field(code: Category, row: Row) -> Field:
    name, label, kind, group, hint = row[:5]
    choices = row[5] if len(row) == 6 else ()
    return Field(name=name, label=label, category=code, kind=kind, group=group, hint=hint, choices=choices)
