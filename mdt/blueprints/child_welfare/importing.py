"""Bringing in a caseload: choose a file, look at every row, confirm."""

from __future__ import annotations

import csv
import io
from uuid import UUID

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, validate_csrf
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from wtforms import ValidationError

from mdt.blueprints.child_welfare.parts import parts
from mdt.models import db
from mdt.operations.acts import Refused
from mdt.operations.importing import columns as declared
from mdt.operations.importing import mapping, uploads
from mdt.operations.importing.planning import Outcome
from mdt.operations.importing.problems import Malformed, Problem
from mdt.operations.importing.states import State
from mdt.sharing.vocabulary import Role
from mdt.web.guards import guard, of_role

bp = Blueprint("importing", __name__, url_prefix="/caseload")
bp.record_once(lambda state: state.app.extensions["csrf"].exempt(f"{__name__}.receive"))

OTHER_PARTS = 1024 * 1024
"""Bytes of the request beside the file itself."""
EVERY = 5
"""Seconds after which a page without script shows anew how far the work is."""
PAGES = {
    State.READING: "working", State.IMPORTING: "working", State.READY: "preview", State.DONE: "done",
    State.REFUSED: "refused",
}


@bp.get("")
@guard(of_role(Role.CW))
def begin() -> ResponseReturnValue:
    """Choose a file, or go on with one that waits."""
    return _begin()


@bp.post("")
@guard(of_role(Role.CW))
def receive() -> ResponseReturnValue:
    """Take in a file while it arrives. The form's token is checked here, before the first byte of it."""
    db.session.rollback()
    request.max_content_length = uploads.LARGEST + OTHER_PARTS
    try:
        upload_id = _receive()
    except Malformed as no:
        return _begin(no.problem), no.code
    except Refused as no:
        return _begin(Problem(no.reason, str(no))), no.code
    except RequestEntityTooLarge:
        return _begin(Problem("too_large", uploads.TOO_LARGE)), 413
    except ClientDisconnected:
        return _begin(Problem("broken_off", "The file did not arrive whole. Nothing was kept. Choose it again.")), 422
    return redirect(url_for(".show", upload_id=upload_id), 303)


def _receive() -> str:
    names, trusted = None, False
    for part in parts(request):
        if part.name == "csrf_token":
            trusted = _trusted(part.whole(1000))
        elif not trusted:
            break
        elif part.name == "mapping" and part.chosen:
            names = mapping.read(part.whole(mapping.LARGEST)) or None
        elif part.name == "caseload" and part.chosen:
            return uploads.receive(part.blocks, by=g.me, mapping=names)
    if not trusted:
        raise CSRFError
    raise Malformed("Choose a file first.", code="no_file")


def _trusted(token: bytes) -> bool:
    try:
        validate_csrf(token.decode("ascii", "replace"))
    except ValidationError:
        raise CSRFError from None
    return True


def _begin(problem: Problem | None = None) -> str:
    return render_template(
        "child_welfare/import.html", problem=problem, waiting=uploads.waiting(g.me), needed=declared.needed_names(),
        largest=uploads.LARGEST // 1024 // 1024,
    )


@bp.get("/columns")
@guard(of_role(Role.CW))
def columns() -> ResponseReturnValue:
    """What a file may hold, column by column."""
    groups, meaning_of = declared.groups(), declared.meaning_of
    return render_template("child_welfare/import_columns.html", groups=groups, meaning_of=meaning_of)


@bp.get("/example.csv")
@guard(of_role(Role.CW))
def example() -> ResponseReturnValue:
    """A file to begin with: every column, and one row of each kind."""
    out = io.StringIO()
    table = csv.DictWriter(out, declared.NAMES)
    table.writeheader()
    for record in declared.Record:
        table.writerow({one.name: one.example for one in declared.columns_of(record)} | {"record": record})
    headers = {"Content-Disposition": "attachment; filename=caseload-example.csv"}
    return Response(out.getvalue(), mimetype="text/csv", headers=headers)


@bp.get("/<uuid:upload_id>")
@guard(of_role(Role.CW))
def show(upload_id: UUID) -> ResponseReturnValue:
    """Where a file stands: being read, to be confirmed, being brought in, done, refused."""
    seen = uploads.look(g.me, str(upload_id))
    only = _outcome(request.args.get("only"))
    rows = uploads.shown(g.me, seen, page=_number(request.args.get("from")), only=only) if _lists(seen) else None
    template = f"child_welfare/import_{PAGES[seen.state]}.html"
    page = render_template(template, seen=seen, rows=rows, only=only)
    again = {"Refresh": str(EVERY)} if seen.working and not seen.stopped else {}
    return page, 200, again


def _lists(seen: uploads.Look) -> bool:
    return seen.mine and seen.state in (State.READY, State.DONE)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _outcome(text: str | None) -> Outcome | None:
    return Outcome(text) if text in list(Outcome) else None


@bp.get("/<uuid:upload_id>/progress")
@guard(of_role(Role.CW))
def progress(upload_id: UUID) -> ResponseReturnValue:
    """How far the work is, for the page that shows it."""
    seen = uploads.look(g.me, str(upload_id))
    return {
        "state": seen.state, "stopped": seen.stopped, "value": seen.value, "of": seen.of, "words": seen.words,
    }


@bp.post("/<uuid:upload_id>/confirm")
@guard(of_role(Role.CW))
def confirm(upload_id: UUID) -> ResponseReturnValue:
    """Bring in what the preview showed."""
    return _act(uploads.confirm, upload_id)


@bp.post("/<uuid:upload_id>/go-on")
@guard(of_role(Role.CW))
def go_on(upload_id: UUID) -> ResponseReturnValue:
    """Go on with work that stopped."""
    return _act(uploads.go_on, upload_id)


@bp.post("/<uuid:upload_id>/forget")
@guard(of_role(Role.CW))
def forget(upload_id: UUID) -> ResponseReturnValue:
    """Forget a file, and everything that was read from it."""
    uploads.discard(g.me, str(upload_id))
    flash("The file is forgotten.")
    return redirect(url_for(".begin"), 303)


def _act(verb: object, upload_id: UUID) -> ResponseReturnValue:
    """One verb, then the page of the upload; a no stands on that page."""
    try:
        verb(g.me, str(upload_id))  # type: ignore[operator]
    except Refused as no:
        if no.code == 404:
            raise
        flash(str(no), "refused")
    return redirect(url_for(".show", upload_id=upload_id), 303)
