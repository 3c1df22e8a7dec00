"""Marks of a clock in the county's working time, and whose offer lapsed

What runs already goes on as it began: its marks are parts of the time that passes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ASKED = ("unanswered_by", "unanswered_in")


def upgrade() -> None:
    op.add_column("deadlines", sa.Column("working", sa.Boolean(), nullable=False, server_default=sa.false()))
    for name in ASKED:
        op.add_column("tasks", sa.Column(name, sa.Uuid(as_uuid=False), nullable=True))
        op.create_index(f"ix_tasks_{name}", "tasks", [name])


def downgrade() -> None:
    op.execute("DELETE FROM handoffs WHERE event = 'unanswered'")
    for name in ASKED:
        op.drop_index(f"ix_tasks_{name}", "tasks")
        op.drop_column("tasks", name)
    op.drop_column("deadlines", "working")
