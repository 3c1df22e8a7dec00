"""Forms of needs: what somebody says of one, the young person's order, a step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask import request
from wtforms import DateField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from mdt.operations.access import Seat
from mdt.operations.needs import saying, steps
from mdt.operations.needs.board import Voice
from mdt.operations.needs.saying import Told
from mdt.operations.needs.steps import Step
from mdt.operations.team import Colleague
from mdt.sharing.needs import Kind
from mdt.web.forms import Form
from mdt.web.meetings import END_OF_DAY, Written

PLACES = ("First", "Then", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth")
LABELS = {
    "theirs": ("What do you want to say about it?", "What do you want to reach?", "What are you good at, or who helps?",
               "Where are you with it?"),
    "told": ("What did they say, in their words?", "What do they want to reach, in their words?",
             "What are they good at, or who helps?", "Where do they say they are with it?"),
    "mine": ("What do you see?", "", "What is strong already?", "Where are they with it, as you see it?"),
}  # fmt: skip
"""By who speaks: the young person, somebody who writes down what they were told, a professional."""


class SayForm(Written):
    """What somebody says of one need."""

    young = HiddenField()
    says = TextAreaField("What do you see?", [Length(max=saying.LONGEST)])
    goals = TextAreaField("Goals", [Length(max=saying.LONGEST)])
    strengths = TextAreaField("Strengths", [Length(max=saying.LONGEST)])
    stage = RadioField("Where are they with it?", [Optional()], choices=[])

    @classmethod
    def of(cls, seat: Seat, voice: Voice | None) -> SayForm:
        """The form for whoever speaks, with what they said before."""
        form = cls()
        theirs = saying.is_young(seat)
        form.young.data = "y" if theirs or request.values.get("young") == "y" else ""
        labels = LABELS["theirs" if theirs else "told" if form.young.data else "mine"]
        for field, words in zip((form.says, form.goals, form.strengths, form.stage), labels, strict=True):
            field.label.text = words
        stages = seat.profile.needs.stages.values()
        form.stage.choices = [(one.code, one.young if form.young.data else one.said) for one in stages]
        if request.method == "GET" and voice and not form.says.data and not form.strengths.data:
            form._begin_with(voice)
        return form

    def _begin_with(self, voice: Voice) -> None:
        self.says.data, self.goals.data = "\n".join(voice.says), "\n".join(voice.goals)
        self.strengths.data = voice.strengths
        self.stage.data = voice.stage[0].code if voice.stage else None

    @property
    def told(self) -> Told:
        young = bool(self.young.data)
        return Told(
            says=self.says.data or "", goals=(self.goals.data or "") if young else "",
            strengths=self.strengths.data or "", stage=self.stage.data or "", young=young,
        )  # fmt: skip


class OrderForm(Form):
    """What matters most, then what. `seen` is the order that stood on the page."""

    seen = HiddenField()
    _places: int

    @classmethod
    def of(cls, kinds: Iterable[Kind], codes: Sequence[str]) -> OrderForm:
        listed = list(kinds)
        choices = {"": "Nothing"} | {one.code: one.title for one in listed}
        count = min(len(listed), len(PLACES))
        fields: dict[str, Any] = {
            f"place_{n}": SelectField(PLACES[n - 1], [Optional()], choices=choices) for n in range(1, count + 1)
        }
        form: OrderForm = type("OrderForm", (cls,), fields)()
        form._places = count
        if request.method == "GET":
            form.seen.data = " ".join(codes)
            for field, code in zip(form.places, codes, strict=False):
                field.data = code
        return form

    @property
    def places(self) -> list[Any]:
        return [getattr(self, f"place_{n}") for n in range(1, self._places + 1)]

    @property
    def codes(self) -> list[str]:
        return [one.data for one in self.places if one.data]


class StepForm(Written):
    """A step toward a need."""

    what = StringField("What is to be done?", [InputRequired("Say what is to be done."), Length(max=steps.LONGEST)])
    who = SelectField("Who does it?", [Optional()])
    due_on = DateField("By when", [Optional()])

    @classmethod
    def of(cls, holders: Iterable[Colleague]) -> StepForm:
        form = cls()
        form.who.choices = [("", "I do"), *((one.id, f"{one.name}, {one.role_words}") for one in holders)]
        return form

    def step(self, seat: Seat) -> Step:
        zone = seat.zone
        due: datetime | None = datetime.combine(self.due_on.data, END_OF_DAY, zone) if self.due_on.data else None
        return Step(what=self.what.data or "", who=self.who.data or "", due_at=due)


__all__ = ["OrderForm", "SayForm", "StepForm"]
