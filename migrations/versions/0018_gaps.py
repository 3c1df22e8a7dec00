"""The report of what is missing, counted once a quarter"""

import sqlalchemy as sa
from alembic import op

import mdt.models.base

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gap_reports",
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("whose", sa.String(length=36), nullable=False),
        sa.Column("made_at", mdt.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("period", "whose", name=op.f("pk_gap_reports")),
    )


def downgrade() -> None:
    op.drop_table("gap_reports")
