"""An append-only Merkle tree with the hashing of RFC 9162 (section 2.1): leaves, root, proofs that anybody can check.

Hashes are 32 bytes, SHA-256. A proof is a list of hashes, lowest first. `Frontier` keeps what the next leaf needs: one hash for each
bit of the size, so that appending costs the same at a million leaves as at ten.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

EMPTY = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """Roots of the full subtrees, largest first."""

    size: int = 0
    roots: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> "Frontier":
        """`leaf` is a leaf hash."""
        roots, size = [*self.roots, leaf], self.size
        while size & 1:
            right = roots.pop()
            roots.append(node_hash(roots.pop(), right))
            size >>= 1
        return Frontier(self.size + 1, tuple(roots))

    @property
    def root(self) -> bytes:
        if not self.roots:
            return EMPTY
        *rest, found = self.roots
        for left in reversed(rest):
            found = node_hash(left, found)
        return found


def root_of(leaves: Iterable[bytes]) -> bytes:
    frontier = Frontier()
    for leaf in leaves:
        frontier = frontier.append(leaf)
    return frontier.root


def _split(size: int) -> int:
    """The largest power of two below size; size is at least 2."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """That leaf `index` is in the tree of all `leaves`. Raises IndexError."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    proof: list[bytes] = []
    low, high = 0, len(leaves)
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            proof.append(root_of(leaves[middle:high]))
            high = middle
        else:
            proof.append(root_of(leaves[low:middle]))
            low = middle
    return proof[::-1]


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162, 2.1.3.2."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(step, found)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            found = node_hash(found, step)
        place >>= 1
        last >>= 1
    return last == 0 and found == root


def consistency_proof(leaves: Sequence[bytes], earlier: int) -> list[bytes]:
    """That the tree of all `leaves` begins with the tree of the first `earlier`. Raises ValueError."""
    if not 0 < earlier <= len(leaves):
        raise ValueError(earlier)
    proof: list[bytes] = []
    low, high, whole = 0, len(leaves), True
    while earlier != high:
        middle = low + _split(high - low)
        if earlier <= middle:
            proof.append(root_of(leaves[middle:high]))
            high = middle
        else:
            proof.append(root_of(leaves[low:middle]))
            low, whole = middle, False
    if not whole:
        proof.append(root_of(leaves[low:high]))
    return proof[::-1]


def is_consistent(earlier: int, before: bytes, size: int, after: bytes, proof: Sequence[bytes]) -> bool:
    """RFC 9162, 2.1.4.2: nothing of the earlier tree was changed or taken out."""
    if not 0 < earlier <= size:
        return False
    if earlier == size:
        return not proof and before == after
    path = list(proof)
    if earlier & (earlier - 1) == 0:
        path.insert(0, before)
    if not path:
        return False
    place, last = earlier - 1, size - 1
    while place & 1:
        place >>= 1
        last >>= 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            new = node_hash(new, step)
        place >>= 1
        last >>= 1
    return last == 0 and old == before and new == after
