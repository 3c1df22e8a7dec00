"""How pages say a list of names."""

from __future__ import annotations

import pytest

from mdt.web.pages import listed


@pytest.mark.parametrize(
    ("names", "said"),
    [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C"), (("A", "B"), "A and B")],
)
def test_names_are_said_as_one_says_them(names: list[str], said: str) -> None:
    assert listed(names) == said
