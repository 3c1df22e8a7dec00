"""A ledger is written one way, and its heads are signed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mdt.vault.ledger import (
    Head,
    decode,
    encode,
    extends,
    leaf,
    mac,
    new_signing_key,
    public_key,
    sign,
)
from mdt.vault.tree import consistency_proof, root_of

SIGNING = new_signing_key()
PUBLIC = public_key(SIGNING)
LEAVES = [leaf(encode({"n": number})) for number in range(9)]


def head(size: int, log: str = "main") -> Head:
    root = root_of(LEAVES[:size])
    return sign(SIGNING, log=log, size=size, root=root, at="2026-11-25T09:00Z")


def test_an_entry_is_written_one_way_whatever_its_order():
    entry = {"event": "item.shown", "fields": ["name", "né"], "by": 7, "ok": True, "why": None}
    written = b'{"by":7,"event":"item.shown","fields":["name","n\xc3\xa9"],"ok":true,"why":null}'
    assert encode(entry) == encode(dict(reversed(entry.items()))) == written
    assert decode(written) == entry


@pytest.mark.parametrize(
    "entry",
    [{"canary": 0.5}, {"canary": {"a": 1}}, {"canary": [{1}]}, {1: "canary"}, {"canary": b""}]
    + [{"canary": "\ud800"}, {"canary": float("nan")}],
)
def test_what_has_no_one_way_to_be_written_is_refused_without_being_shown(entry):
    with pytest.raises(ValueError, match="ledger entry") as refused:
        encode(entry)
    assert "canary" not in str(refused.value) and refused.value.__context__ is None


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"a": 1}', b'{"b":1,"a":1}', b'{"a":1,"a":1}', b'{"a":1.0}', b"\xff"]
)
def test_bytes_that_encode_would_not_write_are_no_entry(body):
    with pytest.raises(ValueError, match="ledger entry"):
        decode(body)


def test_a_mac_holds_for_one_key_one_number_and_one_entry():
    made = {mac(bytes([key]) * 32, n, b) for key in (1, 2) for n in (0, 1) for b in (b"a", b"b")}
    assert len(made) == 8 and {len(one) for one in made} == {32}


def test_signing_is_ed25519_as_published_in_rfc_8032():
    secret = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert public_key(bytes.fromhex(secret)).hex() == public


def test_a_head_is_signed_by_its_key_only():
    assert head(5).signed_by(PUBLIC)
    assert not head(5).signed_by(public_key(new_signing_key()))


@pytest.mark.parametrize(
    "changed",
    [
        {"log": "other"},
        {"size": 6},
        {"root": LEAVES[0]},
        {"at": "2026-11-25T09:01Z"},
        {"signature": b""},
        {"signature": bytes(64)},
        {"signature": None},
        {"root": None},
        {"size": "5"},
        {"log": "\ud800"},
    ],
)
def test_nothing_in_a_signed_head_can_be_changed(changed):
    assert not replace(head(5), **changed).signed_by(PUBLIC)


def test_a_head_of_no_possible_tree_is_not_accepted_even_if_signed():
    assert not sign(SIGNING, log="main", size=-1, root=bytes(32), at="").signed_by(PUBLIC)
    assert not sign(SIGNING, log="main", size=1, root=bytes(31), at="").signed_by(PUBLIC)


def test_a_public_key_that_is_none_is_refused_rather_than_taken_for_a_bad_signature():
    with pytest.raises(ValueError, match="32 bytes"):
        head(5).signed_by(b"short")


def test_another_agency_sees_that_its_old_head_was_only_added_to():
    proof = consistency_proof(LEAVES, 5, 9)
    assert extends(head(5), head(9), proof, PUBLIC)
    assert not extends(head(5), head(9), proof[:-1], PUBLIC)
    assert not extends(head(5, log="other"), head(9), proof, PUBLIC)
    assert not extends(head(5), replace(head(9), signature=bytes(64)), proof, PUBLIC)
    assert not extends(replace(head(5), signature=bytes(64)), head(9), proof, PUBLIC)
    assert not extends(head(9), head(5), proof, PUBLIC)
