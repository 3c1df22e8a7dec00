"""The columns of a caseload file, each declared once.

The file's reader, the preview's words, the page that explains the columns, the reference page and
the invented caseloads all grow from these lines. A column that holds a field of the case takes its
label and its meaning from the catalog.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from mdt.sharing import fields as catalog
from mdt.sharing.declare import Kind
from mdt.sharing.vocabulary import Category

LONGEST_CELL = 4000
"""Characters; a longer cell is refused, and its row with it."""


class Record(StrEnum):
    """What a row tells of."""

    YOUTH = "youth"
    PLACEMENT = "placement"
    MISSING = "missing"


RECORD_WORDS = {
    Record.YOUTH: "young person", Record.PLACEMENT: "placement", Record.MISSING: "missing episode",
}
CATEGORY_OF = {
    Record.YOUTH: Category.ID, Record.PLACEMENT: Category.SAFE_ADDR, Record.MISSING: Category.MISSING,
}
"""The category under which the fields of a row are filed."""


class Reads(StrEnum):
    """How a cell is read."""

    TEXT = "text"
    LIST = "list"
    DAY = "day"
    TIME = "day and time"
    CHOICE = "choice"


_READS = {Kind.DATE: Reads.DAY, Kind.LIST: Reads.LIST, Kind.CHOICE: Reads.CHOICE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column, for one kind of row. `field`: it fills the catalog's field of that name."""

    name: str
    of: Record | None
    label: str
    meaning: str
    example: str
    reads: Reads = Reads.TEXT
    needed: bool = False
    choices: tuple[str, ...] = ()
    field: bool = False


def _own(name: str, of: Record | None, label: str, meaning: str, example: str, **more: object) -> Column:
    return Column(name=name, of=of, label=label, meaning=meaning, example=example, **more)  # type: ignore[arg-type]


def _field(name: str, of: Record, example: str, needed: bool = False) -> Column:
    found = catalog.field(CATEGORY_OF[of], name)
    return Column(
        name=name, of=of, label=found.label, meaning=found.hint, example=example, needed=needed,
        reads=_READS.get(found.kind, Reads.TEXT), choices=found.choices, field=True,
    )


YOUTH, PLACEMENT, MISSING = Record

COLUMNS: tuple[Column, ...] = (
    _own("record", None, "Kind of row", "What the row tells of. Without this column every row is a young person.",
         "youth", reads=Reads.CHOICE, choices=tuple(Record)),
    _own("youth_id", None, "Your id for the young person", "As your system writes it. Rows are brought together by it.",
         "CC-104233", needed=True),
    _field("legal_name", YOUTH, "Rowan Elise Ashby", needed=True),
    _field("name_in_use", YOUTH, "Rowan"),
    _field("date_of_birth", YOUTH, "2010-06-14", needed=True),
    _field("legal_sex", YOUTH, "female"),
    _field("race_language_tribe", YOUTH, "Black; English"),
    _field("case_numbers", YOUTH, "JV-2026-0118; ED-55120"),
    _field("assigned_worker", YOUTH, "Dana Okafor"),
    _own("worker_login", YOUTH, "Sign-in name of the assigned worker",
         "If somebody of your agency signs in by this name, they join the case.", "dana.okafor"),
    _field("school_contact", YOUTH, "Ms. Hill, Alder High"),
    _own("case_opened", YOUTH, "Case opened", "The day your agency opened the case.", "2026-09-03",
         reads=Reads.DAY, needed=True),
    _own("report_received", YOUTH, "Report received", "The day the hotline took the report.", "2026-09-01",
         reads=Reads.DAY),
    _own("custody", YOUTH, "Who may consent", "Who holds consent authority. Empty: your agency.", "agency",
         reads=Reads.CHOICE, choices=("agency", "parent", "guardian", "youth")),
    _own("record_id", PLACEMENT, "Your id for the placement",
         "As your system writes it. Without it, the first day tells placements apart.", "PL-88231"),
    _own("record_id", MISSING, "Your id for the episode",
         "As your system writes it. Without it, the start tells episodes apart.", "ME-2217"),
    _own("start", PLACEMENT, "First day", "The day the placement began.", "2026-09-03",
         reads=Reads.DAY, needed=True),
    _own("start", MISSING, "Missing since", "Day and time, where your agency is. Without a time: from midnight.",
         "2026-11-03 21:30", reads=Reads.TIME, needed=True),
    _own("end", PLACEMENT, "Last day", "Empty while it lasts.", "2026-11-01", reads=Reads.DAY),
    _own("end", MISSING, "Back since",
         "Day and time. Empty while missing. While they are searched for here, a person confirms it.",
         "2026-11-05 08:15", reads=Reads.TIME),
    _field("placement_name", PLACEMENT, "Birch house", needed=True),
    _field("address", PLACEMENT, "12 Birch Street, Alder"),
    _field("directions", PLACEMENT, "Second door, behind the laundry"),
    _field("access_notes", PLACEMENT, "Ask for the night lead"),
    _field("zone", PLACEMENT, "Alder East"),
    _field("last_seen", MISSING, "Bus stop at Mill Road, Tuesday evening"),
    _field("clothing", MISSING, "Grey hoodie, white sneakers"),
    _field("height_weight", MISSING, "5 ft 4, slim"),
    _field("hair_eyes", MISSING, "Brown, shoulder length"),
    _field("le_contact", MISSING, "Officer Pratt, Alder Police, 555-0142"),
    _field("endangerment", MISSING, "Has asthma; the inhaler is here"),
    _field("note", MISSING, "Called a friend at 22:10"),
)

NAMES: tuple[str, ...] = tuple(dict.fromkeys(column.name for column in COLUMNS))
"""The names a header may hold, in the order in which the invented caseloads write them."""


def columns_of(record: Record) -> tuple[Column, ...]:
    """The columns that a row of this kind may fill."""
    return tuple(column for column in COLUMNS if column.of in (None, record))


def groups() -> list[tuple[str, tuple[Column, ...]]]:
    """The columns as people look them up: those of every row, then those of each kind."""
    kinds: list[tuple[str, Record | None]] = [("In every row", None)]
    kinds += [(f"Rows that say {record}: a {RECORD_WORDS[record]}", record) for record in Record]
    return [(title, tuple(one for one in COLUMNS if one.of is record)) for title, record in kinds]


def needed_names() -> tuple[str, ...]:
    """The columns without which a file says nothing: those that every young person's row needs."""
    return tuple(column.name for column in columns_of(YOUTH) if column.needed)


def label_of(record: Record, name: str) -> str:
    """How a column of this kind of row is called in a sentence."""
    return next(column.label for column in columns_of(record) if column.name == name)


def canonical(name: str) -> str:
    """A header's name as names are compared: without case, spaces or punctuation."""
    return "_".join("".join(c if c.isalnum() else " " for c in name.casefold()).split())


def reference() -> str:
    """The reference page of the columns, in Markdown."""
    return "".join(_reference())


def _reference() -> Iterator[str]:
    yield "# Columns of a caseload file\n\n"
    yield "<!-- Written by tests/unit/importing/test_columns.py from mdt/operations/importing/columns.py. -->\n\n"
    yield REFERENCE
    for title, columns in groups():
        yield f"\n## {title}\n\n"
        yield "| column | what it holds | needed | example |\n| --- | --- | --- | --- |\n"
        for one in columns:
            yield f"| `{one.name}` | {meaning_of(one)} | {'yes' if one.needed else ''} | {one.example} |\n"


def meaning_of(column: Column) -> str:
    """What a column holds, in a sentence or two."""
    said = {
        Reads.DAY: " A day: 2026-09-03 or 9/3/2026.", Reads.LIST: " Several are parted by a semicolon.",
        Reads.CHOICE: f" One of: {', '.join(column.choices)}.",
    }
    return f"{column.label}. {column.meaning}{said.get(column.reads, '')}"


REFERENCE = """\
A caseload is one CSV file with a line of column names, exported by the agency's own case system. Each
row tells of a young person, of a placement, or of a missing episode; `record` says which. Rows may
stand in any order.

* **Text** is UTF-8 or UTF-16 with a byte order mark (what Excel calls "CSV UTF-8" and "Unicode text").
* **Cells** are parted by commas, semicolons or tabs. A cell that holds one of these, or a line break,
  stands in double quotes. A cell holds at most 4,000 characters. What looks like a formula is text.
* **Empty cells** change nothing: what is known already stays.
* **Days** read 2026-09-03 or 9/3/2026; a time reads 21:30 or 9:30 pm and follows its day.
* **The same id twice** for the same kind of row: the first row counts, the second is refused.
* A file holds at most 200 MB and 500,000 rows, and arrives within ten minutes.

Capital letters, spaces and punctuation in column names do not matter: `Legal Name` is `legal_name`.
Where the case system has other names, a mapping file goes along: our column, their column, a line
each, as CSV or as a JSON object.

    youth_id,Client Number
    legal_name,Full Name

Bringing in the same file again changes nothing. A changed file is merged by `youth_id`, and by
`record_id` for placements and episodes.
"""
