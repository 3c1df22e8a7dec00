"""The plan of a file: what each of its rows would do, a page at a time, and the totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from mdt.models import Upload
from mdt.models.sealing import keys
from mdt.operations.importing import known, planning
from mdt.operations.importing.columns import Record
from mdt.operations.importing.known import Closed, Desk, Folder
from mdt.operations.importing.planning import Outcome, Step
from mdt.operations.importing.reading import Header, Row
from mdt.operations.importing.storing import Page
from mdt.vault.seal import Place, seal_value


@dataclass(slots=True)
class Plan:
    """What a whole file would do, without its rows: those lie in pages.

    `pages`: for each page how many rows are new, changed, the same, refused. `late`: pages with rows
    that come before the row of their young person, and are brought in after all others.
    """

    columns: dict[str, str] = field(default_factory=dict)
    unused: list[str] = field(default_factory=list)
    pages: list[list[int]] = field(default_factory=list)
    late: list[int] = field(default_factory=list)
    records: dict[str, int] = field(default_factory=dict)
    brought: dict[str, int] = field(default_factory=dict)
    rows: int = 0

    @property
    def totals(self) -> dict[str, int]:
        """How many rows of each outcome."""
        sums = [sum(column) for column in zip(*self.pages, strict=True)] or [0] * len(Outcome)
        return {outcome.value: count for outcome, count in zip(Outcome, sums, strict=True)}

    @property
    def steps(self) -> list[tuple[int, bool]]:
        """(page, whether its late rows), in the order in which they are brought in."""
        return [*((page, False) for page in range(len(self.pages))), *((page, True) for page in self.late)]

    def count(self, counts: Mapping[str, int]) -> None:
        """Add what came of a batch."""
        for outcome, count in counts.items():
            self.brought[outcome] = self.brought.get(outcome, 0) + count

    @classmethod
    def of(cls, upload: Upload) -> Plan:
        """The plan of an upload that was read."""
        return cls(**upload.report)

    def sealed(self, upload_id: str, agency_id: str) -> bytes:
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return seal_value(keys().of((agency_id, None)), said, Place(Upload.__tablename__, upload_id, "report_"))


class Drafting:
    """Makes a plan: takes rows in the order of the file, and remembers ids and nothing else of them."""

    def __init__(self, desk: Desk, header: Header) -> None:
        self.desk = desk
        named = {ours: header.names[place] for ours, place in header.places.items()}
        self.plan = Plan(columns=named, unused=[name for name in header.unused if name])
        self._seen: dict[int, int] = {}
        self._people: set[int] = set()

    @property
    def rows(self) -> int:
        return self.plan.rows

    def pages(self, pages: Sequence[list[Row]]) -> list[tuple[int, Page]]:
        """What these rows would do, as numbered pages to keep."""
        rows = [row for page in pages for row in page]
        self._once(rows)
        folders = self._folders(rows)
        workers = known.workers(self.desk, (row.values.get("worker_login", "") for row in rows))
        return [self._page([self._line(row, folders, workers) for row in page]) for page in pages]

    def settled(self, number: int, page: Page) -> Page:
        """A page with late rows, now that every young person of the file is known."""
        for line in page:
            if line.get("late") and hash(line["ref"].casefold()) not in self._people:
                row = row_of(line)
                line.update(_told(planning.refused(row, "nobody", planning.NOBODY)))
        self.plan.pages[number] = _tally(page)
        return page

    def finished(self) -> Plan:
        """The plan, once every page was drafted and settled."""
        return self.plan

    def _page(self, lines: Page) -> tuple[int, Page]:
        number = len(self.plan.pages)
        self.plan.pages.append(_tally(lines))
        self.plan.rows += len(lines)
        if any(line.get("late") for line in lines):
            self.plan.late.append(number)
        return number, lines

    def _once(self, rows: Iterable[Row]) -> None:
        """The same id a second time is refused: nobody could say which of the two holds."""
        for row in rows:
            if row.problem is None:
                mark = hash((row.record, row.ref.casefold(), row.key.casefold()))
                first = self._seen.setdefault(mark, row.number)
                if first != row.number:
                    row.problem = planning.twice(row, first)

    def _folders(self, rows: Iterable[Row]) -> dict[str, Folder | Closed]:
        wanted: dict[bytes, list[tuple[Record, str]]] = {}
        index = {row.ref: known.index(self.desk, row.ref) for row in rows if row.problem is None}
        for row in rows:
            if row.problem is None:
                wanted.setdefault(index[row.ref], []).append((row.record, row.key))  # type: ignore[arg-type]
        found = known.folders(self.desk, wanted) if wanted else {}
        return {ref: found[at] for ref, at in index.items() if at in found}

    def _line(self, row: Row, folders: Mapping[str, Folder | Closed], workers: Mapping[str, str]) -> dict[str, Any]:
        """A row as it is kept in a page, with what would come of it."""
        line: dict[str, Any] = {"number": row.number, "record": row.record, "ref": row.ref}
        if row.record is not None:
            self.plan.records[row.record] = self.plan.records.get(row.record, 0) + 1
        if row.problem is not None:
            return line | _told(Step(Outcome.REFUSED, problem=row.problem))
        line |= {"key": row.key, "values": row.values}
        folder = folders.get(row.ref)
        if folder is None or (row.record is not Record.YOUTH and _has_no_case(folder)):
            return line | self._of_a_stranger(row)
        told = planning.step(row, folder, self.desk, workers)
        if row.record is Record.YOUTH and told.outcome is not Outcome.REFUSED:
            self._people.add(hash(row.ref.casefold()))
        return line | _told(told)

    def _of_a_stranger(self, row: Row) -> dict[str, Any]:
        """Somebody nobody knew: their own row opens a case, and other rows wait until it was seen."""
        who = hash(row.ref.casefold())
        if row.record is Record.YOUTH:
            self._people.add(who)
        elif who not in self._people:
            return {"outcome": Outcome.NEW, "late": True}
        return {"outcome": Outcome.NEW}


def _has_no_case(folder: Folder | Closed) -> bool:
    return isinstance(folder, Folder) and folder.new_case


def _told(step: Step) -> dict[str, Any]:
    told: dict[str, Any] = {"outcome": step.outcome, "changes": list(step.changes)}
    return told | ({"problem": step.problem.stored(), "values": {}, "late": False} if step.problem else {})


def _tally(lines: Page) -> list[int]:
    counts = Counter(line["outcome"] for line in lines)
    return [counts[outcome] for outcome in Outcome]


def row_of(line: Mapping[str, Any]) -> Row:
    """A row as it was read, from a page of the plan."""
    return Row(line["number"], Record(line["record"]), line["ref"], line["key"], line["values"])


__all__ = ["Drafting", "Plan", "row_of"]
