"""Forms of dates: arranging one, another time, a question, what would help, what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import DateField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from mdt.operations.access import Seat
from mdt.operations.needs import asking, dates
from mdt.operations.needs.dates import DateView, Plan
from mdt.sharing.appointments import Kind
from mdt.web.forms import Form
from mdt.web.hours import Hour, moment
from mdt.web.meetings import Written

OUTCOME = {
    "follow_up": ("What comes next", "Another talk, an exam. Nothing that was said."),
    "history_for_care": ("What a clinic needs to know", "Only what care needs."),
    "summary": ("In short", "No quotes, no names of other children."),
    "recording_pointer": ("Where the recording is", "Agency and number. The recording never comes here."),
}


class WhenForm(Written):
    """A day and a time."""

    on = DateField("Day", [InputRequired("Choose a day.")])
    at = Hour("Time", [InputRequired("Choose a time.")])

    def starts_at(self, zone: ZoneInfo) -> datetime:
        return moment(self.on, self.at, zone)


class DateForm(WhenForm):
    """A new date."""

    place = StringField("Where", [Length(max=dates.LONGEST_PLACE)])
    attends = SelectMultipleField("Who goes along?", [], validate_choice=False)
    blind = SelectMultipleField("Who is kept from what is asked, until it is done?", [], validate_choice=False)

    @classmethod
    def of(cls, seat: Seat, about: Kind) -> DateForm:
        form = cls()
        people = [one for one in dates.readers(seat, about) if one.role != "YT"]
        form.attends.choices = form.blind.choices = [(one.id, f"{one.name}, {one.role_words}") for one in people]
        return form

    def plan(self, zone: ZoneInfo) -> Plan:
        return Plan(
            starts_at=self.starts_at(zone), place=self.place.data or "", attends=tuple(self.attends.data or ()),
            blind=tuple(self.blind.data or ()),
        )  # fmt: skip


class QuestionForm(Written):
    text = TextAreaField(
        "What has to be asked for you?", [InputRequired("Write a question."), Length(max=asking.LONGEST)]
    )


class WishForm(Form):
    text = TextAreaField("What would help you that day?", [Length(max=asking.LONGEST)])


class DoneForm(Written):
    """What came of it, in the fields that its category has."""

    _names: list[str]

    @classmethod
    def of(cls, date: DateView) -> DoneForm:
        names = list(asking.outcome_fields(date))
        fields: dict[str, Any] = {
            name: TextAreaField(OUTCOME[name][0], [Length(max=4000)], description=OUTCOME[name][1]) for name in names
        }
        form: DoneForm = type("DoneForm", (cls,), fields)()
        form._names = names
        return form

    @property
    def asked(self) -> list[Any]:
        return [self[name] for name in self._names]

    @property
    def outcome(self) -> dict[str, str]:
        return {name: self[name].data or "" for name in self._names}


__all__ = ["DateForm", "DoneForm", "QuestionForm", "WhenForm", "WishForm"]
