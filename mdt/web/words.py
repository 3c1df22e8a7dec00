"""The form of the young person's own words about themself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length

from mdt.operations.access import Seat
from mdt.operations.needs import saying, words
from mdt.operations.needs.words import LONGEST, Said
from mdt.web.meetings import Written

ASKED: dict[str, tuple[str, str]] = {
    "name": ("What should people call you?", "What do they want to be called?"),
    "name_safety": ("Where is that name safe, and where not?", "Where is that name safe, and where not?"),
    "pronouns": ("Which words for you: she, he, they, others?", "Their pronouns, in their words"),
    "word": ("Is there a word you choose for yourself?", "Is there a word they choose for themself?"),
    "languages": ("Which languages are yours? Do you want an interpreter?", "Languages; do they want an interpreter?"),
    "trusts": ("Who do you trust?", "Who do they trust?"),
    "stays_out": ("Who must not be in the room when it is about you?", "Who must not be in the room?"),
}  # fmt: skip
"""What is asked, of the young person and of whoever writes for them; in the order of the page."""
HINTS = {
    "word": "Some say survivor, some want no word at all. People will use yours.",
    "languages": "Say who the interpreter must not be, too.",
}


class WordsForm(Written):
    """Their words. `kept_from`: to whom their name is not said."""

    kept_from = SelectMultipleField("Who must not be told this name?", [], validate_choice=False)

    @classmethod
    def of(cls, seat: Seat, said: Mapping[str, Said]) -> WordsForm:
        young = saying.is_young(seat)
        fields: dict[str, Any] = {}
        for name, labels in ASKED.items():
            kind = StringField if name in ("name", "pronouns", "word") else TextAreaField
            fields[name] = kind(labels[0 if young else 1], [Length(max=LONGEST)], description=HINTS.get(name, ""))
        form: WordsForm = type("WordsForm", (cls,), fields)()
        form.kept_from.choices = list(words.others(seat).items())
        if request.method == "GET" and not any(form.said.values()):
            for name, one in said.items():
                form[name].data = one.value
            form.kept_from.data = list(words.kept_from(seat))
        return form

    @property
    def asked(self) -> list[Any]:
        return [self[name] for name in ASKED]

    @property
    def said(self) -> dict[str, str]:
        return {name: self[name].data or "" for name in ASKED}


__all__ = ["ASKED", "WordsForm"]
