"""Caregivers."""

from __future__ import annotations

from mdt.sharing.vocabulary import Role
from mdt.web.desk import blueprint

bp = blueprint("caregivers", __name__, Role.CG, path="home")
