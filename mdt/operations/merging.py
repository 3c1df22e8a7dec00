"""Three texts to one: what two people made of the same text, brought together. Pure.

A character of the old text stands in the merged one unless somebody took it out; what either wrote stands,
always. Where both wrote at the same place, what was there first comes first; where both wrote the very same
there, it stands once. The same rules run in the open page (static/js/merge.js); a test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

PIECES = re.compile(r"\w+\s*|\s+|[^\w\s]")
"""A word with the space after it, a space, a sign."""
BLANK = re.compile(r"\s+")


def merge(base: str, first: str, second: str) -> str:
    """What `first` and `second` made of `base`, together."""
    if first == second or second == base:
        return first
    if first == base:
        return second
    mine, theirs = _Change(base, first), _Change(base, second)
    return "".join(_woven(base, mine, theirs))


def inserted(base: str, text: str) -> str:
    """What somebody wrote beside what was there, each piece on a line of its own."""
    pieces = _Change(base, text).wrote.values()
    return "\n".join(piece.strip() for piece in pieces if piece.strip())


def _woven(base: str, first: _Change, second: _Change) -> Iterator[str]:
    for at in range(len(base) + 1):
        one, other = first.wrote.get(at, ""), second.wrote.get(at, "")
        yield one
        yield other if other != one else ""
        if at < len(base) and at not in first.gone and at not in second.gone:
            yield base[at]


class _Change:
    """What became of a text: the places of what is `gone`, and what somebody `wrote` before a place."""

    def __init__(self, base: str, text: str) -> None:
        self.gone: set[int] = set()
        self.wrote: dict[int, str] = {}
        at = done = 0
        for start, there in (*_kept(base, text), (len(base), len(text))):
            self.gone.update(range(at, start))
            if done < there:
                self.wrote[at] = text[done:there]
            at, done = start + 1, there + 1


def _kept(base: str, text: str) -> Iterator[tuple[int, int]]:
    """The places, in both, of the characters that stayed: words first, then letters of words that changed."""
    head = _alike(base, text)
    tail = _alike(base[head:][::-1], text[head:][::-1])
    yield from ((n, n) for n in range(head))
    yield from _by_words(base, text, (head, len(base) - tail), (head, len(text) - tail))
    yield from ((len(base) - n, len(text) - n) for n in range(tail, 0, -1))


def _alike(one: str, other: str) -> int:
    """How many characters are the same from the start."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _by_words(base: str, text: str, old: tuple[int, int], new: tuple[int, int]) -> Iterator[tuple[int, int]]:
    ours, theirs = PIECES.findall(base[slice(*old)]), PIECES.findall(text[slice(*new)])
    at, there, piece, other = old[0], new[0], 0, 0
    for n, m in (*_in_common(ours, theirs), (len(ours), len(theirs))):
        start, begin = at + sum(map(len, ours[piece:n])), there + sum(map(len, theirs[other:m]))
        yield from ((at + i, there + j) for i, j in _by_letters(base[at:start], text[there:begin]))
        size = len(ours[n]) if n < len(ours) else 0
        yield from ((start + i, begin + i) for i in range(size))
        at, there, piece, other = start + size, begin + size, n + 1, m + 1


def _by_letters(one: str, other: str) -> Iterator[tuple[int, int]]:
    """Letters first, and the spaces between them: a space is like any other, and must not say which letter stayed."""
    at = there = 0
    for n, m in (*_in_common(one, other), (len(one), len(other))):
        yield from ((at + i, there + j) for i, j in common(one[at:n], other[there:m]))
        if n < len(one):
            yield n, m
        at, there = n + 1, m + 1


def _in_common(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """What they have in common that is more than blank, as pairs of places."""
    mine, theirs = ([n for n, piece in enumerate(every) if not BLANK.fullmatch(piece)] for every in (one, other))
    return [(mine[n], theirs[m]) for n, m in common([one[n] for n in mine], [other[m] for m in theirs])]


def common(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """A longest common subsequence, as pairs of places (Hyyrö's bit vectors: a whole row in one addition)."""
    rows = list(_rows(one, other))
    at, there, pairs = len(one), len(other), []
    while at and there:
        if rows[there - 1] >> (at - 1) & 1:
            at -= 1
            continue
        there -= 1
        if there and not rows[there - 1] >> (at - 1) & 1:
            continue
        at -= 1
        pairs.append((at, there))
    return pairs[::-1]


def _rows(one: Sequence[str], other: Sequence[str]) -> Iterator[int]:
    where: dict[str, int] = {}
    for at, symbol in enumerate(one):
        where[symbol] = where.get(symbol, 0) | 1 << at
    full = row = (1 << len(one)) - 1
    for symbol in other:
        hits = row & where.get(symbol, 0)
        row = (row + hits | row - hits) & full
        yield row


Fields = Mapping[str, "str | list[str]"]
"""What stands in a form, by field: text; or what is ticked."""


def merge_fields(base: Fields, first: Fields, second: Fields) -> dict[str, str | list[str]]:
    """The same for a form: text is merged; of what is ticked, what was changed counts, and `second` last."""
    return {
        name: _one(base.get(name), first.get(name), second.get(name)) for name in (*first, *(second.keys() - first))
    }


def _one(
    base: str | list[str] | None, first: str | list[str] | None, second: str | list[str] | None
) -> str | list[str]:
    if first is None or second is None:
        return first if second is None and first is not None else second or ""
    if isinstance(first, str) and isinstance(second, str):
        return merge(base if isinstance(base, str) else "", first, second)
    return first if second == base else second


__all__ = ["Fields", "common", "inserted", "merge", "merge_fields"]
