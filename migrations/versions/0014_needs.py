"""Needs and plan"""

import sqlalchemy as sa
from alembic import op

import mdt.models.base

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "needs_said",
        sa.Column("case_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("item_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("changed_at", mdt.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_needs_said_case_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_needs_said_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_needs_said")),
    )
    op.create_index(op.f("ix_needs_said_case_id"), "needs_said", ["case_id"], unique=False)
    op.create_index(op.f("ix_needs_said_item_id"), "needs_said", ["item_id"], unique=True)

    op.create_table(
        "own_words",
        sa.Column("case_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("item_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("changed_at", mdt.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_own_words_case_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_own_words_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_words")),
    )
    op.create_index(op.f("ix_own_words_case_id_kind"), "own_words", ["case_id", "kind"], unique=False)
    op.create_index(op.f("ix_own_words_item_id"), "own_words", ["item_id"], unique=False)

    op.create_table(
        "arranged_dates",
        sa.Column("case_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("item_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("agency_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("starts_at", mdt.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", mdt.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_arranged_dates_agency_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_arranged_dates_case_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_arranged_dates_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arranged_dates")),
    )
    op.create_index(op.f("ix_arranged_dates_case_id"), "arranged_dates", ["case_id"], unique=False)
    op.create_index(op.f("ix_arranged_dates_item_id"), "arranged_dates", ["item_id"], unique=True)

    op.create_table(
        "date_words",
        sa.Column("date_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("by_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("agency_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("item_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("at", mdt.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_date_words_agency_id")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_date_words_by_id")),
        sa.ForeignKeyConstraint(["date_id"], ["arranged_dates.id"], name=op.f("fk_date_words_date_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_date_words_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_words")),
    )
    op.create_index(op.f("ix_date_words_date_id"), "date_words", ["date_id"], unique=False)
    op.create_index(op.f("ix_date_words_item_id"), "date_words", ["item_id"], unique=False)

    op.create_table(
        "joins_asked",
        sa.Column("case_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("asked_by", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("asked_at", mdt.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("answered_at", mdt.models.base.UtcTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_joins_asked_asked_by")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_joins_asked_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_joins_asked_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joins_asked")),
    )
    op.create_index(op.f("ix_joins_asked_case_id"), "joins_asked", ["case_id"], unique=False)


def downgrade() -> None:
    op.drop_table("joins_asked")
    op.drop_table("date_words")
    op.drop_table("arranged_dates")
    op.drop_table("own_words")
    op.drop_table("needs_said")
