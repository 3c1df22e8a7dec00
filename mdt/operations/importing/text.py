"""From bytes to lines of text, in bounded memory, whatever arrives."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterable, Iterator
from itertools import chain

from mdt.operations.importing.problems import Malformed

LONGEST_LINE = 1_000_000
"""Characters without a line break, after which this is no table."""
BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
OTHERS = {
    b"PK\x03\x04": "This is a workbook or a zip file. Open it and save it as CSV UTF-8.",
    b"\xd0\xcf\x11\xe0": "This is an older workbook. Open it and save it as CSV UTF-8.",
    b"%PDF": "This is a PDF. Ask your case system for a CSV file.",
}
"""Files that people choose by mistake, by their first bytes."""


def lines(blocks: Iterable[bytes]) -> Iterator[str]:
    """The lines of a file, each with its break as one newline.

    Bytes that are no UTF-8 come through as lone surrogates, so that whoever reads the cell can name
    it (`broken`). Malformed for what is no text at all.
    """
    blocks = iter(blocks)
    first = next(blocks, b"")
    encoding, bom = _encoding(first)
    decoder = codecs.getincrementaldecoder(encoding)("surrogateescape" if bom != 2 else "strict")
    breaks = io.IncrementalNewlineDecoder(decoder, translate=True)
    return _lines(chain([first[bom:]], blocks), breaks)


def broken(cell: str) -> bool:
    """Whether a cell holds bytes that were no UTF-8."""
    return not cell.isascii() and any("\udc80" <= c <= "\udcff" for c in cell)


def _encoding(first: bytes) -> tuple[str, int]:
    """The encoding, and how many bytes of byte order mark to leave out."""
    for start, words in OTHERS.items():
        if first.startswith(start):
            raise Malformed(words, code="not_text")
    for bom, encoding in BOMS.items():
        if first.startswith(bom):
            return encoding, len(bom)
    if first[:4096].count(0) * 4 > len(first[:4096]):
        raise Malformed(
            "We cannot tell how the letters of this file are written. Save it as CSV UTF-8.",
            code="encoding",
        )
    return "utf-8", 0


def _lines(blocks: Iterable[bytes], breaks: io.IncrementalNewlineDecoder) -> Iterator[str]:
    rest = ""
    for text in _texts(blocks, breaks):
        *whole, rest = (rest + text).split("\n")
        for line in whole:
            yield line + "\n"
        if len(rest) > LONGEST_LINE:
            raise Malformed(
                f"A line goes on for more than {LONGEST_LINE:,} characters. Is this a CSV file?",
                code="line_too_long",
            )
    if rest:
        yield rest


def _texts(blocks: Iterable[bytes], breaks: io.IncrementalNewlineDecoder) -> Iterator[str]:
    try:
        for block in blocks:
            yield breaks.decode(block)
        yield breaks.decode(b"", final=True)
    except UnicodeDecodeError as wrong:
        raise Malformed(
            "The file ends in the middle of a letter, or part of it is missing. Export it again.",
            code="encoding",
        ) from wrong
