"""What one viewer sees of one item: who they are to it, its regimes, its fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import readings
from .reading import Clock, Way
from .scene import YOUTH, Scene


@dataclass
class Sight:
    """One viewer, one item, one purpose, one instant, one action."""

    scene: Scene
    user: str
    name: str
    purpose: str
    clock: Clock
    action: str
    trail: tuple[str, ...] = ()

    @property
    def item(self) -> dict[str, Any]:
        return self.scene.items[self.name]

    def files(self) -> bool:
        """The viewer's current organisation is the item's source."""
        return self.org is not None and self.org == self.item["source"]

    @property
    def org(self) -> str | None:
        return self.scene.org_of(self.user, self.clock)

    def is_subject(self) -> bool:
        """The viewer is the young person."""
        person = self.scene.users[self.user].get("person", YOUTH)
        return self.role == "YT" and person == YOUTH

    def leads(self) -> bool:
        """The viewer's organisation is the lead child-welfare agency."""
        agencies = [o for o, v in self.scene.orgs.items() if v["role"] == "CW"]
        return self.org in (agencies if readings.EVERY_CW_LEADS else agencies[:1])

    @property
    def role(self) -> str:
        return self.scene.role_of(self.user, self.clock)

    @property
    def cell(self) -> list[str]:
        return self.scene.cell(self.item["category"], self.role)

    def closure(self) -> list[str]:
        """The item and everything it quotes, directly or through another."""
        return self.scene.closure(self.name)

    # -- regimes ------------------------------------------------------------------------------

    def base(self, name: str) -> set[str]:
        """The regimes of an item's category; ADVOCATE of a RHY grantee alone is under RHY."""
        item = self.scene.items[name]
        return {"RHY"} if self.rhy_instead(name) else set(self.scene.category(item)["regimes"])

    def rhy_instead(self, name: str) -> bool:
        item = self.scene.items[name]
        source = self.scene.orgs[item["source"]]
        return item["category"] == "ADVOCATE" and source["rhy"] and not source["vsp"]

    def brought(self, name: str) -> set[str]:
        """The regimes that come with the source."""
        source = self.scene.orgs[self.scene.items[name]["source"]]
        kinds = self.scene.profile["regimes"].items()
        return {r for r, rule in kinds if rule.get("from_source") and source[rule["from_source"]]}

    def added(self, name: str) -> set[str]:
        """The regimes added by hand."""
        given = set(self.scene.items[name].get("regimes") or [])
        return given - self.base(name) - self.brought(name)

    def regimes(self) -> set[str]:
        """Every regime on the item, those inherited from its quotes too."""
        return set().union(
            *(self.base(n) | self.brought(n) | self.added(n) for n in self.closure())
        )

    def part(self, w: Way) -> frozenset[str]:
        subsets = self.scene.category(self.item)["subsets"]
        return frozenset(self.all()) & frozenset(subsets[w.part] if w.part else self.all())

    def all(self) -> list[str]:
        given = self.item.get("fields")
        return self.scene.category(self.item)["fields"] if given is None else given

    def readable(self) -> frozenset[str]:
        """Step 2: without what is about other people, but for users of the source."""
        cut = [] if self.files() else (self.item.get("third_party") or {}).values()
        return frozenset(self.all()) - frozenset(f for fields in cut for f in fields)
