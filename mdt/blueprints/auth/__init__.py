"""Coming in and going out."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from mdt.operations import accounts
from mdt.web.forms import Form, text_of
from mdt.web.guards import anyone, guard, signed_in
from mdt.web.pages import NEUTRAL_EXIT
from mdt.web.paths import safe_path
from mdt.web.sign_ins import find_me

bp = Blueprint("auth", __name__)


class AgainForm(Form):
    password = PasswordField("Your password", [InputRequired("Write your password."), Length(max=1000)])


class SignInForm(Form):
    login = StringField("Your sign-in name", [InputRequired("Write your sign-in name."), Length(max=200)])
    password = PasswordField("Your password", [InputRequired("Write your password."), Length(max=1000)])


@bp.get("/")
@guard(anyone)
def home() -> ResponseReturnValue:
    """Where somebody who just comes belongs: their desk, or the door."""
    if not current_user.is_authenticated:
        return redirect(url_for("auth.door"))
    alone = "rules.show" if current_user.counsel else "admin.desk"
    return redirect(url_for(current_app.extensions["mdt.desks"].get(current_user.role, alone)))


@bp.route("/sign-in", methods=["GET", "POST"])
@guard(anyone)
def door() -> ResponseReturnValue:
    """Sign in; in the demo, the people of the invented county instead."""
    if current_app.extensions["mdt.settings"].demo and request.method == "GET" and "password" not in request.args:
        return redirect(url_for("demo.door"))
    form = SignInForm()
    if form.validate_on_submit():
        user_id = accounts.prove(text_of(form.login), text_of(form.password), request.remote_addr or "")
        if user_id:
            return come_in(user_id)
        form.password.errors = ["That name and password do not belong together. Check both, then try again."]
    return render_template("auth/door.html", form=form), 422 if form.errors else 200


@bp.post("/sign-out")
@guard(anyone)
def leave() -> ResponseReturnValue:
    """End this sign-in here and on the server, and take everything out of the browser."""
    accounts.left(current_user.id if current_user.is_authenticated else None)
    logout_user()
    session.end()  # type: ignore[attr-defined]
    response = redirect(url_for("auth.door"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@bp.post("/stay")
@guard(signed_in)
def stay() -> ResponseReturnValue:
    """Somebody is still here: the sign-in goes on."""
    session["stayed"] = session.get("stayed", 0) + 1
    return "", 204


@bp.route("/again", methods=["GET", "POST"])
@guard(signed_in)
def again() -> ResponseReturnValue:
    """Prove again who one is, before what is protected most. The demo's people have no password to give."""
    demo = current_app.extensions["mdt.settings"].demo
    form = AgainForm()
    if request.method == "POST" and (
        demo or (form.validate_on_submit() and accounts.is_password_of(current_user.id, text_of(form.password)))
    ):
        session.renew(proved=True)  # type: ignore[attr-defined]
        return redirect(safe_path(request.values.get("then")) or url_for("auth.home"), 303)
    if request.method == "POST":
        form.password.errors = ["That is not your password. Try again."]
    return render_template("auth/again.html", form=form, in_demo=demo), 422 if request.method == "POST" else 200


@bp.get("/exit")
@guard(anyone)
def exit_page() -> ResponseReturnValue:
    """Leave at once for a page that tells nothing; the sign-in ends with it."""
    accounts.left(current_user.id if current_user.is_authenticated else None)
    session.end()  # type: ignore[attr-defined]
    return redirect(NEUTRAL_EXIT)


@bp.get("/help")
@guard(anyone)
def help_page() -> ResponseReturnValue:
    return render_template("auth/help.html")


def come_in(user_id: str) -> ResponseReturnValue:
    """Begin a sign-in for somebody who proved who they are, under a new token."""
    me = find_me(user_id)
    assert me is not None
    session.clear()
    session.renew(proved=True)  # type: ignore[attr-defined]
    login_user(me)
    accounts.came_in(me)
    return redirect(safe_path(request.values.get("then")) or url_for("auth.home"), 303)


__all__ = ["bp", "come_in"]
