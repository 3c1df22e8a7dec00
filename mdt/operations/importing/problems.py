"""What can be wrong with a caseload file, said so that somebody can put it right."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from mdt.operations.acts import Refused


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where, and what to do. `code` goes to the ledger, `words` and `more` only to people."""

    code: str
    words: str
    row: int | None = None
    column: str | None = None
    more: str = ""

    def stored(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def where(self) -> str:
        """Row 12, column legal_name"""
        row = f"Row {self.row:,}" if self.row else ""
        column = f"column {self.column}" if self.column else ""
        return ", ".join(part for part in (row, column) if part)

    @property
    def sentence(self) -> str:
        return f"{self.where}: {self.words}" if self.where else self.words


class Malformed(Refused):
    """The file cannot be brought in at all; nothing of it is kept."""

    def __init__(
        self, words: str, *, code: str, row: int | None = None, column: str | None = None, more: str = "",
        status: int = 422,
    ) -> None:
        self.problem = Problem(code, words, row, column, more)
        super().__init__(self.problem.sentence, reason=code, code=status)
