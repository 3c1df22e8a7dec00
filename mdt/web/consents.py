"""The form that takes in a consent from elsewhere, and which version of FHIR somebody asks for."""

from __future__ import annotations

from collections.abc import Mapping

from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import MIMEAccept
from wtforms import RadioField
from wtforms.validators import InputRequired

from mdt.operations.fhir.strict import LARGEST
from mdt.operations.fhir.words import Version
from mdt.web.forms import Form, Key

MEDIA_TYPE = "application/fhir+json"


class ReceiveForm(Form):
    """The file of a Consent, and whose information it is about."""

    key = Key()
    discloser = RadioField("Who would tell?", [InputRequired("Choose who would tell.")])
    consent = FileField("The file", [FileRequired("Choose the file first.")])

    @classmethod
    def of(cls, agencies: Mapping[str, str], key: str) -> ReceiveForm:
        """For these agencies, by id; the only one is chosen already."""
        form = cls(data={"key": key, "discloser": next(iter(agencies)) if len(agencies) == 1 else None})
        form.discloser.choices = list(agencies.items())
        return form

    @property
    def file(self) -> bytes:
        """The file, and one byte more than is taken in, so that a larger one is known for it."""
        assert self.consent.data is not None
        return bytes(self.consent.data.stream.read(LARGEST + 1))


def version_asked(named: str | None, accept: MIMEAccept) -> Version | None:
    """The version named in the address, else in the Accept header, else R4; None for one that is not spoken here."""
    if named is not None:
        return next((one for one in Version if one == named.upper()), None)
    asked = str(accept).lower()
    return next((one for one in (Version.R5, Version.R4) if f"fhirversion={one.number}" in asked), Version.R4)


__all__ = ["MEDIA_TYPE", "ReceiveForm", "version_asked"]
