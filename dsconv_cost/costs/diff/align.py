"""Which elements of two sequences belong together: longest common subsequences, of exact keys first and then of looser ones."""

from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

LARGEST_TABLE = 400_000_000
"""Bits that one table may have (50 MB); a larger problem is cut in two first."""

SELDOM = 20

Keys = Sequence[Hashable]


class AlignedPair(NamedTuple):
    """Indices into both sequences."""

    old: int
    new: int


def align(old: Sequence[Keys], new: Sequence[Keys]) -> list[AlignedPair]:
    """Return which elements belong together, in order; each element is given by its keys, the exact one first.

    Elements with equal exact keys are matched first, and between those matches the ones with equal looser keys. Where
    everything changed a little, exact matches are accidents, so looser keys are tried as the first ones too: what makes the
    smaller difference is taken.
    """
    if not old or not new:
        return []
    closest: list[AlignedPair] = []
    least: int | None = None
    levels = len(old[0])
    for first in range(levels):
        pairs = _by_levels(old, new, range(first, levels))
        alone = len(old) + len(new) - 2 * len(pairs)
        changed = sum(old[a][0] != new[b][0] for a, b in pairs)
        difference = 3 * alone + 2 * changed  # one that is gone or new is a larger difference than one that changed
        if least is None or difference < least:
            least, closest = difference, pairs
        if not changed and len(pairs) == min(len(old), len(new)):
            break
    return closest


def _by_levels(old: Sequence[Keys], new: Sequence[Keys], levels: range) -> list[AlignedPair]:
    """Return the pairs of the first level, and of each further one those that fit between the pairs before."""
    pairs: list[AlignedPair] = []
    for level in levels:
        more: list[AlignedPair] = []
        for a0, a1, b0, b1 in _gaps(pairs, len(old), len(new)):
            matched = common([keys[level] for keys in old[a0:a1]], [keys[level] for keys in new[b0:b1]])
            more += [AlignedPair(a0 + a, b0 + b) for a, b in matched]
        pairs = sorted(pairs + more)
    return pairs


def _gaps(pairs: list[AlignedPair], old: int, new: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield the stretches (of both sequences) between pairs where both have elements."""
    a, b = 0, 0
    for pair in [*pairs, AlignedPair(old, new)]:
        if pair.old > a and pair.new > b:
            yield a, pair.old, b, pair.new
        a, b = pair.old + 1, pair.new + 1


def common(old: Keys, new: Keys) -> list[tuple[int, int]]:
    """Return the indices of a longest common subsequence."""
    head = 0
    shortest = min(len(old), len(new))
    while head < shortest and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shortest - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    middle = _middle(old[head : len(old) - tail], new[head : len(new) - tail])
    return [
        *((i, i) for i in range(head)),
        *((head + a, head + b) for a, b in middle),
        *((len(old) - tail + i, len(new) - tail + i) for i in range(tail)),
    ]


def _middle(old: Keys, new: Keys) -> list[tuple[int, int]]:
    both = set(old) & set(new)
    if not both:
        return []
    # What the other does not have takes no part, and costs no time.
    kept_old = [i for i, key in enumerate(old) if key in both]
    kept_new = [i for i, key in enumerate(new) if key in both]
    matched = _subsequence([old[i] for i in kept_old], [new[i] for i in kept_new])
    return [(kept_old[a], kept_new[b]) for a, b in matched]


def _subsequence(old: Keys, new: Keys) -> list[tuple[int, int]]:
    if len(old) * len(new) > LARGEST_TABLE and len(old) > 1:
        cut_old = len(old) // 2
        cut_new = _cut(old[:cut_old], old[cut_old:], new)
        later = _subsequence(old[cut_old:], new[cut_new:])
        return [*_subsequence(old[:cut_old], new[:cut_new]), *((cut_old + a, cut_new + b) for a, b in later)]
    rows = list(_rows(old, new))
    pairs: list[tuple[int, int]] = []
    a, b = len(old), len(new)
    while a and b:
        if rows[a - 1] >> (b - 1) & 1:
            b -= 1
        else:
            a -= 1
            if not a or rows[a - 1] >> (b - 1) & 1:
                b -= 1
                pairs.append((a, b))
    pairs.reverse()
    return pairs


def _rows(old: Keys, new: Keys) -> Iterator[int]:
    """Yield for each prefix of `old` a row of bits, one for each element of `new`.

    A bit is 0 where the longest common subsequence of the two prefixes grows with that element. Hyyrö, Bit-parallel LCS-length
    computation revisited, 2004: a whole row is one addition of long integers.
    """
    places: dict[Hashable, list[int]] = {}
    for index, key in enumerate(new):
        places.setdefault(key, []).append(index)
    # A key's places as bits are as long as the row; only those used often are kept.
    bits = {key: _bits(indexes) for key, indexes in places.items() if len(indexes) > SELDOM}
    full = (1 << len(new)) - 1
    row = full
    for key in old:
        here = row & (bits[key] if key in bits else _bits(places.get(key, [])))
        row = ((row + here) | (row - here)) & full
        yield row


def _bits(places: list[int]) -> int:
    bits = 0
    for place in places:
        bits |= 1 << place
    return bits


def _cut(first: Keys, second: Keys, new: Keys) -> int:
    """Return where `new` is cut so that nothing is lost when `old` is cut between its two parts."""
    before = _lengths(first, new)
    after = _lengths(second[::-1], new[::-1])[::-1]
    totals = [x + y for x, y in zip(before, after, strict=True)]
    return totals.index(max(totals))


def _lengths(old: Keys, new: Keys) -> list[int]:
    """Return how long the longest common subsequence with each prefix of `new` is, the empty one first."""
    row = 0
    for row in _rows(old, new):  # noqa: B007  # the last one
        pass
    lengths = [0]
    for bit in reversed(f"{row:0{len(new)}b}"):
        lengths.append(lengths[-1] + (bit == "0"))
    return lengths
