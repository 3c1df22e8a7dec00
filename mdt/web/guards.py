"""Every door states who may come in. What states nothing does not start.

A guard is a function of the route's own values; it lets pass by returning and refuses by raising.
What is not there and what may not be known of answer alike: not found.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from mdt.models import begin_writing
from mdt.operations import access
from mdt.operations.acts import Refused
from mdt.operations.linking import whole
from mdt.operations.meeting import visits
from mdt.sharing.vocabulary import Role

Guard = Callable[[dict[str, Any]], ResponseReturnValue | None]
View = TypeVar("View", bound=Callable[..., Any])
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LISTENING = frozenset(
    {"meetings.join", "meetings.leave", "meetings.out", "meetings.back_in", "cases.purpose", "releases.step_out"}
)
"""What a guest who only listens does; nothing else that writes is open to them."""


class Unguarded(Exception):
    """A route states no guard."""


def guard(rule: Guard) -> Callable[[View], View]:
    """State who may come in by this route."""

    def state(view: View) -> View:
        view.__guard__ = rule  # type: ignore[attr-defined]
        return view

    return state


def reads(view: View) -> View:
    """State that a POST by this route changes nothing: what is typed is asked about, so it stands in no address."""
    view.__reads__ = True  # type: ignore[attr-defined]
    return view


def guard_of(view: Callable[..., Any]) -> Guard | None:
    return getattr(view, "__guard__", None)


def install(app: Flask) -> None:
    """Ask each route's guard before the route; an unsafe method's transaction writes from its start."""

    @app.before_request
    def _ask() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None
        rule = guard_of(app.view_functions[request.endpoint])
        if rule is None:
            raise Unguarded(request.endpoint)
        if _writes():
            begin_writing()
        return rule(dict(request.view_args or {}))


def _writes() -> bool:
    """Whether this request is there to change something."""
    view = current_app.view_functions.get(request.endpoint or "")
    return request.method not in SAFE and not getattr(view, "__reads__", False)


def reads_only() -> bool:
    """Whether this request changes nothing, so that it can be answered once more."""
    return not _writes()


def check(app: Flask) -> None:
    """Refuse to start while a route states no guard."""
    bare = sorted(name for name, view in app.view_functions.items() if guard_of(view) is None)
    if bare:
        raise Unguarded(f"these routes state no guard, add @guard(...) to each: {', '.join(bare)}")


def anyone(_values: dict[str, Any]) -> None:
    """Open to whoever comes: the door itself, and what it is painted with."""


def signed_in(_values: dict[str, Any]) -> ResponseReturnValue | None:
    """Somebody who proved who they are and has acknowledged nothing yet."""
    if not current_user.is_authenticated:
        return _to_the_door()
    g.me = current_user._get_current_object()
    return None


def administrator(values: dict[str, Any]) -> ResponseReturnValue | None:
    """Runs the system, and reads no case."""
    return signed_in(values) or (None if g.me.admin else abort(404))


def counsel(values: dict[str, Any]) -> ResponseReturnValue | None:
    """An agency's lawyer, who answers its legal process. Reads no case by it; never an administrator."""
    return signed_in(values) or (None if g.me.counsel and not g.me.admin else abort(404))


def county_counsel(values: dict[str, Any]) -> ResponseReturnValue | None:
    """Counsel of the agency that keeps the child-welfare record: the rules of sharing bind everybody, so no other
    agency's lawyer drafts or signs them."""
    return signed_in(values) or (None if g.me.signs_rules else abort(404))


def of_role(*roles: Role) -> Guard:
    """Somebody who acts in one of these disciplines."""

    def acts_in(values: dict[str, Any]) -> ResponseReturnValue | None:
        return signed_in(values) or (None if g.me.role in roles else abort(404))

    acts_in.__doc__ = "Acts as " + ", ".join(roles)
    return acts_in


def in_the_room(values: dict[str, Any]) -> ResponseReturnValue | None:
    """Any partner: somebody with a discipline, whichever."""
    return signed_in(values) or (None if g.me.role else abort(404))


def who_writes(values: dict[str, Any]) -> ResponseReturnValue | None:
    """Any partner, and counsel: whoever has a form to write in."""
    return signed_in(values) or (None if g.me.role or (g.me.counsel and not g.me.admin) else abort(404))


def member_of_case(values: dict[str, Any]) -> ResponseReturnValue | None:
    """On this case's team now: accepted, not ended, not recused, not barred."""
    refused = in_the_room(values)
    if refused is None:
        case_id = str(values["case_id"])
        chosen = session.get("purposes", {}).get(case_id)
        seat = access.admit(case_id, g.me, purpose=chosen, lock=_writes())
        if seat is None:
            return _where_it_went(case_id, values) or abort(404)
        if _writes() and request.endpoint not in LISTENING and visits.listens(case_id, g.me.id):
            raise Refused("You are here to listen.", reason="observes", code=403)
        g.case = seat
    return refused


def _where_it_went(case_id: str, values: dict[str, Any]) -> ResponseReturnValue | None:
    """The same page of the case that this one was taken into, for whoever sits there."""
    if request.method not in SAFE or request.headers.get("X-Live") == "1":
        return None
    into = whole.now_in(case_id, g.me)
    there = {**request.args.to_dict(flat=False), **values, "case_id": into}
    return redirect(url_for(str(request.endpoint), **there), 303) if into else None


def lead_of_case(values: dict[str, Any]) -> ResponseReturnValue | None:
    """On this case's team, for the lead agency."""
    return member_of_case(values) or (None if g.case.leads else abort(404))


def _to_the_door() -> ResponseReturnValue:
    if request.method in SAFE and request.headers.get("X-Live") != "1":
        return redirect(url_for("auth.door", then=request.full_path.rstrip("?")))
    return abort(401)
