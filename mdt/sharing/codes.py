"""Why a release, or a law, does not open something: the codes, in their order of validation.

They are for people with rights to the consent. Where several are true, the first in this order is
the answer.
"""

from __future__ import annotations

from collections.abc import Iterable

MISSING_ELEMENT = "E_MISSING_ELEMENT"

ORDER: tuple[str, ...] = (
    "E_SUBJECT_MISMATCH",
    "E_NOT_ACTIVE",
    "E_NOT_YET_EFFECTIVE",
    "E_EXPIRED_DATE",
    "E_EXPIRED_EVENT",
    "E_REVOKED",
    "E_FALSE",
    MISSING_ELEMENT,
    "E_CONDITIONED",
    "E_NO_TIME_LIMIT",
    "E_VERBAL_ONLY",
    "E_COMPOUND",
    "E_NOT_SEPARATE",
    "E_SIGNER_NO_AUTHORITY",
    "E_AGED_OUT",
    "E_SIGNER_CONFLICT",
    "E_MINOR_SIGNATURE_REQUIRED",
    "E_PARENT_SIGNATURE_REQUIRED",
    "E_DISCLOSER_MISMATCH",
    "E_RECIPIENT_MISMATCH",
    "E_CATEGORY_NOT_COVERED",
    "E_SENSITIVITY_NOT_NAMED",
    "E_DATA_PERIOD",
    "E_PURPOSE_MISMATCH",
    "E_TPO_ONLY",
    "E_RESTRICTED_BY_LATER",
    "E_MOU_EXPIRED",
    "E_PROFILE_UNCONFIRMED",
)
ELEMENTS: tuple[str, ...] = (
    "subject",
    "discloser",
    "recipient",
    "description",
    "purpose",
    "signature",
    "date",
    "revocation",
    "redisclosure",
    "not_conditioned",
    "authority",
    "copy_given",
    "informed",
)
"""The elements of a form, in the order in which they are checked."""
_PLACE = {code: place for place, code in enumerate(ORDER)}
_ELEMENT = {element: place for place, element in enumerate(ELEMENTS)}


def place(code: str) -> tuple[int, int, str]:
    """Where a code stands in the order of validation; elements in the order of the form."""
    name, _, element = code.partition(":")
    return _PLACE[name], _ELEMENT.get(element, len(ELEMENTS)), element


def first(codes: Iterable[str]) -> str | None:
    """The code that is the answer where several are true."""
    return min(codes, key=place, default=None)
