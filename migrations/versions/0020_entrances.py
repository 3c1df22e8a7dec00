"""Links that let somebody in once, to choose their password"""

import sqlalchemy as sa
from alembic import op

import mdt.models.base

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "entrances",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_by", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("made_at", mdt.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("expires_at", mdt.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("used_at", mdt.models.base.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_entrances_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entrances")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_entrances_token_hash")),
    )
    op.create_index(op.f("ix_entrances_user_id"), "entrances", ["user_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_entrances_user_id"), table_name="entrances")
    op.drop_table("entrances")
