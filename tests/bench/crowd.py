"""Who the five hundred colleagues are whose screens the bench watches, and what their browsers hold."""

from __future__ import annotations

import hashlib

from mdt.operations.demo import known
from tests.bench import made_case

PEOPLE, SIGN_INS = 500, 4
CASE = made_case.CASE
FROM = ("county", "police", "mercy", "school", "attorney", "probation", "harbor", "witness", "court", "guardian")


def person(number: int) -> str:
    """The identifier of one of the crowd."""
    return known(f"bench.person.{number}")


def token(number: int) -> str:
    """What one of their browsers holds; number below PEOPLE * SIGN_INS, person number % PEOPLE."""
    return hashlib.sha256(f"bench {number}".encode()).hexdigest()


__all__ = ["CASE", "FROM", "PEOPLE", "SIGN_INS", "person", "token"]
