"""The forms of services: what is looked for, the file of a directory, a referral and each of its steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from mdt.models import now
from mdt.operations.services import referring, terms
from mdt.operations.services.finding import Wish
from mdt.operations.services.referring import Asked
from mdt.operations.team import Colleague
from mdt.sharing.provision import Provision
from mdt.web.forms import Form, Key, text_of
from mdt.web.hours import Hour, moment
from mdt.web.releases import Choices, Day, One

OLDEST, FARTHEST, LONGEST_WAIT = 130, 500, 1000
NOON = time(12, 0)


def wish(args: Mapping[str, str], marks: list[str]) -> Wish:
    """What a search asks for, as it stands in the address of its page; what makes no sense is not asked."""
    known = {one.code for one in terms.MARKS}
    return Wish(
        need=_short(args, "need"), age=_number(args, "age", OLDEST), gender=_short(args, "gender"),
        language=_short(args, "language"), place=_short(args, "place"), miles=_number(args, "miles", FARTHEST),
        words=_short(args, "words"), waiting=_number(args, "waiting", LONGEST_WAIT),
        marks=tuple(one for one in marks if one in known),
    )  # fmt: skip


def asked_page(args: Mapping[str, str]) -> int:
    return _number(args, "page", 100_000) or 1


def _short(args: Mapping[str, str], name: str) -> str:
    return args.get(name, "").strip()[:100]


def _number(args: Mapping[str, str], name: str, most: int) -> int | None:
    said = _short(args, name)
    return int(said) if said.isascii() and said.isdigit() and int(said[:9]) <= most else None


class FileForm(Form):
    """The file of a directory, and whether it is all of it."""

    directory = FileField("The file", [InputRequired("Choose a file first.")])
    whole = RadioField(
        "What is in it?",
        [InputRequired("Say what is in it.")],
        choices={"part": "A part: it adds and changes", "whole": "All of it: what it does not have goes"},
        default="part",
    )


STATES = {
    "active": "Open", "inactive": "Not open now", "temporarily closed": "Closed for a time", "defunct": "Gone for good",
}  # fmt: skip


class ServiceForm(Form):
    """One service as it stands in the directory."""

    name = StringField("Name")
    alternate_name = StringField("Another name")
    description = TextAreaField("What it is")
    status = SelectField("Does it stand?", choices=STATES)
    alert = StringField("What one should know first")
    phone = StringField("Phone")
    email = StringField("Mail")
    url = StringField("Web address")
    eligibility_description = TextAreaField("Who it is for")
    application_process = TextAreaField("How to get in")
    fees_description = StringField("What it costs")
    minimum_age = StringField("From which age")
    maximum_age = StringField("Up to which age")
    waiting_days = StringField("Days until a place is usually free")
    gender_served = SelectField("Whom it serves", choices={"": "Not said"} | {one: one for one in terms.GENDERS})
    marks = Choices("What it is besides", choices={one.code: one.name for one in terms.MARKS})
    needs = Choices("For which needs", choices=[])

    def over(self, rules: Provision) -> ServiceForm:
        known = {term.code: term for term in terms.TERMS if term.code.startswith("need-")}
        titles = {f"need-{code.replace('_', '-')}": one.title for code, one in rules.needs.items()}
        self.needs.choices = [(code, titles.get(code, term.name)) for code, term in known.items()]
        return self

    @property
    def said(self) -> dict[str, str]:
        return {field.name: field.data or "" for field in self if isinstance(field.data, str)}

    @property
    def chosen(self) -> frozenset[str]:
        return frozenset([*(self.marks.data or ()), *(self.needs.data or ())])


class PlaceForm(Form):
    """Where a service is, and who may know."""

    who = One(
        "Who may know where it is?", [InputRequired("Say who may know.")],
        choices={"all": "Everybody", "gate": "Nobody here: a front gate only"},
    )  # fmt: skip
    address_1 = StringField("Street and number")
    address_2 = StringField("More of the address")
    city = StringField("Town")
    state_province = StringField("State")
    postal_code = StringField("Postal code")
    name = StringField("What the place is called")
    transportation = StringField("How to get there")
    latitude = StringField("Latitude")
    longitude = StringField("Longitude")

    @property
    def said(self) -> dict[str, str]:
        return {field.name: field.data or "" for field in self if field.name != "who" and isinstance(field.data, str)}


class ReferForm(Form):
    """What was asked of the young person, and what they said."""

    need = SelectField("What is it for?", [InputRequired("Choose what it is for.")])
    answer = One("What did the young person say?", [InputRequired("Ask first. Then write down what they said.")])
    asked_by = SelectField("Who asked?", [InputRequired("Choose who asked.")])
    asked_on = Day("On which day?", [InputRequired("Say on which day.")])
    words = TextAreaField(
        "What the service would do",
        [Length(max=referring.LONGEST, message=f"At most {referring.LONGEST} characters.")],
    )
    heeded = Choices("Let it stand", [], validate_choice=False)
    key = Key()

    @classmethod
    def of(
        cls, rules: Provision, askers: tuple[Colleague, ...], unsent: MultiDict[str, str] | None = None
    ) -> ReferForm:
        form = cls(formdata=unsent) if unsent else cls()
        form.need.choices = [(code, one.title) for code, one in rules.needs.items()]
        form.answer.choices = [("yes", "Yes"), ("no", "No")]
        form.asked_by.choices = [(one.id, "I did" if one.me else f"{one.name}, {one.role_words}") for one in askers]
        if request.method == "GET" and not unsent:
            form.need.data = request.args.get("need") or form.need.data
        return form

    def validate_heeded(self, field: Choices) -> None:
        """Which repeats may stand is judged where they are found."""

    def asked(self, service_id: str, zone: ZoneInfo) -> Asked:
        """What it comes to; today counts as now."""
        on = self.asked_on.data
        assert on is not None
        today = now().astimezone(zone).date()
        at = now() if on == today else datetime.combine(on, NOON, zone)
        yes = self.answer.data == "yes"
        return Asked(service_id, self.need.data, yes, self.asked_by.data, at, text_of(self.words))


class ToForm(Form):
    """To whom of the service it goes."""

    to = One("To whom?", [InputRequired("Choose somebody.")])
    key = Key()


class OutsideForm(Form):
    """What an agency outside the team reads."""

    words = TextAreaField(
        "What they read",
        [InputRequired("Say what they would do."), Length(max=1500, message="At most 1500 characters.")],
    )
    heeded = Choices("Let it stand", [], validate_choice=False)
    key = Key()

    def validate_heeded(self, field: Choices) -> None:
        """Which repeats may stand is judged where they are found."""


class StepForm(Form):
    """One step, under a key of its own."""

    key = Key()

    def about(self, zone: ZoneInfo) -> dict[str, Any]:
        return {}


class WhenForm(StepForm):
    """An appointment."""

    on = Day("On which day?", [InputRequired("Say on which day.")])
    at = Hour("At what time?", [InputRequired("Say at what time.")])

    def about(self, zone: ZoneInfo) -> dict[str, Any]:
        return {"at": moment(self.on, self.at, zone)}


class WhyForm(StepForm):
    """A no, and why."""

    reason = One("What is in the way?", [InputRequired("Choose what is in the way.")])
    words = StringField("In a word", [Optional(), Length(max=200, message="At most 200 characters.")])

    def about(self, zone: ZoneInfo) -> dict[str, Any]:
        return {"reason": self.reason.data, "words": text_of(self.words)}


class OutcomeForm(StepForm):
    """What came of it."""

    words = TextAreaField(
        "In their words",
        [Length(max=referring.LONGEST, message=f"At most {referring.LONGEST} characters.")],
    )


__all__ = [
    "FileForm",
    "OutcomeForm",
    "OutsideForm",
    "PlaceForm",
    "ReferForm",
    "ServiceForm",
    "StepForm",
    "ToForm",
    "WhenForm",
    "WhyForm",
    "asked_page",
    "wish",
]
