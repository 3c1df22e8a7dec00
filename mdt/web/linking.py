"""The forms of cases that go to somebody else, that belong together, or that are one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from mdt.operations.access import Seat
from mdt.operations.linking import moving, recovery
from mdt.web.forms import Form, Key, text_of
from mdt.web.hours import Hour, moment
from mdt.web.meetings import Written

AGENCY = "agency:"
LATELY = timedelta(hours=1)


class MoveForm(Form):
    """To whom a case goes: a colleague, or another agency that leads. Its words are read before anybody has come."""

    whose = SelectField("Whose work is it now?", [Optional()])
    to = RadioField("Who takes it over?", [DataRequired("Choose who takes it over.")], choices=[])
    stays = BooleanField("Whoever has it now keeps a place at the table")
    why = StringField("Why", [DataRequired("Say in a few words why, without a name."), Length(max=moving.LONGEST)])

    @classmethod
    def of(cls, seat: Seat) -> MoveForm:
        form = cls()
        people = [(one.id, one.name) for one in moving.holders(seat)]
        form.whose.choices = people
        form.whose.data = form.whose.data or seat.me.id
        colleagues = [(one.id, one.name) for one in moving.workers(seat)]
        others = [(AGENCY + one.id, one.name) for one in moving.agencies(seat)]
        form.to.choices = [one for one in colleagues if len(people) > 1 or one[0] != seat.me.id] + others
        return form

    @property
    def offer(self) -> dict[str, Any]:
        to = self.to.data or ""
        said: dict[str, Any] = {"why": text_of(self.why), "stays": bool(self.stays.data)}
        if to.startswith(AGENCY):
            return said | {"to_agency": to.removeprefix(AGENCY)}
        return said | {"to_user": to, "from_user": self.whose.data}


class OutreachForm(Written):
    """A try to reach a young person."""

    on = DateField("On which day", [InputRequired("Say on which day.")])
    at = Hour("At what time", [InputRequired("Say at about what time.")])
    how = SelectField("How did you try?", [InputRequired("Choose how you tried.")])
    outcome = SelectField("What came of it?", [InputRequired("Choose what came of it.")])
    words = TextAreaField("What was said", [InputRequired("Write a word on how it was."), Length(max=recovery.LONGEST)])

    @classmethod
    def of(cls, seat: Seat) -> OutreachForm:
        form = cls()
        form.how.choices = list(seat.profile.caseworking.ways.items())
        form.outcome.choices = list(seat.profile.caseworking.outcomes.items())
        here = seat.at.astimezone(seat.zone)
        form.on.data, form.at.data = form.on.data or here.date(), form.at.data or here.time()
        return form

    def told(self, seat: Seat) -> dict[str, Any]:
        """As it was said. In the hours that come twice it is the try of just now, and not that of an hour before."""
        return {
            "at": moment(self.on, self.at, seat.zone, since=seat.at - LATELY), "how": self.how.data or "",
            "outcome": self.outcome.data or "", "words": self.words.data or "", "key": self.key.data,
        }  # fmt: skip


class LessonForm(Form):
    """What an agency learned."""

    key = Key()
    words = TextAreaField(
        "What worked, and what did not", [InputRequired("Write what you learned."), Length(max=recovery.LONGEST)]
    )


__all__ = ["LessonForm", "MoveForm", "OutreachForm"]
