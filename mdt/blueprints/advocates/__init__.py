"""Community advocates, who keep their own compartment."""

from __future__ import annotations

from mdt.sharing.vocabulary import Role
from mdt.web.desk import blueprint

bp = blueprint("advocates", __name__, Role.VC, path="advocate", template="advocates/desk.html")
