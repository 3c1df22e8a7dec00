"""Deadlines and letters"""

import sqlalchemy as sa
from alembic import op

import mdt.models.base

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deadlines",
        sa.Column("case_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("subject_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("started_at", mdt.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("due_at", mdt.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("next_at", mdt.models.base.UtcTime(timezone=True), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_deadlines_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadlines")),
    )
    op.create_index(op.f("ix_deadlines_next_at"), "deadlines", ["next_at"])
    op.create_index(op.f("ix_deadlines_subject_id_kind"), "deadlines", ["subject_id", "kind"])
    op.create_table(
        "letters",
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("written_at", mdt.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("next_at", mdt.models.base.UtcTime(timezone=True), nullable=True),
        sa.Column("sent_at", mdt.models.base.UtcTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_letters_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
    )
    op.create_index(op.f("ix_letters_next_at"), "letters", ["next_at"])


def downgrade() -> None:
    op.drop_table("letters")
    op.drop_table("deadlines")
