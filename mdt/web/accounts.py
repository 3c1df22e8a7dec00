"""The forms of whoever runs the system: an agency, and somebody of one. Each choice says what it does."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, DateField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, Optional, StopValidation

from mdt.models import Agency, User
from mdt.operations import accounts, agencies
from mdt.operations.agencies import Facts
from mdt.operations.staff import Post
from mdt.sharing.profile import load, names
from mdt.sharing.vocabulary import ROLE_WORDS, Role
from mdt.web.forms import Form, text_of
from mdt.web.pages import zone

ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles",
    "America/Anchorage", "America/Adak", "Pacific/Honolulu", "America/Puerto_Rico", "Pacific/Guam",
    "Pacific/Pago_Pago",
)  # fmt: skip
"""The time zones of the United States, from east to west, as the time zone file calls them."""
FUNDING_WORDS = {"vawa": "VAWA (Violence Against Women Act)", "voca": "VOCA (Victims of Crime Act)",
                 "fvpsa": "FVPSA (Family Violence Prevention and Services Act)"}  # fmt: skip
NO_DISCIPLINE = "None: counsel, or an office that opens no case"


class OneOf(SelectField):
    """One of a list; what was never offered is answered in words."""

    def pre_validate(self, form: Any) -> None:
        if self.data not in {value for value, *_words in self.iter_choices()}:
            raise StopValidation("Choose from what is on the page.")


class AgencyForm(Form):
    """An agency as the public could know it."""

    name = StringField("Name", [InputRequired("Write the agency’s name."), Length(max=200, message="Make it shorter.")])
    role = OneOf(
        "Discipline",
        description="What its people act as, and by that what they may see. An agency of child welfare leads.",
    )
    mou_until = DateField(
        "Team agreement until", [Optional()],
        description="The last day. Nobody of an agency without an agreement is asked to a table; the day after it "
        "ends, what only the team may see closes for its people, and their tasks go to others.",
    )  # fmt: skip
    statutory_member = BooleanField(
        "The statute of this state names it as a member of the team",
        description="Its people at a table see what that statute lets the team share.",
    )
    part2 = BooleanField(
        "It treats substance use under 42 CFR Part 2",
        description="What it records of that opens only by a release of its own kind.",
    )
    vsp = OneOf(
        "Victim-service funding",
        description="What such an agency records of a young person stays with it, unless they sign for it.",
    )
    rhy = BooleanField(
        "It takes runaway-and-homeless-youth funding",
        description="What it records leaves it only with the young person’s consent, or where the law says so.",
    )
    timezone = OneOf("Time zone", description="Deadlines and days of the cases it leads are counted in it.")
    profile = OneOf(
        "Rules of sharing",
        description="By these go the cases it leads from now on. Cases that are open keep theirs. What counsel has not "
        "confirmed of a state’s rules stays closed.",
    )

    @classmethod
    def of(cls, agency: Agency | None) -> AgencyForm:
        """The form, as the agency stands; where nothing was sent yet."""
        at_first: dict[str, Any] = {"timezone": zone().key, "profile": "us-baseline", "vsp": ""}
        form = cls(data=vars_of(agency) if agency else at_first)
        form.role.choices = [(role.value, ROLE_WORDS[role].capitalize()) for role in agencies.DISCIPLINES]
        form.vsp.choices = [("", "None"), *((one, FUNDING_WORDS[one]) for one in agencies.FUNDING)]
        kept = {agency.timezone if agency else zone().key}.difference(ZONES)
        form.timezone.choices = [(one, one.replace("_", " ")) for one in (*ZONES, *kept)]
        form.profile.choices = [(name, load(name).title) for name in names()]
        return form

    @property
    def facts(self) -> Facts:
        return Facts(
            name=text_of(self.name), role=self.role.data, mou_until=self.mou_until.data,
            statutory_member=self.statutory_member.data, part2=self.part2.data, vsp=self.vsp.data or None,
            rhy=self.rhy.data, timezone=self.timezone.data, profile=self.profile.data,
        )  # fmt: skip


def vars_of(agency: Agency) -> dict[str, Any]:
    """What the form of an agency begins with."""
    facts = Facts.of(agency)
    return {name: getattr(facts, name) for name in Facts.__slots__} | {"vsp": facts.vsp or ""}


class PersonForm(Form):
    """Somebody of an agency: what they are called, and what they do there."""

    name = StringField("Name", [InputRequired("Write their name."), Length(max=200, message="Make it shorter.")])
    title = StringField(
        "Title",
        [Length(max=200, message="Make it shorter.")],
        description="As they sign: supervisor, nurse, detective.",
    )
    role = OneOf(
        "Discipline", description="They see what this discipline may see, once a lead has asked them. Whoever comes "
        "to act in another one leaves the tables they sit at, and is asked anew.",
    )
    medical = BooleanField(
        "A licensed health professional",
        description="Some health records open to those alone. Without the mark they stay closed.",
    )
    custodian = BooleanField(
        "On the list of named staff",
        description="Some records are kept by staff whom the agency has named. Without the mark they stay closed.",
    )
    supervisor_id = OneOf("Supervisor", description="Hears when something they hold is overdue. Reads no case by it.")

    @classmethod
    def of(cls, agency: Agency, user: User) -> PersonForm:
        """The form for somebody, at this agency; as they stand where nothing was sent yet."""
        form = cls(data=cls.now(user))
        form.offer(agency, user)
        return form

    def offer(self, agency: Agency, user: User | None) -> None:
        """What can be chosen at this agency."""
        bare = user is None or user.role is None
        disciplines = [(role.value, ROLE_WORDS[role].capitalize()) for role in agencies.kept_by(Role(agency.role))]
        self.role.choices = [*disciplines, *([("", NO_DISCIPLINE)] if bare else [])]
        people = accounts.who_answers(agency.id, user.id if user else None)
        self.supervisor_id.choices = [
            ("", "Nobody"),
            *((one.id, f"{one.name}, {one.title or one.role_words}") for one in people),
        ]

    @staticmethod
    def now(user: User) -> dict[str, Any]:
        """What the form begins with."""
        return {
            "name": user.name, "title": user.title or "", "role": user.role or "", "medical": user.medical,
            "custodian": user.custodian, "supervisor_id": user.supervisor_id or "",
        }  # fmt: skip

    @property
    def post(self) -> Post:
        return Post(
            title=text_of(self.title) or None, role=self.role.data or None, medical=self.medical.data,
            custodian=self.custodian.data, supervisor_id=self.supervisor_id.data or None,
        )  # fmt: skip


class NewPersonForm(PersonForm):
    """Somebody who begins: their sign-in name, too."""

    login = StringField(
        "Sign-in name", [InputRequired("Write the name they sign in by."), Length(max=200, message="Make it shorter.")],
        description="Their work address is best: letters that something waits go there. It cannot be changed later.",
    )  # fmt: skip

    def validate_login(self, field: StringField) -> None:
        if len(text_of(field).split()) != 1 or not text_of(field).isprintable():
            raise ValidationError("Write it in one word, without spaces.")


class MoveForm(PersonForm):
    """Somebody who works for another agency from now on."""

    name = None  # type: ignore[assignment]

    @staticmethod
    def now(user: User) -> dict[str, Any]:
        """At the new agency they begin with no mark; a license goes with them."""
        return {"title": user.title or "", "role": "", "medical": user.medical, "custodian": False, "supervisor_id": ""}


__all__ = ["AgencyForm", "MoveForm", "NewPersonForm", "PersonForm"]
