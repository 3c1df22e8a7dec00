"""A table of any size is told whole: of a great many the first as chips, the others by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader

from mdt import home_of

CHIPS = 40


@dataclass(frozen=True)
class Somebody:
    name: str
    role_words: str = "caseworker"
    initials: str = "S"
    shape: str = "CW"


@pytest.mark.parametrize("many", [1, CHIPS, CHIPS + 1, 500])
def test_everybody_is_named_however_many_they_are(many: int) -> None:
    templates = Environment(loader=FileSystemLoader(home_of("templates")), autoescape=True)
    macros: Any = templates.get_template("macros/people.html").module
    page = str(macros.people([Somebody(f"Person <{n}>.") for n in range(many)], you=f"Person <{many - 1}>."))
    assert [n for n in range(many) if f"Person &lt;{n}&gt;." not in page] == []
    assert page.count('class="who"') == min(many, CHIPS) and page.count("(you)") == 1
    assert (f"And {many - CHIPS} more" in page) == (many > CHIPS)
