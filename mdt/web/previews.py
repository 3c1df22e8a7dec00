"""What is asked of a preview, read from the address of its page: it can be kept as a bookmark and sent by nobody."""

from __future__ import annotations

from datetime import date

from werkzeug.datastructures import MultiDict

from mdt.operations.previews import Question


def question(said: MultiDict[str, str]) -> Question:
    """The question as it was asked; what cannot be read is left out."""
    words = {name: said.get(name, "")[:100] for name in ("who", "purpose", "suppose", "stopped")}
    return Question(**words, on=_day(said.get("on", "")))


def _day(said: str) -> date | None:
    try:
        found = date.fromisoformat(said)
    except ValueError:
        return None
    return found if found.year < 2200 else None


__all__ = ["question"]
