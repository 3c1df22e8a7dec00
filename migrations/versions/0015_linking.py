"""Linked, merged and moved cases; outreach, what was learned, trainings"""

import sqlalchemy as sa
from alembic import op

import mdt.models.base

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_links",
        sa.Column("case_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("other_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_by", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("made_at", mdt.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("ended_at", mdt.models.base.UtcTime(timezone=True), nullable=True),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["answered_by"], ["users.id"], name=op.f("fk_case_links_answered_by")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_links_case_id")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_case_links_made_by")),
        sa.ForeignKeyConstraint(["other_id"], ["cases.id"], name=op.f("fk_case_links_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_links")),
    )
    op.create_index(op.f("ix_case_links_case_id"), "case_links", ["case_id"], unique=False)
    op.create_index(op.f("ix_case_links_other_id"), "case_links", ["other_id"], unique=False)

    op.create_table(
        "case_merges",
        sa.Column("case_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("gone_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("by_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("at", mdt.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("until", mdt.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("undone_at", mdt.models.base.UtcTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("journal", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_case_merges_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_merges_case_id")),
        sa.ForeignKeyConstraint(["gone_id"], ["cases.id"], name=op.f("fk_case_merges_gone_id")),
        sa.ForeignKeyConstraint(["undone_by"], ["users.id"], name=op.f("fk_case_merges_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_merges")),
    )
    op.create_index(op.f("ix_case_merges_case_id"), "case_merges", ["case_id"], unique=False)
    op.create_index(op.f("ix_case_merges_gone_id"), "case_merges", ["gone_id"], unique=False)

    op.create_table(
        "case_moves",
        sa.Column("case_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("from_user", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("from_agency", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("to_user", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("to_agency", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("stays", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("offered_by", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("offered_at", mdt.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("answered_at", mdt.models.base.UtcTime(timezone=True), nullable=True),
        sa.Column("why", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["answered_by"], ["users.id"], name=op.f("fk_case_moves_answered_by")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_moves_case_id")),
        sa.ForeignKeyConstraint(["from_agency"], ["agencies.id"], name=op.f("fk_case_moves_from_agency")),
        sa.ForeignKeyConstraint(["from_user"], ["users.id"], name=op.f("fk_case_moves_from_user")),
        sa.ForeignKeyConstraint(["offered_by"], ["users.id"], name=op.f("fk_case_moves_offered_by")),
        sa.ForeignKeyConstraint(["to_agency"], ["agencies.id"], name=op.f("fk_case_moves_to_agency")),
        sa.ForeignKeyConstraint(["to_user"], ["users.id"], name=op.f("fk_case_moves_to_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_moves")),
    )
    op.create_index(op.f("ix_case_moves_case_id_state"), "case_moves", ["case_id", "state"], unique=False)
    op.create_index(op.f("ix_case_moves_to_agency_state"), "case_moves", ["to_agency", "state"], unique=False)
    op.create_index(op.f("ix_case_moves_to_user_state"), "case_moves", ["to_user", "state"], unique=False)

    op.create_table(
        "lessons",
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("agency_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("made_at", mdt.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_lessons_agency_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_lessons_case_id")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_lessons_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lessons")),
    )
    op.create_index(op.f("ix_lessons_agency_id"), "lessons", ["agency_id"], unique=False)
    op.create_index(op.f("ix_lessons_case_id"), "lessons", ["case_id"], unique=False)

    op.create_table(
        "outreach",
        sa.Column("case_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("item_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("by_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("at", mdt.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("how", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_outreach_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_outreach_case_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_outreach_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach")),
    )
    op.create_index(op.f("ix_outreach_case_id_at"), "outreach", ["case_id", "at"], unique=False)
    op.create_index(op.f("ix_outreach_item_id"), "outreach", ["item_id"], unique=False)

    op.create_table(
        "trainings",
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("at", mdt.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_trainings_by_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_trainings_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainings")),
    )
    op.create_index(op.f("ix_trainings_user_id_kind"), "trainings", ["user_id", "kind"], unique=True)


def downgrade() -> None:
    op.drop_table("trainings")
    op.drop_table("outreach")
    op.drop_table("lessons")
    op.drop_table("case_moves")
    op.drop_table("case_merges")
    op.drop_table("case_links")
