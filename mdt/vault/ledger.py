"""The pure part of the ledger: how entries and signed heads are written, and how all are verified.

An entry is bytes that never change: canonical JSON. Its MAC shows that the application wrote it at
that number; the tree's signed heads, kept by others too, show that what was written is still all
there. A head is anchored as soon as somebody outside keeps it; entries after the last one are only
as safe as the MAC key.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from mdt.vault.tampering import Evidence, Line, Tampering, kind_of, mac
from mdt.vault.tree import EMPTY_ROOT, HASH_BYTES, leaf, push, root_over, verify_consistency

__all__ = [
    "Finding",
    "Head",
    "Line",
    "Report",
    "Tampering",
    "Value",
    "decode",
    "encode",
    "extends",
    "leaf",
    "mac",
    "new_signing_key",
    "public_key",
    "sign",
    "verify_log",
]

Value = str | int | bool | None | Sequence["Value"]
"""What an entry may hold under a name."""


def encode(entry: Mapping[str, Value]) -> bytes:
    """The one way to write an entry: JSON in UTF-8, names sorted, no spaces, no fractions.

    ValueError, which does not show the entry, for anything but strings, whole numbers, true, false,
    null and lists of them under names that are strings.
    """
    written = _written(entry)
    if written is None:
        raise ValueError("a ledger entry holds strings, whole numbers, true, false, null and lists")
    return written


def decode(body: bytes) -> dict[str, Value]:
    """The entry that `encode` wrote; ValueError if it would not write these very bytes."""
    try:
        entry = json.loads(body)
    except (ValueError, RecursionError):
        entry = None
    if not isinstance(entry, dict) or _written(entry) != body:
        raise ValueError("this is not a ledger entry as it is written")
    return entry


def _written(entry: Mapping[str, Value]) -> bytes | None:
    """None rather than the encoder's error, which would carry the entry to whoever logs it."""
    if not all(isinstance(name, str) and _plain(value) for name, value in entry.items()):
        return None
    try:
        return _compact(dict(entry)).encode()
    except ValueError:
        return None


def _plain(value: object) -> bool:
    return isinstance(value, _SCALARS) or (isinstance(value, _LISTS) and all(map(_plain, value)))


_SCALARS, _LISTS = (str, int, type(None)), (list, tuple)
_compact = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the ledger `log` was at its first `size` entries, at a time (ISO 8601), and signed."""

    log: str
    size: int
    root: bytes
    at: str
    signature: bytes = b""

    def said(self) -> bytes:
        """The bytes that are signed (Ed25519, RFC 8032)."""
        root = self.root.hex()
        return encode(
            {
                "head": "mdt ledger 1",
                "log": self.log,
                "size": self.size,
                "root": root,
                "at": self.at,
            }
        )

    def signed_by(self, public: bytes) -> bool:
        """Whether it is sound and signed with the key this 32-byte public key belongs to."""
        key = Ed25519PublicKey.from_public_bytes(public)
        try:
            key.verify(self.signature, self.said())
        except (InvalidSignature, TypeError, ValueError, AttributeError):
            return False
        return self.size >= 0 and len(self.root) == HASH_BYTES


def new_signing_key() -> bytes:
    """32 random bytes: the Ed25519 private key for the heads of a ledger."""
    return os.urandom(32)


def public_key(signing_key: bytes) -> bytes:
    """The 32 bytes to hand to everybody who keeps heads."""
    return Ed25519PrivateKey.from_private_bytes(signing_key).public_key().public_bytes_raw()


def sign(signing_key: bytes, *, log: str, size: int, root: bytes, at: str) -> Head:
    """The signed head of a ledger of `size` entries."""
    said = Head(log=log, size=size, root=root, at=at).said()
    signature = Ed25519PrivateKey.from_private_bytes(signing_key).sign(said)
    return Head(log=log, size=size, root=root, at=at, signature=signature)


def extends(old: Head, new: Head, proof: Sequence[bytes], public: bytes) -> bool:
    """Whether `new` is a head of the same ledger, grown only at its end since `old`."""
    signed = old.log == new.log and old.signed_by(public) and new.signed_by(public)
    return signed and verify_consistency(old.size, new.size, proof, old.root, new.root)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was done from entry `index` on; with `until`, somewhere before that entry."""

    kind: Tampering
    index: int
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification came to. The first `anchored` entries are vouched for by a sound head."""

    entries: int
    anchored: int
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Nothing speaks against the ledger. See `anchored` for how much speaks for it."""
        return not self.findings

    @property
    def first(self) -> Finding | None:
        """The finding at the earliest entry."""
        return min(self.findings, key=lambda finding: finding.index, default=None)


def verify_log(
    entries: Iterable[Line],
    heads: Iterable[Head],
    public: bytes,
    *,
    log: str,
    mac_key: bytes | None = None,
    copy: Sequence[bytes] = (),
) -> Report:
    """Verify a whole ledger, its entries in the order of their numbers, in one pass.

    Give heads that were kept outside its database, and all evidence there is: the MAC key, and
    `copy`, the leaf hashes another agency kept. Heads alone show *that* and *between which heads*
    history was changed; a MAC key or a copy also shows at which entry, and how. Whatever stands in
    the ledger or the heads is reported, never raised; ValueError only for a `public` of no key.
    """
    sound, forged = _parted(heads, public, log)
    evidence = Evidence(mac_key, copy)
    walk = _walk(entries, {head.size for head in sound}, evidence)
    matched, broken = _held_against(sound, walk)
    upto = max(walk.size, len(copy), *(head.size for head in sound), 0) + 1
    found = [*_wrong_entry(walk, evidence, matched, upto), *_rewritten(walk, matched, broken)]
    if walk.size < upto - 1 and not any(one.kind is Tampering.DELETED for one in found):
        found.append(Finding(Tampering.TRUNCATED, walk.size))
    found += [Finding(Tampering.BAD_SIGNATURE, head.size) for head in forged]
    anchored = [size for size in matched if not broken or size < broken[0]]
    return Report(walk.size, max(anchored, default=0), tuple(found))


@dataclass(slots=True)
class _Walk:
    """How far the walk came, the root at each head's size, all lines from the first wrong one."""

    size: int = 0
    roots: dict[int, bytes] = field(default_factory=lambda: {0: EMPTY_ROOT})
    wrong: list[Line] = field(default_factory=list)

    @property
    def wrong_from(self) -> int:
        return self.size - len(self.wrong)


def _walk(entries: Iterable[Line], stops: set[int], evidence: Evidence) -> _Walk:
    walk, peaks, size, wrong = _Walk(), list[bytes](), 0, list[Line]()
    for line in entries:
        leaf_hash = line.leaf
        if wrong or not evidence.stands(line, leaf_hash, size):
            wrong.append(line)
        push(peaks, size, leaf_hash)
        size += 1
        if size in stops:
            walk.roots[size] = root_over(peaks)
    walk.size, walk.wrong = size, wrong
    return walk


def _parted(heads: Iterable[Head], public: bytes, log: str) -> tuple[list[Head], list[Head]]:
    sound, forged = list[Head](), list[Head]()
    for head in heads:
        (sound if head.log == log and head.signed_by(public) else forged).append(head)
    return sorted(sound, key=lambda head: head.size), forged


def _held_against(heads: Sequence[Head], walk: _Walk) -> tuple[list[int], list[int]]:
    """The sizes at which the ledger matches a head, and those at which it does not, ascending."""
    reached = [head for head in heads if head.size in walk.roots]
    broken = [head.size for head in reached if walk.roots[head.size] != head.root]
    return [head.size for head in reached if head.size not in broken], broken


def _wrong_entry(
    walk: _Walk, evidence: Evidence, matched: Sequence[int], upto: int
) -> list[Finding]:
    if not walk.wrong:
        return []
    at, line = walk.wrong_from, walk.wrong[0]
    kind = kind_of(walk.wrong, at, evidence, upto)
    vouched = evidence.copied(line, at) or any(size > at for size in matched)
    mac_fails = evidence.mac_key is not None and not evidence.fits(line, at)
    only_mac = kind is Tampering.EDITED and vouched and mac_fails
    return [Finding(Tampering.BAD_MAC if only_mac else kind, at)]


def _rewritten(walk: _Walk, matched: Sequence[int], broken: Sequence[int]) -> list[Finding]:
    """A head that does not match, unless a wrong entry before it says why."""
    if not broken or (walk.wrong and walk.wrong_from < broken[0]):
        return []
    since = max((size for size in matched if size < broken[0]), default=0)
    return [Finding(Tampering.REWRITTEN, since, until=broken[0])]
