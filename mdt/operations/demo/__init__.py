"""The invented county: people, agencies and three young people, none of them real.

Everything in it has a name and an identifier that follows from the name, so that tests, pictures
and documentation can speak of people and records by name.
"""

from __future__ import annotations

from uuid import UUID, uuid5

COUNTY = UUID("6ced0a5e-7c0a-4d1e-9a55-1f0a5cedac07")


def known(name: str) -> str:
    """The identifier of whatever has this name in the county: a person, an agency, a record."""
    return str(uuid5(COUNTY, name))


__all__ = ["known"]
