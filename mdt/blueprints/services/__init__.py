"""Finding a service, and what is missing: the county's directory, by need."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, abort, g, render_template, request
from flask.typing import ResponseReturnValue

from mdt.models import now
from mdt.operations import access, reading
from mdt.operations.access import Seat
from mdt.operations.services import directory, finding, referring, terms
from mdt.operations.services import gaps as counting
from mdt.operations.services.hsds import Directory, writing
from mdt.sharing.vocabulary import Role
from mdt.web.guards import guard, in_the_room, member_of_case, of_role, signed_in
from mdt.web.services import asked_page, wish
from mdt.web.where import within

bp = Blueprint("services", __name__, url_prefix="/services")
USUAL = "us-baseline"
EXPORTS: dict[str, tuple[str, Callable[[Directory], str | bytes]]] = {
    "hsds.zip": ("application/zip", writing.package),
    "tables.json": ("application/json", writing.tabular),
    "services.json": ("application/json", writing.api),
}
"""The files in which the directory leaves: its tables, the same as JSON, and in the shape of the API."""


@bp.get("/")
@guard(in_the_room)
def search() -> ResponseReturnValue:
    """Services by need, age, place and what they are."""
    return _search(None)


@bp.get("/cases/<uuid:case_id>/find")
@guard(member_of_case)
def find(case_id: UUID) -> ResponseReturnValue:
    """The same, for a case: from what is found one can refer."""
    within(reading.name_of(g.case))
    return _search(g.case)


def _search(seat: Seat | None) -> ResponseReturnValue:
    known, asked = directory.in_force(), wish(request.args, request.args.getlist("is"))
    rules = seat.profile.provision if seat else access.profile(USUAL).provision
    page = finding.find(known, asked, rules, asked_page(request.args))
    kept = {name: value for name, value in request.args.items(multi=True) if name not in ("page", "is") and value}
    return render_template(
        "services/search.html", wish=asked, page=page, known=known, rules=rules, marks=terms.MARKS, kept=kept,
        is_=list(asked.marks), seat=seat, refers=seat is not None and referring.may_make(seat),
        asked=any(value for name, value in request.args.items() if name != "page"),
    )  # fmt: skip


@bp.get("/<uuid:service_id>")
@guard(in_the_room)
def show(service_id: UUID) -> ResponseReturnValue:
    """One service, as the directory has it."""
    return render_template("services/show.html", one=directory.find(str(service_id)))


@bp.get("/gaps")
@guard(of_role(Role.CW, Role.PM))
def gaps() -> ResponseReturnValue:
    """What is missing: counts, and no case."""
    found = counting.report(g.me, request.args.get("period"), now())
    return render_template("services/gaps.html", found=found, columns=counting.COLUMNS)


@bp.get(f"/files/<any({', '.join(repr(one) for one in EXPORTS)}):form>")
@guard(signed_in)
def export(form: str) -> ResponseReturnValue:
    """The directory as a file, in the shapes of the specification."""
    kind, write = EXPORTS.get(form) or abort(404)
    headers = {"Content-Disposition": f'attachment; filename="{form}"'}
    return Response(write(directory.in_force().directory), mimetype=kind, headers=headers)
