"""The conditions of cells: section 3 of the profile, one method each."""

from __future__ import annotations

from typing import Any

from .sight import Sight


class Conditions(Sight):
    """Whether a `when` holds here and now."""

    trusting = False

    def condition(self, name: str) -> bool:
        return bool(getattr(self, f"_{name}")())

    def would_hold(self, name: str) -> bool:
        """It fails for want of counsel's confirmation and nothing else."""
        self.trusting = True
        try:
            return self.condition(name)
        finally:
            self.trusting = False

    def _custodian(self) -> bool:
        return self.role == "CW" and self.scene.users[self.user].get("custodian")

    def _missing(self) -> Any:
        return self.scene.missing(self.clock)

    def _named_officer(self) -> bool:
        return (self._missing() or {}).get("lead_officer") == self.user

    def _alert_approved(self) -> bool:
        by = (self._missing() or {}).get("alert_approved_by")
        if by is None or by not in self.scene.users:
            return by is not None
        return self.scene.role_of(by, self.clock) == "CW"

    def _own_placement(self) -> bool:
        return self.scene.users[self.user].get("placement") == self.name

    def _agency_custody(self) -> bool:
        return self.scene.custody == "agency" and not self.scene.adult(self.clock)

    def _caregiver(self) -> bool:
        person = self.scene.person_of(self.user)
        placed = person.get("relation") == "foster_parent"
        lives_there = person.get("relation") == "kin" and self.scene.users[self.user].get(
            "placement"
        )
        return bool(placed or lives_there or self.scene.rights(person)) and not self.scene.adult(
            self.clock
        )

    def _parent_rights(self) -> bool:
        rights = self.scene.rights(self.scene.person_of(self.user))
        return rights and not self.scene.adult(self.clock)

    def _adult(self) -> bool:
        return self.scene.adult(self.clock)

    def _medical(self) -> Any:
        return self.scene.users[self.user].get("medical")

    def _author(self) -> bool:
        return self.item.get("author") == self.user

    def _own_lawyer(self) -> bool:
        return self.scene.orgs[self.item["source"]]["role"] == "GAL"

    def _appointed(self) -> bool:
        return any(
            o["type"] == "APPT" and self.ordered(o) and self.in_scope(o)
            for o in self.scene.orders.values()
        )

    def _education_need(self) -> bool:
        return self.item.get("via") == "usa" and self.purpose == "EDUCATE"

    def _segment_of(self, category: str) -> bool:
        quotes = self.item.get("quotes") or []
        kinds = {self.scene.items[q]["category"] for q in quotes if q in self.scene.items}
        return kinds == {category}

    def _education_segment(self) -> bool:
        return self._segment_of("EDUCATION")

    def _plan_segment(self) -> bool:
        return self._segment_of("PLAN")

    def _juvenile_custody(self) -> bool:
        return self.org is not None and self.scene.case.get("held_by") == self.org

    def _key(self, key: str, name: str, value: bool) -> bool:
        known = self.trusting or self.scene.confirmed(key)
        return known and self.scene.profile[key].get(name) is value

    def _mh_sharing(self) -> bool:
        return self._key("mh_act", "treatment_sharing_needs_consent", False)

    def _prosecutors_listed(self) -> bool:
        return self._key("reporter_rule", "prosecutors", True)

    def _agency_repro(self) -> bool:
        return self._key("reproductive", "agency_access", True) and self._agency_custody()

    def _ferpa_jj_statute(self) -> bool:
        return self._key("juvenile_sharing", "school_records", True)

    def _school_notice(self) -> bool:
        return self._key("juvenile_sharing", "school_notice", True)
