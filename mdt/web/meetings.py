"""Forms of a meeting: planning it, a note, a decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from wtforms import BooleanField, DateField, SelectField, SelectMultipleField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from mdt.operations.access import Seat
from mdt.operations.meetings import LONGEST_NOTE, Agenda, Decision, Sent
from mdt.operations.room import Present
from mdt.sharing import fields as catalog
from mdt.sharing.facts import Item
from mdt.web.forms import Form, Key
from mdt.web.proof import proved_lately

POINTS = 5
END_OF_DAY = time(17, 0)
MINUTES = {str(n): f"{n} min" for n in (5, 10, 15, 20, 30)}


class Written(Form):
    """Something written down in a room: sent twice it counts once; it may repeat what is on the table, or quote."""

    key = Key()
    repeats = BooleanField("It repeats what is on the table", default=True)
    quotes = SelectMultipleField("It repeats", [], validate_choice=False)
    heeded = SelectMultipleField("Let it stand", [], validate_choice=False)

    @property
    def sent(self) -> Sent:
        quotes, heeded = tuple(self.quotes.data or ()), tuple(self.heeded.data or ())
        return Sent(self.key.data, bool(self.repeats.data), quotes, heeded, proved_lately())


class NoteForm(Written):
    text = TextAreaField(
        "Write down what was said", [InputRequired("Write something first."), Length(max=LONGEST_NOTE)]
    )


class DecisionForm(Written):
    what = StringField("What", [InputRequired("Say what was decided."), Length(max=500)])
    who = SelectField("Who", [Optional()])
    due_on = DateField("By when", [Optional()])
    not_possible = StringField("Not possible because", [Length(max=500)])

    @classmethod
    def of(cls, people: Sequence[Present], **values: Any) -> DecisionForm:
        form = cls(**values)
        others = (one.person for one in people if not one.person.me)
        form.who.choices = {"": "Me"} | {one.id: f"{one.name}, {one.role_words}" for one in others}
        return form

    def decision(self, seat: Seat) -> Decision:
        zone = seat.case.facts.case.zone
        due = datetime.combine(self.due_on.data, END_OF_DAY, zone) if self.due_on.data else None
        return Decision(self.what.data, self.who.data or None, due, self.not_possible.data or "")


class PlanForm(Form):
    """A meeting: its name, its time in the case's time zone, and up to five points."""

    title = StringField(
        "What kind of meeting",
        [InputRequired("Give it a name that tells nothing, such as Care plan meeting."), Length(max=100)],
    )
    on = DateField("Day", [InputRequired("Choose a day.")])
    at = TimeField("Time", [InputRequired("Choose a time.")])

    @classmethod
    def of(cls, seat: Seat, items: Sequence[Item]) -> PlanForm:
        form = cls()
        form.seat = seat
        choices = {"": "Nothing on the table"} | {item.id: _named(item) for item in items}
        for field in (getattr(form, f"item_{n}") for n in range(1, POINTS + 1)):
            field.choices = choices
        return form

    @property
    def points(self) -> list[tuple[Any, Any, Any]]:
        return [
            (getattr(self, f"title_{n}"), getattr(self, f"minutes_{n}"), getattr(self, f"item_{n}"))
            for n in range(1, POINTS + 1)
        ]

    @property
    def agenda(self) -> list[Agenda]:
        return [
            Agenda(title.data, int(minutes.data or 10), item.data or None)
            for title, minutes, item in self.points
            if title.data
        ]

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.on.data, self.at.data, self.seat.case.facts.case.zone)

    def validate_title_1(self, field: StringField) -> None:
        if not field.data:
            raise ValidationError("Put at least one point on the agenda.")


for number in range(1, POINTS + 1):
    setattr(PlanForm, f"title_{number}", StringField("Point", [Length(max=200)]))
    setattr(PlanForm, f"minutes_{number}", SelectField("Minutes", choices=MINUTES, default="10"))
    setattr(PlanForm, f"item_{number}", SelectField("On the table", [Optional()]))


def _named(item: Item) -> str:
    title = catalog.CATEGORIES[item.category].title
    return f"{title}, {item.recorded:%B} {item.recorded.day}" if item.recorded else title
