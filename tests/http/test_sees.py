"""Smoke of the whole reading path: each person of the county opens their desk and the case."""

from __future__ import annotations

import pytest

from mdt.operations.demo import people

SLUGS = ["casey", "marcus", "ruth", "imani", "jo", "sam", "tomas", "lena"]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_member_opens_their_desk(signed_in, slug):
    person = signed_in(slug)
    home = person.get("/", follow_redirects=True)
    assert home.status_code == 200
