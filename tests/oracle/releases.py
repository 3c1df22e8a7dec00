"""What makes a release count: the checks of the contract, in the order of its codes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from . import readings
from .reading import Clock, moment
from .scene import AGENCY, YOUTH, Scene

CODES = [
    "E_SUBJECT_MISMATCH",
    "E_NOT_ACTIVE",
    "E_NOT_YET_EFFECTIVE",
    "E_EXPIRED_DATE",
    "E_EXPIRED_EVENT",
    "E_REVOKED",
    "E_FALSE",
    "E_MISSING_ELEMENT",
    "E_CONDITIONED",
    "E_NO_TIME_LIMIT",
    "E_VERBAL_ONLY",
    "E_COMPOUND",
    "E_NOT_SEPARATE",
    "E_SIGNER_NO_AUTHORITY",
    "E_AGED_OUT",
    "E_SIGNER_CONFLICT",
    "E_MINOR_SIGNATURE_REQUIRED",
    "E_PARENT_SIGNATURE_REQUIRED",
    "E_DISCLOSER_MISMATCH",
    "E_RECIPIENT_MISMATCH",
    "E_CATEGORY_NOT_COVERED",
    "E_SENSITIVITY_NOT_NAMED",
    "E_DATA_PERIOD",
    "E_PURPOSE_MISMATCH",
    "E_TPO_ONLY",
    "E_RESTRICTED_BY_LATER",
    "E_MOU_EXPIRED",
    "E_PROFILE_UNCONFIRMED",
]
WITH_THE_CASE = ("P2", "MDT", "HIPAA", "RHY")  # section 4.2: "or case closure"
GENERAL = ("HIPAA", "MDT")
SINGLE = {"PSY": "PSYNOTES", "CN": "SUD_P2"}


def first(codes: Iterable[str], elements: dict[str, list[str]]) -> str | None:
    """Of several codes the first in the validation order; of elements the first in the profile."""
    named = [e for kind in elements.values() for e in kind]

    def rank(code: str) -> tuple[int, int]:
        word, _, element = code.partition(":")
        return CODES.index(word), named.index(element) if element else 0

    return min(codes, key=rank, default=None)


class Reading:
    """One release read for one item, viewer, purpose and time."""

    def __init__(
        self,
        scene: Scene,
        release: dict[str, Any],
        name: str,
        user: str,
        purpose: str,
        clock: Clock,
        *,
        unnamed: bool = False,
        youth_signed: bool = False,
    ) -> None:
        self.scene, self.release, self.user, self.purpose = scene, release, user, purpose
        self.name, self.item, self.clock = name, scene.items[name], clock
        self.unnamed, self.youth_signed = unnamed, youth_signed  # unnamed: by the cell
        self.rule = scene.profile["releases"][release["type"]]
        signed = release.get("signed") or {}
        self.on, self.by = moment(signed.get("on")), list(signed.get("by") or [])

    def fault(self) -> str | None:
        """The code of the first check it fails; None if it counts."""
        return self.void() or self.astray()

    def void(self) -> str | None:
        """Does the form count at all?"""
        checks = (self.subject, self.active, self.effective, self.expired, self.event, self.revoked,
                  self.false, self.element, self.conditioned, self.limit, self.verbal,
                  self.compound, self.separate, self.signers)  # fmt: skip
        return next((code for check in checks if (code := check())), None)

    def astray(self) -> str | None:
        """Does it reach this item, this reader and this purpose?"""
        checks = (self.discloser, self.recipient, self.covered, self.named, self.period, self.aim,
                  self.tpo)  # fmt: skip
        return next((code for check in checks if (code := check())), None)

    # -- is it in force ---------------------------------------------------------------------

    def subject(self) -> str | None:
        same = self.item.get("subject", YOUTH) == self.release.get("subject", YOUTH)
        return None if same else "E_SUBJECT_MISMATCH"

    def active(self) -> str | None:
        signed = self.on is not None and self.by and self.clock.begun(self.on)
        return None if signed else "E_NOT_ACTIVE"

    def effective(self) -> str | None:
        begun = self.clock.begun(self.release.get("effective") or self.on)
        return None if begun else "E_NOT_YET_EFFECTIVE"

    def expired(self) -> str | None:
        end, longest = moment(self.release.get("expires")), self.rule["days"][1]
        last = longest and self.clock.day(self.on) + timedelta(days=longest)
        past = (end and self.clock.over(end)) or (last and self.clock.over(last))
        return "E_EXPIRED_DATE" if past else None

    def event(self) -> str | None:
        ends = self.release.get("expires")
        named = isinstance(ends, str) and ends != "none" and moment(ends) is None
        dates = [self.release.get("event_happened")] if named else []
        if ends == "case_closed" or self.release["type"] in WITH_THE_CASE:
            dates.append(self.closing())
        past = any(d and self.clock.happened(d) for d in dates)
        return "E_EXPIRED_EVENT" if past else None

    def closing(self) -> date | None:
        """The first day on which the case closed after it was signed."""
        closed = self.scene.case.get("closed") or []
        days = [moment(d) for d in (closed if isinstance(closed, list) else [closed])]
        return min((d for d in days if d >= self.clock.day(self.on)), default=None)

    def revoked(self) -> str | None:
        given = self.release.get("revoked")
        for one in given if isinstance(given, list) else [given] if given else []:
            one = one if isinstance(one, dict) else {"at": one}
            mine = not one.get("for") or self.scene.names(one["for"], self.user, self.clock)
            if mine and self.clock.begun(one["at"]):
                return "E_REVOKED"
        return None

    def false(self) -> str | None:
        found = self.release.get("found_false")
        return "E_FALSE" if found and (found is True or self.clock.begun(found)) else None

    # -- is it a form that counts -----------------------------------------------------------

    def element(self) -> str | None:
        required = self.scene.profile["elements"]
        names = required["always"] + required[self.release["type"]]
        unsigned = self.release.get("mode") == "esign" and not self.scene.profile["esign_ok"]
        left_out = (self.release.get("missing") or []) + (["signature"] if unsigned else [])
        lacking = [n for n in names if n in left_out]
        return f"E_MISSING_ELEMENT:{lacking[0]}" if lacking else None

    def conditioned(self) -> str | None:
        return "E_CONDITIONED" if self.release.get("conditioned") else None

    def limit(self) -> str | None:
        none = self.release.get("expires") in (None, "none")
        return "E_NO_TIME_LIMIT" if none and self.rule["expiry"] == "required" else None

    def verbal(self) -> str | None:
        mode, profile = self.release.get("mode") or "written", self.scene.profile
        spoken = mode == "verbal" and self.release["type"] not in profile["verbal_grants"]
        return "E_VERBAL_ONLY" if spoken else None

    def compound(self) -> str | None:
        if self.rule["separate"] != "single":
            return None
        other = set(self.release["categories"]) - {SINGLE[self.release["type"]]}
        return "E_COMPOUND" if other or not self.release.get("separate", True) else None

    def separate(self) -> str | None:
        shared = self.rule["separate"] == "alone" and not self.release.get("separate", True)
        two = self.rule.get("one_recipient") and len(set(self.release["recipients"])) > 1
        return "E_NOT_SEPARATE" if shared or two else None

    # -- who signed -------------------------------------------------------------------------

    def signers(self) -> str | None:
        """Authority at signing and now; a signature without any neither helps nor harms."""
        signing = Clock.at(self.on, self.scene.timezone)
        if self.scene.adult(signing):
            return None if YOUTH in self.by else "E_SIGNER_NO_AUTHORITY"
        if self.rule["signers"] == "youth" and YOUTH in self.by:
            return None  # nobody else has a say in it
        parents = [s for s in self.by if s != YOUTH and self.represents(s)]
        strangers = [s for s in self.by if s != YOUTH and s not in parents]
        clear = [s for s in parents if not self.conflicted(s, signing)]
        needed = self.lacking(bool(parents), signing)
        if strangers and self.lacking(bool(clear), signing):
            return "E_SIGNER_NO_AUTHORITY"
        if parents and self.scene.adult(self.clock):
            return "E_AGED_OUT"
        suspends = readings.BARRED_SIGNATURE_SUSPENDS or self.lacking(bool(clear), signing)
        if clear != parents and suspends:
            return "E_SIGNER_CONFLICT"
        return needed

    def represents(self, signer: str) -> bool:
        """A parent or guardian with rights; the agency with custody, never for a school record."""
        if signer == AGENCY:
            return self.scene.custody == AGENCY and self.rule["signers"] != "parent"
        return self.scene.rights(self.scene.people.get(signer) or {})

    def conflicted(self, signer: str, signing: Clock) -> bool:
        person = self.scene.people.get(signer) or {}
        return self.scene.barred(person, self.clock) or self.scene.barred(person, signing)

    def lacking(self, parent: bool, signing: Clock) -> str | None:
        """The signature that a minor's release lacks; None if those given suffice."""
        kind, youth, alone = self.rule["signers"], YOUTH in self.by, self.alone(signing)
        if self.youth_signed and not youth:
            return "E_MINOR_SIGNATURE_REQUIRED"
        if kind == "parent":
            return None if parent else "E_PARENT_SIGNATURE_REQUIRED"
        if kind == "guardian" and alone and not readings.YOUTH_ALONE_MEANS_NOT_A_PARENT:
            return None if youth or parent else "E_MINOR_SIGNATURE_REQUIRED"
        if kind == "youth" or alone:
            return None if youth else "E_MINOR_SIGNATURE_REQUIRED"
        if kind == "guardian":
            enough = parent or (youth and self.scene.custody == YOUTH)
            return None if enough else "E_PARENT_SIGNATURE_REQUIRED"
        if not youth:
            return "E_MINOR_SIGNATURE_REQUIRED"
        return None if parent else "E_PARENT_SIGNATURE_REQUIRED"

    def alone(self, signing: Clock) -> bool:
        """The youth obtained the service alone, so that the youth alone decides."""
        consented = self.item.get("consented_by") == YOUTH
        if self.rule["signers"] == "both":
            source = self.scene.orgs[self.item["source"]]
            funded = source["vsp"] in ("vawa", "voca") and not source["rhy"]
            return consented and funded and self.release["type"] == "VSP"
        if self.rule["signers"] == "sud":
            return consented or self.of_age(signing)
        return consented and self.rule["signers"] == "guardian"

    def of_age(self, signing: Clock) -> bool:
        age = (self.scene.profile["sud_minor_consent"] or {}).get("age")
        known = age is not None and self.scene.confirmed("sud_minor_consent")
        return known and self.scene.age(signing) >= age

    # -- does it reach this item, this reader and this purpose --------------------------------

    def discloser(self) -> str | None:
        same = self.release["discloser"] == self.item["source"]
        return None if same else "E_DISCLOSER_MISMATCH"

    def recipient(self) -> str | None:
        names, org = self.release["recipients"], self.scene.org_of(self.user, self.clock)
        signing = Clock.at(self.on, self.scene.timezone)
        stayed = org == self.scene.org_of(self.user, signing)
        meant = org in names or (self.user in names and stayed)
        return None if meant else "E_RECIPIENT_MISMATCH"

    def covered(self) -> str | None:
        items = self.release.get("items")
        inside = self.item["category"] in self.release["categories"]
        reached = inside and (items is None or self.name in items)
        return None if reached else "E_CATEGORY_NOT_COVERED"

    def named(self) -> str | None:
        labels = self.scene.labels(self.name)
        named = set(self.release.get("labels") or []) - set(self.release.get("excludes") or [])
        general = self.release["type"] in GENERAL and self.unnamed
        return "E_SENSITIVITY_NOT_NAMED" if general or not labels <= named else None

    def period(self) -> str | None:
        span, recorded = self.release.get("data_period"), moment(self.item.get("recorded"))
        if span is None:
            return None
        since, until = (moment(end) for end in span)
        inside = recorded and since <= _day(self.clock, recorded) <= until
        return None if inside else "E_DATA_PERIOD"

    def aim(self) -> str | None:
        purposes = self.release.get("purposes")
        return None if purposes is None or self.purpose in purposes else "E_PURPOSE_MISMATCH"

    def tpo(self) -> str | None:
        if self.release["type"] != "TPO":
            return None
        ends = {
            self.scene.role_of(self.user, self.clock),
            self.scene.orgs[self.release["discloser"]]["role"],
        }
        treats = ends <= {"HC", "BH"} and self.purpose in ("TREAT", "CAREMGT")
        return None if treats and not self.unnamed else "E_TPO_ONLY"


def _day(clock: Clock, value: Any) -> date:
    return clock.day(value)
