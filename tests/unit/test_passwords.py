"""Which passwords are taken."""

from __future__ import annotations

import pytest

from mdt.operations.passwords import problem

LOGIN = "casey.l@cedar.example"


@pytest.mark.parametrize("good", [
    "seven quiet herons", "aaaa bbbb cccc dddd", "пять тихих цапель", "密码密码是四个词语组成啊",
    "casey walks home at six",
])  # fmt: skip
def test_length_is_enough_whatever_it_is_made_of(good: str) -> None:
    assert problem(good, LOGIN) is None


@pytest.mark.parametrize("bad", [
    "", "eleven char", "x" * 1001, LOGIN, LOGIN.upper(), "casey.l-1234567", "caseyl caseyl", "password1234",
    "P455w0rd!!!!", "mdt2026mdt2026", "administrator", "123456789012", "987654321098", "aaaaaaaaaaaaaa",
    "qwertyuiop12", "Welcome-2026!!",
])  # fmt: skip
def test_what_everybody_tries_first_is_not(bad: str) -> None:
    assert problem(bad, LOGIN)
