"""Schools."""

from __future__ import annotations

from mdt.sharing.vocabulary import Role
from mdt.web.desk import blueprint

bp = blueprint("education", __name__, Role.ED, path="school", template="education/desk.html")
