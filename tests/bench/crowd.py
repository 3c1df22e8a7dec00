"""Who the five hundred colleagues are whose screens the bench watches, who sits elsewhere, and what their browsers
hold."""

from __future__ import annotations

import hashlib

from mdt.operations.demo import known
from tests.bench import made_case

PEOPLE, SIGN_INS = 500, 4
AT_A_TABLE = 10
"""People at each of the other tables, where there are others."""
CASE = made_case.CASE
FROM = ("county", "police", "mercy", "school", "attorney", "probation", "harbor", "witness", "court", "guardian")


def person(number: int) -> str:
    """The identifier of one of the crowd."""
    return known(f"bench.person.{number}")


def elsewhere(number: int) -> str:
    """The identifier of somebody at another table."""
    return known(f"bench.elsewhere.{number}")


def token(number: int) -> str:
    """What one of their browsers holds; number below PEOPLE * SIGN_INS, person number % PEOPLE. What follows are the
    browsers of those elsewhere, one each."""
    return hashlib.sha256(f"bench {number}".encode()).hexdigest()


__all__ = ["AT_A_TABLE", "CASE", "FROM", "PEOPLE", "SIGN_INS", "elsewhere", "person", "token"]
