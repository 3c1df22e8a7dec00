"""Two small forms: asking an agency for a release, and saying that there will be none."""

from __future__ import annotations

from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from mdt.operations.requests import LONGEST_WHY
from mdt.web.forms import Form, Key

TOO_LONG = Length(max=LONGEST_WHY, message=f"At most {LONGEST_WHY} characters.")


class WhyForm(Form):
    """What one needs it for."""

    why = TextAreaField("What do you need it for?", [DataRequired("Say what you need it for."), TOO_LONG])
    key = Key()


class NotForm(Form):
    """Why there will be no release."""

    reason = TextAreaField("Why not?", [DataRequired("Say in a word why not."), TOO_LONG])


__all__ = ["NotForm", "WhyForm"]
