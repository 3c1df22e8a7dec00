"""The forms of a correction, of a release found false, and of an assessment."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length, StopValidation

from mdt.operations import assessments, releases
from mdt.operations.access import Seat
from mdt.operations.correcting import corrections
from mdt.operations.correcting.corrections import Draft
from mdt.sharing import fields as catalog
from mdt.sharing.facts import YOUTH, Item
from mdt.sharing.vocabulary import Category, Regime
from mdt.web.forms import Form
from mdt.web.releases import Choices, One
from mdt.web.updates import LABEL_WORDS


class OneOf(SelectField):
    """One of a long list; what was never offered is answered in words."""

    def pre_validate(self, form: Any) -> None:
        if self.data not in {value for value, *_words in self.iter_choices()}:
            raise StopValidation("Choose from what is on the page.")


class CorrectForm(Form):
    """How a record should be labelled, and why."""

    item: Item

    category = OneOf("What it is about")
    labels = Choices("Sensitive, and to be named one by one")
    regimes = Choices("Another body of law holds on it, too")
    source = OneOf("It came from")
    about_another = BooleanField("It is about somebody else")
    quotes = Choices("It repeats what stands in")
    anyway = BooleanField("Do it all the same: we shall not read it here ourselves")
    why = TextAreaField("What was wrong?", [DataRequired("Say what was wrong."), Length(max=corrections.LONGEST)])

    @classmethod
    def of(cls, seat: Seat, item: Item, **given: Any) -> CorrectForm:
        """The form for this record; as it is labelled now where nothing was sent yet."""
        form = cls(**given)
        form.item = item
        form.category.choices = [(one.value, catalog.CATEGORIES[one].title) for one in corrections.kinds(item)]
        labels = {name for one in corrections.kinds(item) for name in catalog.CATEGORIES[one].labels}
        form.labels.choices = [(name, LABEL_WORDS.get(name, name.title())) for name in sorted(labels | {*item.labels})]
        form.regimes.choices = [(one.value, seat.profile.regimes[one].title) for one in corrections.further(seat, item)]
        form.source.choices = corrections.sources(seat, item, releases.reachable(seat, item.source))
        form.quotes.choices = [(one.id, _titled(one)) for one in corrections.quotable(seat, item)]
        return form

    @staticmethod
    def now(item: Item) -> dict[str, Any]:
        """What the form begins with."""
        return {
            "category": item.category.value, "labels": list(item.labels), "regimes": [], "source": item.source,
            "about_another": item.subject != YOUTH, "quotes": list(item.quotes),
        }  # fmt: skip

    def validate_labels(self, field: Any) -> None:
        category = self.category.data
        known = set(catalog.CATEGORIES[Category(category)].labels) if category in set(Category) else set()
        if set(field.data or ()) - known:
            raise StopValidation(
                "Records of this kind are not named that way. Take the tick away, or choose another kind."
            )

    @property
    def draft(self) -> Draft:
        return Draft(
            category=Category(self.category.data), labels=tuple(self.labels.data or ()),
            regimes=tuple(Regime(one) for one in self.regimes.data or ()), source=self.source.data,
            about_another=bool(self.about_another.data), quotes=tuple(self.quotes.data or ()),
        )  # fmt: skip


class FalseForm(Form):
    """What about a release is false."""

    why = TextAreaField("What is false about it?", [DataRequired("Say what is false."), Length(max=1000)])


class AssessForm(Form):
    """What an assessment came to."""

    outcome = One("What did it come to?", choices=assessments.OUTCOMES)
    finding = TextAreaField("Why?", [DataRequired("Say why."), Length(max=assessments.LONGEST)])

    def validate_outcome(self, field: Any) -> None:
        if field.data is None:
            raise StopValidation("Choose what it came to.")


def _titled(item: Item) -> str:
    on = f", {item.recorded:%B} {item.recorded.day}" if item.recorded else ""
    return f"{catalog.CATEGORIES[item.category].title}{on}"


__all__ = ["AssessForm", "CorrectForm", "FalseForm"]
