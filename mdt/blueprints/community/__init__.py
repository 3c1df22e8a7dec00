"""Nonprofits and service providers."""

from __future__ import annotations

from mdt.sharing.vocabulary import Role
from mdt.web.desk import blueprint

bp = blueprint("community", __name__, Role.NP, path="community")
