"""Screening"""

import sqlalchemy as sa
from alembic import op

import mdt.models.base

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "instruments",
        sa.Column("agency_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("loaded_by", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("loaded_at", mdt.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("retired_at", mdt.models.base.UtcTime(timezone=True), nullable=True),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_instruments_agency_id")),
        sa.ForeignKeyConstraint(["loaded_by"], ["users.id"], name=op.f("fk_instruments_loaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruments")),
    )
    op.create_index(op.f("ix_instruments_agency_id_name"), "instruments", ["agency_id", "name"], unique=False)

    op.create_table(
        "screenings",
        sa.Column("case_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("agency_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("event", sa.String(length=30), nullable=False),
        sa.Column("asks", sa.String(length=30), nullable=True),
        sa.Column("instrument_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("after_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("opened_at", mdt.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("due_at", mdt.models.base.UtcTime(timezone=True), nullable=True),
        sa.Column("worker_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("done_at", mdt.models.base.UtcTime(timezone=True), nullable=True),
        sa.Column("item_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("working", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_screenings_agency_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_screenings_case_id")),
        sa.ForeignKeyConstraint(["instrument_id"], ["instruments.id"], name=op.f("fk_screenings_instrument_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_screenings_item_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["users.id"], name=op.f("fk_screenings_opened_by")),
        sa.ForeignKeyConstraint(["worker_id"], ["users.id"], name=op.f("fk_screenings_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screenings")),
    )
    op.create_index(op.f("ix_screenings_case_id_agency_id"), "screenings", ["case_id", "agency_id"], unique=False)
    op.create_index(op.f("ix_screenings_agency_id_state"), "screenings", ["agency_id", "state"], unique=False)
    op.create_index(op.f("ix_screenings_item_id"), "screenings", ["item_id"], unique=False)

    op.create_table(
        "identifications",
        sa.Column("case_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("agency_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("item_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("by_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("at", mdt.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("due_at", mdt.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("reported_at", mdt.models.base.UtcTime(timezone=True), nullable=True),
        sa.Column("told_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("reported_by", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("why", sa.LargeBinary(), nullable=False),
        sa.Column("reference", sa.LargeBinary(), nullable=True),
        sa.Column("late", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_identifications_agency_id")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_identifications_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_identifications_case_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_identifications_item_id")),
        sa.ForeignKeyConstraint(["reported_by"], ["users.id"], name=op.f("fk_identifications_reported_by")),
        sa.ForeignKeyConstraint(["told_id"], ["users.id"], name=op.f("fk_identifications_told_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identifications")),
    )
    op.create_index(
        op.f("ix_identifications_case_id_agency_id"), "identifications", ["case_id", "agency_id"], unique=False
    )
    op.create_index(
        op.f("ix_identifications_agency_id_reported_at"), "identifications", ["agency_id", "reported_at"], unique=False
    )


def downgrade() -> None:
    op.drop_table("identifications")
    op.drop_table("screenings")
    op.drop_table("instruments")
