"""A mapping file says how another system calls our columns."""

from __future__ import annotations

import pytest

from mdt.operations.importing import mapping
from mdt.operations.importing.problems import Malformed


@pytest.mark.parametrize(
    "file",
    [
        b"youth_id,Client Number\nlegal_name,Full Name\n",
        b"\xef\xbb\xbfYouth ID,Client Number\r\n\r\nlegal name, Full Name \r\n",
        b"our column,their column\nyouth_id,Client Number\nlegal_name,Full Name\n",
        b' {"youth_id": "Client Number", "legal_name": "Full Name"}',
    ],
)
def test_it_is_csv_or_json(file):
    assert mapping.read(file) == {"youth_id": "Client Number", "legal_name": "Full Name"}


def test_an_empty_one_maps_nothing():
    assert mapping.read(b"") == {}


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b"youth_ids,Client Number", "line 1: “youth_ids” is not a column of ours. Do you mean youth_id?"),
        (b"youth_id", "line 1: A line reads"), (b"youth_id,a,b", "line 1: A line reads"),
        (b'youth_id,"a', "A quote is opened"), (b"{nonsense", "Write it as"),
        (b'{"youth_id": 3}', "one name, in quotes"),
        (b"\xff\xfe", "Save it as UTF-8"), (b"youth_id,", "line 1"), (b"x" * 70_000, "too large"),
        (b'{"youth_id": ["a"]}', "one name"),
    ],
)
def test_what_is_wrong_with_it_is_said_by_line(file, words):
    with pytest.raises(Malformed) as no:
        mapping.read(file)
    assert words in no.value.problem.words and no.value.reason == "mapping"
