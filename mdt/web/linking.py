"""The forms of cases that go to somebody else, that belong together, or that are one."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from mdt.operations.access import Seat
from mdt.operations.linking import moving
from mdt.web.forms import Form, text_of

AGENCY = "agency:"


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


__all__ = ["MoveForm"]
