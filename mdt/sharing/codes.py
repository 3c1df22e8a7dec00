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
_PLACE = {code: place for place, code in enumerate(ORDER)}


def place(code: str) -> int:
    """Where a code stands in the order of validation."""
    return _PLACE[code.partition(":")[0]]


def first(codes: Iterable[str]) -> str | None:
    """The code that is the answer where several are true; of missing elements, the first named."""
    return min(codes, key=lambda code: (place(code), code), default=None)
