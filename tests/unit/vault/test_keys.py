"""Keys are kept under other keys by name, change without loss, and say nothing to strangers."""

from __future__ import annotations

import hmac

import pytest

from mdt.vault.keys import (
    Keyring,
    Use,
    blind_index,
    masters_from,
    new_key,
    new_masters,
    next_version,
    subkey,
    tag,
    unwrap,
    wrap,
)
from mdt.vault.seal import DataKey, KeyRef, Place, Unopenable, seal, unseal

PLACE = Place("items", "row", "core")


def test_a_wrapped_key_unwraps_under_its_own_name():
    parent, key = new_key(), new_key()
    assert unwrap(parent, wrap(parent, key, "org:a"), "org:a") == key


@pytest.mark.parametrize("name", ["org:b", "org:", "", "org:a "])
def test_a_wrapped_key_stored_under_another_name_does_not_unwrap(name):
    parent = new_key()
    with pytest.raises(Unopenable):
        unwrap(parent, wrap(parent, new_key(), "org:a"), name)


def test_one_agency_s_key_does_not_unwrap_another_s():
    one, other = new_key(), new_key()
    with pytest.raises(Unopenable):
        unwrap(other, wrap(one, new_key(), "youth"), "youth")


def test_no_bit_of_a_wrapped_key_can_be_flipped():
    parent = new_key()
    wrapped = wrap(parent, new_key(), "org:a")
    for bit in range(len(wrapped) * 8):
        flipped = bytearray(wrapped)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Unopenable):
            unwrap(parent, bytes(flipped), "org:a")


@pytest.mark.parametrize("secret", [b"", b"short", bytes(60)])
def test_what_is_sealed_in_a_key_s_place_but_is_no_key_does_not_unwrap(secret):
    parent = new_key()
    with pytest.raises(Unopenable):
        unwrap(parent, seal(parent, secret, Place("wrapped key", "org:a", "secret")), "org:a")


def test_a_wrapped_key_does_not_show_its_secret():
    parent, key = new_key(), new_key()
    wrapped = wrap(parent, key, "org:a")
    assert key.secret not in wrapped and key.id not in wrapped


def test_the_whole_hierarchy_opens_from_the_master_down():
    masters = new_masters()
    agency, youth = new_key(), new_key()
    stored = masters.wrap(agency, "org:a"), wrap(agency, youth, "youth:y@org:a")
    envelope = seal(youth, b"12 Harbour Lane", PLACE)
    opened = unwrap(masters.unwrap(stored[0], "org:a"), stored[1], "youth:y@org:a")
    assert unseal(opened, envelope, PLACE) == b"12 Harbour Lane"


def test_rotation_rewraps_every_agency_and_then_the_old_master_may_go():
    old = new_masters()
    agencies = {f"org:{n}": new_key() for n in range(20)}
    stored = {name: old.wrap(key, name) for name, key in agencies.items()}

    both = old.rotated()
    assert all(both.stale(wrapped) for wrapped in stored.values())
    assert all(both.unwrap(stored[name], name) == agencies[name] for name in agencies)
    fresh = {name: both.rewrap(wrapped, name) for name, wrapped in stored.items()}
    assert not any(both.stale(wrapped) for wrapped in fresh.values())
    assert all(both.unwrap(fresh[name], name) == agencies[name] for name in agencies)

    alone = both.without(old.current.ref)
    assert all(alone.unwrap(fresh[name], name) == agencies[name] for name in agencies)
    for name, wrapped in stored.items():
        with pytest.raises(Unopenable):
            alone.unwrap(wrapped, name)


def test_a_rotated_master_shares_no_secret_with_the_one_before():
    old = new_masters()
    assert old.rotated().current.secret != old.current.secret
    assert old.rotated().current.version == old.current.version + 1


def test_what_needs_an_unknown_key_does_not_open():
    masters = new_masters()
    with pytest.raises(Unopenable):
        masters.unwrap(wrap(new_key(), new_key(), "org:a"), "org:a")
    with pytest.raises(Unopenable):
        masters.key(KeyRef(bytes(16), 1))
    with pytest.raises(Unopenable):
        masters.unwrap(b"", "org:a")


def test_the_master_of_another_installation_does_not_open_ours():
    with pytest.raises(Unopenable):
        new_masters().unwrap(new_masters().wrap(new_key(), "org:a"), "org:a")


def test_the_current_master_is_not_destroyed():
    with pytest.raises(ValueError, match="rotate first"):
        new_masters().without(new_masters().current.ref)


def test_a_keyring_is_neither_empty_nor_of_two_minds():
    key = new_key()
    for keys in ((), (key, key), (key, DataKey(key.id, key.version, bytes(32)))):
        with pytest.raises(ValueError, match="keyring"):
            Keyring(keys)


def test_the_newest_version_wraps_whatever_the_order():
    key = new_key()
    newer = next_version(key)
    assert Keyring((key, newer)).current == Keyring((newer, key)).current == newer


def test_masters_come_back_from_their_secret_text():
    masters = new_masters().rotated().rotated()
    assert masters_from(masters.written()) == masters
    assert masters_from(masters.written().strip().replace("\n", ", ")) == masters


@pytest.mark.parametrize(
    "text", ["", "canary", "1:", "1:canary", "1:Y2FuYXJ5", "x:" + "QUFB" * 10 + "QUE=", ":::"]
)
def test_a_bad_master_key_is_refused_without_being_shown(text):
    with pytest.raises(ValueError) as refused:
        masters_from(text)
    assert "canary" not in str(refused.value)


def test_a_keyring_shows_no_secret():
    masters = new_masters()
    assert repr(masters) == "Keyring()"
    assert masters.written().split(":")[1].strip() not in repr(masters.current)


def test_derived_keys_follow_rfc_5869():
    key = DataKey(bytes(16), 1, bytes(range(32)))
    pseudorandom = hmac.digest(bytes(32), key.secret, "sha256")
    expected = hmac.digest(pseudorandom, b"mdt vault 1:ledger entry:main\x01", "sha256")
    assert subkey(key, Use.LEDGER, "main") == expected


def test_each_use_and_context_has_a_key_of_its_own():
    key, contexts = new_key(), ("", "a", "b")
    derived = {subkey(key, use, context) for use in Use for context in contexts}
    assert len(derived) == len(Use) * len(contexts)
    assert key.secret not in derived


def test_a_blind_index_finds_the_same_value_in_the_same_column_only():
    key = subkey(new_key(), Use.BLIND_INDEX)
    found = blind_index(key, "person.email", "dana@example.org")
    assert found == blind_index(key, "person.email", "dana@example.org") and len(found) == 16
    assert found != blind_index(key, "youth.email", "dana@example.org")
    assert found != blind_index(
        subkey(new_key(), Use.BLIND_INDEX), "person.email", "dana@example.org"
    )
    assert blind_index(key, "ab", "c") != blind_index(key, "a", "bc")


def test_a_tag_is_hmac_sha_256_as_published_in_rfc_4231():
    expected = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    assert tag(b"\x0b" * 20, b"Hi There") == expected
