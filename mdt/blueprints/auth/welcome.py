"""The one-time link: choose a password, once, then sign in by the usual door."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, ValidationError
from wtforms.validators import InputRequired

from mdt.operations import entrances, passwords
from mdt.operations.acts import Refused
from mdt.web.forms import Form, text_of
from mdt.web.guards import anyone, guard

bp = Blueprint("welcome", __name__)
LENGTH = f"{passwords.SHORTEST} characters or more. A few words in a row are easy to keep in mind. Spaces count."


class PasswordForm(Form):
    password = PasswordField("Your new password", [InputRequired("Write a password.")], description=LENGTH)
    again = PasswordField("The same once more", [InputRequired("Write it once more.")])

    def validate_again(self, field: PasswordField) -> None:
        if field.data and field.data != self.password.data:
            raise ValidationError("The two are not the same. Write both again.")


@bp.route("/welcome/<token>", methods=["GET", "POST"])
@guard(anyone)
def choose(token: str) -> ResponseReturnValue:
    """Choose a password by a link somebody handed over. Unknown, used and expired links answer alike."""
    form, login = PasswordForm(), entrances.login_of(token)
    if form.validate_on_submit():
        try:
            if entrances.choose(token, text_of(form.password)):
                flash("Your password is kept. Sign in with it now.")
                return redirect(_door(), 303)
            login = None
        except Refused as no:
            login = login if no.code == 422 else None
            form.password.errors = [str(no)]
    if login is None:
        return render_template("auth/no_welcome.html"), 404
    return render_template("auth/welcome.html", form=form, login=login), 422 if form.errors else 200


def _door() -> str:
    """The usual door; in the demo, whose people have no passwords, the one beside it."""
    demo = current_app.extensions["mdt.settings"].demo
    return url_for("auth.door", password="") if demo else url_for("auth.door")


__all__ = ["bp"]
