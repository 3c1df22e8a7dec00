"""The forms of a handoff: a step, a reason, a choice of people, the words of a referral."""

from __future__ import annotations

from collections.abc import Iterable

from flask import request
from wtforms import RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from mdt.operations.handoffs import LONGEST_REASON
from mdt.operations.handoffs.outside import LONGEST, Told
from mdt.web.forms import Form, Key

IN_THE_WAY = {
    "declined": ("I am off", "Too many today", "I should not be the one", "Something else"),
    "returned": ("I am away", "Too much at once", "I should not be the one", "Something else"),
    "not_possible": ("They do not want it", "I could not reach anybody", "It is not there to be had", "Something else"),
}
"""What is usually in the way, by what one says."""


class StepForm(Form):
    """One step, under a key of its own."""

    key = Key()


class ReasonForm(StepForm):
    """A step that says why: one of the usual reasons, words, or both."""

    why = RadioField("Usually it is one of these", [Optional()], validate_choice=False)
    reason = TextAreaField(
        "In a word",
        [Length(max=LONGEST_REASON - 50, message=f"At most {LONGEST_REASON - 50} characters.")],
    )

    @classmethod
    def about(cls, event: str) -> ReasonForm:
        form = cls()
        form.why.choices = [(one, one) for one in IN_THE_WAY[event]]
        return form

    @property
    def said(self) -> str:
        """The usual reason, and what was written beside it."""
        usual = self.why.data if self.why.data in {value for value, *_words in self.why.iter_choices()} else ""
        written = self.reason.data or ""
        return f"{usual}. {written}" if usual and written else usual or written


class ToForm(StepForm):
    """To whom."""

    to = SelectField("Who could do it better?", [InputRequired("Choose somebody.")], validate_choice=False)


class ReferForm(StepForm):
    """To which agency, and what it is told."""

    agency = RadioField("Which agency?", [InputRequired("Choose an agency.")])
    words = TextAreaField(
        "What they read",
        [
            InputRequired("Say what they would do."),
            Length(max=LONGEST, message=f"At most {LONGEST} characters."),
        ],
    )
    heeded = SelectMultipleField("Let it stand", [], validate_choice=False)

    @classmethod
    def of(cls, partners: Iterable[Told]) -> ReferForm:
        form = cls()
        form.agency.choices = [(one.id, one.name) for one in partners]
        if request.method == "GET" and not form.agency.data:
            form.agency.data = request.args.get("agency")
        return form


__all__ = ["ReasonForm", "ReferForm", "StepForm", "ToForm"]
