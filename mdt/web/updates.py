"""The form of an update: what it is about, its sensitivities, its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from mdt.operations.updates import LONGEST
from mdt.sharing.declare import CategoryEntry
from mdt.sharing.vocabulary import Category
from mdt.web.forms import Form, Key

LABEL_WORDS = {
    "HIV": "HIV",
    "STI": "Sexually transmitted infection",
    "PREGNANCY": "Pregnancy",
    "MEDICATION": "Medication",
    "SUD_NOTES": "Counseling notes",
}


class UpdateForm(Form):
    """An update; its choices are those of its author."""

    _entries: dict[str, CategoryEntry]

    category = RadioField("What is it about?", [InputRequired("Choose what it is about.")])
    labels = SelectMultipleField("Does it mention", [])
    note = TextAreaField(
        "Your update",
        [InputRequired("Write something first."), Length(max=LONGEST, message=f"At most {LONGEST} characters.")],
    )
    quotes = SelectMultipleField("It repeats", [], validate_choice=False)
    heeded = SelectMultipleField("Let it stand", [], validate_choice=False)
    key = Key()

    @classmethod
    def about(
        cls, entries: Sequence[CategoryEntry], quotable: Mapping[str, str], unsent: MultiDict[str, str] | None = None
    ) -> UpdateForm:
        """The form for an author who may write about these, and repeat these records (words by id). `unsent`: what
        they were writing, if they come back to it."""
        form = cls(formdata=unsent) if unsent else cls()
        form.category.choices = [(entry.category.value, entry.title) for entry in entries]
        form._entries = {entry.category.value: entry for entry in entries}
        if not form.category.data:
            form.category.data = request.values.get("category") or _first(entries)
        form.labels.choices = [(name, LABEL_WORDS.get(name, name.title())) for name in form._entry.labels]
        form.labels.data = [name for name in form.labels.data or () if name in form._entry.labels]
        form.quotes.choices = list(quotable.items())
        form.quotes.data = form.quotes.data or [one for one in quotable if one in request.args.getlist("quotes")]
        return form

    def validate_quotes(self, field: SelectMultipleField) -> None:
        """A quote that is gone would leave the text to more readers than its author meant."""
        if set(field.data or ()) - {value for value, *_words in field.iter_choices()}:
            raise ValidationError("A record that you quote is not open to you now. See who would read this without it.")

    @property
    def terms(self) -> dict[str, Any]:
        """What it comes to so far."""
        return {
            "category": self.chosen, "text": self.note.data or "",
            "labels": self.labels.data or (), "quotes": self.quotes.data or (),
        }  # fmt: skip

    @property
    def chosen(self) -> Category:
        return Category(self._entry.category)

    @property
    def _entry(self) -> CategoryEntry:
        return self._entries.get(self.category.data) or next(iter(self._entries.values()))


def _first(entries: Sequence[CategoryEntry]) -> str:
    """An update is about the plan unless its author says otherwise."""
    return next(
        (entry.category.value for entry in entries if entry.category is Category.PLAN), entries[0].category.value
    )
