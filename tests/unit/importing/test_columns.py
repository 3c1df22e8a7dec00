"""The columns are declared once; what grows from them is held here."""

from __future__ import annotations

import os
from pathlib import Path

from mdt.operations.importing import columns
from mdt.operations.importing.columns import CATEGORY_OF, COLUMNS, Record
from mdt.sharing import fields as catalog

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "caseload-columns.md"


def test_the_reference_page_is_what_the_columns_say():
    """MDT_WRITE=1 writes it anew."""
    if os.environ.get("MDT_WRITE") == "1":
        PAGE.write_text(columns.reference(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == columns.reference()


def test_every_column_that_fills_a_field_fills_one_the_catalog_has():
    for one in COLUMNS:
        if one.field:
            assert one.name in catalog.names_of(CATEGORY_OF[one.of])


def test_a_name_means_one_thing_in_one_kind_of_row():
    for record in Record:
        names = [one.name for one in columns.columns_of(record)]
        assert len(set(names)) == len(names)
        assert {"record", "youth_id"} <= set(names)


def test_every_name_is_written_as_names_are_compared():
    assert [columns.canonical(name) for name in columns.NAMES] == list(columns.NAMES)
