"""Forms of a meeting: planning it, a note, a decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from wtforms import BooleanField, DateField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from mdt.models import is_id, new_id, now
from mdt.operations import drafts, together, updates
from mdt.operations.access import Seat
from mdt.operations.drafts import Unsent
from mdt.operations.meeting import planning
from mdt.operations.meeting.planning import Agenda, Heeds
from mdt.operations.meeting.returns import LONGEST as LONGEST_ANSWER
from mdt.operations.meetings import LONGEST_NOTE, Decision, Sent
from mdt.operations.room import Present, SegmentView
from mdt.sharing import fields as catalog
from mdt.sharing.facts import Item
from mdt.sharing.gatherings import Template
from mdt.sharing.vocabulary import Category
from mdt.web.drafts import as_sent
from mdt.web.forms import Form, Key, text_of
from mdt.web.hours import Hour, moment
from mdt.web.pages import zone
from mdt.web.proof import proved_lately
from mdt.web.updates import LABEL_WORDS

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
    """A note; it is a meeting note unless its writer says that it is another kind of record."""

    text = TextAreaField(
        "Write down what was said", [InputRequired("Write something first."), Length(max=LONGEST_NOTE)]
    )
    category = SelectField("What kind of record is it?", [], validate_choice=False, default=Category.MEETING.value)
    labels = SelectMultipleField("Does it mention", [], validate_choice=False)

    def kinds(self, seat: Seat) -> NoteForm:
        """The same form with the kinds that this writer can choose, and the sensitivities of the chosen one."""
        entries = [catalog.CATEGORIES[Category.MEETING], *updates.categories(seat)]
        self.category.choices = [(one.category.value, one.title) for one in entries]
        if self.category.data not in {one.category.value for one in entries}:
            self.category.data = Category.MEETING.value
        known = catalog.CATEGORIES[Category(self.category.data)].labels
        self.labels.choices = [(name, LABEL_WORDS.get(name, name.title())) for name in known]
        self.labels.data = [name for name in self.labels.data or () if name in known]
        return self

    @property
    def sent(self) -> Sent:
        """What a form says of a kind that nobody has is a meeting note's: the verb looks once more."""
        said = self.category.data or Category.MEETING.value
        category = Category(said) if said in list(Category) else Category.MEETING
        return replace(super().sent, category=category, labels=tuple(self.labels.data or ()))


class MotionForm(Written):
    text = StringField("What do you move?", [InputRequired("Say what you move."), Length(max=500)])


class ActionForm(Written):
    """Something its writer takes on."""

    text = StringField("What will you do?", [InputRequired("Say what you will do."), Length(max=500)])
    due_on = DateField("By when", [Optional()])

    def due_at(self, seat: Seat) -> datetime | None:
        zone = seat.zone
        return datetime.combine(self.due_on.data, END_OF_DAY, zone) if self.due_on.data else None


class DissentForm(Written):
    """Why its writer does not agree with a decision."""

    about = SelectField("With which decision?", [InputRequired("Choose one.")], choices=[], validate_choice=False)
    text = TextAreaField("Why not?", [InputRequired("Say in a word why not."), Length(max=LONGEST_NOTE)])

    def over(self, decisions: Sequence[SegmentView]) -> None:
        """Let it be chosen from these."""
        self.about.choices = [(one.id, one.decision) for one in decisions if one.kind == "decision"]


FLOOR: Mapping[str, type[Written]] = {"action": ActionForm, "motion": MotionForm, "dissent": DissentForm}
"""What is written beside the note."""


class RemarkForm(Written):
    text = TextAreaField("What is missing or wrong?", [InputRequired("Write it down."), Length(max=LONGEST_NOTE)])


class DecisionForm(Written):
    what = StringField("What", [InputRequired("Say what was decided."), Length(max=500)])
    who = SelectField("Who", [Optional()])
    due_on = DateField("By when", [Optional()])
    not_possible = StringField("Not possible because", [Length(max=500)])
    motion = SelectField("On which motion", [Optional()], choices=[], validate_choice=False)
    lost = BooleanField("The motion did not carry")

    @classmethod
    def of(cls, people: Sequence[Present], **values: Any) -> DecisionForm:
        form = cls(**values)
        others = (one.person for one in people if not one.person.me)
        form.who.choices = {"": "Me"} | {one.id: f"{one.name}, {one.role_words}" for one in others}
        return form

    def about(self, motions: Sequence[SegmentView]) -> None:
        """Let it settle one of these."""
        self.motion.choices = {"": "No motion"} | {one.id: one.text for one in motions}

    def decision(self, seat: Seat) -> Decision:
        zone = seat.zone
        due = datetime.combine(self.due_on.data, END_OF_DAY, zone) if self.due_on.data else None
        motion, carried = self.motion.data or None, not (self.motion.data and self.lost.data)
        return Decision(text_of(self.what), self.who.data or None, due, self.not_possible.data or "", motion, carried)


Made = TypeVar("Made", bound=Form)


@dataclass(frozen=True)
class Writing:
    """What this member writes in a room: a note and a decision as they left them, or a note written together."""

    sheet: together.Sheet | None
    open_ones: tuple[together.Open, ...]
    unsent: Mapping[str, Unsent | None]
    asides: Sequence[Unsent]

    @classmethod
    def of(cls, seat: Seat, meeting_id: str, asked: str) -> Writing:
        """`asked`: the note that is written together and that this page is to be bound to."""
        sheet = together.find(seat, meeting_id, asked) if is_id(asked) else None
        unsent = {name: drafts.find(seat.me, seat.id, name, meeting_id) for name in ("note", "decide", *FLOOR)}
        open_ones = together.open_ones(seat, meeting_id)
        return cls(sheet, open_ones, unsent, drafts.asides(seat.me, seat.id, meeting_id))

    def note(self) -> NoteForm:
        """The form of a note, with what was being written in it."""
        if self.sheet:
            return NoteForm(formdata=None, key=self.sheet.id, text=self.sheet.text)
        return _left(NoteForm, self.unsent["note"])

    def decision(self, people: Sequence[Present]) -> DecisionForm:
        return _left(lambda **given: DecisionForm.of(people, **given), self.unsent["decide"])

    def left(self, writes: bool) -> Sequence[Unsent]:
        """Words without a form to stand in: meant for a note they could not go into, or left when a meeting ended."""
        return [*self.asides, *(one for one in self.unsent.values() if one and not writes)]

    @property
    def others(self) -> tuple[together.Open, ...]:
        """Those one is not writing in on this page."""
        return tuple(one for one in self.open_ones if self.sheet is None or one.id != self.sheet.id)


def _left(made: Callable[..., Made], unsent: Unsent | None) -> Made:
    return made(formdata=as_sent(unsent)) if unsent else made(formdata=None, key=new_id())


def _to_come(_form: Any, field: DateField) -> None:
    """A day slipped into last year asks nobody to a meeting that is over; today is early enough."""
    if field.data is not None and field.data < now().astimezone(zone()).date():
        raise ValidationError("That day is over. Choose today, or a day to come.")


class Heeding(Form):
    """What whoever plans a meeting lets stand."""

    late = BooleanField("It has to be later than that")
    heeded = SelectMultipleField("Let it stand", [], validate_choice=False)

    @property
    def heeds(self) -> Heeds:
        return Heeds(bool(self.late.data), tuple(self.heeded.data or ()), proved_lately())


class PlanForm(Heeding):
    """A meeting: its kind or its name, its time in the case's time zone, and up to five points. A kind without points
    has its usual ones."""

    seat: Seat

    kind = SelectField("What kind of meeting", [Optional()])
    title = StringField("What it is called", [Length(max=100)])
    on = DateField("Day", [InputRequired("Choose a day."), _to_come])
    at = Hour("Time", [InputRequired("Choose a time.")])

    @classmethod
    def of(cls, seat: Seat, items: Sequence[Item], kind: str = "") -> PlanForm:
        """`kind`: the one that a link to it names."""
        form = cls(data={"kind": kind} if kind else None)
        form.seat = seat
        form.kind.choices = [*((one.name, one.title) for one in planning.kinds(seat)), ("", "Another")]
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
    def own(self) -> bool:
        """Whether it has words of its own."""
        return bool(self.title.data or any(title.data for title, _, _ in self.points))

    @property
    def agenda(self) -> list[Agenda]:
        return [
            Agenda(title.data, int(minutes.data or 10), item.data or None)
            for title, minutes, item in self.points
            if title.data
        ]

    @property
    def starts_at(self) -> datetime:
        return moment(self.on, self.at, self.seat.zone)

    def validate_title_1(self, field: StringField) -> None:
        if not field.data and not self.kind.data:
            raise ValidationError("Put at least one point on the agenda.")

    def validate_title(self, field: StringField) -> None:
        if not field.data and not self.kind.data:
            raise ValidationError("Give it a name that tells nothing, such as Care plan meeting.")


class TimeForm(Form):
    """When a meeting is, in the zone of its case or of the county."""

    on = DateField("Day", [InputRequired("Choose a day."), _to_come])
    at = Hour("Time", [InputRequired("Choose a time.")])

    def starts_at(self, zone: ZoneInfo) -> datetime:
        return moment(self.on, self.at, zone)


class MoveForm(TimeForm, Heeding):
    """Another time for a meeting."""


class ReviewForm(TimeForm):
    """A sitting over a roster: which cases, when."""

    kind = SelectField("What kind of review", [InputRequired("Choose a kind.")])
    cases = SelectMultipleField("Which cases?", [], validate_choice=False)


class WatchForm(Form):
    """Who is on call, from when to when."""

    who = SelectField("Who", [InputRequired("Choose who.")])
    since_on = DateField("From which day", [InputRequired("Choose the day it begins.")])
    since_at = Hour("From what time", [InputRequired("Choose the time it begins.")], of="since_on")
    until_on = DateField("Until which day", [InputRequired("Choose the day it ends.")])
    until_at = Hour("Until what time", [InputRequired("Choose the time it ends.")], of="until_on")

    def span(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        return moment(self.since_on, self.since_at, zone), moment(self.until_on, self.until_at, zone)


class GuestForm(Form):
    """Who is asked to which point, to take part or to listen."""

    who = SelectField("Who", [InputRequired("Choose who.")])
    point = SelectField("To which point", [InputRequired("Choose a point.")])
    observes = BooleanField("They only listen")


class ReturnForm(Written):
    """An agency's return: the questions of its template. `answers` by name of the question."""

    _names: list[str]

    @classmethod
    def of(cls, template: Template, **values: Any) -> ReturnForm:
        """The form of this template: a class of its own, so that its fields are those of the file."""
        asked = {f"q_{name}": TextAreaField(words, [Length(max=LONGEST_ANSWER)]) for name, words in template.questions}
        made: ReturnForm = type("ReturnForm", (cls,), asked)(**values)
        made._names = [name for name, _ in template.questions]
        return made

    @property
    def questions(self) -> list[Any]:
        return [getattr(self, f"q_{name}") for name in self._names]

    @property
    def answers(self) -> dict[str, str]:
        return {name: getattr(self, f"q_{name}").data or "" for name in self._names}


for number in range(1, POINTS + 1):
    setattr(PlanForm, f"title_{number}", StringField("Point", [Length(max=200)]))
    setattr(PlanForm, f"minutes_{number}", SelectField("Minutes", choices=MINUTES, default="10"))
    setattr(PlanForm, f"item_{number}", SelectField("On the table", [Optional()]))


def _named(item: Item) -> str:
    title = catalog.CATEGORIES[item.category].title
    return f"{title}, {item.recorded:%B} {item.recorded.day}" if item.recorded else title
