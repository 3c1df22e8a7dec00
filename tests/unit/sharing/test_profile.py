"""A profile is checked when it is loaded: what is wrong is told with file, line and cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from mdt.sharing.grammar import BasisKind, Cell, parse
from mdt.sharing.profile import PROFILES, ProfileError, load
from mdt.sharing.reading import read
from mdt.sharing.vocabulary import Category, Purpose, Regime, Role

BASELINE = (PROFILES / "us-baseline.yaml").read_text(encoding="utf-8")


def changed(tmp_path: Path, old: str, new: str) -> Path:
    assert BASELINE.count(old) >= 1, f"{old!r} is not in the baseline"
    path = tmp_path / "county.yaml"
    path.write_text(BASELINE.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "line_of", "cure"),
    [
        ("LE: [law B1]", "LE: [law B99]", "law B99", "'B99' is no legal basis; choose from"),
        ("LE: [law B1]", "LE: [lore B1]", "lore B1", "an alternative begins with one of"),
        ("LE: [law B1]", "LE: []", "LE: []", "write [never] if that is meant"),
        ("LE: [law B1]", "LE: [law]", "LE: [law]", "say which law"),
        ("LE: [law B1]", "LE: [law B1 part]", "B1 part]", "says nothing"),
        ("LE: [law B1]", "LE: [law B1 if x]", "B1 if x", "'if' is not expected here"),
        ("LE: [law B1]", "LE: [law B1 for FUN]", "for FUN", "'FUN' is no purpose"),
        ("LE: [law B1]", "LE: [law B1 when rainy]", "when rainy", "'rainy' is no condition"),
        ("LE: [law B1]", "LE: [law B1 adds cake]", "adds cake", "'cake' is no obligation"),
        ("LE: [law B1]", "LE: [law B1 part ID-max]", "ID-max", "'ID-max' is no subset"),
        ("LE: [law B1]", "LE: [release MOU]", "release MOU", "'MOU' is no release type"),
        ("LE: [law B1]", "LE: [order XXX]", "order XXX", "'XXX' is no order type"),
        ("      LE: [law B1]\n", "", "cells:", "leaves out LE; add LE:"),
        ("LE: [law B1]", "LE: [law B1]\n      XX: [own]", "XX: [own]", "no key 'XX'"),
        ("LE: [law B1]", "LE: [law B1]\n      LE: [own]", "LE: [own]", "keep one of them"),
        ("ID-school: [name_in_use,", "ID-school: [name_in_us,", "ID-school:", "'name_in_us' is no"),
        ("SUD-emergency: [program, medications, diagnosis]", "SUD-emergency: []", "SUD-emergency", "names no field"),
        ("hide: true", "hide: yes", "hide: yes", "hide is true or false"),
        ("regimes: [CPS]", "regimes: [CPX]", "regimes: [CPX]", "'CPX' is no regime"),
        (", cite: 42 USC 675(5)(D)}", "}", "B15:", "basis B15 cites nothing; add cite:"),
        ("rests_on: mdt_statute", "rests_on: mdt_statut", "rests_on: mdt_statut}", "counsel cannot confirm"),
        ("needs: [member, mou, window]", "needs: [membre]", "needs: [membre]", "'membre' is no word"),
        ("signers: parent,", "signers: parents,", "signers: parents", "'parents' is no word for signers"),
        ("days: [30, 90]", "days: [30]", "days: [30]", "days: is [offered, longest]"),
        ("  IMMIGRATION:\n", "  IMIGRATION:\n", "IMIGRATION:", "'IMIGRATION' is no category"),
        ("quiet_roles: [CG,", "quiet_roles: [XX,", "quiet_roles: [XX", "'XX' is no role"),
        ("  custodian: The", "  custodial: The", "custodial: The", "'custodial' is no condition"),
        ("esign_ok: true", "esign: true", "esign: true", "no key 'esign'"),
        ("quorum: CW LE VC", "quorum: CW LE XX", "quorum: CW LE XX", "'XX' is no role"),
        ("category: HEALTH, asks", "category: PHOTO, asks", "category: PHOTO, asks", "cannot be a record of PHOTO"),
        ("every_days: 91", "every_days: 0", "every_days: 0", "every_days is at least 1"),
        ("within: {hours: 4}", "within: {weeks: 4}", "within: {weeks", "no key 'weeks'"),
        ("roster: true", "rooster: true", "rooster: true", "no key 'rooster'"),
        ("minutes: 60", "minutes: sixty", "minutes: sixty", "minutes is a whole number"),
        ("hides: true, from_source: part2", "hides: true, from_source: part3", "part3", "'part3' is no word"),
        ("home: HEALTH, ", "", "Health privacy", "says home: or needs:"),
        ("adds: [no_export]", "adds: [no_fun]", "no_fun", "'no_fun' is no obligation"),
        ("victim_notice_attempt, RHY", "victim_notice, RHY", "PRV:", "'victim_notice' is no obligation"),
        ("home: HEALTH,     hides", "home: HEALTH, hide: 1, hides", "hide: 1", "regime HIPAA has no key 'hide'"),
        ("    unlisted: true", "    unlist: true", "unlist: true", "category SAFE_ADDR has no key 'unlist'"),
        ("    hide: true\n    adds: [no_export]", "    adds: [no_export]", "Protected", "SAFE_ADDR leaves out hide"),
        ("duties: [time_box,", "duties: [time_bx,", "time_bx", "'time_bx' is no word for duties"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_file_line_and_cure(
    old: str, new: str, line_of: str, cure: str, tmp_path: Path
) -> None:
    path = changed(tmp_path, old, new)
    lines = path.read_text(encoding="utf-8").splitlines()
    with pytest.raises(ProfileError) as wrong:
        load(path)
    assert cure in str(wrong.value)
    assert wrong.value.place.file == "county.yaml"
    near = lines[max(0, wrong.value.place.line - 3) : wrong.value.place.line + 1]
    assert line_of in "\n".join(near)


def test_the_baseline_stands_and_knows_every_role_category_and_regime() -> None:
    profile = load("us-baseline")
    assert set(profile.categories) == set(Category)
    assert set(profile.regimes) == set(Regime)
    assert all(profile.cell(category, role) for category in Category for role in Role)


def test_a_draft_that_repeats_the_catalog_is_read_and_one_that_differs_is_not(tmp_path: Path) -> None:
    repeats = "    hide: true\n    fields: [session_date, notes]\n"
    at = BASELINE.index("  PSYNOTES:")
    same = BASELINE[:at] + BASELINE[at:].replace("    hide: true\n", repeats, 1)
    path = tmp_path / "county.yaml"
    path.write_text(same, encoding="utf-8")
    assert load(path).cell(Category.PSYNOTES, Role.JJ).never
    path.write_text(same.replace("[session_date, notes]", "[session_date]"), encoding="utf-8")
    with pytest.raises(ProfileError, match="declared in the catalog"):
        load(path)


def test_an_overlay_changes_single_keys_and_keeps_the_rest(tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text("profile: county\nextends: us-baseline\nversion: 7\nmdt_statute: {window_days: 30, cite: A}\n")
    county = load(overlay)
    assert (county.name, county.version) == ("county", "7")
    assert county.value("mdt_statute.window_days") == 30
    assert county.confirmed("mdt_statute")
    assert county.cell(Category.ID, Role.LE) == load("us-baseline").cell(Category.ID, Role.LE)
    assert load("us-baseline", overlay).value("mdt_statute.window_days") == 30


def test_changes_make_a_new_profile_and_leave_the_old_one() -> None:
    old = load("us-baseline")
    new = old.with_changes({"mdt_statute.window_days": 30, "ages": {"majority": 19}})
    assert (new.value("mdt_statute.window_days"), new.majority) == (30, 19)
    assert (old.value("mdt_statute.window_days"), old.majority) == (None, 18)
    assert old.with_changes({}) is old
    with pytest.raises(ProfileError):
        old.with_changes({"no_such_key": 1})


def test_a_key_is_confirmed_unless_it_says_it_is_not() -> None:
    old = load("us-baseline")
    assert old.confirmed("mdt_statute") and old.confirmed("mh_act")
    assert not old.with_changes({"mdt_statute.confirmed": None}).confirmed("mdt_statute")
    assert not old.with_changes({"mdt_statute": {"confirmed": False}}).confirmed("mdt_statute")
    assert not old.confirmed("no_such_key")


def test_there_is_no_profile_of_that_name() -> None:
    with pytest.raises(ProfileError, match="there is no such profile; give a path, or one of"):
        load("atlantis")


def test_an_alternative_reads_back_as_it_was_written() -> None:
    said = "law B13 part HEALTH-locate when missing for LOCATE+INVESTIGATE adds time_box+no_export"
    one = parse(said)
    assert str(one) == said
    assert (one.kind, one.ref, one.when) == (BasisKind.LAW, "B13", "missing")
    assert one.purposes == (Purpose.LOCATE, Purpose.INVESTIGATE)
    assert parse("release FERPA&HIPAA").types == ("FERPA", "HIPAA")


def test_only_whole_alternatives_can_be_borrowed() -> None:
    profile = load("us-baseline")
    borrowed = {str(one) for one in profile.borrowed(Regime.PART2, Role.HC)}
    assert borrowed == {"release TPO", "release P2"}
    assert {str(one) for one in profile.borrowed(Regime.RHY, Role.DA)} == {
        "own", "law B14", "release RHY", "order PRV",
    }  # fmt: skip
    assert not tuple(profile.borrowed(Regime.SEALED, Role.CW))
    assert not tuple(profile.borrowed(Regime.PRIV, Role.LE))


@pytest.mark.parametrize("name", ["us-ca", "us-tx", "us-fl"])
def test_a_state_cites_its_statutes_and_opens_nothing_until_counsel_confirms(name: str) -> None:
    state, baseline = load(name), load("us-baseline")
    overlay = read((PROFILES / f"{name}.yaml").read_text(encoding="utf-8"), name)
    entries = [value for value in overlay.values() if isinstance(value, dict)]
    assert entries and all(one["cite"] and one["confirmed"] is False for one in entries)
    assert not state.confirmed("mdt_statute")
    assert state.categories == baseline.categories


def test_california_shares_for_thirty_days_once_it_is_confirmed() -> None:
    assert load("us-ca").value("mdt_statute.window_days") == 30


@pytest.mark.parametrize("said", ["never", "aggregate", "own when custodian", "own"])
def test_a_cell_that_says_who_may_read_what_they_filed_or_that_nobody_may_is_left_as_it_is(said: str) -> None:
    cell = Cell((parse(said), parse("law B1")), "X.Y")
    assert cell.filed is cell
    assert [str(one) for one in Cell((parse("law B1"),), "X.Y").filed] == ["law B1", "own"]


def test_a_profile_that_comes_along_is_read_once() -> None:
    assert load("us-baseline") is load("us-baseline")


def test_a_file_is_read_as_it_is_now(tmp_path: Path) -> None:
    county = tmp_path / "county.yaml"
    county.write_text("extends: us-baseline\ntitle: One\n", encoding="utf-8")
    first = load(county)
    county.write_text("extends: us-baseline\ntitle: Two\n", encoding="utf-8")
    assert (first.title, load(county).title) == ("One", "Two")


def test_a_file_that_is_no_profile_is_told_by_its_first_line(tmp_path: Path) -> None:
    nothing = tmp_path / "list.yaml"
    nothing.write_text("- one\n- two\n", encoding="utf-8")
    for name, said in ((str(nothing), "a profile is a table of keys"), ("atlantis", "there is no such profile")):
        with pytest.raises(ProfileError, match=said) as wrong:
            load(name)
        assert wrong.value.place.line == 1


def test_what_an_alternative_cannot_say_is_told() -> None:
    for said, cure in (
        ("law", "say which law"), ("law part X", "say which law"), ("release for PLAN", "say which release"),
        ("own for PLAN for TREAT", "'for' is not expected here"), ("own part", "'part' says nothing"),
        ("", "begins with"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=cure):
            parse(said)


def test_a_cell_names_the_types_of_its_releases_and_nothing_else() -> None:
    cell = Cell(tuple(map(parse, ("law B1", "release FERPA&HIPAA", "order HIP", "release MDT part X"))), "X.Y")
    assert cell.release_types == {"FERPA", "HIPAA", "MDT"}
    assert [str(one) for one in cell.whole] == ["law B1", "release FERPA&HIPAA", "order HIP"]
    assert cell.text == "law B1, release FERPA&HIPAA, order HIP, release MDT part X"
