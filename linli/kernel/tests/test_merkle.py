"""Against the tree as RFC 9162 defines it, and the known roots of the eight leaves that Certificate Transparency tests with."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.kernel.merkle import (
    EMPTY,
    Frontier,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    root_of,
)

# Leaves and roots of the reference tests of Certificate Transparency.
KNOWN = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
LEAVES = [leaf_hash(bytes.fromhex(text)) for text in KNOWN]


def by_definition(leaves):
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return node_hash(by_definition(leaves[:k]), by_definition(leaves[k:]))


@pytest.mark.parametrize("size", ROOTS)
def test_known_roots(size):
    assert root_of(LEAVES[:size]).hex() == ROOTS[size]


def test_the_empty_tree():
    assert Frontier().root == EMPTY == root_of([])


@pytest.mark.parametrize("size", range(1, 34))
def test_every_leaf_is_proven_and_no_other(size):
    leaves = [leaf_hash(bytes([n])) for n in range(size)]
    root = root_of(leaves)
    assert root == by_definition(leaves)
    for index in range(size):
        proof = inclusion_proof(leaves, index)
        assert is_included(leaves[index], index, size, proof, root)
        assert not is_included(leaf_hash(b"other"), index, size, proof, root)
        assert not is_included(leaves[index], index, size, [*proof, root], root)
        assert not any(is_included(leaves[index], wrong, size, proof, root) for wrong in range(size) if wrong != index)


def test_every_earlier_tree_is_proven():
    leaves = [leaf_hash(bytes([n])) for n in range(33)]
    for earlier, size in product(range(1, 34), repeat=2):
        if earlier > size:
            continue
        before, after = root_of(leaves[:earlier]), root_of(leaves[:size])
        proof = consistency_proof(leaves[:size], earlier)
        assert is_consistent(earlier, before, size, after, proof)
        if earlier < size:
            changed = [leaf_hash(b"changed"), *leaves[1:size]]
            assert not is_consistent(earlier, before, size, root_of(changed), consistency_proof(changed, earlier))
            assert not is_consistent(earlier, before, size, after, proof[:-1])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=8), min_size=2, max_size=40), st.data())
def test_one_leaf_changed_taken_out_or_put_in_changes_the_root(data, draw):
    leaves = [leaf_hash(d) for d in data]
    at = draw.draw(st.integers(0, len(leaves) - 1))
    root = root_of(leaves)
    assert root_of([*leaves[:at], leaf_hash(b"another, longer"), *leaves[at + 1 :]]) != root
    assert root_of([*leaves[:at], *leaves[at + 1 :]]) != root
    assert root_of([*leaves[:at], leaf_hash(b"another, longer"), *leaves[at:]]) != root


@pytest.mark.parametrize("index", [-1, 3])
def test_what_is_not_there_has_no_proof(index):
    with pytest.raises(IndexError):
        inclusion_proof(LEAVES[:3], index)
    with pytest.raises(ValueError):
        consistency_proof(LEAVES[:3], 0 if index < 0 else 4)
    assert not is_included(LEAVES[0], index, 3, [], LEAVES[0])
    assert not is_consistent(0 if index < 0 else 4, LEAVES[0], 3, LEAVES[0], [])
