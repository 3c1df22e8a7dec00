"""The directory of services, and referrals"""

import sqlalchemy as sa
from alembic import op

import mdt.models.base

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False)
TIME = mdt.models.base.UtcTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "directory_editions",
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("made_by", ID, nullable=True),
        sa.Column("put_at", TIME, nullable=True),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.Column("preview", sa.JSON(), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_directory_editions_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_editions")),
    )
    op.create_index(op.f("ix_directory_editions_put_at"), "directory_editions", ["put_at"])
    op.create_table(
        "directory_partners",
        sa.Column("organization_id", ID, nullable=False),
        sa.Column("agency_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_directory_partners_agency_id")),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_directory_partners")),
    )
    op.create_table(
        "referrals",
        sa.Column("case_id", ID, nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("task_id", ID, nullable=True),
        sa.Column("outcome_id", ID, nullable=True),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("asked_by", ID, nullable=True),
        sa.Column("need", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("sent_at", TIME, nullable=True),
        sa.Column("answered_at", TIME, nullable=True),
        sa.Column("scheduled_at", TIME, nullable=True),
        sa.Column("appointment_at", TIME, nullable=True),
        sa.Column("attended_at", TIME, nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("service", sa.LargeBinary(), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_referrals_case_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_referrals_item_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_referrals_task_id")),
        sa.ForeignKeyConstraint(["outcome_id"], ["items.id"], name=op.f("fk_referrals_outcome_id")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_referrals_made_by")),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_referrals_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
    )
    op.create_index(op.f("ix_referrals_case_id"), "referrals", ["case_id"])
    op.create_index(op.f("ix_referrals_task_id"), "referrals", ["task_id"])
    op.create_index(op.f("ix_referrals_made_at"), "referrals", ["made_at"])


def downgrade() -> None:
    op.drop_table("referrals")
    op.drop_table("directory_partners")
    op.drop_table("directory_editions")
