"""What opens and what closes: releases, orders, restrictions, emergencies. Each stores its fact, sealed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Integer, Uuid
from sqlalchemy.orm import Mapped, declared_attr, relationship

from mdt.models.base import Base, Identified, UtcTime, now, plain, sealed
from mdt.models.cases import Case
from mdt.models.sealing import Sealed
from mdt.sharing import facts


class OfCase(Identified):
    """A fact of one case, written by somebody, guarded against lost updates."""

    case_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("cases.id"), index=True, why="random identifier")
    terms_: Mapped[bytes] = sealed(name="terms")
    form_: Mapped[bytes | None] = sealed(name="form")
    version: Mapped[int] = plain(Integer, why="counter, guards against a lost update")
    written_by: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    created_at: Mapped[datetime] = plain(UtcTime, default=now, why="when it was recorded")

    form = Sealed("form_")

    @declared_attr
    def case(cls) -> Mapped[Case]:
        return relationship(Case, lazy="select")

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}

    def __init__(self, **values: Any) -> None:
        self.case_id = values["case"].id
        super().__init__(**{"created_at": now(), "version": 1} | values)

    def scope(self) -> tuple[str, str]:
        return self.case.scope()

    @property
    def moves(self) -> str:
        return self.case_id


class Release(OfCase, Base):
    """A signed consent. `form` keeps what the paper says beyond what a decision reads."""

    __tablename__ = "releases"
    terms = Sealed("terms_", shape=facts.Release)


class Order(OfCase, Base):
    """A court order, or a subpoena that opens nothing."""

    __tablename__ = "orders"
    terms = Sealed("terms_", shape=facts.Order)


class Restriction(OfCase, Base):
    """An agreed restriction or an objection."""

    __tablename__ = "restrictions"
    terms = Sealed("terms_", shape=facts.Restriction)


class Emergency(OfCase, Base):
    """A declared emergency. One that was ended before its hour is over is no fact any more (`operations.facts`)."""

    __tablename__ = "emergencies"
    terms = Sealed("terms_", shape=facts.Emergency)

    ended_at: Mapped[datetime | None] = plain(UtcTime, why="when whoever declared it ended it")
    due_at: Mapped[datetime | None] = plain(UtcTime, why="by when it is reviewed")
    reviewed_at: Mapped[datetime | None] = plain(UtcTime, why="when it was reviewed")
    reviewed_by: Mapped[str | None] = plain(Uuid(as_uuid=False), why="random identifier")
    justified: Mapped[bool | None] = plain(Boolean, why="what the review came to")
