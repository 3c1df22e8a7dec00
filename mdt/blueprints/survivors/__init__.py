"""Survivor consultants, who see no case."""

from __future__ import annotations

from mdt.sharing.vocabulary import Role
from mdt.web.desk import blueprint

bp = blueprint("survivors", __name__, Role.SC, path="survivor")
