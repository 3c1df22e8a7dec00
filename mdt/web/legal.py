"""The forms of legal papers: taking one in, what was done, a hold, and counsel's answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, StopValidation

from mdt.models import PaperTerms, now
from mdt.operations import releases
from mdt.operations.access import Seat
from mdt.operations.legal import ending, papers
from mdt.operations.legal.papers import EVERYBODY, OPEN
from mdt.sharing import fields as catalog
from mdt.sharing.vocabulary import Category
from mdt.web.forms import Form, Key, text_of
from mdt.web.releases import Choices, Day, One

NO_ORDER = ""
MORNING, EVENING = time(9, 0), time(17, 0)


class PaperForm(Form):
    """A paper as it came."""

    seat: Seat
    agencies: int

    kind = One("What came?")
    issuer = StringField("Who sent it?", [DataRequired("Say who sent it."), Length(max=300)])
    words = TextAreaField(
        "What does it say?",
        [DataRequired("Write down what it says."), Length(max=papers.LONGEST, message="That is too long.")],
    )
    effect = One("What does it want?")
    order = SelectField("Which kind of order is it?")
    categories = Choices("About what?")
    reach = One("Whose records?")
    recipients = Choices("Who is to read them?")
    remarks = Choices("It also says")
    findings = BooleanField("The judge found what the rule asks for")
    beside = SelectField("Beside the order", choices=papers.PROCESSES)
    issued_on = Day("The judge issued it on")
    received_on = Day("It came on")
    due_on = Day("Answer by, if it says")
    key = Key()

    @classmethod
    def of(cls, seat: Seat, **given: Any) -> PaperForm:
        """The form for papers that come to this member's agency."""
        form, said = cls(**given), papers.process(seat)
        form.seat = seat
        form.kind.choices = [(one.name, one.title) for one in said.papers.values()]
        form.effect.choices = list(papers.EFFECTS.items())
        orders = [(name, one.title) for name, one in seat.profile.orders.items()]
        form.order.choices = [(NO_ORDER, "None of these"), *orders]
        form.categories.choices = [(one.value, catalog.CATEGORIES[one].title) for one in papers.categories(seat)]
        form.reach.choices = [("own", "What we hold")] + (
            [(EVERYBODY, "What any agency holds, but those whose clients are protected")] if seat.leads else []
        )
        directory = releases.reachable(seat, seat.me.agency_id or "")
        form.recipients.choices = list(papers.recipients(seat, directory).items())
        form.agencies = len(directory)
        form.remarks.choices = list(said.remarks.items())
        form.reach.data = form.reach.data or "own"
        form.effect.data = form.effect.data or OPEN
        return form

    def validate_kind(self, field: Any) -> None:
        if field.data is None:
            raise StopValidation("Choose what came.")

    def validate_effect(self, field: Any) -> None:
        kind = papers.process(self.seat).papers.get(self.kind.data or "")
        if kind and field.data not in kind.effects:
            raise StopValidation("Only a court order can seal or delete.")

    def validate_categories(self, field: Any) -> None:
        if not field.data:
            raise StopValidation("Choose what it asks for.")

    def validate_recipients(self, field: Any) -> None:
        if self.effect.data == OPEN and not field.data:
            raise StopValidation("Choose who is to read it.")

    def validate_received_on(self, field: Any) -> None:
        if field.data is None:
            raise StopValidation("Write the day on which it came.")
        if field.data > now().astimezone(self._zone).date():
            raise StopValidation("That is a day to come.")

    @property
    def terms(self) -> PaperTerms:
        opens = self.effect.data == OPEN
        return PaperTerms(
            kind=self.kind.data, effect=self.effect.data, issuer=text_of(self.issuer), words=text_of(self.words),
            categories=tuple(Category(one) for one in self.categories.data or ()),
            sources=(EVERYBODY,) if self.reach.data == EVERYBODY else (self.seat.me.agency_id or "",),
            recipients=tuple(self.recipients.data or ()) if opens else (),
            order=self.order.data or None, issued=self.issued_on.data, findings=bool(self.findings.data),
            process=self.beside.data, remarks=tuple(self.remarks.data or ()),
        )  # fmt: skip

    @property
    def received_at(self) -> datetime:
        """The morning of the day it came, or now, if that is earlier."""
        assert self.received_on.data is not None
        return min(self._at(self.received_on.data, MORNING), now())

    @property
    def due_at(self) -> datetime | None:
        return self._at(self.due_on.data, EVENING) if self.due_on.data else None

    @property
    def _zone(self) -> ZoneInfo:
        zone: ZoneInfo = self.seat.zone
        return zone

    def _at(self, on: date, clock: time) -> datetime:
        return datetime.combine(on, clock, tzinfo=self._zone)


class DidForm(Form):
    """What was done of a step, or why it was not."""

    words = TextAreaField("What was done?", [DataRequired("Say what was done."), Length(max=2000)])


class HoldForm(Form):
    """What records are kept for."""

    why = TextAreaField("What are they kept for?", [DataRequired("Say what they are kept for."), Length(max=1000)])


class EndedForm(Form):
    """What a court said of an order later."""

    how = One("What happened?", choices=ending.HOW)
    on: Any = Day("From which day on?")
    court = StringField("Which court?", [DataRequired("Say which court."), Length(max=300)])
    words = TextAreaField(
        "What does its paper say?", [DataRequired("Write down what it says."), Length(max=ending.LONGEST)]
    )

    @classmethod
    def of(cls, steps: Sequence[str]) -> EndedForm:
        form = cls()
        form.how.choices = [(one, ending.HOW[one]) for one in steps]
        return form

    def validate_how(self, field: Any) -> None:
        if field.data is None:
            raise StopValidation("Choose what happened.")

    def validate_on(self, field: Any) -> None:
        if field.data is None and not field.errors:
            raise StopValidation("Write the day.")


class CounselForm(Form):
    """Counsel's answer to a paper."""

    findings = BooleanField("The judge made the findings that the rule asks for")
    beside = SelectField("Beside the order", choices=papers.PROCESSES)
    words = TextAreaField("Your answer", [Length(max=4000, message="At most 4000 characters.")])


__all__ = ["CounselForm", "DidForm", "EndedForm", "HoldForm", "PaperForm"]
