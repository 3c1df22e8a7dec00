"""What counsel says of an entry in a form: its answers, and whether it is confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from mdt.models import now
from mdt.sharing.jurisdiction import CONFIRMED, Answer, Entry, Key, leaves
from mdt.sharing.profile import Profile
from mdt.sharing.writing import bare
from mdt.web.pages import zone

KEEP, YES, NO = "keep", "yes", "no"
SAID = {"true": True, "false": False}
Problems = list[tuple[str, str]]


class Said:
    """A form as it was sent: `answers` is what the draft would say; `problems` are (sentence, anchor)."""

    def __init__(self, entry: Entry, keys: list[Key], form: Mapping[str, str], profile: Profile, me: str) -> None:
        self.typed = {name: value.strip() for name, value in form.items()}
        self.problems: Problems = []
        self.answers: dict[str, Any] = {key.name: self._answer(key) for key in keys}
        if entry.confirmable:
            self._confirm(entry, profile, me)

    def _answer(self, key: Key) -> Any:
        """The answer as the file would have it; what is no answer stays as it was typed, and is refused there."""
        typed = self.typed.get(f"k.{key.name}", "")
        if typed == "":
            return None
        if key.answer in (Answer.NUMBER, Answer.COUNT) and typed.isascii() and typed.isdecimal():
            return int(typed)
        return SAID.get(typed, typed)

    def _confirm(self, entry: Entry, profile: Profile, me: str) -> None:
        """What changes has to be confirmed anew: until then the stricter branch holds."""
        there = profile.raw.get(entry.name) or {}
        was = {name: value for name, value in leaves(there) if name != CONFIRMED}
        changed = any(value != was.get(name) for name, value in self.answers.items())
        match self.typed.get(CONFIRMED, KEEP):
            case "yes":
                self.answers[CONFIRMED] = self._by(me)
            case "no":
                self.answers[CONFIRMED] = False
            case _:
                kept = bare(there.get(CONFIRMED, True))
                self.answers[CONFIRMED] = False if changed else kept

    def _by(self, me: str) -> dict[str, str]:
        on, note = self.typed.get("on", ""), self.typed.get("note", "")
        if not self._is_day(on):
            self.problems.append(("Write the day on which you confirmed it; it is not still to come.", "#on"))
        if not self.answers.get("cite"):
            self.problems.append(("Write where it is written. A confirmation rests on a citation.", "#k.cite"))
        return {"by": me, "on": on} | ({"note": note} if note else {})

    def _is_day(self, on: str) -> bool:
        try:
            return date.fromisoformat(on) <= now().astimezone(zone()).date()
        except ValueError:
            return False
