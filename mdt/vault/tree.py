"""The ledger's Merkle tree, in the shape of RFC 6962 section 2.1: SHA-256, with 0x00 before what a
leaf hashes and 0x01 before what a node does.

A `Frontier` is all that is needed to append: the roots of the full subtrees, largest first. Proofs
are made from the list of leaf hashes and checked without it; a check answers False for whatever is
wrong, and takes nothing but the one right proof (RFC 9162 sections 2.1.3.2 and 2.1.4.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

HASH_BYTES = 32
SIZE_BYTES = 8
EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf(entry: bytes) -> bytes:
    """The leaf hash of an entry."""
    return sha256(b"\0" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return sha256(b"\1" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree of `size` leaves, as far as appending needs it. Appending costs O(log size).

    ValueError if the peaks are not those of a tree of this size.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        fits = self.size >= 0 and len(self.peaks) == self.size.bit_count()
        if not fits or any(len(peak) != HASH_BYTES for peak in self.peaks):
            raise ValueError("the peaks are not those of a tree of this size")

    def append(self, leaf_hash: bytes) -> Frontier:
        """This tree with one more leaf."""
        return self.extend((leaf_hash,))

    def extend(self, leaf_hashes: Iterable[bytes]) -> Frontier:
        """This tree with these leaves after its own."""
        size, peaks = self.size, list(self.peaks)
        for leaf_hash in leaf_hashes:
            push(peaks, size, leaf_hash)
            size += 1
        return Frontier(size, tuple(peaks))

    def root(self) -> bytes:
        """The root hash, 32 bytes."""
        return root_over(self.peaks)

    def to_bytes(self) -> bytes:
        """The size in 8 bytes, then the peaks; its `.hex()` goes into JSON."""
        return self.size.to_bytes(SIZE_BYTES, "big") + b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, written: bytes) -> Frontier:
        """What `to_bytes` wrote; ValueError for anything else."""
        size, peaks = int.from_bytes(written[:SIZE_BYTES], "big"), written[SIZE_BYTES:]
        if len(written) != SIZE_BYTES + HASH_BYTES * size.bit_count():
            raise ValueError("this is not a frontier")
        starts = range(0, len(peaks), HASH_BYTES)
        return cls(size, tuple(peaks[start : start + HASH_BYTES] for start in starts))


def push(peaks: list[bytes], size: int, leaf_hash: bytes) -> None:
    """Put a leaf after the `size` leaves these peaks stand for, in place."""
    top = leaf_hash
    while size & 1:
        top = node(peaks.pop(), top)
        size >>= 1
    peaks.append(top)


def root_over(peaks: Sequence[bytes]) -> bytes:
    """The root of the tree these peaks stand for."""
    if not peaks:
        return EMPTY_ROOT
    top = peaks[-1]
    for peak in reversed(peaks[:-1]):
        top = node(peak, top)
    return top


def root_of(leaf_hashes: Sequence[bytes]) -> bytes:
    """The root over all these leaf hashes at once."""
    level = list(leaf_hashes)
    while len(level) > 1:
        level = _level_above(level)
    return level[0] if level else EMPTY_ROOT


def _level_above(level: list[bytes]) -> list[bytes]:
    above = [node(a, b) for a, b in zip(level[::2], level[1::2], strict=False)]
    return above if len(level) % 2 == 0 else [*above, level[-1]]


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """That the leaf at `index` is in the tree of these. IndexError if there is no such leaf."""
    if not 0 <= index < len(leaf_hashes):
        raise IndexError("there is no leaf at this index")
    level, proof = list(leaf_hashes), []
    while len(level) > 1:
        if index ^ 1 < len(level):
            proof.append(level[index ^ 1])
        level, index = _level_above(level), index >> 1
    return tuple(proof)


def consistency_proof(leaf_hashes: Sequence[bytes], old: int, new: int) -> tuple[bytes, ...]:
    """That the tree of the first `new` leaves begins with that of the first `old`.

    Nothing is needed when the old tree is empty or the same. IndexError if there are not so many.
    """
    if not 0 <= old <= new <= len(leaf_hashes):
        raise IndexError("there are not so many leaves")
    return tuple(_subproof(leaf_hashes[:new], old, known=True)) if old else ()


def _subproof(leaves: Sequence[bytes], old: int, *, known: bool) -> list[bytes]:
    if old == len(leaves):
        return [] if known else [root_of(leaves)]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= half:
        return [*_subproof(leaves[:half], old, known=known), root_of(leaves[half:])]
    return [*_subproof(leaves[half:], old - half, known=False), root_of(leaves[:half])]


def verify_inclusion(
    leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether this leaf stands at `index` in the tree of `size` leaves that has this root."""
    if not 0 <= index < size or not _hashes(leaf_hash, root, *proof):
        return False
    top, at, last = leaf_hash, index, size - 1
    for part in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            top = node(part, top)
            at, last = _past_full_levels(at, last)
        else:
            top = node(top, part)
        at, last = at >> 1, last >> 1
    return last == 0 and top == root


def verify_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    """Whether the tree with `new_root` begins with all `old` leaves of the one with `old_root`."""
    if not 0 <= old <= new or not _hashes(old_root, new_root, *proof):
        return False
    if old == new:
        return not proof and old_root == new_root and (old > 0 or old_root == EMPTY_ROOT)
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    return _verify_growth(old, new, proof, old_root, new_root)


def _verify_growth(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    if not path:
        return False
    older = newer = path[0]
    for part in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            older, newer = node(part, older), node(part, newer)
            at, last = _past_full_levels(at, last)
        else:
            newer = node(newer, part)
        at, last = at >> 1, last >> 1
    return last == 0 and older == old_root and newer == new_root


def _past_full_levels(at: int, last: int) -> tuple[int, int]:
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def _hashes(*parts: bytes) -> bool:
    return all(isinstance(part, bytes) and len(part) == HASH_BYTES for part in parts)
