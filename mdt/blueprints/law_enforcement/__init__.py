"""Law enforcement."""

from __future__ import annotations

from mdt.sharing.vocabulary import Role
from mdt.web.desk import blueprint

bp = blueprint("law_enforcement", __name__, Role.LE, path="police", template="law_enforcement/desk.html")
