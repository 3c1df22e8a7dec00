"""The accounting: who has looked at what about a young person."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, g, render_template, request
from flask.typing import ResponseReturnValue

from mdt.operations import accounting, caseload, reading
from mdt.web.guards import guard, in_the_room, member_of_case
from mdt.web.where import within

bp = Blueprint("ledger", __name__, url_prefix="/who-has-looked")


@bp.get("")
@guard(in_the_room)
def mine() -> ResponseReturnValue:
    """The cases whose accounting this person may read."""
    return render_template("ledger/mine.html", lines=accounting.readable(g.me, caseload.page(g.me).lines))


@bp.get("/<uuid:case_id>")
@guard(member_of_case)
def of_case(case_id: UUID) -> ResponseReturnValue:
    """Who has looked at what, by month; made to be printed."""
    before = _identifier(request.args.get("before", ""))
    if not accounting.may_read(g.case):
        abort(404)
    name = reading.name_of(g.case)
    within(name)
    account = accounting.account(g.case, before=before)
    return render_template("ledger/case.html", account=account, case_id=case_id, name=name)


def _identifier(text: str) -> str | None:
    """Where a page begins; anything that is no such place begins at the top."""
    try:
        return str(UUID(text))
    except ValueError:
        return None
