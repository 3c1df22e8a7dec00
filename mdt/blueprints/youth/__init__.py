"""The young person."""

from __future__ import annotations

from mdt.sharing.vocabulary import Role
from mdt.web.desk import blueprint

bp = blueprint("youth", __name__, Role.YT, path="mine")
