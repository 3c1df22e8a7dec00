"""What pages ask beside being read: whether their view changed, where the channel is blocked."""

from __future__ import annotations

from flask import Blueprint, abort, g, request
from flask.typing import ResponseReturnValue

from mdt.operations import watching
from mdt.web.guards import guard, in_the_room

bp = Blueprint("api", __name__)


@bp.get("/live")
@guard(in_the_room)
def changed() -> ResponseReturnValue:
    """205 if the view differs from the tag the page shows, 204 if not."""
    topic = watching.Topic.read(request.args.get("topic")) or abort(404)
    watching.arrive(topic, g.me)
    tag, _again_at = watching.look(topic, g.me, request.args.get("purpose"))
    return "", 204 if tag == request.args.get("tag") else 205
