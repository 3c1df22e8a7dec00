"""Bytes to lines: what is text comes through, what is not is named, and nothing grows with the file."""

from __future__ import annotations

import codecs
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mdt.operations.importing.problems import Malformed
from mdt.operations.importing.text import LONGEST_LINE, broken, lines

HEAD = "youth_id,legal_name\nA-1,Zoë Nuñez\n"


@pytest.mark.parametrize(
    "file",
    [
        HEAD.encode(), codecs.BOM_UTF8 + HEAD.encode(), codecs.BOM_UTF16_LE + HEAD.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + HEAD.encode("utf-16-be"), HEAD.replace("\n", "\r\n").encode(),
        HEAD.replace("\n", "\r").encode(),
    ],
)
def test_every_usual_way_of_writing_text_reads_the_same(file):
    assert list(lines([file])) == HEAD.splitlines(keepends=True)


@given(some.text(alphabet=some.characters(blacklist_categories=("Cs", "Cc"))), some.integers(1, 7))
def test_it_does_not_matter_where_the_file_is_cut(text, length):
    file = f"a,{text}\nb".encode()
    blocks = [file[at:at + length] for at in range(0, len(file), length)]
    read = "".join(lines([codecs.BOM_UTF8 + blocks[0], *blocks[1:]]))
    assert read == f"a,{text}\nb"


def test_bytes_that_are_no_utf8_are_found_in_their_cell():
    (line,) = lines(["Jos\xe9".encode("latin-1")])
    assert broken(line) and not broken("José")


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (b"PK\x03\x04rest", "not_text"), (b"\xd0\xcf\x11\xe0rest", "not_text"), (b"%PDF-1.7", "not_text"),
        (HEAD.encode("utf-16-le"), "encoding"), (codecs.BOM_UTF16_LE + b"a\0b", "encoding"),
        (b"x" * (LONGEST_LINE + 1), "line_too_long"),
    ],
)
def test_what_is_no_text_is_refused_with_what_to_do(file, code):
    with pytest.raises(Malformed) as no:
        list(lines([file]))
    assert no.value.reason == code and no.value.problem.words.endswith((".", "?"))


def test_a_large_file_is_never_held_whole():
    tracemalloc.start()
    read = sum(1 for _ in lines(b"A-1,Rowan Ashby\n" * 4000 for _ in range(300)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert read == 1_200_000 and peak < 4_000_000
