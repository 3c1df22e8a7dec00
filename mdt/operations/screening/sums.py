"""The one calculation that is done here: adding up. Of FHIRPath nothing else is understood, and nothing is run.

What is understood is one or more of these, with + between them:
    %resource.item.where(linkId='a' or linkId='b').answer.value.ordinal().sum()
with `descendants()` or `repeat(item)` for `item`, without `where(…)` for all questions, and without `ordinal()` for the
numbers that were answered instead of what the choices count.
"""

from __future__ import annotations

import re

LONGEST = 4000
LINK = r"linkId\s*=\s*'[^'\\]*'"
TERM = re.compile(
    r"%resource\.(?:item|descendants\(\)|repeat\((?:answer\s*\|\s*)?item\))"
    rf"(?:\.where\(\s*(?P<links>{LINK}(?:\s+or\s+{LINK})*)\s*\))?"
    r"\.answer\.value(?P<scores>\.ordinal\(\)|\.weight\(\))?\.sum\(\)"
)
GAP = re.compile(r"\s*(\+)?\s*")


def sums_of(expression: str) -> list[tuple[tuple[str, ...] | None, bool]] | None:
    """What is added up: (links, or None for all; whether what they count). None for what is no sum of ours."""
    text, at = expression.strip(), 0
    found: list[tuple[tuple[str, ...] | None, bool]] = []
    while at < len(text) <= LONGEST:
        if found:
            gap = GAP.match(text, at)
            if gap is None or gap.group(1) is None:
                return None
            at = gap.end()
        term = TERM.match(text, at)
        if term is None:
            return None
        links = re.findall(r"'([^'\\]*)'", term.group("links") or "")
        found.append((tuple(links) or None, bool(term.group("scores"))))
        at = term.end()
    return found or None


__all__ = ["sums_of"]
