"""The entries of a jurisdiction: what a county can set, in words, and what kind of answer each takes.

An entry is a table at the top of a profile. Those that counsel confirms rest the stricter branch on
`confirmed`: until it says by whom and when, what rests on the entry stays closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mdt.sharing.reading import Table, Unreadable

CONFIRMED = "confirmed"


class Answer(StrEnum):
    """What kind of answer a key takes. A NUMBER may be left open, a COUNT may not."""

    NUMBER = "number"
    COUNT = "count"
    YES_NO = "yes_no"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an entry. `name` is dotted where it lies deeper."""

    name: str
    label: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its title, whether counsel confirms it, and the keys it is known to have."""

    name: str
    title: str
    confirmable: bool
    keys: tuple[Key, ...]

    def key(self, name: str) -> Key:
        """The key of this name; one that a county added is asked for as words."""
        known = next((one for one in self.keys if one.name == name), None)
        return known or Key(name, name.replace("_", " ").replace(".", ", ").capitalize(), Answer.WORDS)


_NUMBER, _COUNT, _YES_NO, _WORDS = Answer.NUMBER, Answer.COUNT, Answer.YES_NO, Answer.WORDS
_CITE = ("cite", "Where it is written", _WORDS)


def _entry(name: str, title: str, *keys: tuple[str, str, Answer], confirmable: bool = True) -> Entry:
    return Entry(name, title, confirmable, tuple(Key(*key) for key in keys))


def _hours(**titles: str) -> list[tuple[str, str, Answer]]:
    return [(f"{name}.hours", f"{title}: within how many hours", _COUNT) for name, title in titles.items()]


MEETINGS = {
    "emergency": "Emergency meeting", "non_emergency": "Team meeting", "case_review": "Case review",
    "ongoing": "Care plan meeting",
}  # fmt: skip


def _each_kind(key: str, words: str, answer: Answer) -> list[tuple[str, str, Answer]]:
    return [(f"kinds.{name}.{key}", f"{title}: {words}", answer) for name, title in MEETINGS.items()]


NEEDS = {
    "basic": "Food, clothes, a phone", "housing": "A place to live", "physical": "Health of the body",
    "behavioral": "Feelings", "education": "School", "employment": "Work", "legal": "Lawyers",
    "life_skills": "Running a life", "mentor": "Somebody who stays", "culture": "Culture",
}  # fmt: skip


DATES = {
    "interview": "Forensic interview", "exam": "Medical exam", "private_exam": "Exam after an assault",
    "lawyer": "Meeting with a lawyer", "hearing": "Court date",
}  # fmt: skip


def _each_need(key: str, words: str) -> list[tuple[str, str, Answer]]:
    return [(f"kinds.{code}.{key}", f"{title}: {words}", _WORDS) for code, title in NEEDS.items()]


ENTRIES: dict[str, Entry] = {
    one.name: one
    for one in (
        _entry(
            "mdt_statute", "The statute of the team", _CITE,
            ("window_days", "Days after the report in which the team may share", _NUMBER),
            ("good_cause_extension", "Good cause, written down, makes that longer", _YES_NO),
        ),
        _entry(
            "juvenile_sharing", "Juvenile justice and schools", _CITE,
            ("school_records", "A statute lets schools inform juvenile justice", _YES_NO),
            ("school_notice", "A statute lets juvenile justice inform schools", _YES_NO),
        ),
        _entry(
            "mh_act", "Mental health", _CITE,
            ("treatment_sharing_needs_consent", "Those who treat need consent to tell each other", _YES_NO),
        ),
        _entry(
            "reporter_rule", "Who reported", _CITE,
            ("prosecutors", "Prosecutors may know who reported", _YES_NO),
        ),
        _entry(
            "reproductive", "Reproductive health", _CITE,
            ("agency_access", "An agency with custody may see it", _YES_NO),
            ("shield", "A law that shields it", _WORDS),
        ),
        _entry(
            "minor_consent", "From which age a minor agrees alone", _CITE,
            ("sti", "Sexually transmitted infections", _NUMBER),
            ("contraception", "Contraception", _NUMBER),
            ("pregnancy", "Pregnancy", _NUMBER),
            ("assault_exam", "An exam after an assault", _NUMBER),
            ("mental_health", "Mental health", _NUMBER),
        ),
        _entry(
            "sud_minor_consent", "From which age a minor agrees alone to substance use treatment", _CITE,
            ("age", "Age", _NUMBER),
        ),
        _entry(
            "ages", "Coming of age", ("majority", "Majority", _COUNT),
            ("extended_foster_care_to", "Extended foster care ends at", _NUMBER), confirmable=False,
        ),
        _entry(
            "emergency", "Breaking the glass", ("minutes", "Minutes that an emergency opens for", _COUNT),
            ("review_business_days", "Business days until it is reviewed", _COUNT), confirmable=False,
        ),
        _entry(
            "deadlines", "Deadlines",
            *_hours(
                missing_law_enforcement="A missing young person, to law enforcement",
                missing_ncmec="A missing young person, to the national center",
                missing_debrief="Back after being missing, the talk about the time away",
                trafficking_law_enforcement="A trafficked young person, to law enforcement",
                foreign_minor_hhs="A minor from abroad, to the federal office",
            ), confirmable=False,
        ),
        _entry(
            "aggregates", "Counting people", ("small_cell", "The smallest number that is shown", _COUNT),
            ("sensitive_small_cell", "The same for the most sensitive kinds", _COUNT), confirmable=False,
        ),
        _entry(
            "meetings", "Meetings",
            ("kinds.emergency.within.hours", "Emergency meeting: within how many hours", _COUNT),
            ("kinds.non_emergency.within.working_days", "Team meeting: within how many working days", _COUNT),
            ("kinds.case_review.every_days", "Case review: every how many days", _COUNT),
            ("kinds.ongoing.every_days", "Care plan meeting: every how many days", _COUNT),
            *_each_kind("minutes", "minutes for a case", _COUNT),
            *_each_kind("quorum", "disciplines that have to be there", _WORDS),
            *_each_kind("invited", "disciplines invited", _WORDS),
            ("kinds.emergency.on_call", "Emergency meeting: disciplines that keep somebody on call", _WORDS),
            ("returns.before_hours", "Hours before a meeting in which each agency has written", _COUNT),
            confirmable=False,
        ),
        _entry(
            "appointments", "Dates arranged with a young person",
            ("remind_hours", "Hours before, at which those who go along are reminded", _COUNT),
            *[(f"kinds.{name}.by", f"{title}: disciplines that arrange it", _WORDS) for name, title in DATES.items()],
            *[(f"kinds.{name}.minutes", f"{title}: minutes", _COUNT) for name, title in DATES.items()],
            confirmable=False,
        ),
        _entry(
            "needs", "Needs of a young person",
            *_each_need("title", "what it is called"),
            *_each_need("ask", "what a professional is asked"),
            *_each_need("young", "what the young person is asked"),
            confirmable=False,
        ),
        _entry(
            "screening", "Screening",
            ("opens.entering_care.within.hours", "On entering care: within how many hours", _COUNT),
            ("opens.entering_care.instrument", "On entering care: which instrument", _WORDS),
            ("opens.investigation.within.hours", "In an investigation: within how many hours", _COUNT),
            ("opens.investigation.instrument", "In an investigation: which instrument", _WORDS),
            ("opens.return_from_runaway.within.hours", "After being missing: within how many hours", _COUNT),
            ("opens.return_from_runaway.instrument", "After being missing: which instrument", _WORDS),
            ("opens.second_tier.within.hours", "The second tier: within how many hours", _COUNT),
            ("opens.second_tier.instrument", "The second tier: which instrument", _WORDS),
            confirmable=False,
        ),
        _entry(
            "missing", "Missing from care",
            ("reports.law_enforcement.reach", "Law enforcement: how one reaches them", _WORDS),
            ("reports.law_enforcement.nudge.hours", "Law enforcement: hours until one asks after the entry", _COUNT),
            ("reports.law_enforcement.again.hours", "Law enforcement: hours until one asks again", _COUNT),
            ("reports.ncmec.reach", "The national center: how one reaches them", _WORDS),
            ("reports.hhs.reach", "The federal office for minors from abroad: how one reaches them", _WORDS),
            confirmable=False,
        ),
    )
}  # fmt: skip
"""In the order in which a county reads them."""


def check(raw: Table) -> None:
    """Refuse an answer of the wrong kind, with its place: a number that is none would open or close by accident."""
    for entry in ENTRIES.values():
        said = raw.get(entry.name)
        for key in entry.keys:
            _check(entry, key, said)


def _check(entry: Entry, key: Key, said: Any) -> None:
    *above, last = key.name.split(".")
    for word in above:
        said = said.get(word) if isinstance(said, Table) else None
    if isinstance(said, Table) and last in said and not _is(key.answer, said[last]):
        raise Unreadable(said.at(last), f"{entry.name}.{key.name} is {KINDS[key.answer]}, not {said[last]!r}")


KINDS = {
    Answer.NUMBER: "a whole number, or null for none",
    Answer.COUNT: "a whole number",
    Answer.YES_NO: "true or false",
    Answer.WORDS: "words, or null for none",
}


def _is(answer: Answer, value: Any) -> bool:
    number = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    match answer:
        case Answer.NUMBER:
            return number or value is None
        case Answer.COUNT:
            return number
        case Answer.YES_NO:
            return isinstance(value, bool) or value is None
    return value is None or isinstance(value, str | int)


def leaves(said: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    """Every single answer of a table by its dotted name; what `confirmed` says is one answer."""
    if not isinstance(said, Mapping) or above.endswith(CONFIRMED):
        yield above, said
        return
    for key, value in said.items():
        yield from leaves(value, f"{above}.{key}" if above else str(key))
