"""How a decision, a cell and a change between two profiles are said: each sentence by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from mdt.sharing import explain, matrix
from mdt.sharing.decision import Decision, Ground, Way
from mdt.sharing.explain import NOT_FOUND, Names, rights, scope, told, why, withheld
from mdt.sharing.fields import in_order
from mdt.sharing.matrix import Face, diff, face, touched
from mdt.sharing.profile import Profile
from mdt.sharing.sources import Confirmation, Source, confirmation, sources
from mdt.sharing.vocabulary import Category, Outcome, Purpose, Role
from tests.unit.sharing.parts import ALLERGIES, FACTS, FORM, MEDICATIONS, cell, saying, with_cells
from tests.unit.sharing.told import BASELINE

CHART = FACTS.items["chart"]
JULY = datetime(2025, 7, 1, 4, tzinfo=UTC)
CONSENT = replace(
    FORM, id="p", type="P2", discloser="newpath", signed_by=("youth", "mother"),
    purposes=(Purpose.TREAT, Purpose.CAREMGT),
    categories=(Category.SUD_P2, Category.HEALTH),
)  # fmt: skip
FACTS_WITH = replace(FACTS, releases=(FORM, CONSENT))
NAMES = Names(FACTS_WITH, BASELINE, {"mother": "Wren", "mercy": "Mercy Clinic", "newpath": "New Path"})


def ground(basis: str, *fields: str, rule: str = "HEALTH.VS.x", **more: Any) -> Ground:
    return Ground(f"law {basis}", rule, basis, fields or (ALLERGIES,), **more)


def seen(*grounds: Ground, outcome: Outcome = Outcome.SHOW, **more: Any) -> Decision:
    fields = in_order(Category.HEALTH, {name for one in grounds for name in one.fields})
    return Decision(
        item="chart", profile="p", version="1", step="s", outcome=outcome, grounds=grounds, fields=fields, **more
    )


@pytest.mark.parametrize(
    ("ground", "until", "said"),
    [
        (ground("own"), None, "Your organization filed this."),
        (ground("keeper"), None, "Your agency keeps the child welfare record of this case."),
        (ground("mandate:trafficking"), None, "This belongs in the report of a trafficked young person."),
        (ground("mandate:missing"), None, "This belongs in the report of a missing young person."),
        (ground("B1"), JULY, "The law lets you see this: member of the statutory team."),
        (ground("B7"), None, "The law lets you see this (45 CFR 164.506(c)): treatment between providers."),
        (ground("HIP", order="o1"), None, "A court order lets you see this: health records."),
        (ground("B12", emergency="e1"), None, "An emergency was declared."),
        (ground("B12", emergency="e1"), JULY, "An emergency was declared. Your view ends at 12:00 AM."),
        (ground("B12", emergency="e1"), datetime(2025, 7, 1, 18, 5, tzinfo=UTC),
         "An emergency was declared. Your view ends at 2:05 PM."),
        (ground("HIPAA", release="r1"), None, "Wren signed a release that lets Mercy Clinic show you this."),
        (ground("HIPAA", release="r1"), JULY,
         "Wren signed a release that lets Mercy Clinic show you this, until June 30, 2025."),
        (ground("HIPAA", release="r1&p"), None,
         "Wren and the young person signed a release that lets Mercy Clinic and New Path show you this."),
    ],
)  # fmt: skip
def test_each_ground_has_its_sentence(ground: Ground, until: datetime | None, said: str) -> None:
    assert why(seen(ground, until=until), NAMES) == said


def test_of_several_grounds_the_one_that_opens_most_says_why() -> None:
    both = (ground("own", ALLERGIES), ground("B7", ALLERGIES, MEDICATIONS))
    assert why(seen(*both), NAMES) == why(seen(*both[::-1]), NAMES) == why(seen(both[1]), NAMES)
    assert why(seen(outcome=Outcome.WITHHOLD), NAMES) == "This is withheld from you."
    assert why(seen(outcome=Outcome.CONCEAL), NAMES) == NOT_FOUND


def test_each_field_is_said_with_the_right_that_opens_it() -> None:
    law, own = (
        "The law lets you see this (45 CFR 164.506(c)): treatment between providers.",
        "Your organization filed this.",
    )
    wide, narrow = ground("B7", ALLERGIES, MEDICATIONS), ground("own", MEDICATIONS)
    assert rights(seen(narrow, wide), CHART, NAMES) == ((law, ("Allergies", "Medicines")),)
    apart = ground("own", "injuries")
    assert rights(seen(apart, wide), CHART, NAMES) == ((law, ("Allergies", "Medicines")), (own, ("Injuries",)))
    filed = ground("own", ALLERGIES, MEDICATIONS)
    assert rights(seen(wide, filed), CHART, NAMES) == rights(seen(filed), CHART, NAMES), "with an objection or without"
    other = ground("own", MEDICATIONS, rule="SUD_P2.VS.x")
    assert rights(seen(wide, other), CHART, NAMES) == ((law, ("Allergies", "Medicines")), (own, ("Medicines",)))
    twice = (ground("own", ALLERGIES), ground("own", MEDICATIONS, rule="SUD_P2.VS.x"))
    assert rights(seen(*twice), CHART, NAMES) == ((own, ("Allergies", "Medicines")),)


def test_the_scope_of_a_consent_to_treatment_records_names_what_it_covers_and_nobody_else() -> None:
    treatment = "Scope of the consent: New Path may tell you about substance use treatment"
    about = f"{treatment} and physical health, to treat or coordinate care"
    by_consent = seen(ground("P2", release="p"), ground("P2", release="p"), ground("HIPAA", release="r1"))
    assert scope(by_consent, NAMES) == f"{about}."
    assert scope(replace(by_consent, until=JULY), NAMES) == f"{about}, until June 30, 2025."
    open_ = Names(
        replace(FACTS, releases=(replace(CONSENT, purposes=None, categories=(Category.SUD_P2,)),)),
        BASELINE,
        NAMES.called,
    )
    assert scope(seen(ground("P2", release="p")), open_) == f"{treatment}."
    ordered = seen(ground("P2N", order="o1"), ground("HIP", order="o2"), ground("P2N", order="o3"), until=JULY)
    assert scope(ordered, NAMES) == (
        "Scope: health records, until June 30, 2025. Scope: part 2 order in a civil case, until June 30, 2025."
    )
    assert scope(seen(ground("own")), NAMES) == scope(seen(ground("HIPAA", release="r1")), NAMES) == ""


def test_what_is_withheld_is_said_with_every_way() -> None:
    ways = (Way("release", "HIPAA"), Way("order", "HIP"), Way("order", "PRV"))
    got = seen(outcome=Outcome.WITHHOLD, ways=ways)
    assert withheld(got, CHART, NAMES) == (
        "Mercy Clinic holds this (physical health). A signed release (health authorization), a court order (health"
        " records)"
        " or a court order (privileged record after private review by the judge) would open it."
    )
    for outcome in (Outcome.CONCEAL, Outcome.PART, Outcome.SHOW):
        assert withheld(replace(got, outcome=outcome), CHART, NAMES) == NOT_FOUND


def test_whoever_has_no_name_of_their_own_has_a_usual_one_or_their_id() -> None:
    assert [NAMES.of(name) for name in ("mother", "youth", "agency", "lakeside")] == [
        "Wren", "the young person", "the child welfare agency", "lakeside",
    ]  # fmt: skip
    assert Names(FACTS, BASELINE, {"youth": "Robin"}).of("youth") == "Robin"
    assert NAMES.last_day(datetime(2025, 7, 1, 4, tzinfo=UTC)) == "June 30, 2025"
    assert NAMES.last_day(datetime(2025, 7, 1, 4, 0, 1, tzinfo=UTC)) == "July 1, 2025"


def test_words_are_joined_and_begin_as_they_should() -> None:
    assert [explain._and(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    small = {
        "Health": "health", "PTSD care": "PTSD care", "A law": "a law", "A Part 2 form": "a Part 2 form", "X": "X",
        "X-ray report": "X-ray report",
        "": "", "Is": "is", "HIV": "HIV",
    }  # fmt: skip
    assert {words: explain._small(words) for words in small} == small
    assert [explain._capital(words) for words in ("wren", "W", "")] == ["Wren", "W", ""]


def test_a_decision_is_said_in_short() -> None:
    assert told(seen(ground("B7"))) == "show of allergies (step: s; by HEALTH.VS.x)"
    assert told(seen(outcome=Outcome.CONCEAL)) == "conceal (step: s)"
    revoked = seen(outcome=Outcome.WITHHOLD, code="E_REVOKED")
    assert told(revoked) == "withhold E_REVOKED — The release was withdrawn. (step: s)"
    assert explain.code_words("E_MISSING_ELEMENT:stamp").endswith("missing from the form: stamp.")


def test_an_alternative_is_said_with_its_fields_its_condition_and_its_purposes() -> None:
    (one,) = cell(Category.HEALTH, Role.VS, "law B7 part HEALTH-report when adult for TREAT+CAREMGT")
    assert explain.cell_words(one, BASELINE) == (
        "by law (treatment between providers): only injuries and exam findings."
        " Condition: the youth has reached majority or is emancipated. Only to treat or coordinate care"
    )
    found = {
        "own": "what their own organization filed", "keeper": "as keeper of the child welfare record",
        "aggregate": "counted, never as a record", "never": "never in this application",
        "release FERPA&HIPAA": "with a signed release (school record consent and health authorization)",
        "order HIP": "with a court order (health records)",
    }  # fmt: skip
    for text, words in found.items():
        (one,) = cell(Category.HEALTH, Role.VS, text)
        assert explain.cell_words(one, BASELINE) == words


# -- the matrix, and what changes -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        ("law B1", Face.SEES), ("keeper", Face.SEES), ("own, law B1", Face.SEES), ("law B1 when adult", Face.PART),
        ("law B7 part HEALTH-care", Face.PART), ("law B7 part HEALTH-care, law B1", Face.SEES),
        ("never, law B1", Face.NEVER),
        ("own", Face.OWN), ("release HIPAA, own", Face.OWN), ("order HIP, release HIPAA", Face.RELEASE),
        ("order HIP", Face.ORDER),
        ("aggregate, order HIP", Face.ORDER), ("aggregate", Face.COUNTED),
        ("release HIPAA, law B1 when adult", Face.PART),
    ],
)  # fmt: skip
def test_a_cell_has_one_face(texts: str, shown: Face) -> None:
    assert face(cell(Category.HEALTH, Role.VS, *texts.split(", "))) is shown


def row(category: Category, **change: Any) -> Profile:
    """The baseline with another rule for one category."""
    rule = replace(BASELINE.categories[category], **change)
    return replace(BASELINE, categories={**BASELINE.categories, category: rule})


def square(category: Category, role: Role, *texts: str) -> Profile:
    return row(category, cells={**BASELINE.categories[category].cells, role: cell(category, role, *texts)})


def test_who_gains_and_who_loses_is_said_for_each_cell_in_order() -> None:
    new = square(Category.HEALTH, Role.VS, "release HIPAA", "own", "law B7")
    assert diff(BASELINE, new) == (
        "Victim advocate in the justice system gains “Physical health” by law (treatment between providers).",
        "Victim advocate in the justice system gains “Physical health” what their own organization filed.",
    )
    assert diff(new, BASELINE)[0].startswith("Victim advocate in the justice system loses “Physical health” by law")
    assert touched(BASELINE, new) == touched(new, BASELINE) == {Role.VS}
    closed = square(Category.HEALTH, Role.VS, "never")
    assert diff(BASELINE, closed) == (
        "Victim advocate in the justice system loses “Physical health” with a signed release (health authorization).",
    )
    assert diff(BASELINE, BASELINE) == () and touched(BASELINE, BASELINE) == frozenset()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"hide": True}, "existence was told, is not told"),
        ({"unlisted": True}, "searching and listing was allowed, is never"),
        ({"adds": ("time_box", "no_export")}, "what it obliges to was nothing more, is time_box, no_export"),
        ({"regimes": ()}, "body of law was HIPAA, is none"),
    ],
)  # fmt: skip
def test_what_holds_for_a_whole_category_is_said_and_reaches_everybody(change: dict[str, Any], said: str) -> None:
    new = row(Category.HEALTH, **change)
    assert diff(BASELINE, new) == (f"“Physical health”: {said}.",)
    assert touched(BASELINE, new) == frozenset(Role)


@pytest.mark.parametrize(
    ("key", "value", "sentences"),
    [
        ("mh_act", {"treatment_sharing_needs_consent": True, "cite": None},
         ("mh_act.treatment_sharing_needs_consent was no, is yes.",)),
        ("mh_act", {"cite": "A"}, ("mh_act.cite was not set, is A.",
                                   "mh_act.treatment_sharing_needs_consent was no, is not set.")),
        ("mh_act", None, ("mh_act was {'treatment_sharing_needs_consent': False, 'cite': None}, is not set.",)),
        ("esign_ok", False, ("esign_ok was yes, is no.",)), ("ages", {"majority": 19}, (
            "ages.majority was 18, is 19.",)),
        ("mdt_statute", {"window_days": None, "good_cause_extension": True, "cite": None,
          "confirmed": {"by": "Ann", "on": "May 1"}},
         ("“The statute of the team” is confirmed by Ann, May 1.",)),
        ("mdt_statute", {"good_cause_extension": True, "confirmed": True},
         ("“The statute of the team” is confirmed.",)),
        ("mdt_statute", {"good_cause_extension": True, "confirmed": {"note": "x"}},
         ("“The statute of the team” is confirmed by counsel, .",)),
        ("mdt_statute", {"good_cause_extension": True, "confirmed": None},
         ("“The statute of the team” is not confirmed any more; the stricter rule holds.",)),
        ("verbal_grants", ["MDT"], ("verbal_grants was [], is ['MDT'].",)),
        ("ours", {"a": {"b": 1}}, ("ours.a.b was not set, is 1.",)),
        ("version", 9, ()), ("title", "x", ()), ("profile", "y", ()), ("categories", {}, ()),
    ],
    ids=str,
)  # fmt: skip
def test_a_key_that_changed_is_said_by_its_name(key: str, value: Any, sentences: tuple[str, ...]) -> None:
    new = saying(**{key: value})
    assert diff(BASELINE, new) == sentences
    assert len(diff(new, BASELINE)) == len(sentences)
    assert touched(BASELINE, new) == (frozenset(Role) if sentences else frozenset())


def test_the_matrix_is_printed_a_block_a_category_and_a_line_a_role() -> None:
    printed = matrix.text(with_cells({Category.PLAN: ("own", "law B1")}))
    assert printed.startswith("United States, federal floor with the usual state defaults (us-baseline, version 1)\n\n")
    assert "PLAN: Needs, goals and referrals\n  CW   own, law B1\n  LE   own, law B1" in printed
    assert "SOGI: " in printed and printed.count(" — its existence is not told") == sum(
        one.hide for one in BASELINE.categories.values()
    )
    rows = {one.category: one for one in matrix.matrix(BASELINE)}
    assert rows[Category.REPRO].hides is True and rows[Category.PLAN].hides is False
    (gal,) = (one for one in rows[Category.HEALTH].squares if one.role is Role.GAL)
    assert (gal.text, len(gal.words), gal.face) == ("law B6 when appointed, release HIPAA", 2, Face.PART)


# -- what a cell rests on -------------------------------------------------------------------------


def test_a_cell_rests_on_its_laws_its_forms_its_orders_and_the_entries_of_its_conditions() -> None:
    found = sources(
        cell(Category.HEALTH, Role.VS, "law B7", "release FERPA&HIPAA", "order HIP", "own when mh_sharing", "law B7"),
        BASELINE,
    )
    assert found == (
        Source("Treatment between providers", "45 CFR 164.506(c)"), Source("Release: School record consent", None),
        Source("Release: Health authorization", None), Source("Court order: Health records", "45 CFR 164.512(e)"),
        Source("Mental health", None, Confirmation("mh_act", "Mental health", True)),
    )  # fmt: skip
    (law,) = sources(
        cell(Category.HEALTH, Role.VS, "law B19"), saying(juvenile_sharing={"cite": "A", "confirmed": None})
    )
    assert (law.cite, law.confirmation) == (
        "A",
        Confirmation("juvenile_sharing", "Juvenile justice and schools", False),
    )
    cited = replace(BASELINE, bases={**BASELINE.bases, "B19": replace(BASELINE.bases["B19"], cite="Code 9")})
    assert sources(cell(Category.HEALTH, Role.VS, "law B19"), cited)[0].cite == "Code 9"
    assert sources(cell(Category.HEALTH, Role.VS, "own", "never", "own when adult"), BASELINE) == ()


@pytest.mark.parametrize(
    ("confirmed", "found"),
    [
        ({"by": "Ann", "on": "2025-05-01", "note": "n"}, (True, "Ann", "2025-05-01", "n")),
        ({"by": "Ann"}, (True, "Ann", None, None)),
        ({"by": "baseline", "on": "2025-05-01"}, (True, None, None, None)),
        ({"on": "2025-05-01"}, (True, None, None, None)),
        (True, (True, None, None, None)), (None, (False, None, None, None)), (False, (False, None, None, None)),
        ({"by": "Ann", "on": "", "note": None}, (True, "Ann", None, None)),
    ],
)  # fmt: skip
def test_what_counsel_said_of_an_entry_is_told_as_they_said_it(confirmed: Any, found: tuple[Any, ...]) -> None:
    one = confirmation("mh_act", saying(mh_act={"confirmed": confirmed}))
    assert (one.stands, one.by, one.on, one.note) == found
    assert (one.entry, one.title) == ("mh_act", "Mental health")
    assert confirmation("our_own", saying(our_own={})).title == "our_own"
    assert confirmation("nowhere", BASELINE) == Confirmation("nowhere", "nowhere", False)
