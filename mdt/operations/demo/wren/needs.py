"""What Wren needs, in her order, and what those around her say beside it."""

from __future__ import annotations

from mdt.models import Case, Item, NeedSaid, NeedTerms, db
from mdt.operations.demo import known, people
from mdt.operations.demo.entries import Entry
from mdt.operations.demo.when import When
from mdt.sharing.vocabulary import Category


def record(when: When) -> tuple[Entry, ...]:
    return (
        _said("phone", "county", "wren", needs=["My own phone. Nobody looks into it."], goals=["Ring Grandma"]),
        _said("school", "county", "wren", needs=["Stay where I am. No new school."], education_goals=["Pass biology"]),
        _said("nurse", "county", "wren", needs=["Only Ruth. Nobody new."]),
        _said("phone.dee", "county", "dee", needs=["A phone with a new number"], note="She rings when she says so."),
        _said("nurse.ruth", "mercy", "ruth", needs=["A check-up with the same nurse"]),
    )  # fmt: skip


def _said(name: str, source: str, author: str, **values: str | list[str]) -> Entry:
    return Entry(
        name=f"wren.need.{name}", category=Category.PLAN, source=source, author=author, days=3, clock="17:30",
        values=values,
    )  # fmt: skip


def say_all(case: Case, when: When) -> None:
    """Say which need each of these records is about; the first three are in Wren's order."""
    wren, on = people.id_of("wren"), when.day(-3)
    for place, (name, need, stage) in enumerate(
        (
            ("phone", "basic", "preparation"),
            ("school", "education", "maintenance"),
            ("nurse", "physical", "contemplation"),
        ),
        1,
    ):
        terms = NeedTerms(need=need, young=True, rank=place, ranked_by=wren, ranked_on=on, stages=((stage, on),))
        _beside(case, f"wren.need.{name}", terms)
    _beside(case, "wren.need.phone.dee", NeedTerms(need="basic", stages=(("preparation", on),)))
    _beside(case, "wren.need.nurse.ruth", NeedTerms(need="physical"))
    db.session.flush()


def _beside(case: Case, name: str, terms: NeedTerms) -> None:
    row = NeedSaid(id=known(f"{name}.said"), case=case, item_id=known(name), terms=terms)
    row.item = db.session.get_one(Item, known(name))
    db.session.add(row)


__all__ = ["record", "say_all"]
