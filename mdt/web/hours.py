"""A day and a time of it, as forms ask for them: an hour that no clock shows is refused, and one that comes twice is
the one that can be meant."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import DateField, TimeField
from wtforms.validators import StopValidation

from mdt.models import now
from mdt.sharing.moments import is_skipped, said_after
from mdt.web.pages import elsewhere, zone

SKIPPED = "The clocks go forward that night and leave this hour out. Choose another time."


class Hour(TimeField):
    """A time of the day that another field of its form gives, where the people of this page are."""

    def __init__(self, label: str, validators: Any = None, *, of: str = "on", **more: Any) -> None:
        place = elsewhere()
        super().__init__(label, validators, description=f"As the clocks are in {place}." if place else "", **more)
        self.of = of

    def pre_validate(self, form: Any) -> None:
        on = form[self.of].data
        if on is not None and self.data is not None and is_skipped(datetime.combine(on, self.data, zone())):
            raise StopValidation(SKIPPED)


def moment(on: DateField, at: TimeField, zone: ZoneInfo, *, since: datetime | None = None) -> datetime:
    """When that is, of a form that passed: both have to be filled in. An instant, as the database gives it back: so
    many hours before it are that many, also over a night in which the clocks change. `since`: what it comes after."""
    assert on.data is not None and at.data is not None
    return said_after(datetime.combine(on.data, at.data, zone), since, now())


__all__ = ["SKIPPED", "Hour", "moment"]
