"""Changing a profile: written as a file, read back the same; answers of the right kind; what rests on what."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mdt.sharing import jurisdiction, matrix, overlay
from mdt.sharing.fields import CATEGORIES
from mdt.sharing.matrix import Face
from mdt.sharing.profile import ProfileError, load, names
from mdt.sharing.reading import read
from mdt.sharing.sources import confirmation, sources
from mdt.sharing.vocabulary import Category, Role
from mdt.sharing.writing import bare, text_of

BASELINE = load("us-baseline")
words = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12)
answers = st.none() | st.booleans() | st.integers(-99, 10**9) | words
trees = st.recursive(
    answers,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("name", names())
def test_a_profile_written_as_a_file_reads_back_the_same(name: str) -> None:
    raw = load(name).raw
    assert read(text_of(raw), name) == raw


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(words, trees, max_size=4))
def test_whatever_is_written_reads_back_the_same(said: dict[str, object]) -> None:
    """Also words that look like numbers, dates, or yes and no."""
    assert bare(read(text_of(said) or "{}", "x")) == bare(said)


def test_a_word_that_looks_like_something_else_stays_a_word() -> None:
    for word in ("09", "010", "true", "null", "~", "", "on", "2025-01-01", "1.5", "a: b", "- c", "&d", "*e"):
        assert read(text_of({"k": word}), "x") == {"k": word}


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("mdt_statute.window_days", "thirty", "a whole number, or null for none"),
        ("mdt_statute.window_days", -1, "a whole number, or null for none"),
        ("mdt_statute.good_cause_extension", "perhaps", "true or false"),
        ("juvenile_sharing.school_records", 1, "true or false"),
        ("minor_consent.sti", True, "a whole number, or null for none"),
        ("ages.majority", None, "a whole number, not None"),
        ("deadlines.missing_ncmec.hours", "soon", "a whole number"),
        ("mh_act.cite", ["a"], "words, or null for none"),
    ],
)
def test_an_answer_of_the_wrong_kind_is_refused(key: str, value: object, words: str) -> None:
    with pytest.raises(ProfileError, match=words) as refused:
        BASELINE.with_changes({key: value})
    assert refused.value.message.startswith(f"{key} is ")


def test_every_entry_is_in_the_baseline_and_every_confirmable_one_is_read_as_such() -> None:
    for entry in jurisdiction.ENTRIES.values():
        there = dict(jurisdiction.leaves(BASELINE.raw[entry.name]))
        assert {key.name for key in entry.keys} - there.keys() <= {"cite"}, entry.name
    resting = {one.rests_on for one in BASELINE.bases.values() if one.rests_on}
    assert resting <= {one.name for one in jurisdiction.ENTRIES.values() if one.confirmable}


def test_counsel_confirms_what_a_statute_says_and_nothing_that_a_county_sets_for_itself() -> None:
    assert {one.name for one in jurisdiction.ENTRIES.values() if one.confirmable} == {
        "mdt_statute", "juvenile_sharing", "mh_act", "reporter_rule", "reproductive", "minor_consent",
        "sud_minor_consent",
    }  # fmt: skip


def test_changes_are_kept_only_where_they_differ_and_are_taken_back_whole() -> None:
    base = {"a": {"b": 1, "c": [1, 2]}, "d": 2}
    changes = overlay.nested({"a.b": 1, "a.c": [1, 3], "d": 2, "e.f": None})
    assert overlay.pruned(changes, base) == {"a": {"c": [1, 3]}, "e": {"f": None}}
    assert overlay.merged(base, {"a": {"c": 5}}) == {"a": {"b": 1, "c": 5}, "d": 2}
    assert overlay.without({"a": {"b": {"c": 1}}, "d": 2}, ("a", "b", "c")) == {"d": 2}
    assert overlay.without({"a": {"b": 1, "c": 1}}, ("a", "b")) == {"a": {"c": 1}}
    assert overlay.without({"a": 1}, ("x", "y")) == {"a": 1}
    assert list(overlay.ends({"a": {"confirmed": {"by": "x"}, "b": 1}})) == [
        (("a", "confirmed"), {"by": "x"}), (("a", "b"), 1),
    ]  # fmt: skip


def test_a_cell_names_what_it_rests_on_and_who_confirmed_it() -> None:
    law, school = sources(BASELINE.cell(Category.JUVENILE, Role.ED), BASELINE), confirmation("mdt_statute", BASELINE)
    assert [one.confirmation.entry for one in law if one.confirmation] == ["juvenile_sharing", "juvenile_sharing"]
    assert school.stands and school.by is None, "it stands in the file, and nobody here confirmed it"
    said = {"by": "Gwen Tallis", "on": "2026-01-05", "note": "Opinion 7."}
    mine = BASELINE.with_changes({"juvenile_sharing": {"cite": "Code 1", "confirmed": said}})
    found = sources(mine.cell(Category.JUVENILE, Role.ED), mine)[0]
    assert found.cite == "Code 1" and found.confirmation
    assert (found.confirmation.by, found.confirmation.on, found.confirmation.note) == tuple(said.values())
    open_ = BASELINE.with_changes({"juvenile_sharing.confirmed": False})
    assert not confirmation("juvenile_sharing", open_).stands
    assert sources(BASELINE.cell(Category.ID, Role.SC), BASELINE) == ()


def test_a_cell_has_the_face_of_the_most_it_opens_without_a_paper() -> None:
    found = {(row.category, one.role): one.face for row in matrix.matrix(BASELINE) for one in row.squares}
    assert found[Category.ID, Role.LE] is Face.SEES and found[Category.ID, Role.JJ] is Face.PART
    assert found[Category.HEALTH, Role.CT] is Face.ORDER and found[Category.ADVOCATE, Role.CW] is Face.RELEASE
    assert found[Category.ID, Role.PM] is Face.COUNTED and found[Category.ID, Role.SC] is Face.NEVER
    assert found[Category.ADVOCATE, Role.VC] is Face.OWN


def test_every_change_is_said_and_only_those_it_can_reach_are_touched() -> None:
    """A change that nobody reads would be signed by nobody."""
    cases = {
        "emergency.minutes": (30, "emergency.minutes was 60, is 30."),
        "categories.PLAN.hide": (True, "“Needs, goals and referrals”: existence was told, is not told."),
        "categories.PLAN.unlisted": (
            True, "“Needs, goals and referrals”: searching and listing was allowed, is never.",
        ),
        "categories.HEALTH.regimes": ([], "“Physical health”: body of law was HIPAA, is none."),
        "categories.SAFE_ADDR.adds": (
            [], "“Protected address”: what it obliges to was no_export, is nothing more.",
        ),
        "mdt_statute.confirmed": (
            None, "“The statute of the team” is not confirmed any more; the stricter rule holds.",
        ),
        "categories.ID.cells.PM": (["never"], "Policy loses “Who the young person is” counted, never as a record."),
        "notices.time_box": ("Soon gone.", "notices.time_box was Your view of this ends by itself., is Soon gone.."),
    }  # fmt: skip
    for key, (value, sentence) in cases.items():
        new = BASELINE.with_changes({key: value})
        assert matrix.diff(BASELINE, new) == (sentence,)
        everybody = "cells" not in key
        assert matrix.touched(BASELINE, new) == (frozenset(Role) if everybody else {Role.PM})
    assert matrix.touched(BASELINE, BASELINE) == frozenset()
    assert set(CATEGORIES) == set(Category)
