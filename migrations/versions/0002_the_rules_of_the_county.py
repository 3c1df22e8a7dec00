"""The rules of the county"""

import sqlalchemy as sa
from alembic import op

import mdt.models.base

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("counsel", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "rules",
        sa.Column("profile", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changes", sa.LargeBinary(), nullable=False),
        sa.Column("scenarios", sa.LargeBinary(), nullable=True),
        sa.Column("whole", sa.LargeBinary(), nullable=True),
        sa.Column("effect", sa.LargeBinary(), nullable=True),
        sa.Column("drafted_by", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("drafted_at", mdt.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("signed_by", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("signed_at", mdt.models.base.UtcTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["drafted_by"], ["users.id"], name=op.f("fk_rules_drafted_by")),
        sa.ForeignKeyConstraint(["signed_by"], ["users.id"], name=op.f("fk_rules_signed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules")),
    )
    op.create_index(op.f("ix_rules_profile_version"), "rules", ["profile", "version"], unique=True)
    op.create_index("ix_rules_in_force", "rules", ["profile", "version", "signed_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("rules")
    op.drop_column("users", "counsel")
