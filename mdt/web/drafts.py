"""What an open page sends of what is being written, and what it is answered."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from flask import g, request
from werkzeug.datastructures import MultiDict

from mdt.operations import drafts
from mdt.operations.access import Person
from mdt.operations.acts import Refused, not_there
from mdt.operations.drafts import Batch, Kept, Unsent
from mdt.operations.merging import Fields

NAMES = ("draft", "case", "subject", "pen", "who")
LAST_NUMBER = 2**31 - 1
UNHEARD_AT_MOST = 5
SUBJECTS = UUID("5f2c8c0e-5d0f-4a57-9b39-0d6f0b1e7a11")
"""What is written about, where several words say it: one identifier of them."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written on this page: what is typed there is kept, comes back, and ends when it is sent.

    To be made before the form of that place, which then begins with what was left; the template says
    `form_for(place=place)`, and the verb acts within `place.sent()`.
    """

    name: str
    case_id: str
    subject: str
    unsent: Unsent | None
    draft: str | None
    """The draft this page writes in, once there is one; the page gives it back with the form."""

    @classmethod
    def of(cls, name: str, case_id: object, *about: object) -> Place:
        """`about`: the identifier of what is written about; several words become one. Without it, the case."""
        case, subject = str(case_id), _subject(about or (case_id,))
        unsent = drafts.find(g.me, case, name, subject)
        given = _id(request.form.get(f"draft.{name}.{subject}"))
        place = cls(name, case, subject, unsent, given or (unsent.id if unsent else None))
        g.left = place.left
        return place

    @property
    def field(self) -> str:
        """By which name its form gives the draft back."""
        return f"draft.{self.name}.{self.subject}"

    @property
    def left(self) -> MultiDict[str, str] | None:
        """What stood in the form when its writer left, for a page that opens it."""
        return as_sent(self.unsent) if request.method == "GET" else None

    def sent(self) -> AbstractContextManager[None]:
        """What is recorded within ends what was kept here, in the same act."""
        return drafts.sending(g.me, self.case_id, self.name, self.subject, self.draft)


def _subject(about: tuple[object, ...]) -> str:
    words = [str(one) for one in about]
    return words[0] if len(words) == 1 else str(uuid5(SUBJECTS, "\n".join(words)))


def _id(text: str | None) -> str | None:
    try:
        return str(UUID(text or ""))
    except ValueError:
        return None


def batch(me: Person) -> Batch:
    """The batch in this request. Refused if it is none of ours; as if there were nothing, if somebody else wrote it
    before this person signed in at the same window."""
    try:
        draft, case, subject, pen, who = (str(UUID(request.form[name])) for name in NAMES)
        number = int(request.form["number"])
        base, fields = (_fields(json.loads(request.form[name])) for name in ("base", "fields"))
        unheard = _unheard(json.loads(request.form.get("unheard") or "[]"))
    except (KeyError, TypeError, ValueError, RecursionError):
        raise Refused("Reload this page.", reason="batch", code=422) from None
    if who != me.id:
        raise not_there()
    place = request.form.get("place", "")[:20]
    if not 0 < number <= LAST_NUMBER:
        raise Refused("Reload this page.", reason="batch", code=422)
    return Batch(
        draft=draft,
        case_id=case,
        place=place,
        subject=subject,
        pen=pen,
        number=number,
        base=base,
        fields=fields,
        unheard=unheard,
    )


def _fields(said: Any) -> Fields:
    """Text by field, or what is ticked; ValueError for anything else."""
    if not isinstance(said, dict):
        raise ValueError
    return {str(name)[:60]: _value(value) for name, value in said.items()}


def _unheard(said: Any) -> tuple[tuple[int, Fields], ...]:
    if not isinstance(said, list) or len(said) > UNHEARD_AT_MOST:
        raise ValueError
    return tuple((int(number), _fields(fields)) for number, fields in said)


def _value(value: Any) -> str | list[str]:
    if isinstance(value, str):
        return clean(value)
    if not isinstance(value, list) or len(value) > 200:
        raise ValueError
    return [clean(one) for one in value if isinstance(one, str)]


def clean(text: str) -> str:
    """Text as it is kept: lines end in one way, and there is nothing in it that cannot be stored."""
    return text.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\x00", "")


def answer(kept: Kept) -> dict[str, Any]:
    """What the page hears: what stands there now, and when it was kept."""
    return {
        "state": kept.state, "at": kept.at.isoformat(), "version": kept.version, "fields": kept.fields,
        "why": list(kept.why),
    }  # fmt: skip


def as_sent(unsent: Unsent | None, **over: list[str]) -> MultiDict[str, str] | None:
    """What was being written, as if its form had been sent with it; `over` goes before it. None if nothing was."""
    if unsent is None:
        return None
    said: dict[str, str | list[str]] = {**unsent.fields, "key": unsent.id}
    return MultiDict(said | {name: values for name, values in over.items() if values})


__all__ = ["Place", "answer", "as_sent", "batch", "clean"]
