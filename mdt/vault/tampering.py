"""Naming what was done to a ledger, once its first wrong entry is found.

Whoever can write the database can edit, remove, add and move entries and renumber the rest. What
they cannot do is make a MAC without its key, or change the copy of leaf hashes that another agency
keeps: these show where an entry of the original stood, and so what happened to it.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from mdt.vault.tree import EMPTY_ROOT, leaf


class Tampering(StrEnum):
    """What was done, in a word."""

    EDITED = "edited"
    DELETED = "deleted"
    INSERTED = "inserted"
    REORDERED = "reordered"
    TRUNCATED = "truncated below an anchored head"
    BAD_MAC = "bad mac"
    BAD_SIGNATURE = "bad signature"
    REWRITTEN = "rewritten history"


class Line(NamedTuple):
    """One stored entry: its number from 0, its canonical bytes, the MAC over both (or none)."""

    number: int
    body: bytes
    mac: bytes | None = None

    @property
    def leaf(self) -> bytes:
        """Its hash in the tree; for an entry that is no bytes any more, that of an empty tree."""
        return leaf(self.body) if isinstance(self.body, bytes) else EMPTY_ROOT


def mac(key: bytes, number: int, body: bytes) -> bytes:
    """32 bytes that only who holds the key can make for this entry at this number (HMAC-SHA256)."""
    return hmac.digest(key, number.to_bytes(8, "big") + body, "sha256")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a line is held against: the MAC key, another agency's copy of the leaf hashes, or both.

    With neither, only the numbers can be held against it.
    """

    mac_key: bytes | None = None
    copy: Sequence[bytes] = ()

    def stands(self, line: Line, leaf_hash: bytes, index: int) -> bool:
        """Whether this line is the original at `index`, as far as the evidence goes."""
        return (
            line.number == index
            and isinstance(line.body, bytes)
            and (self.mac_key is None or self._mac_fits(line, index))
            and (index >= len(self.copy) or self.copy[index] == leaf_hash)
        )

    def fits(self, line: Line, index: int) -> bool:
        """Whether this line stood at `index` once, whatever number it has now."""
        if self.mac_key is not None:
            return isinstance(line.body, bytes) and self._mac_fits(line, index)
        return self.copied(line, index) if self.copy else line.number == index

    def copied(self, line: Line, index: int) -> bool:
        """Whether the copy has this very line at `index`."""
        return index < len(self.copy) and self.copy[index] == line.leaf

    def _mac_fits(self, line: Line, index: int) -> bool:
        if self.mac_key is None or not isinstance(line.mac, bytes):
            return False
        return hmac.compare_digest(mac(self.mac_key, index, line.body), line.mac)


def kind_of(lines: Sequence[Line], index: int, evidence: Evidence, upto: int) -> Tampering:
    """What happened at `index`: `lines` are all from there on, the first being the first wrong one.

    `upto` is the largest number an original entry can have had.
    """
    first, after = lines[0], lines[1:]
    stood = next((at for at in range(index, upto) if evidence.fits(first, at)), None)
    if any(evidence.fits(line, index) for line in after):
        return _pushed_back(lines, stood, evidence)
    in_place = stood == index or (bool(after) and evidence.fits(after[0], index + 1))
    return Tampering.EDITED if in_place or stood is None else Tampering.DELETED


def _pushed_back(lines: Sequence[Line], stood: int | None, evidence: Evidence) -> Tampering:
    if stood is None or sum(evidence.fits(line, stood) for line in lines) > 1:
        return Tampering.INSERTED
    return Tampering.REORDERED
