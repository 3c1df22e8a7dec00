"""Where keys come from, how one is kept under another, and how they are changed.

    master key (outside the database; several versions at a time)
      └─ a key for each organisation, and the base key, wrapped by the master
           └─ a key for each (young person, organisation), wrapped by the organisation's

A wrapped key is an envelope of `seal` whose place is the key's own name: it unwraps only under that
name, and it says which key wraps it. To rotate: hold the new master version beside the old, rewrap
what the old one wraps (`Keyring.rewrap`; the keys beneath do not change), then destroy the old
version: what still needs it does not open any more. Deleting a young person's wrapped key makes
unreadable what it sealed.

Keys for HMAC are derived from the *base key*, never from the master: they outlive a rotation.
"""

from __future__ import annotations

import hmac
import os
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from enum import StrEnum

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from mdt.vault.seal import (
    ID_BYTES,
    SECRET_BYTES,
    DataKey,
    KeyRef,
    Place,
    Unopenable,
    key_named_in,
    seal,
    unseal,
)

MASTER_ID = b"master".ljust(ID_BYTES, b"\0")
INDEX_BYTES = 16


class Use(StrEnum):
    """What a derived key serves; a key derived for one use says nothing about that of another."""

    BLIND_INDEX = "blind index"
    SESSION = "session token"
    LEDGER = "ledger entry"
    TAG = "room or tag"


def new_key() -> DataKey:
    """A fresh random key, version 1, with an id of its own."""
    return DataKey(os.urandom(ID_BYTES), 1, os.urandom(SECRET_BYTES))


def next_version(key: DataKey) -> DataKey:
    """A fresh secret under the same id: what this key is replaced with."""
    return DataKey(key.id, key.version + 1, os.urandom(SECRET_BYTES))


def wrap(parent: DataKey, key: DataKey, name: str) -> bytes:
    """`key` closed under `parent`, to be unwrapped only under this same name."""
    return seal(parent, key.head[2:] + key.secret, _place(name))


def unwrap(parent: DataKey, wrapped: bytes, name: str) -> DataKey:
    """The key that was wrapped under this name with `parent`; Unopenable for anything else."""
    plain = unseal(parent, wrapped, _place(name))
    try:
        return DataKey(plain[:16], int.from_bytes(plain[16:18], "big"), plain[18:])
    except ValueError:
        raise Unopenable from None


def _place(name: str) -> Place:
    return Place("wrapped key", name, "secret")


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys held in memory, found by the name an envelope carries. A key not held opens nothing.

    `current` is the newest version of the first key; it is the one that wraps.
    Raises ValueError when empty, or when two different secrets go by one name.
    """

    keys: tuple[DataKey, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.keys or len({key.ref for key in self.keys}) != len(self.keys):
            raise ValueError("a keyring holds at least one key, and each version of a key once")

    @property
    def current(self) -> DataKey:
        return max((key for key in self.keys if key.id == self.keys[0].id), key=_version)

    def key(self, ref: KeyRef) -> DataKey:
        """The key that goes by this name; Unopenable if it is not held."""
        for key in self.keys:
            if key.ref == ref:
                return key
        raise Unopenable

    def wrap(self, key: DataKey, name: str) -> bytes:
        """`key` closed under the current key."""
        return wrap(self.current, key, name)

    def unwrap(self, wrapped: bytes, name: str) -> DataKey:
        """A key that any key held wrapped under this name; Unopenable for anything else."""
        return unwrap(self.key(key_named_in(wrapped)), wrapped, name)

    def stale(self, wrapped: bytes) -> bool:
        """Whether this was wrapped by another key than the current one."""
        return key_named_in(wrapped) != self.current.ref

    def rewrap(self, wrapped: bytes, name: str) -> bytes:
        """The same key under the current one, to be stored in place of the old wrapping."""
        return self.wrap(self.unwrap(wrapped, name), name)

    def rotated(self) -> Keyring:
        """This keyring with a fresh version of the current key, which wraps from now on."""
        return Keyring((*self.keys, next_version(self.current)))

    def without(self, ref: KeyRef) -> Keyring:
        """This keyring after a version is destroyed; ValueError for the current one."""
        if ref == self.current.ref:
            raise ValueError("the current version is not destroyed: rotate first")
        return Keyring(tuple(key for key in self.keys if key.ref != ref))

    def written(self) -> str:
        """A master keyring as secret text, `version:base64` a line, kept out of the database."""
        lines = (f"{key.version}:{b64encode(key.secret).decode()}\n" for key in self.keys)
        return "".join(lines)


def new_masters() -> Keyring:
    """A master keyring with a first random version."""
    return Keyring((DataKey(MASTER_ID, 1, os.urandom(SECRET_BYTES)),))


def masters_from(text: str) -> Keyring:
    """The master keyring that `written` wrote, parted by lines, spaces or commas.

    ValueError, which tells nothing secret, for anything else.
    """
    return Keyring(tuple(_master(part) for part in text.replace(",", " ").split()))


def _master(part: str) -> DataKey:
    version, _, secret = part.partition(":")
    try:
        return DataKey(MASTER_ID, int(version), b64decode(secret, validate=True))
    except ValueError:
        raise ValueError("a master key reads version:base64, of 32 random bytes") from None


def subkey(key: DataKey, use: Use, context: str = "") -> bytes:
    """32 bytes for one use (HKDF-SHA256, RFC 5869) and, within it, one context, e.g. a log."""
    info = f"mdt vault 1:{use.value}:{context}".encode()
    return HKDF(algorithm=SHA256(), length=SECRET_BYTES, salt=None, info=info).derive(key.secret)


def blind_index(key: bytes, column: str, value: str) -> bytes:
    """16 bytes that are equal for equal values of one column and tell nothing to who has no key.

    The caller normalises first (NFC, casefold, trimmed). It shows equality and frequency, so it is
    for identifiers, never for fields of few values, and never for an advocate agency's records.
    """
    return hmac.digest(key, f"{len(column)}:{column}{value}".encode(), "sha256")[:INDEX_BYTES]


def tag(key: bytes, payload: bytes) -> str:
    """64 hex digits that only who holds the key can make for this payload (HMAC-SHA256)."""
    return hmac.digest(key, payload, "sha256").hex()


def _version(key: DataKey) -> int:
    return key.version
