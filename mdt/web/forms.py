"""Forms: one base, so that blank space is trimmed, errors are sentences, and nothing typed is lost."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from wtforms import (
    HiddenField,
    PasswordField,
    RadioField,
    SelectMultipleField,
    StringField,
    ValidationError,
)


def _trimmed(value: Any) -> Any:
    return value.strip().replace("\r\n", "\n").replace("\x00", "") if isinstance(value, str) else value


class Form(FlaskForm):
    """A form whose text fields come trimmed. Its errors stand beside their fields and in the summary."""

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """As it was sent; on a page that opens, as its writer left it (mdt.web.drafts.Place)."""
            said = super().wrap_formdata(form, formdata)
            return g.get("left") if said is None and formdata is _Auto else said

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            filters = [*unbound_field.kwargs.get("filters", ()), _trimmed]
            return unbound_field.bind(
                form=form, **{**options, "filters": filters} if _is_text(unbound_field) else options
            )

    @property
    def problems(self) -> list[tuple[str, str]]:
        """(field id, sentence) in the order of the page, for the error summary."""
        return [(field.id, str(error)) for field in self for error in field.errors]


class Key(HiddenField):
    """The identifier a form gives to what it makes, so that sending it twice makes one thing."""

    data: str  # as it is once the form passed; empty before its page is made

    def pre_validate(self, form: Any) -> None:
        try:
            self.data = str(UUID(self.data or ""))
        except ValueError:
            raise ValidationError("Reload this page, then send it again.") from None


def text_of(field: StringField) -> str:
    """What stands in a field of text; nothing is the empty word."""
    return field.data or ""


def is_tiled(field: Any) -> bool:
    """Whether a field is drawn as tiles to choose from: one of several, or some of several."""
    return isinstance(field, RadioField | SelectMultipleField)


def is_one_of(field: Any) -> bool:
    """Whether just one of the choices can be chosen."""
    return isinstance(field, RadioField)


def _is_text(unbound_field: Any) -> bool:
    kind = unbound_field.field_class
    return issubclass(kind, StringField) and not issubclass(kind, PasswordField)
