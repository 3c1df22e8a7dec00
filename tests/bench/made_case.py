"""The case whose page is measured: thirty-two records from nine agencies, a team of nine, three releases.

Its reader is the detective. Of it he is shown sixty fields in twenty-two records, some whole, some cut,
some by law and some by a release; three lines tell him what is withheld; the rest does not exist for him.
"""

from __future__ import annotations

from mdt.models import begin_writing, now
from mdt.operations import schema
from mdt.operations.acts import recorded
from mdt.operations.demo import county, known, people
from mdt.operations.demo.entries import Entry, Place, file_all, open_case, seat_all, sign
from mdt.operations.demo.when import When
from mdt.sharing.declare import Kind
from mdt.sharing.facts import Youth
from mdt.sharing.fields import field
from mdt.sharing.vocabulary import Category, Purpose

CASE = known("case.bench")
READER = people.id_of("marcus")
FIELDS = 60

RECORDS = """
county   ID           name_in_use legal_name date_of_birth legal_sex \
                      race_language_tribe case_numbers assigned_worker school_contact
county   CONTACT      safe_channel message_ok phones general_address
county   PHOTO        height_weight hair_eyes
county   FAMILY       household_adults relationships custody safety_flags siblings note
police   MISSING      last_seen clothing endangerment factors
police   MISSING      legal_name age last_seen
county   TRAFFICKING  status kind date_identified safety_needs
county   TRAFFICKING  narrative exploiter
county   ALLEGATION   type date finding
county   ALLEGATION   narrative safety_decision
police   CRIMINAL     agency_case_no status next_hearing
police   CRIMINAL     police_report evidence_refs
police   FORENSIC     status date lead_agency
police   FORENSIC     summary
mercy    HEALTH       allergies medications precautions
mercy    HEALTH       injuries findings
court    COURT        custody no_contact petition findings
probation JUVENILE    disposition probation_terms petition
county   PLAN         needs goals tasks safety_plan_items
county   PLAN         referrals safety_plan_items
county   MEETING      text decision
county   REPORTER     name contact relationship
harbor   BEHAVIORAL   safety_plan crisis_contacts diagnosis
harbor   BEHAVIORAL   therapy_summary suicide_risk
school   EDUCATION    school attendance
school   EDUCATION    grades discipline
county   EMPLOYMENT   jobs wages
mercy    REPRO        pregnancy sti_hiv
harbor   PSYNOTES     session_date notes
newpath  SUD_P2       program attendance
opendoor ADVOCATE     services communications
county   SOGI         gender_identity note
"""
TEAM = {
    "casey": Purpose.PLAN, "marcus": Purpose.INVESTIGATE, "ruth": Purpose.TREAT, "imani": Purpose.EDUCATE,
    "jo": Purpose.VICTIMSVC, "sam": Purpose.TREAT, "tomas": Purpose.COURT, "lena": Purpose.SUPERVISE,
    "ngozi": Purpose.PROSECUTE,
}
WRITERS = {
    "county": "casey", "police": "marcus", "mercy": "ruth", "harbor": "sam", "school": "imani", "probation": "lena",
    "opendoor": "jo",
}
RELEASES = (
    ("mercy", "mercy", Category.HEALTH, ("county", "police", "guardian")),
    ("harbor", "harbor", Category.BEHAVIORAL, ("county", "guardian")),
    ("clinic", "harbor", Category.BEHAVIORAL, ("mercy",)),
)
"""Name, who discloses, what, to whom."""


def found() -> None:
    """Found the county and put this case into it, in an empty database."""
    schema.upgrade()
    county.found(lambda _words: None)
    when = When(now())
    begin_writing()
    with recorded("bench.founded", by=None):
        case = open_case("bench", when, _terms(when), reference="CW-10001")
        file_all(case, [_entry(number, *line.split()) for number, line in enumerate(RECORDS.split("\n")[1:-1])], when)
        seat_all(case, [Place(who=who, purpose=purpose, days=90) for who, purpose in TEAM.items()], when)
        for name, source, category, recipients in RELEASES:
            sign(
                case, f"bench.release.{name}", when, about="What is in it", days=60, type="HIPAA", discloser=source,
                recipients=recipients, categories=(category,), signed_by=("youth", "agency"), expires=when.day(120),
            )


def _terms(when: When) -> dict[str, object]:
    begun, born = when.day(-100), when.born(years=15, days=30)
    return {"youth": Youth(born=born), "opened": begun, "report_received": begun, "custody": "agency"}


def _entry(number: int, source: str, category: str, *names: str) -> Entry:
    kind = Category(category)
    values = {name: _said(kind, name) for name in names}
    author = WRITERS.get(source)
    return Entry(name=f"bench.{number}", category=kind, source=source, author=author, days=10 + number, values=values)


def _said(category: Category, name: str) -> str | list[str]:
    """Invented words of an ordinary length: a line or two, a date where there is one."""
    one = field(category, name)
    line = f"{one.label}: Tuesday after school she said so herself, and the worker wrote it down on the same day."
    by_kind: dict[Kind, str | list[str]] = {
        Kind.DATE: "2011-10-26", Kind.YES_NO: "yes", Kind.LIST: [line, "And once more, by phone."],
        Kind.CHOICE: (one.choices or ("",))[0],
    }
    return by_kind.get(one.kind, "Kestrel" if name == "name_in_use" else line)


__all__ = ["CASE", "FIELDS", "READER", "found"]
