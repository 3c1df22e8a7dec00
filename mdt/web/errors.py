"""What goes wrong is shown calmly: what is safe, what to do, a reference; never a trace, never content."""

from __future__ import annotations

import logging
import re
import secrets

from flask import Flask, Response, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BuildError, RequestRedirect

from mdt.models import db, now
from mdt.operations import facts, ledger
from mdt.operations.acts import Refused
from mdt.web.guards import SAFE, reads_only
from mdt.web.sign_ins import still_holds

ANEW = 2
"""How often a page is made once more."""
TAG, NO_TAG = re.compile(rb'data-tag="[^"]*"'), b'data-tag=""'
"""By what a page that hears bells says which view it shows, and by what it says that it is none of those there are."""
log = logging.getLogger("mdt")

OVERTAKEN = (
    "This changed as it was made",
    "Open it again: what you may see is decided anew each time. What you typed is still on the page you came from.",
)
"""Title and way out of a page that was overtaken again and again."""
WORDS: dict[int, tuple[str, str]] = {
    400: ("That did not arrive whole", "Go back and try once more. What you typed is still on that page."),
    401: ("You are signed out", "Sign in again. What you typed is still on the page you came from."),
    403: ("This needs you to sign in again", "It protects the young person. It takes one moment."),
    404: ("There is nothing here for you", "The address may be mistyped, or what was here has ended or moved."),
    405: ("This page is not used that way", "Go back and use the buttons on the page."),
    409: ("Somebody was quicker", "Look at how it stands now, then decide again."),
    413: ("That is too large to take in", "Send a smaller file, or split it."),
    429: ("Too many tries", "Wait a minute, then try again."),
    500: ("Something broke on our side", "What you did last may not be saved. Nothing was shown to anybody by it."),
    503: (
        "We cannot record this now, so we do not show it",
        "Every look at a case is written down. Try again in a moment.",
    ),
}


def install(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(DataError, _unheard_of)
    app.register_error_handler(Exception, _fault)
    app.logger.addFilter(_without_trace)

    @app.after_request
    def _recorded_first(response: Response) -> Response:
        """What a page shows is in the ledger before the page leaves; a page that cannot be recorded does not."""
        return _as_it_stands(app, _recorded(app, response))


def _recorded(app: Flask, response: Response) -> Response:
    try:
        ledger.settle_held()
    except ledger.Unrecorded as wrong:
        return app.make_response(_fault(wrong))
    return response


def _as_it_stands(app: Flask, response: Response) -> Response:
    """What a page tells still holds when it leaves. What changed while it was made, but for words, is decided anew; a
    page that is overtaken again and again, or that answers an act, is not sent."""
    if response.status_code not in (200, 422) or still_holds(now()) or _only_its_words_are_old(response):
        return response
    for _ in range(ANEW if reads_only() else 0):
        facts.decide_anew()
        response = _recorded(app, _once_more(app))
        if response.status_code not in (200, 422) or still_holds(now()):
            return response
    facts.decide_anew()
    return app.make_response(_page(409, words=OVERTAKEN))


def _only_its_words_are_old(response: Response) -> bool:
    """Whether nothing but words in a record changed while a page was made that hears bells. It leaves without its tag:
    so its bell rings as soon as it listens, and it reads itself anew."""
    made_whole = response.is_sequence and response.mimetype == "text/html"
    if not made_whole or not TAG.search(response.get_data()):
        return False
    if not facts.only_words_moved() or not still_holds(now()):
        return False
    response.set_data(TAG.sub(NO_TAG, response.get_data()))
    return True


def _once_more(app: Flask) -> Response:
    """The same request from its door on: whoever asks is looked up again, and may be let in no more."""
    for name in ("case", "context", "me", "left", "place", "held", "_login_user"):
        g.pop(name, None)
    db.session.rollback()
    try:
        answer = app.preprocess_request()
        return app.make_response(app.dispatch_request() if answer is None else answer)
    except Exception as wrong:
        return app.make_response(app.handle_user_exception(wrong))


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    inside = getattr(error, "original_exception", None)
    return _fault(inside) if inside else _page(error.code or 500)


def _stale_form(_error: CSRFError) -> ResponseReturnValue:
    return _page(400)


def _refused(error: Refused) -> ResponseReturnValue:
    """A verb said no: back to the page it came from, with the reason; nothing was changed."""
    db.session.rollback()
    if error.code == 404:
        return _page(404)
    flash(str(error), "refused")
    return redirect(error.back or _way_back(), 303)


def _unheard_of(error: Exception) -> ResponseReturnValue:
    """Something was sent that no row could hold, such as a word where an identifier belongs: there is no such thing.
    On every database alike; where it came from is logged, without what it was."""
    db.session.rollback()
    log.warning("unheard of at %s in %s", _where(error), request.endpoint)
    return _page(404)


def _way_back() -> str:
    """The page that the form stands on, by the names of its route; else the nearest above it; else one's desk."""
    if request.method in SAFE:
        return url_for("auth.home")
    page = f"{request.blueprint}.show"
    if page in current_app.view_functions:
        try:
            return url_for(page, **request.view_args or {})
        except BuildError:
            pass
    return _above() or url_for("auth.home")


def _above() -> str | None:
    """The nearest page above this address: what one pressed in a meeting leads back to the meeting."""
    adapter, path = current_app.create_url_adapter(request), request.path.rpartition("/")[0]
    while adapter and path:
        try:
            adapter.match(path, method="GET")
            return path
        except RequestRedirect:
            return path
        except HTTPException:
            path = path.rpartition("/")[0]
    return None


def _fault(error: Exception) -> ResponseReturnValue:
    """Recorded by reference and kind, without content: a trace may quote what it was working on."""
    db.session.rollback()
    reference = secrets.token_hex(4)
    status = 503 if isinstance(error, OperationalError) or type(error).__name__ == "Unrecorded" else 500
    where = _where(error)
    log.error("fault %s %s at %s in %s", reference, type(error).__name__, where, request.endpoint)
    return _page(status, reference)


def _where(error: BaseException) -> str:
    trace, spot = error.__traceback__, "?"
    while trace:
        spot, trace = f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}", trace.tb_next
    return spot


def _without_trace(record: logging.LogRecord) -> bool:
    """Flask would log the whole trace of what nobody caught; its kind and its place will do."""
    wrong = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    if wrong:
        record.msg = f"{record.msg}: {type(wrong).__name__} at {_where(wrong)}"
    record.exc_info = record.exc_text = None
    return True


def _page(status: int, reference: str | None = None, words: tuple[str, str] | None = None) -> ResponseReturnValue:
    """The page of an error. It knows no case, so that what is not there looks the same wherever it is not."""
    g.pop("case", None)
    g.pop("context", None)
    title, way_out = words or WORDS.get(status, WORDS[500] if status >= 500 else WORDS[400])
    try:
        return render_template("error.html", title=title, way_out=way_out, reference=reference), status
    except Exception:
        return _bare_page(title, way_out, reference), status


def _bare_page(title: str, way_out: str, reference: str | None) -> str:
    """For when not even a page can be made: a host that is not ours, a database that is away."""
    known = f"<p>Reference {escape(reference)}.</p>" if reference else ""
    words = f"<title>{escape(title)}</title><h1>{escape(title)}</h1><p>{escape(way_out)}</p>"
    return f"<!doctype html><html lang=en>{words}{known}"
