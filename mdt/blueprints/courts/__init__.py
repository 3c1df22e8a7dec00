"""The court, and guardians ad litem."""

from __future__ import annotations

from mdt.sharing.vocabulary import Role
from mdt.web.desk import blueprint

bp = blueprint("courts", __name__, Role.CT, Role.GAL, path="court")
