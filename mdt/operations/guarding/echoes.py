"""Where a text repeats a value, also spelled a little differently. Pure: words in, places out.

A value is reduced to what tells: numbers, names, and the words of a short entry that are not everyday
English. One telling name, a number of three digits or more, or two other telling words near each other
(three, where the value is a whole paragraph) are an echo. What everybody who will read the text knows
anyway is harmless and no echo.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rapidfuzz.distance import OSA

from mdt.operations.guarding.words import COMMON, PLACES, STREETS
from mdt.sharing.declare import Kind

WORD = re.compile(r"\w+(?:[’'\-]\w+)*")
DIGITS = re.compile(r"\+?\d(?:[\s().\-]{0,2}\d){6,}")
SENTENCE = re.compile(r"(?:^|[.!?:;\n])\s*$")
"""What stands before the first word of a sentence, in the characters before it."""
PHONE_TAIL = 7
NEAR = 6
"""Words between which two telling words count as one echo."""
NAME_AT_MOST = 5
"""Words up to which an entry is taken for a name or an address rather than a sentence: its first capital counts."""
SHORT, LONG = 5, 8
"""Letters from which one slip, and two slips, are forgiven."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: folded, where it stands, whether it has a capital, and one that no beginning gives it."""

    folded: str
    start: int
    end: int
    capital: bool
    named: bool

    @property
    def number(self) -> bool:
        return self.folded.isdigit()


@dataclass(frozen=True, slots=True)
class Phrase:
    """What tells of one value: names and long numbers that tell alone, words that tell together, a phone's end."""

    alone: frozenset[str] = frozenset()
    together: frozenset[str] = frozenset()
    phone: str = ""
    need: int = 2

    def without(self, harmless: Collection[str]) -> Phrase:
        """The same without what the readers know anyway."""
        known = frozenset(harmless)
        return replace(self, alone=self.alone - known, together=self.together - known)


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the text, by its characters."""

    start: int
    end: int


def fold(word: str) -> str:
    """Without case, accents, or a possessive."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c)).casefold()
    return re.sub(r"[’']s$", "", plain).replace("’", "'")


def words(text: str) -> list[Word]:
    """The words of a text. One is written as a name if it has a capital that no beginning of a sentence gives it."""
    return [_word(text, found) for found in WORD.finditer(text)]


def phrases(value: Any, kind: Kind) -> tuple[Phrase, ...]:
    """What tells of a value of this kind; nothing for yes or no, for a choice, for a picture."""
    if kind in (Kind.YES_NO, Kind.CHOICE, Kind.PHOTO):
        return ()
    entries = value if isinstance(value, list | tuple) else [value]
    found = (_phrase(str(entry), kind) for entry in entries)
    return tuple(one for one in found if one.alone or one.together or one.phone)


def tells(value: Any, kind: Kind) -> frozenset[str]:
    """Every telling word of a value."""
    return frozenset().union(*(one.alone | one.together for one in phrases(value, kind)))


def echoes(text: str, found: Sequence[Word], phrase: Phrase) -> tuple[Span, ...]:
    """Where the text, of which these are the words, repeats this phrase."""
    spans = [Span(word.start, word.end) for at, word in enumerate(found) if _tells_alone(found, at, phrase)]
    return (*spans, *_together(found, phrase), *_phones(text, phrase.phone))


def places(text: str) -> tuple[Span, ...]:
    """What is shaped like an address or a place, whatever it says."""
    found = words(text)
    pairs = zip(found, found[1:], strict=False)
    return tuple(
        Span(one.start, two.end)
        for one, two in pairs
        if (two.folded in STREETS and one.folded not in COMMON) or (one.number and two.capital)
    )


def alike(one: str, other: str) -> bool:
    """The same word, or one slip of the finger away (two in a long word); numbers only if the same."""
    if one == other:
        return True
    length = min(len(one), len(other))
    if length < SHORT or one.isdigit() or other.isdigit():
        return False
    forgiven = 2 if length >= LONG else 1
    return OSA.distance(one, other, score_cutoff=forgiven) <= forgiven


def _word(text: str, found: re.Match[str]) -> Word:
    said = found.group()
    capital = said[0].isupper()
    named = capital and not SENTENCE.search(text[max(0, found.start() - 3) : found.start()])
    return Word(fold(said), found.start(), found.end(), capital, named)


def _phrase(entry: str, kind: Kind) -> Phrase:
    found = [one for one in words(entry) if one.folded not in COMMON | PLACES]
    names = _names(found, entry)
    numbers = frozenset(one.folded for one in found if one.number and len(one.folded) >= 3)
    plain = frozenset(one.folded for one in found if len(one.folded) >= 4 and not one.number) - names
    phone = re.sub(r"\D", "", entry) if kind is Kind.PHONE or DIGITS.fullmatch(entry.strip()) else ""
    if kind is Kind.PARAGRAPH:
        return Phrase(names | numbers, plain | names, need=3)
    lonely = plain if len(plain) == 1 and not names else frozenset()
    return Phrase(names | numbers | lonely, plain | names, phone[-PHONE_TAIL:] if len(phone) >= PHONE_TAIL else "")


def _names(found: Iterable[Word], entry: str) -> frozenset[str]:
    """Words with a capital: within a sentence, or at the start of an entry that is itself a name."""
    short = len(entry.split()) <= NAME_AT_MOST
    return frozenset(one.folded for one in found if len(one.folded) >= 3 and (one.named or (short and one.capital)))


def _tells_alone(found: Sequence[Word], at: int, phrase: Phrase) -> bool:
    """The very word tells; one that is a slip away only where it is written as a name, long, or names a place."""
    word = found[at]
    if word.folded in COMMON:
        return False
    if word.folded in phrase.alone:
        return True
    beside = (one.folded for one in (*found[max(0, at - 1) : at], *found[at + 1 : at + 2]))
    like_a_name = word.capital or len(word.folded) >= LONG or not PLACES.isdisjoint(beside)
    return like_a_name and any(alike(word.folded, one) for one in phrase.alone)


def _together(found: Sequence[Word], phrase: Phrase) -> Iterable[Span]:
    hits = [at for at, one in enumerate(found) if any(alike(one.folded, word) for word in phrase.together)]
    for run in zip(*(hits[n:] for n in range(phrase.need)), strict=False):
        different = len({found[at].folded for at in run}) == phrase.need
        if different and run[-1] - run[0] <= NEAR * (phrase.need - 1):
            yield Span(found[run[0]].start, found[run[-1]].end)


def _phones(text: str, phone: str) -> Iterable[Span]:
    for found in DIGITS.finditer(text) if phone else ():
        if re.sub(r"\D", "", found.group()).endswith(phone):
            yield Span(found.start(), found.end())


__all__ = ["Phrase", "Span", "Word", "alike", "echoes", "fold", "phrases", "places", "tells", "words"]
