"""The reference pages grow from what they describe; a page that has fallen behind is red.

To write them anew: `.venv/bin/python -m tests.unit.test_reference`.
"""

from __future__ import annotations

from pathlib import Path

from mdt.operations.fhir import mapping
from mdt.operations.htcds import mapping as htcds
from mdt.sharing import fields, matrix
from mdt.sharing.profile import load

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def pages() -> dict[str, str]:
    """The generated pages by file name."""
    return {
        "matrix.md": _matrix(), "catalog.md": _catalog(), "fhir-consent.md": mapping.page(), "htcds.md": htcds.page(),
    }  # fmt: skip


def test_the_reference_is_what_the_rules_and_the_catalog_say() -> None:
    for name, text in pages().items():
        assert (REFERENCE / name).read_text() == text, f"{name} has fallen behind; see the head of this file"


def _matrix() -> str:
    head = "# Who may see what\n\nGenerated from the profile `us-baseline`; how to read a cell stands at its head.\n\n"
    return f"{head}```text\n{matrix.text(load('us-baseline'))}\n```\n"


def _catalog() -> str:
    lines = ["# The fields of a case", "", "Generated from the catalog. Fields of one group share one sealed envelope."]
    for entry in fields.CATEGORIES.values():
        lines += [
            "",
            f"## {entry.title} ({entry.category})",
            "",
            "| field | name | group | hint |",
            "| --- | --- | --- | --- |",
        ]
        lines += [f"| {one.label} | `{one.name}` | {one.group} | {one.hint} |" for one in entry.fields]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    for file, text in pages().items():
        (REFERENCE / file).write_text(text)
