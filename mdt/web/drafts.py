"""What an open page sends of what is being written, and what it is answered."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from flask import request
from werkzeug.datastructures import MultiDict

from mdt.operations.access import Person
from mdt.operations.acts import Refused, not_there
from mdt.operations.drafts import Batch, Kept, Unsent
from mdt.operations.merging import Fields

NAMES = ("draft", "case", "subject", "pen", "who")
LAST_NUMBER = 2**31 - 1
UNHEARD_AT_MOST = 5


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


__all__ = ["answer", "as_sent", "batch", "clean"]
