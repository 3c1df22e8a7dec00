"""The line at the top of a page: whose case, in which role, for which purpose one looks."""

from __future__ import annotations

from flask import g, url_for

from mdt.operations import naming
from mdt.sharing.vocabulary import PURPOSE_WORDS


def within(name: str | None) -> None:
    """Say on this page that one is within this case. `name` is what this reader may call the young person; beside it
    stands how to speak of them."""
    seat = g.case
    g.context = {
        "name": name or "A young person",
        "name_note": naming.spoken(seat).note,
        "role_words": "lead" if seat.leads else g.me.title or g.me.role_words,
        "agency": g.me.agency,
        "purpose_words": PURPOSE_WORDS[seat.purpose],
        "change_url": url_for("cases.purpose", case_id=seat.id) if len(seat.purposes) > 1 else None,
    }
