"""The plain desk that every partner's blueprint opens on: what needs me now, and my cases."""

from __future__ import annotations

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from mdt.operations import desks, watching
from mdt.sharing.vocabulary import Role
from mdt.web.guards import guard, of_role


def blueprint(name: str, import_name: str, *roles: Role, path: str, template: str = "desk/show.html") -> Blueprint:
    """A partner's blueprint, with its desk at `path`; `template` where the discipline has worked it out further."""
    bp = Blueprint(name, import_name, url_prefix=f"/{path}")

    @bp.get("")
    @guard(of_role(*roles))
    def desk() -> ResponseReturnValue:
        """What needs me now."""
        return show(template)

    return bp


def show(template: str = "desk/show.html", **more: object) -> ResponseReturnValue:
    """This person's desk, with what a discipline adds to it."""
    view = desks.desk(g.me)
    topic = watching.Topic("desk")
    return render_template(
        template, desk=view, topic=topic, tag=watching.tag(topic, g.me, desks.skeleton(g.me)), **more
    )
