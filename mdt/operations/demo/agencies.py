"""The agencies of the county. Each line is one agency, as the public could know it."""

from __future__ import annotations

from dataclasses import dataclass

from mdt.models import Agency, db
from mdt.operations.demo import known
from mdt.operations.demo.when import When
from mdt.sharing.vocabulary import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """An agency. `member`: by public statute; `agreed_days`: how long its agreement still runs."""

    slug: str
    name: str
    role: Role
    member: bool = False
    part2: bool = False
    vsp: str | None = None
    agreed_days: int = 365

    @property
    def id(self) -> str:
        return known(f"agency.{self.slug}")


OFFICES = (
    Office(slug="county", name="Cedar County Child Welfare", role=Role.CW, member=True),
    Office(slug="birch", name="Birch County Family Services", role=Role.CW, member=True),
    Office(slug="police", name="Alder Police", role=Role.LE, member=True),
    Office(slug="fenwick", name="Fenwick Police", role=Role.LE, member=True, agreed_days=-21),
    Office(slug="attorney", name="County Attorney", role=Role.DA, member=True),
    Office(slug="witness", name="Victim and Witness Unit", role=Role.VS, member=True),
    Office(slug="court", name="Juvenile Court", role=Role.CT),
    Office(slug="guardian", name="Children’s Law Office", role=Role.GAL),
    Office(slug="probation", name="Juvenile Probation", role=Role.JJ, member=True),
    Office(slug="mercy", name="Mercy Clinic", role=Role.HC, member=True),
    Office(slug="harbor", name="Harbor Counseling", role=Role.BH, member=True),
    Office(slug="newpath", name="New Path", role=Role.BH, member=True, part2=True),
    Office(slug="school", name="Alder High School", role=Role.ED, member=True),
    Office(slug="opendoor", name="Open Door", role=Role.VC, vsp="voca"),
    Office(slug="hearth", name="Hearth House", role=Role.NP),
    Office(slug="survivors", name="Survivors’ Table", role=Role.SC),
    Office(slug="policy", name="Children’s Policy Office", role=Role.PM),
)

BY_SLUG = {office.slug: office for office in OFFICES}


def id_of(slug: str) -> str:
    """The identifier of an agency by its short name; KeyError if the county has none of it."""
    return BY_SLUG[slug].id


def open_all(when: When) -> None:
    """Bring the agencies into the database; within an act."""
    db.session.add_all(_agency(office, when) for office in OFFICES)
    db.session.flush()


def _agency(office: Office, when: When) -> Agency:
    return Agency(
        id=office.id,
        name=office.name,
        role=office.role,
        part2=office.part2,
        vsp=office.vsp,
        statutory_member=office.member,
        mou_until=when.day(office.agreed_days),
        timezone=when.zone.key,
    )


__all__ = ["BY_SLUG", "OFFICES", "Office", "id_of", "open_all"]
