"""Prosecutors, and the victim advocates who work beside them."""

from __future__ import annotations

from mdt.sharing.vocabulary import Role
from mdt.web.desk import blueprint

bp = blueprint("prosecution", __name__, Role.DA, Role.VS, path="prosecution")
