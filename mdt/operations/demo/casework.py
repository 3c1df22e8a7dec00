"""The casework of the first evening, done by the county's own people through the verbs that everybody uses.

Each act is in the ledger as theirs, and what it may not tell somebody it does not: nothing is laid beside the house.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from mdt.models import User, begin_writing, db, now
from mdt.operations import access
from mdt.operations.access import Seat
from mdt.operations.demo import known, people
from mdt.operations.demo.when import When
from mdt.operations.linking import links, recovery, training
from mdt.operations.meetings import Sent
from mdt.operations.needs import dates
from mdt.operations.services import referring

WREN, JUNO = "wren", "juno"
COURSES = {"casey": ("confidentiality", "trauma", "trafficking"), "dee": ("confidentiality", "trauma"),
           "marcus": ("confidentiality",), "jo": ("confidentiality", "trafficking")}  # fmt: skip
"""Who was trained in what, within the last year. The others have no date yet."""


def do(write: Callable[[str], object]) -> None:
    """Do it, once, in a county that has just been founded; saying so through `write`."""
    when = When(now())
    for act in (_court, _interview, _link, _tries, _trainings, _referral):
        act(when)
    write("A court date, an interview, a link, two tries to reach Juno, training dates, and a referral.")


def _court(when: When) -> None:
    plan = dates.Plan(
        starts_at=when.time(9, "09:00"), place="Juvenile Court, room 3", attends=people.ids_of(("tomas",))
    )
    dates.arrange(_seat("casey", WREN), "hearing", plan, _sent("casework.court"))


def _interview(when: When) -> None:
    plan = dates.Plan(
        starts_at=when.time(3, "10:00"), place="The blue house, room 2", attends=people.ids_of(("casey",)),
        blind=people.ids_of(("dee",)),
    )  # fmt: skip
    dates.arrange(_seat("marcus", WREN), "interview", plan, _sent("casework.interview"))


def _link(_when: When) -> None:
    links.make(_seat("casey", WREN), other_id=known(f"case.{JUNO}"), kind="other")


def _tries(when: When) -> None:
    tries = (
        ("dee", 100, "call", "not_reached", "Rang twice. The phone is off."),
        ("casey", 55, "through", "left_word", "A friend from swimming tells her that her bed stays hers."),
    )
    for number, (slug, minutes, how, outcome, words) in enumerate(tries):
        at = when.at - timedelta(minutes=minutes)
        key = known(f"casework.try.{number}")
        recovery.log(_seat(slug, JUNO), at=at, how=how, outcome=outcome, words=words, key=key)


def _trainings(when: When) -> None:
    for slug, courses in COURSES.items():
        for number, kind in enumerate(courses, 1):
            begin_writing()
            robin = db.session.get_one(User, people.id_of("robin"))
            training.write_down(robin, people.id_of(slug), kind=kind, on=when.day(-40 * number))


def _referral(when: When) -> None:
    casey, key = _seat("casey", WREN), known("casework.referral")
    asked = referring.Asked(
        service_id=known("service.clinic"), need="physical", asked_by=casey.me.id, asked_at=when.ago(hours=1), yes=True,
        words="See her twice before the year ends.",
    )  # fmt: skip
    referring.make(casey, asked, key=key)
    referring.send(_seat("casey", WREN), key, to=people.id_of("ruth"), key=known("casework.referral.sent"))


def _seat(slug: str, story: str) -> Seat:
    """Somebody's place at a table, for the one act that comes next."""
    begin_writing()
    seat = access.admit_quietly(known(f"case.{story}"), access.person(db.session.get_one(User, people.id_of(slug))))
    assert seat
    return seat


def _sent(name: str) -> Sent:
    return Sent(known(name))


__all__ = ["do"]
