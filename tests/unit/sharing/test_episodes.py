"""What a profile says of missing from care: read word by word, and refused with the place."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mdt.sharing.clocks import Span
from mdt.sharing.episodes import Episodes, ReportKind, Risk, episodes
from mdt.sharing.profile import load
from mdt.sharing.reading import Table, Unreadable, read

SAID = """
deadlines: {a_day: {hours: 24, from: told, cite: null}, a_talk: {hours: 48, from: return, cite: null}}
missing:
  kinds: {left: Left}
  reports:
    police: {to: the police, name: Police, deadline: a_day, confirm: the entry, nudge: {hours: 2}, again: {hours: 6}}
    office: {to: the office, name: Office, deadline: a_day, packet: false, number: Number, when: From abroad}
  debrief: {deadline: a_talk}
  contacts: {family: Family}
  risks: {source: A guide, factors: {far: {words: Too far away, ask: From whom?}}}
"""


def said(text: str) -> Table:
    found = read(text, "a.yaml")
    assert isinstance(found, Table)
    return found


def test_it_is_read_as_it_is_said() -> None:
    found = episodes(said(SAID))
    assert found.kinds == {"left": "Left"} and found.contacts == {"family": "Family"} and found.source == "A guide"
    assert found.risks == {"far": Risk(name="far", words="Too far away", ask="From whom?")}
    police, office = found.reports.values()
    assert (police.nudge, police.again, police.packet, police.when) == (Span(hours=2), Span(hours=6), True, None)
    assert (office.packet, office.number, office.when, office.nudge) == (False, "Number", "From abroad", None)
    assert found.report("police") is police and found.debrief == "a_talk"
    assert (found.report("debrief").deadline, found.report("debrief").packet) == ("a_talk", False)
    untimed = episodes(said(SAID.replace("  debrief: {deadline: a_talk}\n", "")))
    assert untimed.debrief is None, "a county need not set an hour for it"
    assert untimed.report("debrief").deadline == "debrief"
    gone = ReportKind(name="old_office", to="old office", title="Old office", deadline="old_office")
    assert found.report("old_office") == gone, "one that the county has no more is still called something"
    assert found.report("old_office").packet, "and is told what the mandate lists"
    assert episodes(said("a: 1")) == Episodes() and episodes(said("missing: null")) == Episodes()


@pytest.mark.parametrize(
    ("old", "new", "cure"),
    [
        ("deadline: a_day, confirm", "deadline: two, confirm", "report police: there is no deadline two; add it to"),
        ("confirm: the entry, ", "", "report police: confirm: and nudge: go together"),
        ("nudge: {hours: 2}, ", "", "report police: confirm: and nudge: go together"),
        ("deadline: a_talk", "deadline: soon", "debrief: there is no deadline soon; add it to deadlines:"),
        ("{deadline: a_talk}", "{deadline: a_talk, to: us}", "debrief has no key 'to'"),
        ("    office: {to", "    debrief: {to", "report debrief: this name stands for the talk"),
        ("nudge: {hours: 2}", "nudge: {hours: 0}", "deadline nudge of report police is at least one of hours"),
        ("to: the police, ", "", "to is left out"),
        ("name: Police", "called: Police", "report police has no key 'called'"),
        ("  contacts: {family: Family}\n", "", "missing leaves out contacts"),
        ("ask: From whom?", "asks: From whom?", "factor far has no key 'asks'"),
        ("  contacts:", "  contact: {}\n  contacts:", "missing has no key 'contact'"),
        ("    police:", f"    {31 * 'p'}:", f"report {31 * 'p'}: a name has at most 30 characters"),
        ("{far:", f"{{{31 * 'f'}:", f"factor {31 * 'f'}: a name has at most 30 characters"),
        ("{left: Left}", "{a_name_of_more_than_thirty_letters: L}", "kind a_name_of_more_than_thirty_letters"),
        ("risks: {source", "risks: {from", "risks has no key 'from'"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_place(old: str, new: str, cure: str) -> None:
    assert old in SAID
    with pytest.raises(Unreadable) as no:
        episodes(said(SAID.replace(old, new, 1)))
    assert no.value.message.startswith(cure) and str(no.value).startswith("a.yaml:")


@pytest.mark.parametrize("old", ["left: Left", "police: {", "family: Family", "far: {"])
def test_a_name_has_thirty_characters_at_most(old: str) -> None:
    found = episodes(said(SAID.replace(old, f"{30 * 'x'}: {old.partition(': ')[2]}", 1)))
    assert 30 * "x" in {*found.kinds, *found.reports, *found.contacts, *found.risks}


def test_the_shipped_reports_run_by_elapsed_hours_through_both_nights() -> None:
    rules, zone = load("us-baseline"), ZoneInfo("America/New_York")
    assert {one.deadline for one in rules.episodes.reports.values()} == {
        "missing_law_enforcement", "missing_ncmec", "foreign_minor_hhs",
    }  # fmt: skip
    for month, day, before, after in ((3, 13, 18, 19), (11, 6, 18, 17)):
        told = datetime(2027, month, day, before, tzinfo=zone)
        for one in rules.episodes.reports.values():
            due = rules.clocks.due(one.deadline, told, zone)
            assert (due - told.astimezone(UTC)).total_seconds() == 24 * 3600
            assert due.astimezone(zone).hour == after, "an hour more or less on the wall"
