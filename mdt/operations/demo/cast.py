"""Who is in the county, one a paragraph: in the order of the door."""

from __future__ import annotations

from dataclasses import dataclass, field

from mdt.operations.demo import known
from mdt.operations.demo.agencies import BY_SLUG
from mdt.sharing.vocabulary import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented:
    """A person. `faces`: what they face this evening; `aside`: not among the first one meets.

    `part` is the discipline of somebody of no agency: a caregiver, or the young person. An agency's
    counsel has none: the mark opens no case. `above` is who answers for them at their agency.
    """

    slug: str
    name: str
    title: str
    faces: str
    agency: str | None = None
    part: Role | None = None
    person: str | None = None
    placement: str | None = None
    medical: bool = False
    custodian: bool = False
    above: str | None = None
    admin: bool = False
    counsel: bool = False
    acknowledged: bool = True
    aside: bool = False
    id: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", known(f"person.{self.slug}"))

    @property
    def role(self) -> Role | None:
        return BY_SLUG[self.agency].role if self.agency and not self.counsel else self.part


CAST = (
    Invented(
        slug="casey",
        name="Casey Lindqvist",
        title="supervisor",
        agency="county",
        custodian=True,
        faces="Juno is missing since this morning, and Wren’s team meets tonight.",
    ),
    Invented(
        slug="jo",
        name="Jo Reyes",
        title="advocate",
        agency="opendoor",
        faces="Wren rang late last night. What may the team know, and who says so?",
    ),
    Invented(
        slug="ruth",
        name="Ruth Castellano",
        title="nurse",
        agency="mercy",
        medical=True,
        faces="Between two patients, somebody asks her to see Wren again.",
    ),
    Invented(
        slug="sam",
        name="Sam Brandt",
        title="therapist",
        agency="harbor",
        medical=True,
        faces="One release of his lets the county read on. Another ends in four days.",
    ),
    Invented(
        slug="imani",
        name="Imani Walker",
        title="school social worker",
        agency="school",
        faces="A bus, a quiet room, a biology test. She knows what school needs, no more.",
    ),
    Invented(
        slug="marcus",
        name="Marcus Bell",
        title="detective",
        agency="police",
        above="amara",
        faces="He leads the search for Juno, and Wren’s phone is in his evidence room.",
    ),
    Invented(
        slug="lena",
        name="Lena Park",
        title="officer",
        agency="probation",
        faces="She may come late tonight. What did she miss that she may know?",
    ),
    Invented(
        slug="tomas",
        name="Tomas Herrera",
        title="guardian ad litem",
        agency="guardian",
        faces="Court is next week. He speaks for Wren, and a paper he needs runs out first.",
    ),
    Invented(
        slug="ngozi",
        name="Ngozi Adeyemi",
        title="assistant prosecutor",
        agency="attorney",
        faces="Nobody has asked her to the table yet. Tonight somebody might.",
    ),
    Invented(
        slug="delia",
        name="Delia Marsh",
        title="coordinator",
        agency="witness",
        acknowledged=False,
        faces="An invitation waits. First she has to promise to keep what she hears.",
    ),
    Invented(
        slug="alma",
        name="Alma Frost",
        title="clerk",
        agency="court",
        faces="A pick-up order for Juno was signed today. Who has to have it?",
    ),
    Invented(
        slug="ana",
        name="Ana Whitfield",
        title="house manager",
        agency="hearth",
        placement="juno.home",
        faces="A bed is empty tonight. She wants to know what to do if Juno knocks.",
    ),
    Invented(
        slug="marisol",
        name="Marisol Dunn",
        title="foster parent",
        part=Role.CG,
        person="marisol",
        placement="wren.home",
        faces="A car stopped in the street twice. Whom does she call?",
    ),
    Invented(
        slug="wren",
        name="Wren",
        title="15, the young person",
        part=Role.YT,
        person="youth",
        faces="She wants to know who read what, and what came of what she asked for.",
    ),
    Invented(
        slug="noor",
        name="Noor Haddad",
        title="survivor consultant",
        agency="survivors",
        faces="She advises the county. No case is hers to open, and none opens.",
    ),
    Invented(
        slug="harriet",
        name="Harriet Osei",
        title="policy director",
        agency="policy",
        faces="Coffee, numbers without names, and a table of rules to read.",
    ),
    Invented(
        slug="dee",
        name="Dee Moreno",
        title="caseworker",
        agency="county",
        custodian=True,
        above="casey",
        aside=True,
        faces="Wren’s caseworker. She holds the phone tonight.",
    ),
    Invented(
        slug="rowan", name="Rowan Ives", title="supervisor", agency="birch", aside=True,
        faces="Works in the next county. When a young person moves there, Cedar County offers Rowan the case.",
    ),
    Invented(
        slug="amara",
        name="Amara Holt",
        title="sergeant",
        agency="police",
        aside=True,
        faces="She answers for Detective Bell, who is late with something. She is on no team.",
    ),
    Invented(
        slug="priya",
        name="Priya Nair",
        title="counselor",
        agency="newpath",
        medical=True,
        aside=True,
        faces="What her program knows stays there until somebody signs.",
    ),
    Invented(
        slug="dale",
        name="Dale Ortega",
        title="officer",
        agency="fenwick",
        aside=True,
        faces="His department’s agreement ran out three weeks ago.",
    ),
    Invented(
        slug="gwen",
        name="Gwen Tallis",
        title="county attorney",
        agency="county",
        counsel=True,
        aside=True,
        faces="The county’s lawyer. She reads rules and numbers, signs, and opens no case.",
    ),
    Invented(
        slug="robin",
        name="Robin Vale",
        title="administrator",
        admin=True,
        aside=True,
        faces="Runs the system, and can open no case.",
    ),
)

__all__ = ["CAST", "Invented"]
