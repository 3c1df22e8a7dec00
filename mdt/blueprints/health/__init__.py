"""Health care and behavioral health."""

from __future__ import annotations

from mdt.sharing.vocabulary import Role
from mdt.web.desk import blueprint

bp = blueprint("health", __name__, Role.HC, Role.BH, path="health", template="health/desk.html")
