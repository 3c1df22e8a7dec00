"""What is being written: kept with every batch of keys, read by those who write it together, let go."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mdt.operations import drafts, together
from mdt.operations.acts import Refused
from mdt.web import drafts as sent
from mdt.web.guards import guard, in_the_room, who_writes
from mdt.web.proof import proved_lately

bp = Blueprint("drafts", __name__, url_prefix="/drafts")


@bp.post("/keep")
@guard(who_writes)
def keep() -> ResponseReturnValue:
    """Keep what stands in a form now. Only an answer of 200 says that it is kept."""
    try:
        batch = sent.batch(g.me)
        shared = request.form.get("together") == "y"
        kept = together.keep(g.me, batch, proved=proved_lately()) if shared else drafts.keep(g.me, batch)
    except Refused as no:
        if no.code == 404:
            raise
        return jsonify({"state": "refused", "why": [str(no)]}), no.code
    return jsonify(sent.answer(kept))


@bp.get("/<uuid:draft_id>")
@guard(in_the_room)
def show(draft_id: UUID) -> ResponseReturnValue:
    """A note written together, as it stands now, for whoever may write in it."""
    sheet = together.read(g.me, str(draft_id))
    return jsonify({"text": sheet.text, "version": sheet.version, "writing": sheet.now})


@bp.post("/<uuid:draft_id>/drop")
@guard(in_the_room)
def drop(draft_id: UUID) -> ResponseReturnValue:
    """Its writer does not want it any more."""
    row = drafts.let_go(g.me, str(draft_id))
    flash("Let go.")
    if row.place == "update":
        return redirect(url_for("cases.update", case_id=row.case_id), 303)
    if row.place in ("note", "decide", "aside", "action", "motion", "dissent"):
        return redirect(url_for("meetings.show", case_id=row.case_id, meeting_id=row.subject_id), 303)
    return redirect(url_for("cases.show", case_id=row.case_id), 303)
