"""Policymakers, who see counts and no case."""

from __future__ import annotations

from mdt.sharing.vocabulary import Role
from mdt.web.desk import blueprint

bp = blueprint("policy", __name__, Role.PM, path="policy")
