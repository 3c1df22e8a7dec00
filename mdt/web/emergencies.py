"""The forms of an emergency: declaring it, and reviewing it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length, StopValidation

from mdt.operations.emergencies import LONGEST, Kind, Words
from mdt.sharing import fields as catalog
from mdt.sharing.vocabulary import Category
from mdt.web.forms import Form, Key, text_of
from mdt.web.releases import Choices, One

TOO_LONG = Length(max=LONGEST, message=f"At most {LONGEST} characters.")


class DeclareForm(Form):
    """What happens, what is needed, and why there is no other way."""

    _kinds: dict[str, Kind]

    kind = One("What is it?")
    categories = Choices("What do you need to know?")
    happening = TextAreaField("What is happening?", [DataRequired("Say what is happening."), TOO_LONG])
    at_risk = TextAreaField("Who is in danger?", [DataRequired("Say who is in danger."), TOO_LONG])
    no_other_way = TextAreaField(
        "Why is there no other way?", [DataRequired("Say why you cannot ask first."), TOO_LONG]
    )
    key = Key()

    @classmethod
    def of(cls, kinds: Sequence[Kind], **given: Any) -> DeclareForm:
        """The form for somebody who may declare these kinds."""
        form = cls(**given)
        form._kinds = {one.name: one for one in kinds}
        form.kind.choices = [(one.name, one.words) for one in kinds]
        known = [one for one in catalog.CATEGORIES if any(one in kind.categories for kind in kinds)]
        form.categories.choices = [(one.value, catalog.CATEGORIES[one].title) for one in known]
        if len(kinds) == 1 and not form.kind.data:
            form.kind.data = kinds[0].name
        return form

    def validate_kind(self, field: Any) -> None:
        if field.data not in self._kinds:
            raise StopValidation("Choose what it is.")

    def validate_categories(self, field: Any) -> None:
        kind = self._kinds.get(self.kind.data)
        if not field.data:
            raise StopValidation("Choose what you need to know.")
        if kind and set(field.data) - {one.value for one in kind.categories}:
            raise StopValidation("No emergency of this kind reaches all of that. Choose less, or another kind.")

    @property
    def chosen(self) -> tuple[Category, ...]:
        return tuple(Category(one) for one in self.categories.data or ())

    @property
    def words(self) -> Words:
        return Words(
            happening=text_of(self.happening), at_risk=text_of(self.at_risk), no_other_way=text_of(self.no_other_way)
        )


class ReviewForm(Form):
    """Whether it was justified, and why."""

    justified = One("Was it justified?", choices={"yes": "Yes", "no": "No"})
    words = TextAreaField("Why?", [DataRequired("Say in a sentence why."), TOO_LONG])

    def validate_justified(self, field: Any) -> None:
        if field.data is None:
            raise StopValidation("Choose yes or no.")


__all__ = ["DeclareForm", "ReviewForm"]
