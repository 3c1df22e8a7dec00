"""What our own Consents say beside the elements of FHIR, read back.

A part that stands there twice, or is not of its kind, stays in the paper and so becomes a place.
"""

from __future__ import annotations

from typing import Any

from mdt.operations.fhir import words
from mdt.operations.fhir.paper import Paper
from mdt.sharing.facts import Revocation


class Beside:
    """The extension of ours, where there is one. Two of them, or a part twice, are left as places."""

    def __init__(self, paper: Paper) -> None:
        found = [one for one in paper.parts("extension") if one.value.get("url") == words.EXTENSION]
        self.ours = len(found) == 1
        at = found[0] if self.ours else Paper({}, "Consent.extension", paper.places)
        if self.ours:
            at.drop("url")
        self.type, self.mode, self.ends = (
            self._one(at, *one) for one in (("type", "Code"), ("mode", "Code"), ("ends", "String"))
        )
        self.signed, self._happened, self._false = (self._when(at, one) for one in ("signed", "happened", "false"))
        self._separate, self._conditioned = (self._one(at, one, "Boolean", bool) for one in ("separate", "conditioned"))
        self.names = self._many(at, "names", "Code")
        self.excludes = self._many(at, "excludes", "String")
        self.all_recipients = self._many(at, "recipient", "String")
        self._missing = self._many(at, "missing", "String")
        self._many(at, "statement", "String")
        self._stops = tuple(filter(None, map(self._stop, self._named(at, "stopped"))))

    @property
    def claims(self) -> dict[str, Any]:
        said = {
            "mode": self.mode or "written", "revoked": self._stops, "event_happened": self._happened,
            "found_false": self._false, "missing": self._missing,
        }  # fmt: skip
        separate = True if self._separate is None else self._separate
        return said | {"separate": separate, "conditioned": bool(self._conditioned)}

    def recipients(self, told: tuple[str, ...]) -> tuple[str, ...]:
        """All that the paper names, those for whom it was stopped among them, if the rest are those who are told."""
        stopped = {one for stop in self._stops for one in stop.recipients}
        rest = tuple(one for one in self.all_recipients if one not in stopped)
        return self.all_recipients if self.all_recipients and rest == told else told

    def _named(self, at: Paper, url: str) -> list[Paper]:
        return [one for one in at.parts("extension") if one.value.get("url") == url]

    def _many(self, at: Paper, url: str, kind: str, type: type = str) -> tuple[Any, ...]:
        return tuple(one for one in (self._value(part, kind, type) for part in self._named(at, url)) if one is not None)

    def _one(self, at: Paper, url: str, kind: str, type: type = str) -> Any:
        parts = self._named(at, url)
        return self._value(parts[0], kind, type) if len(parts) == 1 else None

    def _when(self, at: Paper, url: str) -> Any:
        parts = self._named(at, url)
        if len(parts) != 1 or "valueDateTime" not in parts[0].value:
            return None
        parts[0].drop("url")
        return parts[0].moment("valueDateTime")

    def _value(self, part: Paper, kind: str, type: type) -> Any:
        value = part.take(f"value{kind}", type)
        if value is not None:
            part.drop("url")
        return value

    def _stop(self, part: Paper) -> Revocation | None:
        at, mode = self._when(part, "at"), self._one(part, "mode", "Code")
        if at is None or mode is None:
            return None
        part.drop("url")
        return Revocation(at=at, mode=mode, recipients=self._many(part, "for", "String"))


__all__ = ["Beside"]
