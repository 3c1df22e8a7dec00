"""The form of an invitation: whom, why, what for."""

from __future__ import annotations

from wtforms import Field, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from mdt.operations.access import Seat
from mdt.operations.convening import LONGEST_WHY, directory, names_the_child
from mdt.sharing.vocabulary import PURPOSE_WORDS, USUAL_PURPOSES, Purpose
from mdt.web.forms import Form
from mdt.web.releases import Choices

THEIR_OWN = ""


class InviteForm(Form):
    """An invitation. Its words are read before anybody has come, so they name nobody."""

    seat: Seat

    who = Choices("Who should come?")
    purpose = SelectField("What for", [Optional()])
    why = StringField(
        "Why",
        [
            DataRequired("Say why you ask them, in a few words."),
            Length(max=LONGEST_WHY, message=f"At most {LONGEST_WHY} characters."),
        ],
    )

    @classmethod
    def of(cls, seat: Seat, **given: object) -> InviteForm:
        """The form for this case; `given` is what a link to it knows."""
        form = cls(**given)
        form.seat = seat
        form.who.choices = directory()
        usual = {one for purposes in USUAL_PURPOSES.values() for one in purposes} - {Purpose.AGGREGATE}
        own = {one.value: PURPOSE_WORDS[one] for one in Purpose if one in usual}
        form.purpose.choices = {THEIR_OWN: "do their own part"} | own
        return form

    @property
    def asked_for(self) -> Purpose | None:
        return Purpose(self.purpose.data) if self.purpose.data in set(Purpose) else None

    def validate_who(self, field: Field) -> None:
        if not field.data:
            raise ValidationError("Tick at least one person.")

    def validate_why(self, field: Field) -> None:
        if names_the_child(self.seat, field.data or ""):
            raise ValidationError("Leave the name out. They read this before they have promised anything.")


__all__ = ["InviteForm"]
