"""The tree is RFC 6962's, and its verifiers take one proof only: the right one."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from mdt.vault.tree import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf,
    node,
    root_of,
    verify_consistency,
    verify_inclusion,
)

ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
PUBLISHED_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf(number.to_bytes(4, "big")) for number in range(70)]
GARBAGE = bytes.fromhex("deadbeef") * 8


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_published_for_the_reference_log(size):
    leaves = [leaf(entry) for entry in ENTRIES[:size]]
    assert root_of(leaves).hex() == PUBLISHED_ROOTS[size]
    assert Frontier().extend(leaves).root().hex() == PUBLISHED_ROOTS[size]


def test_proofs_are_those_drawn_in_rfc_6962_section_2_1_3():
    a, b, c, d, e, f, j = leaves = LEAVES[:7]
    g, h, i = node(a, b), node(c, d), node(e, f)
    k, last = node(g, h), node(i, j)
    assert inclusion_proof(leaves, 0) == (b, h, last)
    assert inclusion_proof(leaves, 3) == (c, g, last)
    assert inclusion_proof(leaves, 4) == (f, j, k)
    assert inclusion_proof(leaves, 6) == (i, k)
    assert consistency_proof(leaves, 3, 7) == (c, d, g, last)
    assert consistency_proof(leaves, 4, 7) == (last,)
    assert consistency_proof(leaves, 6, 7) == (i, j, k)


def test_a_leaf_is_never_a_node():
    a, b = LEAVES[:2]
    assert leaf(a + b) != node(a, b)


@pytest.mark.parametrize("size", [*range(1, 34), 64, 65, 70])
def test_every_leaf_is_shown_to_be_in_the_tree(size):
    root = root_of(LEAVES[:size])
    for index in range(size):
        proof = inclusion_proof(LEAVES[:size], index)
        assert verify_inclusion(LEAVES[index], index, size, proof, root)


@pytest.mark.parametrize("new", range(34))
def test_every_tree_is_shown_to_begin_with_every_smaller_one(new):
    roots = [root_of(LEAVES[:size]) for size in range(new + 1)]
    for old in range(new + 1):
        proof = consistency_proof(LEAVES, old, new)
        assert verify_consistency(old, new, proof, roots[old], roots[new])


def broken_proofs(proof: tuple[bytes, ...], *roots: bytes) -> Iterator[tuple[str, tuple]]:
    """Every way to spoil a proof that is not the size, the index, the leaf or the roots."""
    for name, extra in (
        ("garbage", GARBAGE),
        ("empty root", EMPTY_ROOT),
        *(("root", root) for root in roots),
    ):
        yield f"{name} before", (extra, *proof)
        yield f"{name} after", (*proof, extra)
    if proof:
        yield "doubled", proof + proof
    for at, part in enumerate(proof):
        before, after = proof[:at], proof[at + 1 :]
        yield f"part {at} removed", before + after
        yield f"part {at} doubled", (*before, part, part, *after)
        yield f"garbage in at {at}", (*before, GARBAGE, part, *after)
        yield f"part {at} emptied", (*before, b"", *after)
        yield f"part {at} cut", (*before, part[:-1], *after)
        yield f"part {at} longer", (*before, part + b"\0", *after)
        for bit in (0, 77, 255):
            flipped = (int.from_bytes(part, "big") ^ 1 << bit).to_bytes(32, "big")
            yield f"bit {bit} of part {at} flipped", (*before, flipped, *after)
    if len(set(proof)) > 1:
        yield "turned round", tuple(reversed(proof))
        yield "first and second joined", (proof[0] + proof[1], *proof[2:])


SIZES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65]


@pytest.mark.parametrize("size", SIZES)
def test_no_spoiled_proof_shows_inclusion(size):
    root = root_of(LEAVES[:size])
    for index in range(size):
        proof = inclusion_proof(LEAVES[:size], index)
        for how, spoiled in broken_proofs(proof, root, LEAVES[index]):
            assert not verify_inclusion(LEAVES[index], index, size, spoiled, root), how


@pytest.mark.parametrize("size", SIZES)
def test_a_right_proof_shows_nothing_about_another_leaf_index_size_or_root(size):
    root = root_of(LEAVES[:size])
    for index in range(size):
        proof = inclusion_proof(LEAVES[:size], index)
        for wrong in (GARBAGE, EMPTY_ROOT, b"", root + b"\0", LEAVES[(index + 1) % 70]):
            assert not verify_inclusion(wrong, index, size, proof, root)
            assert not verify_inclusion(LEAVES[index], index, size, proof, wrong)
        for other in (index - 1, index + 1, index ^ 2, -1, size, index + size, 2**70):
            assert not verify_inclusion(LEAVES[index], other, size, proof, root), other
        for other in (0, -1, index, -size, 2**70):
            assert not verify_inclusion(LEAVES[index], index, other, proof, root), other


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17])
def test_a_proof_shows_a_leaf_at_no_index_of_any_size_that_has_another_way_up(size):
    root = root_of(LEAVES[:size])
    for index in range(size):
        proof = inclusion_proof(LEAVES[:size], index)
        for claimed in range(size * 2 + 2):
            for at in range(claimed):
                shown = verify_inclusion(LEAVES[index], at, claimed, proof, root)
                assert shown == (_turns(at, claimed) == _turns(index, size))


def _turns(index: int, size: int) -> list[str]:
    """The way up from a leaf; a proof says no more of index and size than this."""
    turns, last = [], size - 1
    while last:
        if index & 1 or index < last:
            turns.append("left" if index & 1 else "right")
        index, last = index >> 1, last >> 1
    return turns


def test_bytes_shifted_between_the_parts_of_a_node_show_nothing():
    a, b = LEAVES[:2]
    root = node(a, b)
    for cut in (0, 1, 31):
        assert not verify_inclusion(a[:cut], 0, 2, (a[cut:] + b,), root)
        assert not verify_inclusion(a + b[: cut + 1], 0, 2, (b[cut + 1 :],), root)
        assert not verify_consistency(1, 2, (a[cut:] + b,), a[:cut], root)


PAIRS = [(old, new) for new in (2, 3, 4, 6, 7, 8, 13, 16, 17, 33) for old in range(1, new)]


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_no_spoiled_proof_shows_growth(old, new):
    older, newer = root_of(LEAVES[:old]), root_of(LEAVES[:new])
    proof = consistency_proof(LEAVES, old, new)
    for how, spoiled in broken_proofs(proof, older, newer):
        assert not verify_consistency(old, new, spoiled, older, newer), how


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_a_right_proof_shows_no_other_growth(old, new):
    older, newer = root_of(LEAVES[:old]), root_of(LEAVES[:new])
    proof = consistency_proof(LEAVES, old, new)
    for wrong in (GARBAGE, EMPTY_ROOT, b"", root_of(LEAVES[: new + 1])):
        assert not verify_consistency(old, new, proof, wrong, newer)
        assert not verify_consistency(old, new, proof, older, wrong)
    assert not verify_consistency(old, new, proof, newer, older)
    for other in (-1, 0, old - 1, old + 1, old ^ 2, old * 2, new, new + 1):
        if other != old:
            assert not verify_consistency(other, new, proof, older, newer), other
    assert not verify_consistency(old, old, proof, older, older)
    assert not verify_consistency(new, old, proof, newer, older)


def test_a_history_that_was_rewritten_has_no_proof():
    rewritten = [*LEAVES[:5], GARBAGE, *LEAVES[6:20]]
    for old in range(6, 20):
        proof = consistency_proof(rewritten, old, 20)
        assert not verify_consistency(old, 20, proof, root_of(LEAVES[:old]), root_of(rewritten))


def test_an_empty_tree_grows_into_any_but_only_with_no_proof():
    root = root_of(LEAVES[:5])
    assert verify_consistency(0, 5, (), EMPTY_ROOT, root)
    assert verify_consistency(0, 0, (), EMPTY_ROOT, EMPTY_ROOT)
    assert not verify_consistency(0, 5, (GARBAGE,), EMPTY_ROOT, root)
    assert not verify_consistency(0, 5, (root,), EMPTY_ROOT, root)
    assert not verify_consistency(0, 5, (), GARBAGE, root)
    assert not verify_consistency(0, 0, (), GARBAGE, GARBAGE)
    assert not verify_consistency(5, 5, (root,), root, root)
    assert not verify_consistency(1, 5, (), LEAVES[0], root)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_there_is_no_proof_for_a_leaf_that_is_not_there(index, size):
    with pytest.raises(IndexError):
        inclusion_proof(LEAVES[:size], index)


@pytest.mark.parametrize(("old", "new"), [(-1, 3), (4, 3), (3, 71)])
def test_there_is_no_proof_for_a_tree_that_is_not_there(old, new):
    with pytest.raises(IndexError):
        consistency_proof(LEAVES, old, new)


def test_a_frontier_grows_in_any_steps_to_the_same_tree():
    dice = random.Random(6962)
    for _ in range(50):
        at, frontier = 0, Frontier()
        while at < 70:
            step = dice.randint(0, 9)
            frontier = frontier.extend(LEAVES[at : at + step])
            at = min(at + step, 70)
            assert frontier.size == at and frontier.root() == root_of(LEAVES[:at])
        assert frontier == Frontier().extend(LEAVES)
    assert Frontier().append(LEAVES[0]).append(LEAVES[1]).root() == root_of(LEAVES[:2])


@pytest.mark.parametrize("size", [0, 1, 2, 7, 64, 70])
def test_a_frontier_comes_back_from_its_bytes(size):
    frontier = Frontier().extend(LEAVES[:size])
    assert Frontier.from_bytes(frontier.to_bytes()) == frontier
    assert Frontier.from_bytes(bytes.fromhex(frontier.to_bytes().hex())) == frontier


@pytest.mark.parametrize("size", [0, 1, 7])
def test_bytes_that_are_no_frontier_are_refused(size):
    written = Frontier().extend(LEAVES[:size]).to_bytes()
    for spoiled in (b"", written[:-1], written + b"\0", written + GARBAGE, written[:7]):
        with pytest.raises(ValueError, match="frontier"):
            Frontier.from_bytes(spoiled)


@pytest.mark.parametrize(
    ("size", "peaks"), [(1, ()), (0, (GARBAGE,)), (3, (GARBAGE,)), (1, (b"x",)), (-1, (GARBAGE,))]
)
def test_peaks_that_do_not_fit_the_size_are_refused(size, peaks):
    with pytest.raises(ValueError, match="peaks"):
        Frontier(size, peaks)
