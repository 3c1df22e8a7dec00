"""Sealing a value to the one place it belongs to.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce. The envelope is

    version 1 ‖ algorithm 1 ‖ key id 16 ‖ key version 2 ‖ nonce 12 ‖ ciphertext and 16-byte tag

and everything before the nonce is authenticated together with the place, so a ciphertext moved to
another table, row or group, or relabelled with another key, does not open. Lengths are padded to
steps (ISO/IEC 7816-4: 0x80, then zeros): what is stored tells little about how much was written.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]

VERSION = 1
AES_256_GCM = 1
ID_BYTES = 16
NONCE_BYTES = 12
HEAD_BYTES = 2 + ID_BYTES + 2
CLOSED_FROM = HEAD_BYTES + NONCE_BYTES
SECRET_BYTES = 32
STEP = 64
"""The smallest step of padding, in bytes."""


class Unopenable(Exception):
    """The envelope does not open here with this key. Says nothing of what is in it, nor why."""

    def __init__(self) -> None:
        super().__init__("this value does not open here with this key")


class KeyRef(NamedTuple):
    """Which key an envelope names: a 16-byte id, and the version of it."""

    id: bytes
    version: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value is kept. A value sealed to one place opens in no other."""

    table: str
    row: str
    group: str

    def encoded(self) -> bytes:
        """One unambiguous byte string for each place: every part with its length before it."""
        table, row, group = self.table, self.row, self.group
        return f"{len(table)}:{table}{len(row)}:{row}{len(group)}:{group}".encode()


@dataclass(frozen=True, slots=True)
class DataKey:
    """One version of one 256-bit key. Its secret shows in no repr; safe to share between threads.

    ValueError if the id is not 16 bytes, the secret not 32, or the version not from 1 to 65535.
    """

    id: bytes
    version: int
    secret: bytes = field(repr=False)
    head: bytes = field(init=False, repr=False, compare=False)
    cipher: AESGCM = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.id) != ID_BYTES or len(self.secret) != SECRET_BYTES:
            raise ValueError("a key has an id of 16 bytes and a secret of 32")
        if not 1 <= self.version <= 0xFFFF:
            raise ValueError("a key's version is from 1 to 65535")
        head = bytes((VERSION, AES_256_GCM)) + self.id + self.version.to_bytes(2, "big")
        object.__setattr__(self, "head", head)
        object.__setattr__(self, "cipher", AESGCM(self.secret))

    @property
    def ref(self) -> KeyRef:
        """The name an envelope carries for this key."""
        return KeyRef(self.id, self.version)


def key_named_in(envelope: bytes) -> KeyRef:
    """The key an envelope says it was sealed with. Unopenable if it is no envelope of ours."""
    if len(envelope) < HEAD_BYTES or envelope[0] != VERSION or envelope[1] != AES_256_GCM:
        raise Unopenable
    return KeyRef(envelope[2:18], int.from_bytes(envelope[18:20], "big"))


def seal(key: DataKey, plain: bytes, place: Place) -> bytes:
    """The envelope that holds `plain` at `place`; sealing the same twice gives two envelopes."""
    nonce = os.urandom(NONCE_BYTES)
    return key.head + nonce + key.cipher.encrypt(nonce, _padded(plain), key.head + place.encoded())


def unseal(key: DataKey, envelope: bytes, place: Place) -> bytes:
    """What was sealed at `place` with `key`. Unopenable for anything else, whatever is wrong."""
    if envelope[:HEAD_BYTES] != key.head:
        raise Unopenable
    nonce, closed = envelope[HEAD_BYTES:CLOSED_FROM], envelope[CLOSED_FROM:]
    try:
        return _unpadded(key.cipher.decrypt(nonce, closed, key.head + place.encoded()))
    except (InvalidTag, ValueError):
        raise Unopenable from None


def seal_value(key: DataKey, value: Json, place: Place) -> bytes:
    """Seal a string, list or object as compact JSON, its keys sorted.

    ValueError, which does not show the value, if it is not JSON.
    """
    plain = _written(value)
    if plain is None:
        raise ValueError(f"what {place.table}.{place.group} should hold is not JSON")
    return seal(key, plain, place)


def open_value(key: DataKey, envelope: bytes, place: Place) -> Json:
    """The JSON value that `seal_value` put there. Unopenable if it is not that."""
    found = _read(unseal(key, envelope, place))
    if found is None:
        raise Unopenable
    return found[0]


def padded_length(length: int) -> int:
    """Bytes that `length` take up once padded: steps of 64 to 1 KiB, then of an eighth at most."""
    step = max(STEP, 1 << max(0, length.bit_length() - 4))
    return (length // step + 1) * step


_encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode


def _written(value: Json) -> bytes | None:
    """None rather than the encoder's error, which would carry the value to whoever logs it."""
    try:
        return _encode(value).encode()
    except (TypeError, ValueError, RecursionError):
        return None


def _read(plain: bytes) -> tuple[Json] | None:
    """None rather than the decoder's error, which would carry the whole text."""
    try:
        return (json.loads(plain.decode()),)
    except (ValueError, RecursionError):
        return None


def _padded(plain: bytes) -> bytes:
    return (plain + b"\x80").ljust(padded_length(len(plain)), b"\0")


def _unpadded(padded: bytes) -> bytes:
    plain = padded.rstrip(b"\0")
    if plain[-1:] != b"\x80":
        raise ValueError("padding")
    return plain[:-1]
