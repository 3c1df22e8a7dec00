"""Agencies that sit at the table, and the people who work for them or are of a case."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Index, Integer, LargeBinary, String, Text, Uuid
from sqlalchemy.orm import Mapped, relationship

from mdt.models.base import Base, Identified, UtcTime, now, plain, sealed, today
from mdt.models.codec import load
from mdt.models.sealing import Sealed
from mdt.sharing.facts import USUAL_ZONE, Org, Spell
from mdt.sharing.facts import User as UserFact
from mdt.sharing.vocabulary import ROLE_WORDS, Role


class Agency(Identified, Base):
    """An organisation. `vsp` and `rhy` say which victim-service money it takes; `part2` that it treats
    substance use; `profile` by which jurisdiction's rules the cases go that it leads."""

    __tablename__ = "agencies"

    name: Mapped[str] = plain(String(200), why="public name of an organisation")
    role: Mapped[str] = plain(String(3), why="public discipline of an organisation")
    part2: Mapped[bool] = plain(Boolean, default=False, why="public status of a programme")
    vsp: Mapped[str | None] = plain(String(10), why="public funding of a programme")
    rhy: Mapped[bool] = plain(Boolean, default=False, why="public funding of a programme")
    mou_until: Mapped[date | None] = plain(Date, why="last day of the public team agreement")
    statutory_member: Mapped[bool] = plain(Boolean, default=False, why="membership by public statute")
    timezone: Mapped[str] = plain(String(40), default=USUAL_ZONE, why="where the agency is")
    profile: Mapped[str] = plain(
        String(60), default="us-baseline", server_default="us-baseline", why="name of a public rule file"
    )

    users: Mapped[list[User]] = relationship(back_populates="agency")

    def __init__(self, **values: Any) -> None:
        super().__init__(
            **{"part2": False, "vsp": None, "rhy": False, "mou_until": None, "statutory_member": False}
            | {"profile": "us-baseline"}
            | values
        )

    @property
    def today(self) -> date:
        """The day it is where the agency is, which is not always the day it is in UTC."""
        return today(self.timezone)

    @property
    def fact(self) -> Org:
        return Org(
            id=self.id,
            role=Role(self.role),
            part2=self.part2,
            vsp=self.vsp,
            rhy=self.rhy,
            mou_until=self.mou_until,
            statutory_member=self.statutory_member,
        )


class User(Identified, Base):
    """An account. The platform's administrators have no role and read no case.

    `counsel` marks the agency's lawyer, who answers legal process and, where the agency keeps the child-welfare
    record, signs rules; it opens no case.
    `person` is the part a family account has in its one case; `medical`, `custodian` and
    `placement_id` are the personal facts that some rules ask for;
    `supervisor_id` is who hears when something this person holds is overdue, or was offered to them and not answered;
    `pulse` moves whenever something on this person's own desk does.
    """

    __tablename__ = "users"
    __table_args__ = (Index(None, "login_index", unique=True),)

    agency_id: Mapped[str | None] = plain(
        Uuid(as_uuid=False), ForeignKey("agencies.id"), index=True, why="random identifier"
    )
    role: Mapped[str | None] = plain(String(3), why="discipline, needed to decide")
    admin: Mapped[bool] = plain(Boolean, default=False, why="runs the system and reads no case")
    counsel: Mapped[bool] = plain(Boolean, default=False, why="signs for the agency's lawyers; opens no case")
    name_: Mapped[bytes] = sealed(name="name")
    title_: Mapped[bytes | None] = sealed(name="title")
    login_: Mapped[bytes] = sealed(name="login")
    login_index: Mapped[bytes] = plain(LargeBinary(16), why="keyed hash of the sign-in name")
    password_hash: Mapped[str | None] = plain(Text, why="argon2id hash")
    active: Mapped[bool] = plain(Boolean, default=True, why="needed to refuse before anything is opened")
    medical: Mapped[bool] = plain(Boolean, default=False, why="professional status")
    custodian: Mapped[bool] = plain(Boolean, default=False, why="named-staff list")
    person_: Mapped[bytes | None] = sealed(name="person")
    placement_id: Mapped[str | None] = plain(Uuid(as_uuid=False), why="random identifier")
    supervisor_id: Mapped[str | None] = plain(Uuid(as_uuid=False), index=True, why="random identifier")
    history: Mapped[list[dict[str, str]]] = plain(JSON, default=list, why="where staff worked before, by identifier")
    acknowledged_at: Mapped[datetime | None] = plain(UtcTime, why="when confidentiality was acknowledged")
    pulse: Mapped[int] = plain(Integer, default=0, why="counter")
    created_at: Mapped[datetime] = plain(UtcTime, default=now, why="when the account was made")

    name = Sealed("name_")
    title = Sealed("title_")
    login = Sealed("login_")
    person = Sealed("person_")

    agency: Mapped[Agency | None] = relationship(back_populates="users", lazy="joined")

    def __init__(self, **values: Any) -> None:
        super().__init__(
            **{"active": True, "admin": False, "counsel": False, "medical": False, "custodian": False}
            | {"history": [], "pulse": 0}
            | values
        )

    @property
    def fact(self) -> UserFact:
        if self.role is None:
            raise ValueError("who has no discipline has no part in a case")
        return UserFact(
            id=self.id,
            role=Role(self.role),
            org=self.agency_id,
            person=self.person,
            active=self.active,
            medical=self.medical,
            custodian=self.custodian,
            placement=self.placement_id,
            history=tuple(load(Spell, one) for one in self.history),
        )

    @property
    def role_words(self) -> str:
        return role_words(Role(self.role) if self.role else None, self.counsel)


def role_words(role: Role | None, counsel: bool) -> str:
    """What somebody is called by their part: a discipline, else counsel, else whoever runs the system."""
    return ROLE_WORDS[role] if role else "counsel" if counsel else "administrator"
