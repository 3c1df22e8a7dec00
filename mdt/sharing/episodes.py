"""What a profile says of a young person who is missing from care: the kinds of episode, whom the law wants told and
by when, whom one keeps in touch with, by when somebody talks with them after their return, and what is known to make
young people run.

All of it is optional: where nothing is said there is no report to make, and so no clock. A report names the deadline
that it runs by; what it carries is the mandate of the same name (`mandates.missing`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mdt.sharing.clocks import Span, span
from mdt.sharing.reading import Table, Unreadable
from mdt.sharing.tables import each_of, inner, maybe, needed, only, text, yes_no

KEYS = ("missing",)
DEBRIEF = "debrief"
"""The talk about the time away: it has a clock like a report, and is no report to anybody."""
LONGEST_NAME = 30
REPORT = ("to", "name", "reach", "deadline", "packet", "number", "confirm", "nudge", "again", "when")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportKind:
    """Somebody the law wants told. `to`: as a sentence names them; `reach`: how one reaches them; `deadline`: by which
    one; `packet`: whether the mandate's list is what they are told. `number`: what they give back, asked for where it
    is named; `confirm`: what they do then, asked after at `nudge` and every `again` until it is done. `when`: the
    question whose yes makes this report due; None: always."""

    name: str
    to: str
    title: str
    deadline: str
    reach: str = ""
    packet: bool = True
    number: str | None = None
    confirm: str | None = None
    nudge: Span | None = None
    again: Span | None = None
    when: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """What the guide knows to make young people run, and what to ask about it."""

    name: str
    words: str
    ask: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Episodes:
    """What a profile says of missing from care. `debrief`: by which deadline somebody talks with them after their
    return, counted from then; None: it has none."""

    kinds: Mapping[str, str] = field(default_factory=dict)
    reports: Mapping[str, ReportKind] = field(default_factory=dict)
    contacts: Mapping[str, str] = field(default_factory=dict)
    risks: Mapping[str, Risk] = field(default_factory=dict)
    source: str = ""
    debrief: str | None = None

    def report(self, name: str) -> ReportKind:
        """The kind of report of this name; one that the county no longer has is known by its name alone."""
        if name == DEBRIEF:
            title = "The talk about the time away"
            return ReportKind(name=name, to="them", title=title, deadline=self.debrief or name, packet=False)
        known = self.reports.get(name)
        words = name.replace("_", " ")
        return known or ReportKind(name=name, to=words, title=words.capitalize(), deadline=name)


def episodes(raw: Table) -> Episodes:
    """What these tables say of missing from care; Unreadable, with file and line, for what cannot be read."""
    said = inner(raw, "missing")
    if not said:
        return Episodes()
    only(said, ("kinds", "reports", "debrief", "contacts", "risks"), "missing")
    each_of(said, ("kinds", "reports", "contacts"), "missing")
    reports, risks, spans = inner(said, "reports"), inner(said, "risks"), inner(raw, "deadlines")
    only(risks, ("source", "factors"), "risks")
    factors = inner(risks, "factors")
    return Episodes(
        kinds=_words(needed(said, "kinds"), "kind"),
        reports={name: _report(name, needed(reports, name), spans) for name in reports},
        contacts=_words(needed(said, "contacts"), "contact"),
        risks={name: _risk(name, needed(factors, name)) for name in factors},
        source=text(risks, "source", ""),
        debrief=_debrief(inner(said, DEBRIEF), spans),
    )


def _debrief(said: Table, spans: Table) -> str | None:
    """By which deadline somebody talks with them, where one is named."""
    if not said:
        return None
    only(said, ("deadline",), DEBRIEF)
    return _deadline(said, spans, DEBRIEF)


def _deadline(said: Table, spans: Table, what: str) -> str:
    named = text(said, "deadline")
    if named not in spans:
        raise Unreadable(said.at("deadline"), f"{what}: there is no deadline {named}; add it to deadlines:")
    return named


def _words(said: Table, what: str) -> dict[str, str]:
    for name in said:
        _short(name, said, what)
    return {name: text(said, name) for name in said}


def _short(name: str, said: Table, what: str) -> None:
    if len(name) > LONGEST_NAME:
        raise Unreadable(said.at(name), f"{what} {name}: a name has at most {LONGEST_NAME} characters")


def _report(name: str, said: Table, spans: Table) -> ReportKind:
    only(said, REPORT, f"report {name}")
    _short(name, said, "report")
    if name == DEBRIEF:
        raise Unreadable(said.place, f"report {name}: this name stands for the talk after the return; choose another")
    deadline = _deadline(said, spans, f"report {name}")
    nudge, again = (_span(said, key, name) for key in ("nudge", "again"))
    if (nudge is None) != (maybe(said, "confirm") is None):
        raise Unreadable(said.place, f"report {name}: confirm: and nudge: go together; what is asked after, and when")
    return ReportKind(
        name=name, to=text(said, "to"), title=text(said, "name"), deadline=deadline, reach=text(said, "reach", ""),
        packet=yes_no(said, "packet", True), number=maybe(said, "number"), confirm=maybe(said, "confirm"),
        nudge=nudge, again=again, when=maybe(said, "when"),
    )  # fmt: skip


def _span(said: Table, key: str, name: str) -> Span | None:
    return span(f"{key} of report {name}", inner(said, key)) if said.get(key) is not None else None


def _risk(name: str, said: Table) -> Risk:
    only(said, ("words", "ask"), f"factor {name}")
    _short(name, said, "factor")
    return Risk(name=name, words=text(said, "words"), ask=text(said, "ask"))


__all__ = ["DEBRIEF", "KEYS", "Episodes", "ReportKind", "Risk", "episodes"]
