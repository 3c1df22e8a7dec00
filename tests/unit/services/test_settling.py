"""From a file to a directory: what changes is said, a confidential place is a front gate, and nothing tells it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdt.operations.services import finding, terms
from mdt.operations.services.finding import Wish
from mdt.operations.services.hsds import Damaged, Directory, empty, read, writing
from mdt.operations.services.hsds.reading import Reading
from mdt.operations.services.hsds.tables import BY_NAME
from mdt.operations.services.settling import Settled, settle, shut
from mdt.sharing.profile import load

RULES = load("us-baseline").provision
SECRET = ("14 Canary Lane", 40.123, -82.456, "09:00", "Gatekeeper Canary", "Canary ramp at the back")


def an_id(number: int) -> str:
    return str(UUID(int=number))


def shelter(**more: Any) -> Reading:
    """A shelter at a place that is confidential, and a clinic that everybody may find; every table that can tell."""
    made = Reading()

    def put(table: str, at: int, /, **row: Any) -> None:
        made.rows[table][an_id(at)] = {"id": an_id(at), **row}
        made.places[table, an_id(at)] = (BY_NAME[table].file, f"row {at}")

    street, north, east, opens, who, ramp = SECRET
    put("organization", 1, name="Shelter", description="Beds.")
    put("organization", 2, name="Clinic", description="Care.")
    put("service", 3, organization_id=an_id(1), name="A bed", status="active")
    put("service", 4, organization_id=an_id(2), name="Check-ups", status="active", minimum_age=10, maximum_age=20)
    put("location", 5, location_type="physical", latitude=north, longitude=east, name="The house", description=street)
    put("location", 6, location_type="physical", latitude=40.0, longitude=-82.5)
    put("service_at_location", 7, service_id=an_id(3), location_id=an_id(5), description=ramp)
    put("service_at_location", 8, service_id=an_id(4), location_id=an_id(6))
    there = {
        "city": "Alder",
        "state_province": "OH",
        "postal_code": "43001",
        "country": "US",
        "address_type": "physical",
    }
    put("address", 9, location_id=an_id(5), address_1=street, **there)
    put("address", 10, location_id=an_id(6), address_1="1 Main Street", **there)
    put("schedule", 11, service_id=an_id(3), opens_at=opens)
    put("schedule", 12, service_at_location_id=an_id(7), opens_at=opens)
    put("accessibility", 13, location_id=an_id(5), description=ramp)
    put("contact", 14, location_id=an_id(5), name=who)
    put("phone", 15, contact_id=an_id(14), number="555-0199")
    put("phone", 16, service_id=an_id(3), number="555-0100")
    put("taxonomy_term", 17, code="confidential", name="C", description="C", taxonomy="mdt")
    put("attribute", 18, link_id=an_id(5), link_entity="location", taxonomy_term_id=an_id(17))
    said = {"last_action_date": "2026-01-01", "last_action_type": "update", "field_name": "address", "updated_by": "x"}
    put(
        "metadata",
        19,
        resource_id=an_id(5),
        resource_type="location",
        previous_value=street,
        replacement_value="x",
        **said,
    )
    for table, rows in more.items():
        for number, row in rows.items():
            put(table, number, **{k: v for k, v in made.rows[table].get(an_id(number), {}).items() if k != "id"} | row)
    return made


def settled(reading: Reading, before: Directory | None = None, *, whole: bool = True) -> Settled:
    return settle(reading, before or empty(), whole=whole)


def everything(directory: Directory) -> str:
    return writing.tabular(directory) + writing.api(directory)


def test_a_confidential_place_is_a_front_gate_only_wherever_it_stood() -> None:
    found = settled(shelter())
    out = everything(found.directory)
    for one in SECRET:
        assert str(one) not in out, one
    assert found.directory["location"][an_id(5)].keys() <= {"id", "location_type", "name", "organization_id"}
    assert any("front gate" in one for one in found.notes)
    entry = finding.index("x", found.directory).by_id[an_id(3)]
    assert entry.gate and not entry.places and not entry.hours and entry.phones == ("555-0100",)
    clinic = finding.index("x", found.directory).by_id[an_id(4)]
    assert clinic.places[0].town == "Alder" and not clinic.gate


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"service": {3: {"description": "Come to 14, Canary Lane."}}}, "services.csv, row 3, description"),
        ({"organization": {1: {"description": "14 CANARY LANE"}}}, "organizations.csv, row 1, description"),
        ({"location": {6: {"latitude": 40.1230001, "longitude": -82.4561}}}, "locations.csv, row 6, latitude"),
        ({"address": {10: {"address_1": "14 canary lane"}}}, "addresses.csv, row 10, address_1"),
        ({"service": {4: {"description": "Next door to 14 Canary."}}}, "services.csv, row 4, description"),
        (
            {"service": {3: {"application_process": "Get off at Canary Ln."}}},
            "services.csv, row 3, application_process",
        ),
        ({"organization": {1: {"alternate_name": "Canary Lane Shelter"}}}, "organizations.csv, row 1, alternate_name"),
        (
            {"location": {5: {"name": "Canary Cottage"}}, "phone": {16: {"description": "Ask for canary cottage"}}},
            "phones.csv, row 16, description",
        ),
        (
            {"location": {5: {"name": "14 Canary Lane"}}, "service": {3: {"name": "At 14 Canary Lane"}}},
            "services.csv, row 3, name",
        ),
    ],
)
def test_a_file_that_says_elsewhere_where_it_is_is_refused_without_saying_it(more: Any, where: str) -> None:
    with pytest.raises(Damaged) as no:
        settled(shelter(**more))
    assert any(one.sentence.startswith(where) for one in no.value.problems), no.value
    assert "anary" not in str(no.value)


def test_it_stays_confidential_until_a_file_says_that_it_is_not() -> None:
    """A feed that knows nothing of our marks opens nothing; a part that brings the street back is closed at once."""
    before = settled(shelter()).directory
    bare = shelter()
    for table in ("attribute", "taxonomy_term"):
        bare.rows[table].clear()
    again = settled(bare, before)
    assert "Canary" not in everything(again.directory)
    part = Reading()
    part.rows["address"] = {an_id(9): dict(shelter().rows["address"][an_id(9)])}
    assert "Canary" not in everything(settled(part, again.directory, whole=False).directory)
    opened = settled(shelter(attribute={18: {"value": "no"}}), again.directory)
    assert SECRET[0] in everything(opened.directory)


def test_a_street_is_any_street_where_it_is_not_the_shelters_own_business() -> None:
    settled(shelter(service={4: {"description": "Our second door is in Canary Lane, at 114 Canary Lane."}}))
    box = shelter(address={9: {"address_1": "PO Box 14"}}, service={3: {"description": "Write to PO Box 14."}})
    del box.rows["location"][an_id(5)]["description"]
    assert "PO Box 14" in everything(settled(box).directory)


def moved(*, service: bool = False, organization: bool = False) -> Reading:
    """The county's feed of later: it knows nothing of our marks, and the place has another identifier; so has, it may
    be, the service, and even the organization."""
    made = shelter()
    for table in ("attribute", "taxonomy_term", "metadata"):
        made.rows[table].clear()
    new = {an_id(5): an_id(55), an_id(7): an_id(57), an_id(9): an_id(59)}
    new |= {an_id(3): an_id(53)} if service else {}
    new |= {an_id(1): an_id(51)} if organization else {}
    for table, rows in made.rows.items():
        made.rows[table] = {
            new.get(one, one): {name: new.get(str(value), value) for name, value in row.items()}
            for one, row in rows.items()
        }
    return made


def test_a_shelter_that_was_gone_for_long_comes_back_behind_its_gate() -> None:
    held = settled(shelter()).directory
    for _ in range(3):
        held = settled(Reading(), held).directory
    bare = shelter()
    for table in ("attribute", "taxonomy_term"):
        bare.rows[table].clear()
    assert "Canary" not in everything(settled(bare, held).directory)


@pytest.mark.parametrize("new", [{}, {"service": True}, {"service": True, "organization": True}], ids=str)
def test_a_shelter_that_comes_by_another_identifier_keeps_its_gate(new: dict[str, bool]) -> None:
    before = settled(shelter()).directory
    again = settled(moved(**new), before)
    assert "Canary" not in everything(again.directory)
    assert any("taken as confidential" in one for one in again.notes)
    assert "1 Main Street" in everything(again.directory), "and nothing else is closed"
    known = settle(shelter(), empty(), whole=True, mark=mark_of)
    gone = settle(Reading(), known.directory, whole=True, known=known.known, mark=mark_of)
    back = settle(moved(**new), gone.directory, whole=True, known=gone.known, mark=mark_of)
    assert "Canary" not in everything(back.directory), "also after it was gone"
    open_ = moved(**new)
    open_.rows["taxonomy_term"] = dict(shelter().rows["taxonomy_term"])
    no = {
        "id": an_id(60),
        "link_id": an_id(55),
        "link_entity": "location",
        "taxonomy_term_id": an_id(17),
        "value": "no",
    }
    open_.rows["attribute"] = {an_id(60): no}
    assert SECRET[0] in everything(settled(open_, before).directory), "until somebody says that it is not"


def mark_of(phrase: str) -> str:
    return f"mark of {sum(map(ord, phrase))}"


def test_where_it_is_is_known_again_by_marks_though_it_is_kept_nowhere() -> None:
    before = settle(shelter(), empty(), whole=True, mark=mark_of)
    part = Reading()
    part.rows["service"] = {an_id(3): {"id": an_id(3), "description": "Get off at Canary Lane."}}
    settle(part, before.directory, whole=False)  # nobody knows it without the marks
    with pytest.raises(Damaged):
        settle(part, before.directory, whole=False, known=before.known, mark=mark_of)
    again = settle(Reading(), before.directory, whole=False, known=before.known, mark=mark_of)
    assert again.known == before.known and "anary" not in str(before.known)


def test_a_directory_of_before_is_closed_with_what_it_said_elsewhere() -> None:
    bare = shelter(service={3: {"description": "Come to 14 Canary Lane.", "name": "A bed, Canary Lane"}})
    bare.rows["attribute"].clear()
    past = settled(bare).directory
    assert SECRET[0] in everything(past)
    now = settle(shelter(), past, whole=True, mark=mark_of)
    assert shut(past, now.directory, now.known, mark_of)
    assert "Canary" not in everything(past) and past["service"][an_id(3)]["name"] == "(left out)"
    assert "1 Main Street" in everything(past) and not shut(past, now.directory, now.known, mark_of)


def told(number: int, resource: int, kind: str, before: str) -> dict[str, Any]:
    """A row of metadata: what this row of that table said before."""
    more = {"last_action_date": "2026-01-01", "last_action_type": "update", "field_name": "x", "updated_by": "x"}
    said = {"resource_id": an_id(resource), "resource_type": kind, "previous_value": before, "replacement_value": "x"}
    return {"metadata": {number: said | more}}


def test_what_is_kept_of_earlier_words_of_a_closed_place_goes_with_it() -> None:
    """What its address said before, or what a part says of an address that is closed already."""
    found = settled(shelter(**told(40, 9, "address", "43099 Canary Hollow")))
    assert "Canary" not in everything(found.directory)
    part = Reading()
    part.rows["metadata"] = {an_id(41): {"id": an_id(41), **told(41, 9, "address", "Canary Hollow")["metadata"][41]}}
    assert "Canary" not in everything(settled(part, found.directory, whole=False).directory)
    clinic = settled(shelter(**told(42, 10, "address", "2 Main Street")))
    assert "2 Main Street" in everything(clinic.directory), "of a public place it stays"


def test_new_changed_and_gone_are_said_before() -> None:
    before = settled(shelter()).directory
    same = settled(shelter(), before)
    assert same.changes.none
    other = shelter(phone={16: {"number": "555-0111"}})
    del other.rows["service"][an_id(4)], other.rows["service_at_location"][an_id(8)]
    found = settled(other, before).changes
    assert (found.new, found.changed, found.gone) == ((), ("A bed",), ("Check-ups",)), "a phone of it changes it"
    part = Reading()
    part.rows["service"] = {
        an_id(30): {"id": an_id(30), "organization_id": an_id(2), "name": "Glasses", "status": "active"}
    }
    added = settled(part, before, whole=False).changes
    assert (added.new, added.changed, added.gone) == (("Glasses",), (), ()) and added.rows["service"] == (1, 0, 0)


def mark(term: terms.Term, value: str) -> dict[str, Any]:
    """A mark on the clinic."""
    return {
        "attribute": {20: {"link_id": an_id(4), "link_entity": "service", "taxonomy_term_id": term.id, "value": value}}
    }


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"service": {4: {"organization_id": an_id(99)}}}, "services.csv, row 4, organization_id: There is no such"),
        ({"service": {4: {"minimum_age": 21}}}, "services.csv, row 4, minimum_age: It is more than the maximum_age"),
        (mark(terms.WAITING, "soon"), "attributes.csv, row 20, value: Write a whole number of days."),
        (mark(terms.GENDER, "x"), "attributes.csv, row 20, value: Write girls, boys or all."),
    ],
)  # fmt: skip
def test_what_cannot_stand_is_refused_with_its_place(more: Any, said: str) -> None:
    with pytest.raises(Damaged) as no:
        settled(shelter(**more))
    assert [one.sentence for one in no.value.problems if one.sentence.startswith(said)], no.value


def test_a_link_to_what_is_not_here_is_kept_and_named() -> None:
    found = settled(shelter(organization={1: {"parent_organization_id": an_id(77)}}))
    assert found.directory["organization"][an_id(1)]["parent_organization_id"] == an_id(77)
    assert any(one.startswith("organizations.csv, parent_organization_id: 1 ") for one in found.notes)


def test_the_whole_goes_out_and_comes_in_as_it_was() -> None:
    made = settled(shelter()).directory
    for file in (writing.package(made), writing.tabular(made).encode()):
        assert settled(read("x", file), made).changes.none


POINTS = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(POINTS, POINTS)
def test_distance_is_the_same_both_ways_and_at_most_half_around_the_earth(one: Any, other: Any) -> None:
    there = finding.distance(one, other)
    assert there == pytest.approx(finding.distance(other, one), abs=1e-6) and 0 <= there <= 12_438
    assert finding.distance((40.7128, -74.0060), (34.0522, -118.2437)) == pytest.approx(2445, abs=3)


def test_a_confidential_place_is_found_at_any_distance_after_the_others() -> None:
    known = finding.index("x", settled(shelter()).directory)
    for miles in (1, 5, 500):
        page = finding.find(known, Wish(place="alder", miles=miles), RULES)
        assert [one.entry.name for one in page.found] == ["Check-ups", "A bed"] and page.found[1].miles is None
    assert finding.find(known, Wish(place="nowhere"), RULES).unknown_place


def test_each_wish_leaves_out_what_does_not_fit() -> None:
    marked = {
        number: {"link_id": an_id(4), "link_entity": "service", "taxonomy_term_id": term, "value": value}
        for number, (term, value) in enumerate(
            [(terms.WAITING.id, "9"), (terms.GENDER.id, "girls"), (terms.SPECIALISED.id, "yes"),
             (terms.BY_CODE["need-life-skills"].id, ""), (terms.TRAUMA_INFORMED.id, "no"), (an_id(41), "")], 50,
        )
    }  # fmt: skip
    above = {
        40: {"code": "H", "name": "Housing", "description": "x", "taxonomy": "other"},
        41: {"code": "H1", "name": "Beds", "description": "x", "taxonomy": "other", "parent_id": an_id(40)},
    }
    reading = shelter(
        attribute=marked, taxonomy_term=above, language={70: {"service_id": an_id(4), "name": "Somali"}},
        service={4: {"eligibility_description": "No card is needed."}},
    )  # fmt: skip
    for table, row in terms.declared():
        reading.rows[table][str(row["id"])] = row
    del reading.rows["taxonomy_term"][terms.CONFIDENTIAL.id]
    known = finding.index("x", settled(reading).directory)

    def names(**wish: Any) -> set[str]:
        return {one.entry.name for one in finding.find(known, Wish(**wish), RULES).found}

    both, clinic, bed = {"Check-ups", "A bed"}, {"Check-ups"}, {"A bed"}
    assert names() == both == names(age=20) and names(age=21) == bed and names(age=9) == bed
    assert names(gender="boys") == bed and names(gender="girls") == both
    assert names(language="somali") == clinic and names(language="French") == set()
    assert names(waiting=9) == clinic and names(waiting=8) == set()
    assert names(marks=("specialised",)) == clinic and names(marks=("trauma_informed",)) == set()
    assert names(need="life_skills") == clinic == names(need="housing"), "by our term, and by the term above another's"
    assert names(need="legal") == set() and names(words="card needed") == clinic and names(words="card wanted") == set()
