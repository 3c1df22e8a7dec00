"""The form of an update: what it is about, its sensitivities, its words."""

from __future__ import annotations

from collections.abc import Sequence

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length

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

    category = RadioField("What is it about?", [InputRequired("Choose what it is about.")])
    labels = SelectMultipleField("Does it mention", [])
    note = TextAreaField(
        "Your update",
        [InputRequired("Write something first."), Length(max=LONGEST, message=f"At most {LONGEST} characters.")],
    )
    key = Key()

    @classmethod
    def about(cls, entries: Sequence[CategoryEntry], said: MultiDict[str, str] | None = None) -> UpdateForm:
        """The form for an author who may write about these; `said` is what was chosen so far, if not posted."""
        form = cls() if said is None else cls(said)
        form.category.choices = [(entry.category.value, entry.title) for entry in entries]
        form._entries = {entry.category.value: entry for entry in entries}
        if not form.category.data:
            form.category.data = request.values.get("category") or _first(entries)
        form.labels.choices = [(name, LABEL_WORDS.get(name, name.title())) for name in form._entry.labels]
        form.labels.data = [name for name in form.labels.data or () if name in form._entry.labels]
        return form

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
