"""A counter of what a case rests on beside its records"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("ground", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    op.drop_column("cases", "ground")
