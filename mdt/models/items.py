"""Items: the smallest thing that is decided on, its values sealed by groups of fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, relationship

from mdt.models.base import Base, Identified, UtcTime, now, plain, sealed
from mdt.models.cases import Case
from mdt.models.sealing import Scope, Sealed, keys
from mdt.sharing.facts import Item as ItemFact
from mdt.vault.seal import Place, open_value, seal_value


class Item(Identified, Base):
    """One record of one category from one source. `terms` is what a decision knows of it."""

    __tablename__ = "items"
    __table_args__ = (Index(None, "case_id"),)

    case_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("cases.id"), why="random identifier")
    source_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("agencies.id"), why="whose key seals it")
    terms_: Mapped[bytes] = sealed(name="terms")
    version: Mapped[int] = plain(Integer, default=1, why="counter, guards against a lost update")
    created_at: Mapped[datetime] = plain(UtcTime, default=now, why="when it was filed")
    changed_at: Mapped[datetime] = plain(UtcTime, default=now, why="when it was last changed")

    terms = Sealed("terms_", shape=ItemFact)

    case: Mapped[Case] = relationship(lazy="select")
    groups: Mapped[list[ItemGroup]] = relationship(cascade="all, delete-orphan", back_populates="item")

    __mapper_args__ = {"version_id_col": version}

    def __init__(self, **values: Any) -> None:
        self.case_id = values["case"].id
        super().__init__(**{"created_at": now(), "changed_at": now()} | values)

    def scope(self) -> tuple[str, str]:
        """Terms are the case's, so that a decision can be taken; values are the source's."""
        return self.case.scope()

    @property
    def moves(self) -> str:
        return self.case_id


class ItemGroup(Base):
    """The values of one sealing group of one item, under the key of (young person, source)."""

    __tablename__ = "item_groups"

    item_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("items.id"), primary_key=True, why="random identifier")
    group: Mapped[str] = plain(String(30), primary_key=True, why="name of a sealing group in the catalog")
    values_: Mapped[bytes] = sealed(name="values")
    changed_at: Mapped[datetime] = plain(UtcTime, default=now, why="when these values were last changed")

    item: Mapped[Item] = relationship(back_populates="groups")


def seal_group(item_id: str, group: str, values: dict[str, Any], scope: Scope) -> bytes:
    """The envelope of one group's values, by field name."""
    return seal_value(keys().of(scope), values, Place(ItemGroup.__tablename__, item_id, group))


def open_group(item_id: str, group: str, envelope: bytes, scope: Scope) -> dict[str, Any]:
    """The values of one group, by field name. Unopenable if the envelope belongs elsewhere."""
    return open_groups(item_id, {group: envelope}, scope)[group]


def open_groups(item_id: str, envelopes: Mapping[str, bytes], scope: Scope) -> dict[str, dict[str, Any]]:
    """The values of some groups of one item, by group and field name. Unopenable if one belongs elsewhere."""
    key, table = keys().of(scope), ItemGroup.__tablename__
    found = {group: open_value(key, closed, Place(table, item_id, group)) for group, closed in envelopes.items()}
    assert all(isinstance(values, dict) for values in found.values())
    return found  # type: ignore[return-value]
