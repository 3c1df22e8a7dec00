"""Every scenario file of this folder holds, and the runner can say that one does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from mdt.sharing import scenarios
from mdt.sharing.codes import ORDER
from mdt.sharing.vocabulary import Action, Category, Outcome

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*.yaml"))

WRONG = """
- id: X
  title: The prosecutor reads the plan whole
  orgs: {county-cw: {role: CW}, da-office: {role: DA}}
  users: {dana: {org: da-office}}
  items: {plan: {category: PLAN, source: county-cw}}
  ask:
    - {who: dana, item: plan, purpose: PROSECUTE, at: 2025-03-03T10:00:00, expect: show}
    - {who: dana, item: plan, purpose: PROSECUTE, at: 2025-03-03T10:00:00, expect: part, fields: [needs]}
    - {who: dana, item: plan, purpose: PROSECUTE, at: 2025-03-03T10:00:00, expect: part, obliges: [time_box]}
    - {who: dana, item: plan, purpose: PROSECUTE, at: 2025-03-03T10:00:00, expect: part, code: E_FALSE}
    - {who: dana, item: plan, purpose: PROSECUTE, at: 2025-03-03T10:00:00, expect: part, fields: [referrals]}
"""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_answer_of_the_file_is_as_expected(path: Path) -> None:
    failed = [result.line() for result in scenarios.run(path) if not result.ok]
    assert failed == []


def test_the_files_reach_every_outcome_action_category_and_code() -> None:
    answers = [result.decision for path in FILES for result in scenarios.run(path)]
    found = [one for one in answers if one is not None]
    assert {one.outcome for one in found} == set(Outcome)
    assert {(one.code or "").partition(":")[0] for one in found} - {""} == set(ORDER)
    text = "".join(path.read_text() for path in FILES)
    assert [word for word in Category if f"category: {word}," not in text] == []
    assert [word for word in Action if word is not Action.VIEW and word.value not in text] == []


def test_what_came_instead_is_told_with_code_and_words(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG)
    lines: list[str] = []
    assert scenarios.check([path], lines.append) == 4
    assert "expected show, came part of referrals" in lines[0]
    assert "expected the fields needs; came referrals" in lines[1]
    assert "does not oblige time_box" in lines[2]
    assert "expected the code E_FALSE, came None" in lines[3]
    assert lines[4].startswith("ok ")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("PLAN,", "PLANS,"), "wrong.yaml:6: 'PLANS' is no category"),
        (("source: county-cw", "source: county"), "wrong.yaml:6: 'county' is no"),
        (("org: da-office", "orgs: da-office"), "wrong.yaml:5: a user has no key 'orgs'"),
        (("expect: show", "expects: show"), "wrong.yaml:8: a question has no key 'expects'"),
        (("T10:00:00, expect: show", "T25:00:00, expect: show"), "wrong.yaml:8: '2025-03-03T25"),
        (("  title:", "  tittle:"), "wrong.yaml:3: a scenario has no key 'tittle'"),
        (("- id: X", "- id: X\n  id: Y"), "wrong.yaml:3: id stands here and on line 2"),
        (("expect: show", "expect: maybe"), "wrong.yaml:8: 'maybe' is no outcome"),
        (("  ask:", "  set: {no_such_key: 1}\n  ask:"), "wrong.yaml:7: a profile has no key"),
        (("- id: X", "id: X"), "wrong.yaml:3: this is not YAML"),
    ],
)
def test_what_cannot_be_read_is_told_with_file_and_line(change: tuple[str, str], said: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG.replace(*change, 1))
    lines: list[str] = []
    assert scenarios.check([path], lines.append) > 0
    told = "\n".join(lines)
    place, _, message = said.partition(": ")
    assert f"{place}" in told and message in told


def test_a_file_that_is_not_there_fails_and_the_next_one_is_still_run(tmp_path: Path) -> None:
    lines: list[str] = []
    assert scenarios.check([tmp_path / "none.yaml", HERE / "schools.yaml"], lines.append) == 1
    assert any(line.startswith("ok ") for line in lines)


def test_on_is_a_word_and_a_time_is_read_in_the_zone_of_the_case(tmp_path: Path) -> None:
    path = tmp_path / "zones.yaml"
    path.write_text(
        """
- id: Z
  title: A time without an offset is local
  case: {timezone: Pacific/Auckland, opened: 2025-03-03}
  orgs: {county-cw: {role: CW}}
  users: {on: {org: county-cw}}
  items: {off: {category: PLAN, source: county-cw}}
  ask:
    - {who: on, item: off, purpose: PLAN, at: 2025-03-02T23:59:59, expect: conceal}
    - {who: on, item: off, purpose: PLAN, at: "2025-03-02T11:00:00+00:00", expect: show}
"""
    )
    assert scenarios.check([path], print) == 0
