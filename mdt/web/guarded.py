"""One way through a form whose words are held against their readers: kept, or the same page once more with what it was.

What the leak guard names stands beside the form, to be let stand or changed; a refusal that is about what was written
stands above it. Nothing that was typed is lost. What is no matter of the form, such as that somebody was quicker, is
raised on, and answered where every refusal is (`web.errors`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from flask import g

from mdt.models import new_id
from mdt.operations import guarding, reading
from mdt.operations.acts import Refused
from mdt.web.drafts import Place
from mdt.web.where import within


@dataclass(slots=True)
class Tried:
    """A form that was sent, or is opened. `kept`: its verb has acted; `repeats`: what its words would tell somebody;
    `reason`: why it was refused, in a word."""

    form: Any
    repeats: tuple[guarding.Repeat, ...] = field(default=())
    kept: bool = False
    reason: str = ""

    @contextmanager
    def keeping(self, place: Place | None = None, *, shows: tuple[int, ...] = (422,)) -> Iterator[None]:
        """Within this the verb acts; at a `place`, what was being typed there ends with it. `shows`: the codes of
        refusals that are about what is written."""
        try:
            with place.sent() if place else nullcontext():
                yield
        except guarding.Repeats as no:
            self.repeats = no.found
        except Refused as no:
            if no.code not in shows:
                raise
            self.reason = no.reason
            self.form.form_errors = [*self.form.form_errors, str(no)]
        else:
            self.kept = True

    @property
    def code(self) -> int:
        """With what the page is answered."""
        return 422 if self.form.errors or self.form.form_errors or self.repeats else 200

    def again(self) -> None:
        """The page stands in the case it is about, and its form has a key of its own."""
        within(reading.name_of(g.case))
        self.form.key.data = self.form.key.data or new_id()


__all__ = ["Tried"]
