"""What is sealed opens in its own place with its own key, and nowhere else."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from mdt.vault.keys import new_key, next_version
from mdt.vault.seal import (
    CLOSED_FROM,
    HEAD_BYTES,
    DataKey,
    Place,
    Unopenable,
    key_named_in,
    open_value,
    padded_length,
    seal,
    seal_value,
    unseal,
)

KEY = DataKey(bytes(range(16)), 7, bytes(range(32)))
PLACE = Place("items", "3f1c2b9e-0000-4000-8000-000000000001", "core")
CANARY = "canary-5f0c"


@pytest.mark.parametrize(
    ("key", "nonce", "plain", "about", "closed"),
    [
        (
            "00" * 32,
            "00" * 12,
            "00" * 16,
            "",
            "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
        ),
        (
            "feffe9928665731c6d6a8f9467308308" * 2,
            "cafebabefacedbaddecaf888",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
            "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
            "76fc6ece0f4e1768cddf8853bb2d551b",
        ),
    ],
    ids=["GCM test case 14", "GCM test case 16"],
)
def test_the_cipher_is_aes_256_gcm_as_published(key, nonce, plain, about, closed):
    cipher = DataKey(bytes(16), 1, bytes.fromhex(key)).cipher
    sealed = cipher.encrypt(*map(bytes.fromhex, (nonce, plain, about)))
    assert sealed.hex() == closed


def test_the_envelope_is_laid_out_as_it_says():
    envelope = seal(KEY, b"x", PLACE)
    assert envelope[:2] == b"\x01\x01"
    assert envelope[2:18] == KEY.id and envelope[18:20] == b"\x00\x07"
    assert len(envelope) == HEAD_BYTES + 12 + 64 + 16
    about = envelope[:20] + b"5:items36:3f1c2b9e-0000-4000-8000-0000000000014:core"
    padded = KEY.cipher.decrypt(envelope[20:32], envelope[32:], about)
    assert padded == b"x\x80" + bytes(62)


def test_an_envelope_written_long_ago_still_opens():
    old = bytes.fromhex(
        "0101000102030405060708090a0b0c0d0e0f0007"
        "16c1f315c1a8d9c50fe51a15da48a600b1584b7323c059500ac337d49f13c6184f908c6509af6063"
        "72d20bbd1c41602087441e651bcc65477316472fe85c1c13fa67b8cb292008be6d8a9c1a8bb185eb"
        "df562a916f0c27187e6f7272"
    )
    assert open_value(KEY, old, PLACE) == {"name": "Zoë", "until": None}


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 1023, 1024, 1025, 16_000, 1_000_003])
def test_what_is_sealed_opens_again(size):
    plain = random.Random(size).randbytes(size)
    assert unseal(KEY, seal(KEY, plain, PLACE), PLACE) == plain


@pytest.mark.parametrize("plain", [b"", b"\0", b"\0\0\0", b"\x80", b"\x80\0\0", b"x\x80\0"])
def test_padding_is_never_mistaken_for_what_was_written(plain):
    assert unseal(KEY, seal(KEY, plain, PLACE), PLACE) == plain


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(PLACE, table="notes"),
        replace(PLACE, row="3f1c2b9e-0000-4000-8000-000000000002"),
        replace(PLACE, group="safety"),
        Place("items3", "f1c2b9e-0000-4000-8000-000000000001", "core"),
        Place("core", PLACE.row, "items"),
        Place("", "", ""),
    ],
    ids=["table", "row", "group", "letters moved across a border", "parts swapped", "nowhere"],
)
def test_a_value_moved_to_another_place_does_not_open(elsewhere):
    with pytest.raises(Unopenable):
        unseal(KEY, seal(KEY, b"12 Harbour Lane", PLACE), elsewhere)


@pytest.mark.parametrize(
    "other",
    [
        DataKey(KEY.id, KEY.version, bytes(32)),
        DataKey(KEY.id, 8, KEY.secret),
        DataKey(bytes(16), KEY.version, KEY.secret),
        next_version(KEY),
        new_key(),
    ],
    ids=["same name, other secret", "other version", "other id", "its successor", "a stranger"],
)
def test_another_key_does_not_open_it(other):
    with pytest.raises(Unopenable):
        unseal(other, seal(KEY, b"x", PLACE), PLACE)


def test_an_envelope_relabelled_with_another_key_of_the_same_secret_does_not_open():
    other = DataKey(KEY.id, 8, KEY.secret)
    relabelled = other.head + seal(KEY, b"x", PLACE)[HEAD_BYTES:]
    with pytest.raises(Unopenable):
        unseal(other, relabelled, PLACE)


def test_no_bit_of_an_envelope_can_be_flipped():
    envelope = seal(KEY, b"twelve", PLACE)
    for bit in range(len(envelope) * 8):
        flipped = bytearray(envelope)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Unopenable):
            unseal(KEY, bytes(flipped), PLACE)


def test_no_part_of_an_envelope_can_be_missing_or_added():
    envelope = seal(KEY, b"twelve", PLACE)
    for length in range(len(envelope)):
        for cut in (envelope[:length], envelope[len(envelope) - length :]):
            with pytest.raises(Unopenable):
                unseal(KEY, cut, PLACE)
    for added in (envelope + b"\0", b"\0" + envelope, envelope + envelope):
        with pytest.raises(Unopenable):
            unseal(KEY, added, PLACE)


def test_halves_of_two_envelopes_do_not_make_a_third():
    one, two = seal(KEY, b"one", PLACE), seal(KEY, b"two", PLACE)
    for at in (HEAD_BYTES + 6, CLOSED_FROM, CLOSED_FROM + 16, len(one) - 16):
        with pytest.raises(Unopenable):
            unseal(KEY, one[:at] + two[at:], PLACE)


def test_padding_that_was_sealed_wrong_does_not_open():
    nonce = bytes(12)
    closed = KEY.cipher.encrypt(nonce, bytes(64), KEY.head + PLACE.encoded())
    with pytest.raises(Unopenable):
        unseal(KEY, KEY.head + nonce + closed, PLACE)


def test_a_nonce_is_never_used_twice():
    sealed = {seal(KEY, b"", PLACE)[HEAD_BYTES:CLOSED_FROM] for _ in range(100_000)}
    assert len(sealed) == 100_000


def test_how_much_was_written_hardly_shows():
    lengths = {padded_length(size) for size in range(100_001)}
    assert {padded_length(size) for size in range(64)} == {64}
    assert {size for size in lengths if size <= 1024} == set(range(64, 1025, 64))
    assert len(lengths) < 75
    for size in range(100_001):
        assert size < padded_length(size) <= size + max(64, size / 8 + 1) + 1


def test_an_envelope_says_which_key_it_needs():
    assert key_named_in(seal(KEY, b"x", PLACE)) == KEY.ref


@pytest.mark.parametrize(
    "junk", [b"", b"\x01\x01", b"\x02\x01" + bytes(60), b"\x01\x02" + bytes(60)]
)
def test_what_is_no_envelope_names_no_key(junk):
    with pytest.raises(Unopenable):
        key_named_in(junk)


@pytest.mark.parametrize(
    "value", ["", "Zoë 👋\0", [], ["a", {"b": [1, None, True, 0.5]}], {}, {"z": 1, "a": {"": ""}}]
)
def test_json_comes_back_as_it_was(value):
    assert open_value(KEY, seal_value(KEY, value, PLACE), PLACE) == value


@pytest.mark.parametrize(
    "value", [{"a": {CANARY}}, float("nan"), CANARY + "\ud800", {1: "a", "b": CANARY}, b"canary"]
)
def test_what_is_not_json_is_refused_without_being_shown(value):
    with pytest.raises(ValueError, match=r"items\.core") as refused:
        seal_value(KEY, value, PLACE)
    assert "canary" not in str(refused.value)
    assert refused.value.__context__ is None


def test_a_failure_to_open_carries_nothing_of_the_value():
    not_json = seal(KEY, CANARY.encode(), PLACE)
    with pytest.raises(Unopenable) as failed:
        open_value(KEY, not_json, PLACE)
    assert CANARY not in str(failed.value) and failed.value.__context__ is None


def test_every_failure_reads_the_same():
    envelope = seal(KEY, b"x", PLACE)
    words = set()
    for key, sealed in ((new_key(), envelope), (KEY, envelope[:-1]), (KEY, b"")):
        with pytest.raises(Unopenable) as failed:
            unseal(key, sealed, PLACE)
        words.add(str(failed.value))
    assert len(words) == 1


def test_a_secret_shows_in_no_repr():
    key = DataKey(bytes(16), 1, b"canary canary canary canary 0123")
    assert "canary" not in f"{key} {key!r}" and key.secret.hex()[:12] not in repr(key)


@pytest.mark.parametrize(
    ("key_id", "version", "secret"),
    [(bytes(15), 1, bytes(32)), (bytes(16), 1, bytes(16)), (bytes(16), 0, bytes(32))]
    + [(bytes(16), 65_536, bytes(32))],
)
def test_a_key_of_the_wrong_measure_is_refused(key_id, version, secret):
    with pytest.raises(ValueError, match="a key"):
        DataKey(key_id, version, secret)


def test_one_key_serves_many_threads_at_once():
    def trip(number: int) -> bool:
        plain = number.to_bytes(200, "big")
        return unseal(KEY, seal(KEY, plain, PLACE), PLACE) == plain

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(trip, range(4_000)))
