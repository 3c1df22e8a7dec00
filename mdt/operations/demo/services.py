"""The county's directory of services: what there is, where, for whom, and how long one waits. All of it is invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mdt.models import Partner, db
from mdt.operations.demo import agencies, known
from mdt.operations.demo.when import When
from mdt.operations.services import directory, terms
from mdt.operations.services.hsds import Row, empty
from mdt.operations.services.hsds.reading import Reading
from mdt.operations.services.settling import Settled, settle

TOWNS = {"Alder": (40.01, -82.50), "Fenwick": (40.21, -82.31), "Birchfield": (39.82, -82.88)}
CODES = {"Alder": "43001", "Fenwick": "43014", "Birchfield": "43027"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One service. `agency`: the agency that runs it, if it is one here; `marks`: our own; `secret`: where it is, is
    not told."""

    slug: str
    name: str
    of: str
    needs: str
    town: str
    about: str
    agency: str | None = None
    ages: tuple[int, int] | None = None
    wait: int | None = None
    marks: str = ""
    gender: str = ""
    languages: str = "English"
    who: str = ""
    secret: bool = False


OFFERS = (
    Offer(
        slug="shelter", name="Hearth House, a bed tonight", of="Hearth House", agency="hearth", needs="housing basic",
        town="Alder", ages=(12, 20), wait=0, marks="trauma_informed specialised co_located", secret=True,
        about="A room of one’s own, day and night, and somebody awake.", who="For young people who were trafficked.",
        languages="English, Spanish",
    ),
    Offer(
        slug="clinic", name="Check-ups without an appointment", of="Mercy Clinic", agency="mercy", needs="physical",
        town="Alder", ages=(0, 21), wait=2, marks="trauma_informed co_located", about="One nurse, the same each time.",
        languages="English, Spanish, Somali",
    ),
    Offer(
        slug="counsel", name="Counseling after violence", of="Harbor Counseling", agency="harbor", needs="behavioral",
        town="Alder", ages=(10, 24), wait=21, marks="trauma_informed", about="One to one, and a group on Thursdays.",
    ),
    Offer(
        slug="newpath", name="Help to stop using", of="New Path", agency="newpath", needs="behavioral", town="Fenwick",
        ages=(13, 25), wait=10, about="Treatment for alcohol and drugs.",
    ),
    Offer(
        slug="company", name="Company to court", of="Open Door", agency="opendoor", needs="legal mentor", town="Alder",
        wait=3, marks="trauma_informed specialised", about="Somebody on your side, day and night.",
    ),
    Offer(
        slug="law", name="A lawyer of one’s own", of="Cedar Legal Aid", needs="legal", town="Birchfield", wait=14,
        about="Records cleared, papers of identity, immigration.", languages="English, Spanish",
        who="No fee for anybody under 22.",
    ),
    Offer(
        slug="school", name="Credits made up", of="Birchfield Learning Center", needs="education", town="Birchfield",
        ages=(14, 21), wait=7, about="Small classes, in the evening as well.",
    ),
    Offer(
        slug="garden", name="A summer job", of="Garden Center", needs="employment life_skills", town="Fenwick",
        ages=(15, 19), wait=30, about="Twelve hours a week, paid from the first day.",
    ),
    Offer(
        slug="sisters", name="Sisters’ table", of="Sisters of Cedar", needs="mentor culture", town="Alder",
        gender="girls", ages=(13, 24), wait=5, marks="specialised trauma_informed",
        about="Women who have been there, once a week.",
    ),
    Offer(
        slug="brothers", name="Someone to call", of="Cedar Mentors", needs="mentor", town="Fenwick", gender="boys",
        ages=(11, 21), wait=45, about="A mentor for two years.",
    ),
    Offer(
        slug="pantry", name="Food and clothes", of="Alder Pantry", needs="basic", town="Alder", wait=0,
        about="No questions, every afternoon.", languages="English, Spanish",
    ),
    Offer(
        slug="culture", name="Drum and song", of="Council House", needs="culture", town="Birchfield", wait=0,
        about="For Native young people and their friends.",
    ),
)  # fmt: skip


def open_directory(when: When) -> str:
    """Put the directory in force, within an act; what is in it, in a sentence."""
    directory.lay(settled(), at=when.at)
    for organization_id, slug in partners().items():
        db.session.add(Partner(organization_id=organization_id, agency_id=agencies.id_of(slug)))
    return f"A directory of {len(OFFERS)} services, one of them in a place that is not told."


def settled() -> Settled:
    """The directory, ready to be laid."""
    reading = Reading()
    for offer in OFFERS:
        for table, row in _rows(offer):
            reading.rows[table].setdefault(str(row["id"]), row)
    return settle(reading, empty(), whole=True, mark=directory.mark)


def partners() -> dict[str, str]:
    """Its organizations that are agencies of the county, each with the short name of the agency."""
    return {known(f"organization.{offer.of}"): offer.agency for offer in OFFERS if offer.agency}


def _rows(one: Offer) -> Iterator[tuple[str, Row]]:
    service, organization = known(f"service.{one.slug}"), known(f"organization.{one.of}")
    place, at = known(f"place.{one.slug}"), known(f"at.{one.slug}")
    yield "organization", {"id": organization, "name": one.of, "description": one.of}
    row: Row = {
        "id": service, "organization_id": organization, "name": one.name, "description": one.about, "status": "active",
    }  # fmt: skip
    if one.ages:
        row |= {"minimum_age": one.ages[0], "maximum_age": one.ages[1]}
    yield "service", row | ({"eligibility_description": one.who} if one.who else {})
    yield "location", {"id": place, "location_type": "physical", "organization_id": organization, **_point(one)}
    yield "service_at_location", {"id": at, "service_id": service, "location_id": place}
    if not one.secret:
        yield "address", {
            "id": known(f"address.{one.slug}"), "location_id": place, "address_1": f"{_number(one)} Main Street",
            "city": one.town, "state_province": "OH", "postal_code": CODES[one.town], "country": "US",
            "address_type": "physical",
        }  # fmt: skip
    number = f"555-01{OFFERS.index(one) + 20:02}"
    yield "phone", {"id": known(f"phone.{one.slug}"), "service_id": service, "number": number, "type": "voice"}
    for name in one.languages.split(", "):
        yield "language", {"id": known(f"language.{one.slug}.{name}"), "service_id": service, "name": name}
    for code, value in _marks(one):
        yield "attribute", {
            "id": known(f"mark.{one.slug}.{code}"), "link_id": service, "link_entity": "service",
            "taxonomy_term_id": terms.BY_CODE[code].id, "value": value,
        }  # fmt: skip


def _marks(one: Offer) -> Iterator[tuple[str, str]]:
    yield from ((code, "yes") for code in one.marks.split())
    yield from ((f"need-{code.replace('_', '-')}", "yes") for code in one.needs.split())
    if one.wait is not None:
        yield terms.WAITING.code, str(one.wait)
    if one.gender:
        yield terms.GENDER.code, one.gender
    if one.secret:
        yield terms.CONFIDENTIAL.code, "yes"


def _point(one: Offer) -> dict[str, float]:
    north, east = TOWNS[one.town]
    away = OFFERS.index(one) / 500
    return {} if one.secret else {"latitude": round(north + away, 4), "longitude": round(east - away, 4)}


def _number(one: Offer) -> int:
    return 100 + 7 * OFFERS.index(one)


__all__ = ["OFFERS", "open_directory", "partners", "settled"]
