"""Child welfare: the lead's desk, convening, the team and the caseload."""

from __future__ import annotations

from mdt.sharing.vocabulary import Role
from mdt.web.desk import blueprint

bp = blueprint("child_welfare", __name__, Role.CW, path="lead", template="child_welfare/desk.html")
