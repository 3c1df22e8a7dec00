"""What a profile says of services: read word by word, told in words, and refused with the place."""

from __future__ import annotations

import pytest

from mdt.sharing.needs import STAGES
from mdt.sharing.profile import load
from mdt.sharing.provision import Need, Provision, provision
from mdt.sharing.reading import Unreadable, read

STAGED = ", ".join(f"{stage}: {{said: a, young: b}}" for stage in STAGES)
SAID = f"""
services:
  needs:
    home: [Housing, Shelter]
    work: Jobs
  refusals:
    full: No place was free
    x: Something else
  sensitive: [work]
needs:
  source: s
  stages: {{{STAGED}}}
  kinds:
    home: {{title: A place to live, ask: a, young: y}}
    work: {{title: Paid work, ask: a, young: y}}
    school: {{title: School, ask: a, young: y}}
"""


def said(text: str) -> Provision:
    return provision(read(text, "county.yaml"))


def test_it_is_read_as_it_is_said() -> None:
    assert said(SAID) == Provision(
        {"home": Need("home", "A place to live", ("Housing", "Shelter")), "work": Need("work", "Paid work", ("Jobs",))},
        {"full": "No place was free", "x": "Something else"},
        frozenset({"work"}),
    )
    assert list(said(SAID).refusals) == ["full", "x"], "in the order in which they are offered"


def test_a_need_and_a_reason_are_told_in_words_even_when_the_county_has_them_no_more() -> None:
    found = said(SAID)
    assert found.need("home") == "A place to live" and found.need("life_skills") == "Life skills"
    assert found.refusal("full") == "No place was free"
    assert found.refusal("gone") == found.refusal("") == found.refusal(None) == "No reason was given"


def test_where_nothing_is_said_there_is_none() -> None:
    for text in ("title: x", "services: null", "services: {}"):
        assert said(text) == Provision()


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("  sensitive:", "  sensible:", 9, "services has no key 'sensible'"),
        ("    work: Jobs", "    play: Toys", 5, "'play' is no need of this profile"),
        ("sensitive: [work]", "sensitive: [school]", 9, "'school' is no need of this profile; choose from home, work"),
        ("    x: Some", f"    {21 * 'x'}: Some", 8, "the code of a reason has at most 20 characters"),
        ("    x: Some", '    "": Some', 8, "the code of a reason has at most 20 characters"),
    ],
)
def test_a_slip_is_told_with_its_line(old: str, new: str, line: int, words: str) -> None:
    assert old in SAID
    with pytest.raises(Unreadable) as no:
        said(SAID.replace(old, new, 1))
    assert str(no.value).startswith(f"county.yaml:{line}: {words}")


def test_the_code_of_a_reason_has_twenty_characters_at_most() -> None:
    assert 20 * "x" in said(SAID.replace("    x: Some", f"    {20 * 'x'}: Some")).refusals


def test_the_shipped_services_answer_every_need() -> None:
    shipped = load("us-baseline")
    assert set(shipped.provision.needs) == set(shipped.needs.kinds)
    assert all(one.terms for one in shipped.provision.needs.values())
