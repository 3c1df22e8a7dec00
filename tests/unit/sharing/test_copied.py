"""An objection to who somebody is or how they look speaks of the record of a search, which repeats it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mdt.sharing import restrictions
from mdt.sharing.bases import Answer, Permit
from mdt.sharing.copied import REPEATED, reaching
from mdt.sharing.fields import names_of
from mdt.sharing.grammar import parse
from mdt.sharing.regimes import regimes_of
from mdt.sharing.vocabulary import Category
from tests.unit.sharing.parts import FACTS, OBJECTION, look
from tests.unit.sharing.told import BASELINE

ID, PHOTO, HEALTH, MISSING = Category.ID, Category.PHOTO, Category.HEALTH, Category.MISSING
IDENTITY, LOOKS = ("legal_name", "age"), ("photo", "height_weight", "hair_eyes")


def test_what_is_repeated_has_a_name_in_both_records() -> None:
    for category, repeated in REPEATED.items():
        assert set(repeated) <= set(names_of(category)) and set(repeated.values()) <= set(names_of(MISSING))


@pytest.mark.parametrize(
    ("categories", "fields", "copies"),
    [
        ((ID,), (), [IDENTITY]), ((PHOTO,), (), [LOOKS]), ((ID, PHOTO), (), [IDENTITY, LOOKS]),
        ((ID,), ("legal_name",), [("legal_name",)]), ((ID,), ("date_of_birth", "note"), [("age",)]),
        ((), ("date_of_birth",), [("age",)]), ((), ("image", "legal_name"), [("legal_name",), ("photo",)]),
        ((HEALTH, PHOTO), ("image",), [("photo",)]), ((PHOTO,), ("legal_name",), []), ((ID,), ("note",), []),
        ((HEALTH,), (), []), ((HEALTH,), ("legal_name",), []), ((), ("allergies",), []), ((), (), []),
    ],
)  # fmt: skip
def test_an_objection_reaches_what_is_repeated_of_what_it_names_and_no_more(
    categories: tuple[Category, ...], fields: tuple[str, ...], copies: list[tuple[str, ...]]
) -> None:
    said = replace(OBJECTION, categories=categories, fields=fields)
    assert reaching([said]) == (said, *(replace(said, categories=(MISSING,), fields=names) for names in copies))


def test_of_several_objections_each_is_kept_and_each_reaches_its_copy() -> None:
    name = replace(OBJECTION, id="a", categories=(ID,))
    face = replace(OBJECTION, id="b", by="aunt", categories=(PHOTO,))
    first, second, *copies = reaching([name, face])
    assert (first, second) == (name, face)
    assert [(one.id, one.by, one.fields) for one in copies] == [("a", "youth", IDENTITY), ("b", "aunt", LOOKS)]
    assert reaching([]) == ()


@pytest.mark.parametrize(("who", "left"), [("kim", {"age", "clothing"}), ("dana", {"legal_name", "age", "clothing"})])
def test_a_name_objected_to_is_not_read_off_the_card_by_whom_it_is_kept_from(who: str, left: set[str]) -> None:
    card = replace(FACTS.items["plan"], category=MISSING, fields=("legal_name", "age", "clothing"))
    objection = replace(OBJECTION, categories=(ID,), fields=("legal_name",))
    facts = replace(FACTS, items={**FACTS.items, "plan": card}, restrictions=reaching([objection]))
    permit = Permit(alternative=parse("law B6"), fields=frozenset(card.fields), yields=True)
    found = restrictions.applied(Answer([permit]), look(who, facts), card, regimes_of(card, facts, BASELINE))
    assert [set(one.fields) for one in found.permits] == [left]
