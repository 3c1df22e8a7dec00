"""The forms of a release: what it lets be told, how it was signed, how it is stopped.

A release is written on two pages. The first asks what may be told (`AskForm`), the second is read
aloud and says how it was signed (`SignForm`). Each page carries what the other asked, so that
nothing typed is lost on the way back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, Field, RadioField, SelectMultipleField, StringField
from wtforms.validators import Length, StopValidation, ValidationError

from mdt.operations import releases
from mdt.operations.access import Seat
from mdt.operations.consent.kinds import Kind
from mdt.operations.consent.knowing import is_among
from mdt.operations.consent.sheets import ELEMENTS, EVENTS, HOW, LABELS
from mdt.operations.consent.signing import Signatures
from mdt.operations.consent.standins import organisation
from mdt.operations.team import Colleague, colleagues, purpose_of
from mdt.operations.views import look
from mdt.sharing import fields as catalog
from mdt.sharing.facts import Release
from mdt.sharing.releases import CASE_CLOSED, NO_EXPIRY
from mdt.sharing.vocabulary import PURPOSE_WORDS, USUAL_PURPOSES, Category, Purpose, Role
from mdt.web.forms import Form, Key

BY_ACT = ("informed", "copy_given")
"""Elements that are done, not printed: whoever records the release says that they were."""
ON_A_DAY, NOT_SAID, EVERYBODY = "day", "none", "all"
MODES = {"written": "On paper", "esign": "On this screen", "verbal": "Said aloud, not signed"}


class Choices(SelectMultipleField):
    """Several of what is offered; what was never offered is answered in words."""

    def pre_validate(self, form: Any) -> None:
        known = {value for value, *_words in self.iter_choices()}
        if set(self.data or ()) - known:
            raise StopValidation("Choose from what is on the page.")


class One(RadioField):
    """One of what is offered."""

    def pre_validate(self, form: Any) -> None:
        if self.data is not None and self.data not in {value for value, *_words in self.iter_choices()}:
            raise StopValidation("Choose from what is on the page.")


class Day(DateField):
    """A day of the calendar, or words for what to write instead."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """An empty one is no day; anything else has to be one."""
        if not any(one.strip() for one in valuelist):
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Write a day of the calendar, such as 2026-11-30.") from None


class AskForm(Form):
    """What may be told: to whom, about what, what for, until when."""

    seat: Seat
    kind: Kind
    discloser: str
    agencies: list[tuple[str, str, bool]]
    people: list[tuple[str, str]]

    key = Key()
    recipients = Choices("Who may be told?")
    recipient = One("Who may be told?")
    categories = Choices("About what?")
    labels = Choices("May they be told of these, too?")
    records = Choices("Only these records")
    purposes = Choices("So that they can")
    ends = One("Until when?")
    ends_on = Day("The last day")
    effective = Day("It begins on")
    first_on = Day("Only what was written from")
    last_on = Day("to")
    description = StringField("In their own words", [Length(max=300, message="At most 300 characters.")])
    excludes = Choices("Leave these out")

    @classmethod
    def of(
        cls,
        seat: Seat,
        discloser: str,
        kind: Kind,
        team: Sequence[Colleague],
        records: Iterable[Any],
        **given: Any,
    ) -> AskForm:
        """The form for this kind of release of this agency; `given` is what is known before anything is written."""
        form = cls(**given)
        form.seat, form.kind, form.discloser = seat, kind, discloser
        agencies = releases.reachable(seat, discloser)
        people = {one.id: f"{one.name}, {one.role_words}" for one in team if not one.me and one.role is not Role.YT}
        form.recipients.choices = form.recipient.choices = agencies | people
        form.agencies = _team_first(agencies, seat, team)
        form.people = [(one, words) for one, words in people.items() if seat.case.facts.users[one].org != discloser]
        form.categories.choices = {one.value: catalog.CATEGORIES[one].title for one in kind.categories}
        form.labels.choices = {name: capital(LABELS.get(name, name.lower())) for name in _labels(kind.categories)}
        form.records.choices = {item.id: _record(item) for item in records}
        form.purposes.choices = {
            one.value: capital(PURPOSE_WORDS[one]) for one in Purpose if one is not Purpose.AGGREGATE
        }
        form.ends.choices = _ends(kind)
        form.excludes.choices = _fields(kind.categories)
        return form

    @property
    def chosen_recipients(self) -> tuple[str, ...]:
        if self.kind.rule.one_recipient:
            return (self.recipient.data,) if self.recipient.data else ()
        return tuple(self.recipients.data or ())

    @property
    def chosen(self) -> tuple[Category, ...]:
        return tuple(one for one in self.kind.categories if one in (self.categories.data or ()))

    @property
    def terms(self) -> dict[str, Any]:
        """What of it goes into the release."""
        period = (self.first_on.data or date.min, self.last_on.data or date.max)
        return {
            "recipients": self.chosen_recipients,
            "categories": self.chosen,
            "labels": tuple(one for one in self.labels.data or () if one in _labels(self.chosen)),
            "items": tuple(self.records.data) if self.records.data else None,
            "excludes": tuple(one for one in self.excludes.data or () if one in _fields(self.chosen)),
            "purposes": tuple(Purpose(one) for one in self.purposes.data or ()) or None,
            "expires": self._expires,
            "effective": self.effective.data,
            "data_period": period if self.first_on.data or self.last_on.data else None,
        }

    @property
    def _expires(self) -> date | str | None:
        if self.ends.data == ON_A_DAY:
            return self.ends_on.data
        if self.ends.data == NOT_SAID:
            return None if self.kind.rule.expiry == "required" else NO_EXPIRY
        event: str | None = self.ends.data
        return event

    def validate_recipients(self, field: Field) -> None:
        if not self.kind.rule.one_recipient and not field.data:
            raise ValidationError("Choose who may be told.")

    def validate_recipient(self, field: Field) -> None:
        if self.kind.rule.one_recipient and not field.data:
            raise ValidationError(
                "Choose who may be told. This kind has one recipient; write another form for the next."
            )

    def validate_categories(self, field: Field) -> None:
        if not field.data:
            raise ValidationError("Choose what it is about.")

    def validate_records(self, field: Field) -> None:
        items = self.seat.case.facts.items
        if any(items[one].category not in self.chosen for one in field.data or () if one in items):
            raise ValidationError("One of these records is of a kind that you did not tick above.")

    def validate_purposes(self, field: Field) -> None:
        if not field.data:
            raise ValidationError("Choose what it is for.")

    def validate_ends(self, field: Field) -> None:
        if not field.data:
            raise ValidationError("Choose until when it lasts.")

    def validate_ends_on(self, field: Field) -> None:
        if self.ends.data == ON_A_DAY and field.data is None and not field.errors:
            raise ValidationError("Write the last day on which it lasts.")
        if self.ends.data == ON_A_DAY and field.data and self.effective.data and field.data < self.effective.data:
            raise ValidationError("It would end before it begins.")

    def validate_last_on(self, field: Field) -> None:
        if field.data and self.first_on.data and field.data < self.first_on.data:
            raise ValidationError("The second of the two days comes before the first.")


class SignForm(Form):
    """How it was signed, and what stands on the paper."""

    seat: Seat
    kind: Kind
    held: bool

    signed_by = Choices("Who signed?")
    signed_on = Day("On which day?")
    mode = One("How?", choices=MODES, default="written")
    signature = StringField("Write your name", [Length(max=200, message="At most 200 characters.")])
    authority = StringField(
        "By which right, and where the proof is", [Length(max=300, message="At most 300 characters.")]
    )
    elements = Choices("The paper")
    together = BooleanField("It stands on one paper with something else.")
    conditioned = BooleanField("Somebody was told they get help only if they sign.")
    seen = BooleanField("I have seen the paper that was signed.")
    anyway = BooleanField("Keep it as it is. It opens nothing.")

    @classmethod
    def of(
        cls, seat: Seat, kind: Kind, signatures: Signatures, formdata: MultiDict[str, str] | None, held: bool = False
    ) -> SignForm:
        """The second page; `formdata` is None when it is opened for the first time.

        Of a consent that is held, whoever records it says the day and that they saw the paper: neither is filled in.
        """
        printed = [name for name in kind.rule.elements if name not in BY_ACT]
        today = seat.today
        begun = {"elements": [], "signed_on": None} if held else {"elements": printed, "signed_on": today}
        form = cls(formdata=formdata, data=begun | {"mode": "written"})
        form.seat, form.kind, form.held = seat, kind, held
        form.say(signatures)
        form.elements.choices = {name: ELEMENTS.get(name, name) for name in kind.rule.elements}
        return form

    def say(self, signatures: Signatures) -> None:
        """Call those who may sign by the words of this page."""
        self.signed_by.choices = {one.name: one.words for one in signatures.choices}

    @property
    def done(self) -> list[str]:
        """The elements that are done, for this kind."""
        return [name for name in BY_ACT if name in self.kind.rule.elements]

    @property
    def lacks(self) -> bool:
        """Whether something that a paper says is not on this one."""
        said = set(self.elements.data or ())
        return any(name not in said for name in self.kind.rule.elements if name not in BY_ACT)

    @property
    def terms(self) -> dict[str, Any]:
        kept = set(self.elements.data or ())
        return {
            "signed_by": tuple(self.signed_by.data or ()),
            "signed_on": self.signed_on.data,
            "mode": self.mode.data,
            "missing": tuple(name for name in self.kind.rule.elements if name not in kept),
            "separate": not self.together.data,
            "conditioned": bool(self.conditioned.data),
        }

    def validate_signed_by(self, field: Field) -> None:
        if not field.data:
            raise ValidationError("Tick who signed. Nothing is kept until somebody has.")

    def validate_signed_on(self, field: Field) -> None:
        if field.errors:
            return
        if field.data is None:
            raise ValidationError("Write the day on which it was signed.")
        if field.data > self.seat.today:
            raise ValidationError("It cannot have been signed on a day to come.")
        if field.data < self.seat.case.facts.case.youth.born:
            raise ValidationError("Look at the day once more. It is before the young person was born.")

    def validate_seen(self, field: Field) -> None:
        if self.held and not field.data:
            raise ValidationError("Tick that you have seen the paper. Until somebody has, it is only a file.")

    def validate_signature(self, field: Field) -> None:
        if self.mode.data == "esign" and not field.data:
            raise ValidationError("Whoever signs on this screen writes their name.")


class StopForm(Form):
    """How a release is stopped, and for whom."""

    _all: tuple[str, ...]

    whom = One("For whom does it stop?", default=EVERYBODY)
    how = One("How did they say it?", choices=HOW, default="verbal")

    @classmethod
    def of(cls, recipients: Sequence[tuple[str, str]], *, for_all: bool) -> StopForm:
        """The form; who may not stop it for all has no choice: it stops for these, who are theirs."""
        form = cls()
        only = {one: f"Only {words}" for one, words in recipients} if for_all else {}
        form._all = () if for_all else tuple(one for one, _words in recipients)
        form.whom.choices = {EVERYBODY: "Everybody", **only}
        return form

    @property
    def recipients(self) -> tuple[str, ...]:
        return self._all if self.whom.data == EVERYBODY else (self.whom.data,)


def given(seat: Seat, kind: Kind, known: Mapping[str, Any], like: Release | None) -> dict[str, Any]:
    """What the first page says before anything is written: what a link knows, or what an earlier release said."""
    rule, today = kind.rule, seat.today
    usual: dict[str, Any] = {
        "categories": [kind.categories[0].value] if len(kind.categories) == 1 else [],
        "purposes": [Purpose.PLAN.value],
        "ends": NOT_SAID if rule.offered_days is None else ON_A_DAY,
        "ends_on": today + timedelta(days=rule.offered_days) if rule.offered_days else None,
    }
    if like is not None:
        usual |= {
            "recipients": list(like.recipients), "recipient": next(iter(like.recipients), None),
            "categories": list(like.categories), "labels": list(like.labels), "excludes": list(like.excludes),
            "purposes": list(like.purposes or ()), "records": list(like.items or ()),
        }  # fmt: skip
    said = usual | {name: value for name, value in known.items() if value}
    looked_for = _looked_for(seat, said.get("recipients") or [])
    return said | ({"purposes": looked_for} if looked_for and like is None else {})


def _looked_for(seat: Seat, recipients: Sequence[str]) -> list[str]:
    """What those who are named look for: who is known to be here, and the usual of an agency of which nobody is."""
    known = colleagues(seat, look(seat).sources)
    here = [one.id for one in known if is_among(seat, recipients, one.id)]
    found = {purpose_of(seat.case, user).value for user in here}
    if not here:
        orgs = [org for one in recipients if (org := organisation(seat, one))]
        found = {USUAL_PURPOSES[org.role][0].value for org in orgs}
    return sorted(found)


def capital(words: str) -> str:
    """With a large first letter."""
    return words[:1].upper() + words[1:]


def hidden(form: Form, *but: str) -> list[tuple[str, str]]:
    """What a form says, as pairs for hidden inputs on the other page."""
    pairs: list[tuple[str, str]] = []
    for field in form:
        if field.short_name in (*but, "csrf_token") or not field.data:
            continue
        values = field.data if isinstance(field.data, list) else [field.data if field.data is not True else "y"]
        pairs += [(field.name, str(value)) for value in values]
    return pairs


def _team_first(agencies: Mapping[str, str], seat: Seat, team: Sequence[Colleague]) -> list[tuple[str, str, bool]]:
    """(id, name, whether somebody of it is on the team as far as the reader knows), those first."""
    here = {seat.case.facts.users[one.id].org for one in team}
    return sorted(((key, name, key in here) for key, name in agencies.items()), key=lambda one: (not one[2], one[1]))


def _labels(categories: Iterable[Category]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label for one in categories for label in catalog.CATEGORIES[one].labels))


def _fields(categories: Iterable[Category]) -> dict[str, str]:
    return {field.name: field.label for one in categories for field in catalog.fields_of(one)}


def _record(item: Any) -> str:
    title = catalog.CATEGORIES[item.category].title
    return f"{title}, {item.recorded:%B} {item.recorded.day}" if item.recorded else title


def _ends(kind: Kind) -> dict[str, str]:
    """When it may end: a day, an event, or nothing said; the end of a school year for a school's records."""
    events = [CASE_CLOSED] + (["school_year_end"] if Category.EDUCATION in kind.categories else [])
    return {
        ON_A_DAY: "Until a day",
        **{one: f"Until {EVENTS[one]}" for one in events},
        NOT_SAID: "Nothing is said about an end",
    }


__all__ = ["AskForm", "SignForm", "StopForm", "given", "hidden"]
