"""Young people and their cases."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, ForeignKey, Integer, LargeBinary, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, relationship

from mdt.models.agencies import Agency
from mdt.models.base import Base, Identified, UtcTime, now, plain, sealed
from mdt.models.sealing import Sealed
from mdt.sharing.facts import Case as CaseFact


class Youth(Identified, Base):
    """A young person as the lead agency knows them; everything about them is in items."""

    __tablename__ = "youth"
    __table_args__ = (UniqueConstraint("agency_id", "reference_index"),)

    agency_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("agencies.id"), why="random identifier")
    reference_: Mapped[bytes | None] = sealed(name="reference")
    reference_index: Mapped[bytes | None] = plain(
        LargeBinary(16), why="keyed hash of the agency's own id, for merging imports"
    )
    created_at: Mapped[datetime] = plain(UtcTime, default=now, why="when the record was made")

    reference = Sealed("reference_", shape=str)

    def scope(self) -> tuple[str, str]:
        return self.agency_id, self.id


class Case(Identified, Base):
    """A case. `epoch` moves with every fact a decision may rest on; with it `filed` where nothing but records changed,
    and `papers` where nothing but records and papers did; `pulse` moves with anything live."""

    __tablename__ = "cases"

    youth_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("youth.id"), index=True, why="random identifier")
    lead_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("agencies.id"), index=True, why="random identifier")
    terms_: Mapped[bytes] = sealed(name="terms")
    profile: Mapped[str] = plain(String(60), default="us-baseline", why="name of a public rule file")
    closed: Mapped[bool] = plain(Boolean, default=False, why="whether work on it has ended")
    epoch: Mapped[int] = plain(Integer, default=1, why="counter")
    filed: Mapped[int] = plain(Integer, default=0, server_default="0", why="counter")
    papers: Mapped[int] = plain(Integer, default=0, server_default="0", why="counter")
    pulse: Mapped[int] = plain(Integer, default=1, why="counter")
    created_at: Mapped[datetime] = plain(UtcTime, default=now, why="when the record was made")

    terms = Sealed("terms_", shape=CaseFact)

    youth: Mapped[Youth] = relationship(lazy="joined", innerjoin=True)
    lead: Mapped[Agency] = relationship(lazy="joined", innerjoin=True)

    def __init__(self, **values: Any) -> None:
        youth: Youth = values["youth"]
        self.youth_id = youth.id
        self.lead_id = values["lead"].id
        counters = {"epoch": 1, "filed": 0, "papers": 0, "pulse": 1}
        super().__init__(**{"profile": "us-baseline", "closed": False} | counters | values)

    def scope(self) -> tuple[str, str]:
        return self.lead_id, self.youth_id

    @property
    def moves(self) -> str:
        return self.id


class OfCase(Identified):
    """A row of one case: it stirs that case, and is sealed as the case is."""

    if TYPE_CHECKING:
        case_id: Mapped[str]
        case: Any

    def __init__(self, **values: Any) -> None:
        self.case_id = values["case"].id
        super().__init__(**values)

    def scope(self) -> tuple[str, str]:
        scope: tuple[str, str] = self.case.scope()
        return scope

    @property
    def stirs(self) -> str:
        return self.case_id


class OfAgency(OfCase):
    """A row of one case that is the work of one agency, sealed under that agency’s own key for this young person: what
    a shelter is asked is the shelter’s."""

    if TYPE_CHECKING:
        agency_id: Mapped[str]

    def __init__(self, **values: Any) -> None:
        self.agency_id = values["agency_id"]
        super().__init__(**values)

    def scope(self) -> tuple[str, str]:
        return self.agency_id, self.case.youth_id
