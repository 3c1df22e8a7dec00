"""Facts go into the database and come back the same; what does not fit its type refuses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from mdt.models import Case, Item, Order, Release, codec, db


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Small:
    name: str
    on: date | datetime | None = None
    colours: tuple[Colour, ...] = ()
    more: tuple[str, int] | None = None
    said: bool | datetime = False


FULL = Small("a", datetime(2026, 1, 2, tzinfo=UTC), (Colour.RED,), ("b", 2), True)


@pytest.mark.parametrize(
    "value", [Small("a"), FULL, Small("a", date(2026, 1, 2)), Small("a", said=datetime(2026, 1, 2, tzinfo=UTC))]
)
def test_a_fact_comes_back_as_it_went(value: Small) -> None:
    assert codec.load(Small, codec.dump(value)) == value


def test_what_is_as_usual_is_left_out() -> None:
    assert codec.dump(Small("a")) == {"name": "a"}


@pytest.mark.parametrize(
    "stored",
    [
        {},
        None,
        [],
        "a",
        {"name": 1},
        {"name": "a", "other": 1},
        {"name": "a", "on": "2026-13-01"},
        {"name": "a", "on": "2026-01-02T03:04:05"},
        {"name": "a", "colours": ["blue"]},
        {"name": "a", "more": ["b"]},
        {"name": "a", "more": ["b", "c"]},
        {"name": "a", "said": "yes"},
    ],
)
def test_what_does_not_fit_refuses_and_does_not_repeat_it(stored: Any) -> None:
    with pytest.raises(codec.Unreadable) as refused:
        codec.load(Small, stored)
    assert not {"blue", "yes", "2026"} & set(str(refused.value).split())


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_every_fact_of_the_county_comes_back_as_it_went(inside: Flask) -> None:
    rows = [row for cls in (Case, Item, Release, Order) for row in db.session.scalars(select(cls))]
    assert len(rows) > 50
    for row in rows:
        assert codec.load(type(row.terms), codec.dump(row.terms)) == row.terms
