"""A file that says it is a Consent: strict JSON, of bounded size and depth, of the shape FHIR declares.

What is wrong is said with its place, and never with its content.
"""

from __future__ import annotations

import json
import re
from typing import Any

from mdt.operations.fhir.words import Version

LARGEST = 256 * 1024
DEEPEST = 32
STRING = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)


class Damaged(Exception):
    """A file that is not taken in. The message says what to do; `place` is where, as a path."""

    def __init__(self, words: str, place: str = "Consent") -> None:
        super().__init__(words)
        self.place = place


def taken_in(file: bytes) -> tuple[dict[str, Any], Version]:
    """The Consent in a file, and the version of FHIR it speaks. Raises Damaged."""
    consent = parsed(file, "Consent")
    if not isinstance(consent, dict) or consent.get("resourceType") != "Consent":
        raise Damaged("This is not a FHIR Consent. Ask whoever sent it for the Consent alone.", "resourceType")
    version = Version.R4 if "scope" in consent else Version.R5
    validate(consent, version)
    return consent, version


def validate(consent: dict[str, Any], version: Version) -> None:
    """Damaged if this is not of the shape that this version of FHIR declares.

    R4's Consent is checked by the models of R4B, which left it as it was.
    """
    try:
        _model(version).model_validate(consent)
    except Exception as wrong:  # the models raise more than their own kind
        raise Damaged(f"This part is not as FHIR {version} wants it.", place_of(wrong, "Consent")) from None


def parsed(file: bytes, what: str) -> Any:
    """What a file of strict JSON says; `what` it is said to be. Raises Damaged, with the line where there is one."""
    if len(file) > LARGEST:
        raise Damaged(f"This file is too large for a {what}. At most 256 KiB are taken in.", "the file")
    try:
        text = file.decode()
        _shallow(text, what)
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
        json.dumps(found, ensure_ascii=False).encode()
    except json.JSONDecodeError as wrong:
        place = f"line {wrong.lineno}" if text.strip() else "the file"
        raise Damaged("This file is not JSON that can be read without guessing.", place) from None
    except (ValueError, RecursionError):
        raise Damaged("This file is not JSON that can be read without guessing.", "the file") from None
    if "\x00" in text or "\\u0000" in text:
        raise Damaged("This file has a character in it that no text has.", "the file")
    return found


def _shallow(text: str, what: str) -> None:
    depth = 0
    for sign in STRING.sub("", text):
        depth += (sign in "[{") - (sign in "]}")
        if depth > DEEPEST:
            raise Damaged(f"This file is nested too deeply for a {what}.", "the file")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Damaged("This name stands twice in one place, so it says two things.", twice[:60])
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _model(version: Version) -> Any:
    """The library's model; loaded when first asked for, since most who start this never need it."""
    if version is Version.R4:
        from fhir.resources.R4B.consent import Consent as consent_r4

        return consent_r4
    from fhir.resources.consent import Consent as consent_r5

    return consent_r5


def place_of(wrong: Exception, what: str) -> str:
    """Where a model of the library found something wrong, as a path."""
    errors = getattr(wrong, "errors", None)
    where = errors()[0]["loc"] if callable(errors) else ()
    path = "".join(f"[{one}]" if isinstance(one, int) else f".{str(one)[:60]}" for one in where)
    return f"{what}{path}"


__all__ = ["DEEPEST", "LARGEST", "Damaged", "parsed", "place_of", "taken_in", "validate"]
