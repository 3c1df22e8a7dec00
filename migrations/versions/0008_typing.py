"""Typing"""

import sqlalchemy as sa
from alembic import op

import mdt.models.base

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False)
TIME = mdt.models.base.UtcTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("agency_id", ID, nullable=False),
        sa.Column("place", sa.String(length=20), nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("point_id", ID, nullable=True),
        sa.Column("meant_for", ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("terms", sa.LargeBinary(), nullable=True),
        sa.Column("begun_at", TIME, nullable=False),
        sa.Column("kept_at", TIME, nullable=False),
        sa.Column("shared_at", TIME, nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("expires_at", TIME, nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_drafts_agency_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_drafts_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_drafts_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    op.create_index(op.f("ix_drafts_expires_at"), "drafts", ["expires_at"])
    op.create_index(op.f("ix_drafts_subject_id"), "drafts", ["subject_id"])
    op.create_index(
        op.f("ix_drafts_user_id_case_id_place_subject_id"), "drafts", ["user_id", "case_id", "place", "subject_id"]
    )
    op.create_table(
        "pens",
        sa.Column("draft_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("typed_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_pens_draft_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_pens_user_id")),
        sa.PrimaryKeyConstraint("draft_id", "id", name=op.f("pk_pens")),
    )


def downgrade() -> None:
    op.drop_table("pens")
    op.drop_table("drafts")
