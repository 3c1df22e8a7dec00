"""Juvenile probation."""

from __future__ import annotations

from mdt.sharing.vocabulary import Role
from mdt.web.desk import blueprint

bp = blueprint("juvenile_justice", __name__, Role.JJ, path="probation")
