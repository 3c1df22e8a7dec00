"""How long a meeting is, which point takes up which, and a return of each discipline"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op

import mdt.models.base

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ONE_AN_AGENCY = ("meeting_id", "agency_id")
TIME = mdt.models.base.UtcTime(timezone=True)
ID = sa.Uuid(as_uuid=False)
MEETINGS = sa.table(
    "meetings", sa.column("id", ID), sa.column("case_id", ID), sa.column("phase", sa.String), sa.column("minutes"),
    sa.column("starts_at", TIME), sa.column("opened_at", TIME), sa.column("adjourned_at", TIME),
)  # fmt: skip
INVITES = sa.table("invites", sa.column("meeting_id", ID), sa.column("starts_at", TIME), sa.column("ends_at", TIME))
POINTS = sa.table(
    "points", sa.column("id", ID), sa.column("meeting_id", ID), sa.column("position", sa.Integer),
    sa.column("matter", sa.String), sa.column("begun_at", TIME), sa.column("carries_id", ID),
)  # fmt: skip
WRITES = "('CW', 'LE', 'DA', 'GAL', 'JJ', 'HC', 'BH', 'ED', 'VC', 'VS', 'NP')"
WHOSE = f"""
UPDATE returns SET role = coalesce((
    SELECT min(users.role) FROM invites JOIN users ON users.id = invites.user_id
    WHERE invites.meeting_id = returns.meeting_id AND users.agency_id = returns.agency_id AND users.role IN {WRITES}
), '')
"""


def upgrade() -> None:
    op.add_column("meetings", sa.Column("minutes", sa.Integer(), nullable=False, server_default="60"))
    op.add_column("points", sa.Column("carries_id", ID, nullable=True))
    op.add_column("returns", sa.Column("role", sa.String(length=3), nullable=False, server_default=""))
    op.drop_index(op.f("ix_returns_meeting_id_agency_id"), table_name="returns")
    op.execute(WHOSE)
    op.create_index(
        op.f("ix_returns_meeting_id_agency_id_role"), "returns", [*ONE_AN_AGENCY, "role"], unique=True
    )
    _say_how_long()
    _tie_points()


def _say_how_long() -> None:
    """As long as its invitations say."""
    for row in op.get_bind().execute(sa.select(INVITES).distinct()).all():
        minutes = int((row.ends_at - row.starts_at).total_seconds() // 60)
        op.execute(MEETINGS.update().where(MEETINGS.c.id == row.meeting_id).values(minutes=minutes))


def _tie_points() -> None:
    """What a meeting took over was, in this order, what the one held last before it had not reached."""
    by_case: dict[str, list[Any]] = {}
    for row in op.get_bind().execute(sa.select(MEETINGS).where(MEETINGS.c.phase != "cancelled")).all():
        by_case.setdefault(row.case_id, []).append(row)
    for meetings in by_case.values():
        _tie(sorted(meetings, key=lambda one: one.opened_at or one.starts_at))


def _tie(meetings: Iterable[Any]) -> None:
    left: list[str] = []
    for meeting in meetings:
        mine = POINTS.select().where(POINTS.c.meeting_id == meeting.id).order_by(POINTS.c.position)
        points = op.get_bind().execute(mine).all()
        taken = [one for one in points if one.matter == "carried"]
        first = dict(zip((one.id for one in taken), left, strict=True)) if len(taken) == len(left) else {}
        for point, root in first.items():
            op.execute(POINTS.update().where(POINTS.c.id == point).values(carries_id=root))
        if meeting.phase == "adjourned":
            still = [one for one in points if one.begun_at is None and one.matter != "actions"]
            left = [first.get(one.id, one.id) for one in still]


def downgrade() -> None:
    op.drop_index(op.f("ix_returns_meeting_id_agency_id_role"), table_name="returns")
    op.execute(
        "DELETE FROM returns WHERE EXISTS (SELECT 1 FROM returns AS other WHERE other.meeting_id = returns.meeting_id"
        " AND other.agency_id = returns.agency_id AND other.role < returns.role)"
    )
    op.create_index(op.f("ix_returns_meeting_id_agency_id"), "returns", list(ONE_AN_AGENCY), unique=True)
    op.drop_column("returns", "role")
    op.drop_column("points", "carries_id")
    op.drop_column("meetings", "minutes")
