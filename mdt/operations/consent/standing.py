"""Whether a release counts, asked of the kernel: for each reader it names, of each kind it names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mdt.operations import views
from mdt.operations.access import Seat
from mdt.operations.consent.knowing import is_among
from mdt.operations.consent.standins import Scene, scene
from mdt.operations.team import colleagues, purpose_of
from mdt.sharing import codes
from mdt.sharing.decide import look_at
from mdt.sharing.explain import code_words
from mdt.sharing.facts import Facts, Release
from mdt.sharing.gate import admitted
from mdt.sharing.look import Look
from mdt.sharing.regimes import regimes_of
from mdt.sharing.releases import standing
from mdt.sharing.vocabulary import Purpose

NOBODY_YET = "E_RECIPIENT_MISMATCH"
"""The code of a release that names nobody who is on the team now."""
NOTHING_WRONG = (None, NOBODY_YET, "E_NOT_YET_EFFECTIVE")
"""What is no fault of the paper: it counts, or will once somebody is here or a day has come."""
ENDED = ("E_EXPIRED_DATE", "E_EXPIRED_EVENT")


def objection(seat: Seat, release: Release) -> str | None:
    """The first code, in the order of validation, that keeps it from counting for everybody; None: it counts."""
    facts = seat.case.facts
    return _objection(seat, release, (one for one in facts.members if one in facts.users))


def objection_to(seat: Seat, draft: Release) -> str | None:
    """The same of what is not signed yet: as far as the asker may know of those whom it names."""
    return _objection(seat, draft, (one.id for one in colleagues(seat, views.look(seat).sources)))


def _objection(seat: Seat, release: Release, people: Iterable[str]) -> str | None:
    stage = scene(seat, release)
    found = [_code(release, look, stage) for look in _looks(seat, release, stage.facts, people)]
    return None if None in found else codes.first(filter(None, found))


def objection_for(seat: Seat, release: Release, stage: Scene, user: str) -> str | None:
    """The first code that keeps it from counting for this member, for what they look for; None: it counts."""
    look = look_at(stage.facts, user, purpose_of(seat.case, user), seat.at, seat.profile)
    return _code(release, look, stage)


def _code(release: Release, look: Look, stage: Scene) -> str | None:
    asked = [(item, regimes_of(item, stage.facts, look.profile)) for item in stage.items]
    found = [standing(release, item, look, regimes).code for item, regimes in asked]
    return None if None in found else codes.first(filter(None, found))


def words(code: str | None) -> str:
    """A code as one would say it to somebody with rights to the consent."""
    if code is None:
        return ""
    return "Nobody whom it names is on the team now." if code == NOBODY_YET else code_words(code)


def _looks(seat: Seat, release: Release, facts: Facts, people: Iterable[str]) -> Iterator[Look]:
    """A look for each recipient among these; where there is none, one that fails on that last."""
    here = [user for user in people if admitted(facts, user, seat.at)]
    readers = [user for user in here if is_among(seat, release.recipients, user)]
    for user in readers or [seat.me.id]:
        yield look_at(facts, user, _purpose(seat, release, user), seat.at, seat.profile)


def _purpose(seat: Seat, release: Release, user: str) -> Purpose:
    """What they look for; where the release is for something else, that: it is the form that is judged."""
    usual = purpose_of(seat.case, user)
    named_ones = release.purposes or (usual,)
    return usual if usual in named_ones else named_ones[0]


__all__ = ["ENDED", "NOBODY_YET", "NOTHING_WRONG", "objection", "objection_to", "words"]
