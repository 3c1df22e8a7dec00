"""The forms of missing from care: noticed, described, reported, talked to, back, what they told, what helps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, Field, StringField, TextAreaField, TimeField
from wtforms.validators import DataRequired, Length, Optional, StopValidation

from mdt.models import now
from mdt.operations.missing.episodes import LONGEST, EpisodeView, Noticed, ReportView
from mdt.operations.missing.plans import WITH, Plan
from mdt.operations.missing.reports import Made
from mdt.operations.missing.returning import Back, Talk
from mdt.sharing.episodes import Episodes
from mdt.sharing.moments import is_skipped
from mdt.web.forms import Form, Key, text_of
from mdt.web.hours import SKIPPED
from mdt.web.hours import moment as moment_of
from mdt.web.releases import Choices, One

NOW, EARLIER = "now", "earlier"
TOO_LONG = Length(max=LONGEST, message=f"At most {LONGEST} characters.")
LINE = Length(max=300, message="At most 300 characters.")


def _said(field: Field) -> str:
    return str(field.data or "")


class _Timed(Form):
    """A form that asks when: just now, or at another time, said as a day and a time of the case's zone."""

    zone: ZoneInfo
    since: datetime | None = None
    """What it comes after, if it comes after anything."""
    stands: datetime | None = None
    """What stands in it as it opens: sent as it stands, it is that very moment."""

    when = One("When?", choices={NOW: "Just now", EARLIER: "At another time"}, default=NOW)
    on = DateField("Day", [Optional()])
    at = TimeField("Time", [Optional()])

    def begin(self, zone: ZoneInfo) -> None:
        """The form where this is the time of day."""
        self.zone = zone
        if not self.is_submitted():
            on, at = _typed(now(), zone)
            self.on.data, self.at.data = self.on.data or on, self.at.data or at

    def validate_when(self, field: Field) -> None:
        if field.data != EARLIER:
            return
        if self.on.data is None or self.at.data is None:
            raise StopValidation("Say the day and the time.")
        if is_skipped(datetime.combine(self.on.data, self.at.data, self.zone)):
            raise StopValidation(SKIPPED)

    @property
    def moment(self) -> datetime:
        """When that was."""
        if self.when.data != EARLIER:
            return now()
        if self.stands and (self.on.data, self.at.data) == _typed(self.stands, self.zone):
            return self.stands
        return moment_of(self.on, self.at, self.zone, since=self.since)


def _typed(at: datetime, zone: ZoneInfo) -> tuple[date, time]:
    """The day and the time of a moment as a form has them."""
    here = at.astimezone(zone)
    return here.date(), here.time().replace(second=0, microsecond=0, fold=0)


class NoticeForm(_Timed):
    """Somebody noticed. The first three answers are enough; the rest can wait."""

    kind = One("What happened?")
    last_seen = StringField("Where and when were they last seen?", [Optional(), LINE])
    clothing = StringField("What are they wearing?", [Optional(), LINE])
    endangerment = TextAreaField("What puts them in danger?", [Optional(), TOO_LONG])
    noticed_by = StringField("Who told you?", [Optional(), Length(max=200, message="At most 200 characters.")])
    also = Choices("Is one of these true?")
    key = Key()

    @classmethod
    def of(cls, rules: Episodes, zone: ZoneInfo) -> NoticeForm:
        form = cls()
        form.when.label.text = "When was your agency told?"
        form.kind.choices = list(rules.kinds.items())
        form.also.choices = [(one.name, one.when) for one in rules.reports.values() if one.when]
        form.begin(zone)
        return form

    def validate_kind(self, field: Field) -> None:
        if field.data is None:
            raise StopValidation("Choose what happened, or that it is not clear yet.")

    @property
    def said(self) -> Noticed:
        words = {name: _said(self[name]) for name in ("last_seen", "clothing", "endangerment")}
        return Noticed(
            kind=self.kind.data, received_at=self.moment, noticed_by=text_of(self.noticed_by), values=words,
            also=self.also.data or (),
        )  # fmt: skip


class DescribeForm(Form):
    """How they look, where they were last seen, what puts them in danger, whom to call."""

    last_seen = StringField("Where and when were they last seen?", [Optional(), LINE])
    clothing = StringField("What are they wearing?", [Optional(), LINE])
    le_contact = StringField("Officer to call", [Optional(), LINE], description="Name, agency, number.")
    endangerment = TextAreaField(
        "What puts them in danger?",
        [Optional(), TOO_LONG],
        description="Pregnancy, medicines they need, thoughts of suicide, somebody who exploits them.",
    )
    factors = TextAreaField("Why they left, as far as you know", [Optional(), TOO_LONG])
    key = Key()

    @classmethod
    def of(cls, view: EpisodeView) -> DescribeForm:
        known = {one.name: one.value for one in view.record.values} if view.record else {}
        return cls(data={name: known.get(name, "") for name in cls.words()})

    @classmethod
    def words(cls) -> tuple[str, ...]:
        return ("last_seen", "clothing", "le_contact", "endangerment", "factors")

    @property
    def said(self) -> dict[str, str]:
        return {name: _said(self[name]) for name in self.words()}


class ReportForm(_Timed):
    """A report was made."""

    whom = StringField("Whom did you talk to?", [Optional(), LINE], description="Name or badge, if they gave one.")
    number = StringField("Number they gave you", [Length(max=60, message="At most 60 characters.")])
    why = TextAreaField("It is late. Why?", [Length(max=1000, message="At most 1000 characters.")])

    _report: ReportView

    @classmethod
    def of(cls, report: ReportView, zone: ZoneInfo) -> ReportForm:
        form = cls()
        form._report, form.since = report, report.started_at
        form.when.label.text = f"When did you tell {report.kind.to}?"
        form.number.label.text = report.kind.number or "Number, if they gave you one"
        form.begin(zone)
        return form

    def validate_number(self, field: Field) -> None:
        if self._report.kind.number and not _said(field):
            raise StopValidation(f"Write down the {self._report.kind.number}.")

    def validate_why(self, field: Field) -> None:
        timed = self.when.data == NOW or (self.on.data and self.at.data)
        if timed and self.moment > self._report.due_at and not _said(field):
            raise StopValidation("It was late. Say why, in a sentence.")

    @property
    def said(self) -> Made:
        return Made(at=self.moment, whom=text_of(self.whom), number=text_of(self.number), why=text_of(self.why))


class ContactForm(_Timed):
    """Somebody was talked to."""

    kind = One("With whom?")
    words = TextAreaField("What came of it?", [DataRequired("Say what came of it."), TOO_LONG])
    key = Key()

    @classmethod
    def of(cls, rules: Episodes, zone: ZoneInfo) -> ContactForm:
        form = cls()
        form.kind.choices = list(rules.contacts.items())
        form.begin(zone)
        return form

    def validate_kind(self, field: Field) -> None:
        if field.data is None:
            raise StopValidation("Choose whom you talked to.")


class BackForm(_Timed):
    """They are back."""

    how = TextAreaField("Where and how?", [DataRequired("Say where and how, in a sentence."), TOO_LONG])
    care = TextAreaField("What did they need, and what did they get?", [Optional(), TOO_LONG])
    height_weight = StringField("Height and weight", [Optional(), LINE])
    hair_eyes = StringField("Hair and eyes", [Optional(), LINE])
    marks = StringField("Scars, marks, tattoos", [Optional(), LINE])
    told = Choices("Whom have you told that they are back?")
    key = Key()

    @classmethod
    def of(cls, rules: Episodes, zone: ZoneInfo, view: EpisodeView) -> BackForm:
        form = cls()
        form.since, form.stands = view.since, view.said_back
        form.when.label.text = "When did they come back?"
        form.told.choices = list(rules.contacts.items())
        if view.said_back and not form.is_submitted():
            form.when.data, (form.on.data, form.at.data) = EARLIER, _typed(view.said_back, zone)
        form.begin(zone)
        return form

    def said(self, sent: Mapping[str, str]) -> Back:
        """What was said; `sent` has why each report was never made, by its identifier."""
        looks = {name: _said(self[name]) for name in ("height_weight", "hair_eyes", "marks")}
        why = {name.removeprefix("why-"): words.strip() for name, words in sent.items() if name.startswith("why-")}
        return Back(
            at=self.moment, how=text_of(self.how), care=text_of(self.care), looks=looks, told=self.told.data or (),
            why=why,
        )  # fmt: skip


class TalkForm(Form):
    """What they told of the time away."""

    left = TextAreaField("Why did they leave?", [Optional(), TOO_LONG])
    happened = TextAreaField("What happened while they were away?", [Optional(), TOO_LONG])
    stay = TextAreaField("What would help them stay?", [TOO_LONG])
    why = TextAreaField("It is late. Why?", [Length(max=1000, message="At most 1000 characters.")])
    key = Key()

    late: bool = False

    @classmethod
    def of(cls, view: EpisodeView) -> TalkForm:
        form = cls()
        form.late = bool(view.talk and view.talk.overdue)
        return form

    def validate_why(self, field: Field) -> None:
        if self.late and not _said(field):
            raise StopValidation("It is later than it was to be. Say why, in a sentence.")

    def validate_stay(self, field: Field) -> None:
        if not any(_said(self[name]) for name in ("left", "happened", "stay")):
            raise StopValidation("Write down what they told, in their words. One answer is enough.")

    @property
    def said(self) -> Talk:
        return Talk(
            left=text_of(self.left), happened=text_of(self.happened), stay=text_of(self.stay), why=text_of(self.why)
        )  # fmt: skip


class PlanForm(Form):
    """What helps them stay."""

    made = One("How did you make it?", choices=WITH)
    theirs = TextAreaField("What do they say would help?", [Optional(), TOO_LONG], description="In their words.")
    factors = Choices("What makes it hard to stay?")
    steps = TextAreaField(
        "What will be done, and by whom?", [TOO_LONG], description="One a line. Who does what, from when."
    )
    call = StringField("Whom do they call before they go?", [Optional(), LINE])
    safe = StringField("Where is it safe to go, if they must?", [Optional(), LINE], description="No protected place.")
    key = Key()

    @classmethod
    def of(cls, rules: Episodes) -> PlanForm:
        form = cls()
        form.factors.choices = [(one.name, one.words) for one in rules.risks.values()]
        return form

    def validate_made(self, field: Field) -> None:
        if field.data is None:
            raise StopValidation("Say whether you made it with them.")

    def validate_steps(self, field: Field) -> None:
        if not any(_said(self[name]) for name in ("steps", "call", "safe")):
            raise StopValidation("Write at least one thing that helps.")

    @property
    def said(self) -> Plan:
        return Plan(
            factors=self.factors.data or (), theirs=text_of(self.theirs), steps=text_of(self.steps),
            call=text_of(self.call), safe=text_of(self.safe), made=self.made.data,
        )  # fmt: skip


class PhotoForm(Form):
    """A photo of them."""

    photo = FileField("Photo", [FileRequired("Choose a photo first.")])
    key = Key()


class ConfirmForm(Form):
    """Its receiver did what the law asks of them."""

    entry = StringField("Number of the entry, if they gave you one", [Optional(), Length(max=60)])


__all__ = [
    "BackForm", "ConfirmForm", "ContactForm", "DescribeForm", "NoticeForm", "PhotoForm", "PlanForm", "ReportForm",
    "TalkForm",
]  # fmt: skip
