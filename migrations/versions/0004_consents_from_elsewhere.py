"""Consents from elsewhere"""

import sqlalchemy as sa
from alembic import op

import mdt.models.base

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The consents that wait for a person."""
    op.create_table(
        "held_consents",
        sa.Column("case_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("paper", sa.LargeBinary(), nullable=True),
        sa.Column("received_by", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("arrived_at", mdt.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("release_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_held_consents_case_id")),
        sa.ForeignKeyConstraint(["received_by"], ["users.id"], name=op.f("fk_held_consents_received_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_consents")),
    )
    op.create_index(op.f("ix_held_consents_case_id"), "held_consents", ["case_id"])


def downgrade() -> None:
    """Without them."""
    op.drop_table("held_consents")
