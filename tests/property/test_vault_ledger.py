"""Any tree proves what is in it, and any change to a ledger whatsoever is noticed."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mdt.vault.ledger import (
    Line,
    decode,
    encode,
    leaf,
    mac,
    new_signing_key,
    public_key,
    sign,
    verify_log,
)
from mdt.vault.tree import (
    Frontier,
    consistency_proof,
    inclusion_proof,
    root_of,
    verify_consistency,
    verify_inclusion,
)

unhurried = settings(deadline=None)
"""Figures are for the bench; a busy machine is no failure here."""

KEY, SIGNING = b"k" * 32, new_signing_key()
PUBLIC = public_key(SIGNING)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
scalars = st.none() | st.booleans() | st.integers() | texts
entries = st.dictionaries(texts, scalars | st.lists(scalars, max_size=3), max_size=5)
hashes = st.binary(min_size=32, max_size=32)
trees = st.lists(hashes, min_size=1, max_size=40)


def mth(leaves: list[bytes]) -> bytes:
    """The tree hash just as RFC 6962 defines it, with no thought of speed."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha256(b"\x01" + mth(leaves[:half]) + mth(leaves[half:])).digest()


@unhurried
@given(st.lists(hashes, max_size=70))
def test_every_way_to_the_root_is_the_definition(leaves):
    assert mth(leaves) == root_of(leaves) == Frontier().extend(leaves).root()


@unhurried
@given(trees, st.data())
def test_a_proof_shows_its_leaf_and_no_other(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(hashes)
    root, proof = root_of(leaves), inclusion_proof(leaves, index)
    assert verify_inclusion(leaves[index], index, len(leaves), proof, root)
    assert verify_inclusion(other, index, len(leaves), proof, root) == (other == leaves[index])


@unhurried
@given(trees, trees, st.data())
def test_growth_is_shown_exactly_when_nothing_before_was_touched(leaves, rewritten, data):
    old = data.draw(st.integers(1, len(leaves)))
    claimed = data.draw(st.sampled_from([leaves, rewritten, [*leaves[:old], *rewritten]]))
    assume(old <= len(claimed))
    proof = consistency_proof(claimed, old, len(claimed))
    shown = verify_consistency(old, len(claimed), proof, root_of(leaves[:old]), root_of(claimed))
    assert shown == (claimed[:old] == leaves[:old])


@unhurried
@given(trees, st.lists(hashes, max_size=8), st.data())
def test_no_made_up_proof_shows_anything(leaves, proof, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    right = inclusion_proof(leaves, index)
    shown = verify_inclusion(leaves[index], index, len(leaves), proof, root_of(leaves))
    assert shown == (tuple(proof) == right)


@unhurried
@given(entries)
def test_an_entry_comes_back_and_is_written_the_same_again(entry):
    assert decode(encode(entry)) == entry
    assert encode(decode(encode(entry))) == encode(entry)


@unhurried
@given(entries, entries)
def test_different_entries_are_written_differently(one, other):
    alike = repr(sorted(one.items())) == repr(sorted(other.items()))
    assert (encode(one) == encode(other)) == alike


def written(bodies: list[bytes]) -> list[Line]:
    return [Line(number, body, mac(KEY, number, body)) for number, body in enumerate(bodies)]


def tampered(lines: list[Line], act: tuple[str, int, int]) -> list[Line]:
    name, a, b = act
    done = list(lines)
    a, b = a % max(1, len(done)), b % max(1, len(done))
    if not done:
        return done
    match name:
        case "delete":
            del done[a]
        case "move":
            done.insert(b, done.pop(a))
        case "copy":
            done.insert(b, done[a])
        case "overwrite":
            done[a] = done[b]
        case "edit":
            done[a] = done[a]._replace(body=done[a].body + b" ")
        case "forge":
            done.insert(a, Line(a, b"{}", mac(b"?" * 32, a, b"{}")))
        case "cut":
            del done[a:]
    return [line._replace(number=number) for number, line in enumerate(done)]


acts = st.tuples(
    st.sampled_from(["delete", "move", "copy", "overwrite", "edit", "forge", "cut"]),
    st.integers(0, 40),
    st.integers(0, 40),
)


@settings(max_examples=400, deadline=None)
@given(st.integers(1, 24), st.lists(acts, min_size=1, max_size=4), st.data())
def test_any_change_by_someone_without_the_keys_is_noticed_at_its_first_entry(size, todo, data):
    lines = written([encode({"n": number}) for number in range(size)])
    sizes = {size, *data.draw(st.lists(st.integers(0, size), max_size=3))}
    heads = [sign(SIGNING, log="l", size=at, root=root_of([line.leaf for line in lines[:at]]), at="") for at in sizes]
    copy = data.draw(st.sampled_from([(), [leaf(line.body) for line in lines]]))
    changed = lines
    for act in todo:
        changed = tampered(changed, act)
    report = verify_log(changed, heads, PUBLIC, log="l", mac_key=KEY, copy=copy)
    assert report.ok == (changed == lines)
    if report.first:
        pairs = zip(changed, lines, strict=False)
        same = next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(changed), size))
        assert report.first.index == same
        assert report.anchored <= same
